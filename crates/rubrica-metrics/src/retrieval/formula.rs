//! The metric around a formula over what is relevant in a ranking.

use std::marker::PhantomData;

use rubrica_core::{Error, Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use super::ranking::Ranking;
use crate::averaged::Averaged;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::Described;
use crate::segment::Segment;

/// Options of metrics over what is relevant in a ranking.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RankOptions {
    /// Looks at so many items from the top, at least 1. Not given: 10 for the metrics with `_at_k` in
    /// their name, all for the others.
    pub k: Option<usize>,
    /// Lowest grade that is relevant, above 0.
    pub relevant_from: f64,
}

impl Default for RankOptions {
    fn default() -> Self {
        Self { k: None, relevant_from: 1.0 }
    }
}

/// A formula over the relevant items of a ranking.
pub trait RankFormula: Send + Sync {
    /// Name of the metric.
    const ID: &'static str;
    /// Name for people.
    const TITLE: &'static str;
    /// Where the formula comes from.
    const SOURCE: &'static str;
    /// How many items count when the options do not say; `None` for all.
    const K: Option<usize>;

    /// The score. `relevant` says of each of the first k items whether it is relevant; `k` is how many
    /// were asked for, [`usize::MAX`] for all; `total` is how many relevant items there are, at least
    /// 1.
    fn compute(relevant: &[bool], k: usize, total: usize) -> f64;
}

/// The score of a formula, from 0 to 1; undefined where nothing is relevant (`ranx` gives 0 there).
/// The corpus score is the mean over segments. [The family](crate::retrieval) says how a segment holds
/// a ranking.
#[derive(Debug, Clone, Copy)]
pub struct Ranked<F> {
    options: RankOptions,
    formula: PhantomData<F>,
}

impl<F: RankFormula> Described for Ranked<F> {
    type Options = RankOptions;

    const INFO: MetricInfo = MetricInfo {
        id: F::ID,
        title: F::TITLE,
        family: Family::Retrieval,
        tier: Tier::T0,
        needs: Needs::Lists,
        low: Some(0.0),
        high: Some(1.0),
        unit: Unit::Ratio,
        higher_is_better: Some(true),
        source: F::SOURCE,
    };

    fn new(options: RankOptions) -> Result<Self> {
        if options.k == Some(0) {
            return Err(Error::invalid("k", "is 0", "at least 1"));
        }
        if !(options.relevant_from > 0.0 && options.relevant_from.is_finite()) {
            let problem = format!("is {}", options.relevant_from);
            return Err(Error::invalid("relevant_from", problem, "above 0"));
        }
        Ok(Self { options, formula: PhantomData })
    }
}

impl<F: RankFormula> Averaged for Ranked<F> {
    const VALUES: &'static [&'static str] = &["score"];
    const UNDEFINED: (&'static str, &'static str) =
        ("nothing_relevant", "no item is relevant to the query");

    fn sign(&self, signature: Signature) -> Signature {
        let k = self.options.k.or(F::K);
        signature
            .with("k", k.map_or("all".to_owned(), |k| k.to_string()))
            .with("rel", self.options.relevant_from)
    }

    fn values(&self, segment: &Segment<'_>) -> Result<Option<Vec<f64>>> {
        let ranking = Ranking::read(F::ID, segment)?;
        let is_relevant = |grade: &f64| *grade >= self.options.relevant_from;
        let total = ranking.ideal.iter().filter(|grade| is_relevant(grade)).count();
        if total == 0 {
            return Ok(None);
        }
        let k = self.options.k.or(F::K).unwrap_or(usize::MAX);
        let relevant: Vec<bool> = ranking.grades.iter().take(k).map(is_relevant).collect();
        Ok(Some(vec![F::compute(&relevant, k, total)]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retrieval::RecallAtK;

    #[test]
    fn senseless_options_are_refused() {
        let error = |options| Ranked::<RecallAtK>::new(options).expect_err("senseless");
        assert_eq!(error(RankOptions { k: Some(0), relevant_from: 1.0 }).path(), Some("k"));
        let none = RankOptions { k: None, relevant_from: 0.0 };
        assert_eq!(error(none).path(), Some("relevant_from"));
    }
}
