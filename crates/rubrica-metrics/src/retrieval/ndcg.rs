//! Normalised discounted cumulative gain.
//!
//! Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", TOIS 20(4), 2002;
//! exponential gains after Burges et al., "Learning to rank using gradient descent", ICML 2005.

use rubrica_core::{Error, Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use super::ranking::Ranking;
use crate::averaged::Averaged;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::Described;
use crate::segment::Segment;

/// What a grade is worth.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gain {
    /// The grade.
    #[default]
    Linear,
    /// 2 to the power of the grade, less 1.
    Exponential,
}

/// Options of [`Ndcg`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NdcgOptions {
    /// Looks at so many items from the top, at least 1; not given, at all.
    pub k: Option<usize>,
    /// What a grade is worth.
    pub gain: Gain,
}

/// The gains of a ranking, each over log2 of its place plus 1, over those of the best order of all
/// items; from 0 to 1. Part: `dcg`, before the division.
///
/// Undefined where no grade is above 0 (`ranx` gives 0 there). The corpus score is the mean over
/// segments. [The family](crate::retrieval) says how a segment holds a ranking.
#[derive(Debug, Clone, Copy)]
pub struct Ndcg {
    options: NdcgOptions,
}

impl Described for Ndcg {
    type Options = NdcgOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "ndcg",
        title: "NDCG",
        family: Family::Retrieval,
        tier: Tier::T0,
        needs: Needs::Lists,
        low: Some(0.0),
        high: Some(1.0),
        unit: Unit::Ratio,
        higher_is_better: Some(true),
        source: "Järvelin and Kekäläinen, TOIS 20, 2002",
    };

    fn new(options: NdcgOptions) -> Result<Self> {
        if options.k == Some(0) {
            return Err(Error::invalid("k", "is 0", "at least 1"));
        }
        Ok(Self { options })
    }
}

impl Averaged for Ndcg {
    const VALUES: &'static [&'static str] = &["ndcg", "dcg"];
    const UNDEFINED: (&'static str, &'static str) =
        ("nothing_relevant", "no item is relevant to the query");

    fn sign(&self, signature: Signature) -> Signature {
        let gain = match self.options.gain {
            Gain::Linear => "linear",
            Gain::Exponential => "exp",
        };
        signature
            .with("k", self.options.k.map_or("all".to_owned(), |k| k.to_string()))
            .with("gain", gain)
    }

    fn values(&self, segment: &Segment<'_>) -> Result<Option<Vec<f64>>> {
        let ranking = Ranking::read(Self::INFO.id, segment)?;
        let (found, best) = (self.dcg(&ranking.grades), self.dcg(&ranking.ideal));
        if best == 0.0 {
            return Ok(None);
        }
        // Grades that the reference does not have cannot lift a ranking above the best one.
        Ok(Some(vec![(found / best).min(1.0), found]))
    }
}

impl Ndcg {
    fn dcg(&self, grades: &[f64]) -> f64 {
        let gain = |grade: f64| match self.options.gain {
            Gain::Linear => grade,
            Gain::Exponential => grade.exp2() - 1.0,
        };
        let counted = grades.iter().take(self.options.k.unwrap_or(usize::MAX));
        counted.enumerate().map(|(i, grade)| gain(*grade) / ((i + 2) as f64).log2()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponential_gains() {
        let options = NdcgOptions { k: Some(3), gain: Gain::Exponential };
        let metric = Ndcg::new(options).expect("valid");
        // 7 + 3 / log2 3
        assert!((metric.dcg(&[3.0, 2.0, 0.0, 9.0]) - 8.892_789_260_714_372).abs() < 1e-12);
        assert!(Ndcg::new(NdcgOptions { k: Some(0), ..options }).is_err());
    }
}
