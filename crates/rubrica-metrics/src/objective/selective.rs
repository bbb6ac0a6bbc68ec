//! Accuracy, precision and coverage where a model may abstain.
//!
//! Laurent et al., "LAB-Bench", arXiv:2407.10362, 2024; El-Yaniv and Wiener, "On the foundations of
//! noise-free selective classification", JMLR 11, 2010.

use rubrica_core::{Error, Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use super::answer_match::Likeness;
use super::extract::{Extract, Extractor};
use super::items::folded;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::{Described, Level, Metric, MetricScore};
use crate::segment::Segment;

/// Options of [`Selective`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SelectiveOptions {
    /// Where the answer stands.
    pub extract: Extract,
    /// When it is the reference.
    pub likeness: Likeness,
    /// Answers that abstain: the answer is one of these, or starts with one, but for case. Not blank.
    pub abstain: Vec<String>,
}

impl Default for SelectiveOptions {
    fn default() -> Self {
        let abstain =
            ["insufficient information", "i don't know", "i do not know", "not sure", "unsure"];
        Self {
            extract: Extract::Auto,
            likeness: Likeness::Folded,
            abstain: abstain.map(str::to_owned).to_vec(),
        }
    }
}

/// The share of right answers among all questions (accuracy). Parts: `precision`, the share among the
/// questions that were answered, and `coverage`, the share that was; accuracy is their product.
///
/// An answer that cannot be found abstains too, and so does an empty one. `precision` is left out
/// where nothing was answered. A corpus score is computed from the counts of the whole corpus.
#[derive(Debug, Clone)]
pub struct Selective {
    likeness: Likeness,
    abstain: Vec<String>,
    extractor: Extractor,
}

impl Described for Selective {
    type Options = SelectiveOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "selective",
        title: "Accuracy with abstention",
        family: Family::Objective,
        tier: Tier::T0,
        needs: Needs::Reference,
        low: Some(0.0),
        high: Some(1.0),
        unit: Unit::Ratio,
        higher_is_better: Some(true),
        source: "Laurent et al., LAB-Bench, arXiv:2407.10362, 2024",
    };

    fn new(options: SelectiveOptions) -> Result<Self> {
        let abstain: Vec<String> = options.abstain.iter().map(|text| folded(text)).collect();
        if let Some(at) = abstain.iter().position(String::is_empty) {
            return Err(Error::invalid(format!("abstain[{at}]"), "is blank", "some words"));
        }
        let extractor = Extractor::new(options.extract)?;
        Ok(Self { likeness: options.likeness, abstain, extractor })
    }
}

impl Metric for Selective {
    fn info(&self) -> MetricInfo {
        Self::INFO
    }

    fn signature(&self, _level: Level) -> Signature {
        Signature::new(Self::INFO.id)
            .with("extract", self.extractor.name())
            .with("like", self.likeness.name())
            .with("abstain", self.abstain.join(","))
    }

    /// `[right, answered, questions]`.
    fn statistics(&self, segment: &Segment<'_>) -> Result<Vec<f64>> {
        let references = segment.needed_references(Self::INFO.id)?;
        let answer =
            self.extractor.answer(segment.response).filter(|answer| !self.abstains(answer));
        let right = answer.as_deref().is_some_and(|answer| {
            references.iter().any(|reference| self.likeness.holds(answer, reference))
        });
        let count = |yes| f64::from(u8::from(yes));
        Ok(vec![count(right), count(answer.is_some()), 1.0])
    }

    fn score(&self, statistics: &[f64], _level: Level) -> MetricScore {
        let (right, answered, questions) = (statistics[0], statistics[1], statistics[2]);
        // A share of nothing is not finite, and so left out.
        MetricScore::new(right / questions)
            .with("precision", right / answered)
            .with("coverage", answered / questions)
    }
}

impl Selective {
    fn abstains(&self, answer: &str) -> bool {
        let answer = folded(answer);
        answer.is_empty() || self.abstain.iter().any(|words| answer.starts_with(words))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::MetricExt;

    #[test]
    fn accuracy_is_precision_times_coverage() {
        let metric = Selective::new(SelectiveOptions::default()).expect("valid");
        let mut segments = vec![Segment::new("the answer is B", &["b"]); 6];
        segments.extend([Segment::new("C", &["b"]), Segment::new("C.", &["b"])]);
        segments.extend([Segment::new("I don't know, sorry", &["b"]), Segment::new("", &["b"])]);
        let score = metric.corpus(&segments).expect("references");
        assert_eq!(score.value(), Some(0.6));
        assert_eq!((score.parts["precision"], score.parts["coverage"]), (0.75, 0.8));
        let one = metric.sentence(&segments[8]).expect("a reference");
        assert!(!one.parts.contains_key("precision"));
    }
}
