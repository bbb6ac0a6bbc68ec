//! maj@k: is the most frequent of k answers the right one?
//!
//! Wang et al., "Self-consistency improves chain of thought reasoning in language models", ICLR 2023.

use std::borrow::Cow;

use rubrica_core::{Error, Result, Signature, Tier};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::answer_match::Likeness;
use super::extract::{Extract, Extractor};
use super::items::folded;
use super::math::comparable;
use crate::averaged::Averaged;
use crate::error;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::Described;
use crate::segment::Segment;
use crate::text::Vocabulary;

/// Options of [`MajAtK`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MajAtKOptions {
    /// Where the answer stands in each response.
    pub extract: Extract,
    /// When an answer is the reference.
    pub likeness: Likeness,
    /// Votes of so many answers, the first ones; not given, of all.
    pub k: Option<usize>,
}

/// 1 when the most frequent answer is a reference, else 0; of equally frequent ones, the first counts.
/// Parts: `share` of the answers that voted for it, `entropy` of the votes in nats, and `any`, 1 when
/// some answer was right.
///
/// A response holds the answers to one problem: a JSON list of texts. Answers vote together when
/// they are equal but for case, white space and marks at their ends; one that cannot be found does not vote.
/// Undefined for fewer than k answers and without votes. The corpus score is the mean over problems.
#[derive(Debug, Clone)]
pub struct MajAtK {
    likeness: Likeness,
    k: Option<usize>,
    extractor: Extractor,
}

impl Described for MajAtK {
    type Options = MajAtKOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "maj_at_k",
        title: "maj@k",
        family: Family::Objective,
        tier: Tier::T0,
        needs: Needs::Lists,
        low: Some(0.0),
        high: Some(1.0),
        unit: Unit::Ratio,
        higher_is_better: Some(true),
        source: "Wang et al., ICLR 2023",
    };

    fn new(options: MajAtKOptions) -> Result<Self> {
        if options.k == Some(0) {
            return Err(Error::invalid("k", "is 0", "at least 1"));
        }
        let extractor = Extractor::new(options.extract)?;
        Ok(Self { likeness: options.likeness, k: options.k, extractor })
    }
}

impl Averaged for MajAtK {
    const VALUES: &'static [&'static str] = &["correct", "share", "entropy", "any"];
    const UNDEFINED: (&'static str, &'static str) =
        ("too_few_answers", "there are too few answers");

    fn sign(&self, signature: Signature) -> Signature {
        signature
            .with("extract", self.extractor.name())
            .with("like", self.likeness.name())
            .with("k", self.k.map_or("all".to_owned(), |k| k.to_string()))
    }

    fn values(&self, segment: &Segment<'_>) -> Result<Option<Vec<f64>>> {
        let references = segment.needed_references(Self::INFO.id)?;
        let expected = "a JSON list of texts";
        let bad = |problem| error::bad_form(Self::INFO.id, "response", problem, expected);
        let Ok(Value::Array(texts)) = serde_json::from_str(segment.response) else {
            return Err(bad("is no list"));
        };
        if texts.len() < self.k.unwrap_or(1) {
            return Ok(None);
        }
        let mut kinds = Vocabulary::default();
        // First answer of each kind, and how many there are.
        let mut votes: Vec<(Cow<'_, str>, usize)> = Vec::new();
        for text in texts.iter().take(self.k.unwrap_or(usize::MAX)) {
            let text = text.as_str().ok_or_else(|| bad("has something else than texts"))?;
            let Some(answer) = self.extractor.answer(text) else { continue };
            let kind = kinds.id(folded(&comparable(&answer))) as usize;
            if kind == votes.len() {
                votes.push((answer, 0));
            }
            votes[kind].1 += 1;
        }
        let is_right = |answer: &str| references.iter().any(|r| self.likeness.holds(answer, r));
        // The last of the highest is the first of them, backwards.
        let winner = votes.iter().rev().max_by_key(|(_, count)| *count);
        let all = votes.iter().map(|(_, count)| count).sum::<usize>() as f64;
        let entropy: f64 = votes
            .iter()
            .map(|(_, count)| *count as f64 / all)
            .map(|share| -share * share.ln())
            .sum();
        Ok(winner.map(|(answer, count)| {
            let yes = |yes| f64::from(u8::from(yes));
            let any = votes.iter().any(|(answer, _)| is_right(answer));
            vec![yes(is_right(answer)), *count as f64 / all, entropy, yes(any)]
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::MetricExt;

    #[test]
    fn votes() {
        let metric = MajAtK::new(MajAtKOptions::default()).expect("valid");
        let score = |answers, reference| {
            metric.sentence(&Segment::new(answers, &[reference])).expect("a list")
        };
        let four = score(r#"["4", "3", "3", "4", "The answer is 3."]"#, "4");
        assert_eq!((four.value(), four.parts["share"], four.parts["any"]), (Some(0.0), 0.6, 1.0));
        assert!((four.parts["entropy"] - 0.673_011_667).abs() < 1e-8);
        assert_eq!(score(r#"["b", "a"]"#, "b").value(), Some(1.0));
        assert_eq!(score("[]", "b").value(), None);
    }
}
