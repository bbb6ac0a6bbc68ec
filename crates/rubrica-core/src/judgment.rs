//! The outcome of judging one response.

use serde::{Deserialize, Serialize};

use crate::{Critique, Distribution, Id, Signature, Utf16Index};

/// What a protocol or metric needs to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Tier {
    /// No model.
    T0,
    /// An encoder: embeddings, or a head on them.
    T1,
    /// A causal language model with token log-probabilities.
    T2,
    /// Generation, or judge text that the user pastes or imports.
    T3,
}

/// Why a score is not defined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undefined {
    /// Stable code, such as `empty_text`.
    pub code: String,
    /// The reason, as a sentence.
    pub reason: String,
}

impl From<&crate::Error> for Undefined {
    fn from(error: &crate::Error) -> Self {
        Self { code: error.code().to_owned(), reason: error.to_string() }
    }
}

/// A score, or why there is none. Never NaN, and never 0 in place of "unknown".
#[derive(Debug, Clone, PartialEq)]
pub enum Score {
    /// A finite number.
    Defined(f64),
    /// No score.
    Undefined(Undefined),
}

impl Score {
    /// The number, if there is one.
    pub fn value(&self) -> Option<f64> {
        match self {
            Self::Defined(value) => Some(*value),
            Self::Undefined(_) => None,
        }
    }

    pub(crate) fn split(self) -> (Option<f64>, Option<Undefined>) {
        match self {
            Self::Defined(value) => (Some(value), None),
            Self::Undefined(reason) => (None, Some(reason)),
        }
    }

    pub(crate) fn join(score: Option<f64>, error: Option<Undefined>) -> Result<Self, String> {
        match (score, error) {
            (Some(value), None) if value.is_finite() => Ok(Self::Defined(value)),
            (None, Some(reason)) => Ok(Self::Undefined(reason)),
            (Some(value), None) => Err(format!("score is {value}; expected a finite number")),
            _ => Err("expected either a `score` or an `error`".into()),
        }
    }
}

impl From<f64> for Score {
    /// A number that is not finite becomes an undefined score.
    fn from(value: f64) -> Self {
        if value.is_finite() {
            Self::Defined(value)
        } else {
            Self::Undefined(Undefined {
                code: "not_finite".into(),
                reason: format!("the computation gave {value}"),
            })
        }
    }
}

/// The judgment of one criterion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "CriterionWire", into = "CriterionWire")]
pub struct CriterionJudgment {
    /// Id of the criterion.
    pub criterion: String,
    /// Expected score on the criterion's scale.
    pub score: Score,
    /// Probability of each scale point.
    pub distribution: Option<Distribution>,
    /// Interval that holds the true score with the stated coverage, if the model is calibrated.
    pub interval: Option<[f64; 2]>,
    /// Weight in the aggregate.
    pub weight: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(rename = "CriterionJudgment")]
struct CriterionWire {
    criterion: String,
    score: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<Undefined>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    distribution: Option<Distribution>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    interval: Option<[f64; 2]>,
    weight: f64,
}

impl From<CriterionJudgment> for CriterionWire {
    fn from(judgment: CriterionJudgment) -> Self {
        let (score, error) = judgment.score.split();
        Self {
            criterion: judgment.criterion,
            score,
            error,
            distribution: judgment.distribution,
            interval: judgment.interval,
            weight: judgment.weight,
        }
    }
}

impl TryFrom<CriterionWire> for CriterionJudgment {
    type Error = String;

    fn try_from(wire: CriterionWire) -> Result<Self, String> {
        Ok(Self {
            criterion: wire.criterion,
            score: Score::join(wire.score, wire.error)?,
            distribution: wire.distribution,
            interval: wire.interval,
            weight: wire.weight,
        })
    }
}

/// The judgment of one response under one rubric.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "JudgmentWire", into = "JudgmentWire")]
pub struct Judgment {
    /// Id of the sample.
    pub id: Option<Id>,
    /// Aggregate score on the rubric's output scale.
    pub score: Score,
    /// Probability of each scale point: for several criteria, their weighted mixture, whose mean is
    /// the weighted mean of their scores. Absent when the criteria have different scales.
    pub distribution: Option<Distribution>,
    /// How decided the model is: see [`Distribution::confidence`].
    pub confidence: Option<f64>,
    /// One entry a criterion, in the order of the rubric.
    pub per_criterion: Vec<CriterionJudgment>,
    /// Why, and where.
    pub critique: Critique,
    /// What a reader should know before trusting the score, such as a text read in windows.
    pub warnings: Vec<String>,
    /// What produced the judgment.
    pub signature: Signature,
}

impl Judgment {
    /// Converts every span from scalar to UTF-16 offsets of `response`, for JavaScript.
    pub fn spans_to_utf16(&mut self, response: &str) {
        self.critique.spans_to_utf16(&Utf16Index::new(response));
    }
}

impl Critique {
    /// Converts every span to UTF-16 offsets by the index of the text that it points into.
    pub fn spans_to_utf16(&mut self, index: &Utf16Index) {
        for span in self.points.iter_mut().filter_map(|point| point.span.as_mut()) {
            *span = index.span_to_utf16(*span);
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename = "Judgment")]
struct JudgmentWire {
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::sample::id"
    )]
    id: Option<Id>,
    score: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<Undefined>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    distribution: Option<Distribution>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    confidence: Option<f64>,
    per_criterion: Vec<CriterionJudgment>,
    critique: Critique,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    signature: Signature,
}

impl From<Judgment> for JudgmentWire {
    fn from(judgment: Judgment) -> Self {
        let (score, error) = judgment.score.split();
        Self {
            id: judgment.id,
            score,
            error,
            distribution: judgment.distribution,
            confidence: judgment.confidence,
            per_criterion: judgment.per_criterion,
            critique: judgment.critique,
            warnings: judgment.warnings,
            signature: judgment.signature,
        }
    }
}

impl TryFrom<JudgmentWire> for Judgment {
    type Error = String;

    fn try_from(wire: JudgmentWire) -> Result<Self, String> {
        Ok(Self {
            id: wire.id,
            score: Score::join(wire.score, wire.error)?,
            distribution: wire.distribution,
            confidence: wire.confidence,
            per_criterion: wire.per_criterion,
            critique: wire.critique,
            warnings: wire.warnings,
            signature: wire.signature,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Evidence, Point, Severity, Span};

    fn judgment(score: Score) -> Judgment {
        let evidence = Evidence::Check { check: "c".into(), found: "f".into() };
        Judgment {
            id: Some("1".into()),
            score,
            distribution: None,
            confidence: None,
            per_criterion: Vec::new(),
            critique: Critique::new(
                "",
                vec![Point::new(Severity::Minor, "m", evidence).at(Span::new(1, 3))],
            ),
            warnings: Vec::new(),
            signature: Signature::new("absolute"),
        }
    }

    #[test]
    fn an_undefined_score_is_null_with_a_reason() {
        let undefined = Undefined { code: "empty_text".into(), reason: "no text".into() };
        let value = judgment(Score::Undefined(undefined));
        let json = serde_json::to_value(&value).expect("json");
        assert!(json["score"].is_null());
        assert_eq!(json["error"]["code"], "empty_text");
        assert_eq!(serde_json::from_value::<Judgment>(json).expect("valid"), value);
    }

    #[test]
    fn a_defined_score_has_no_error() {
        let value = judgment(3.5.into());
        let json = serde_json::to_value(&value).expect("json");
        assert_eq!((json["score"].as_f64(), json.get("error")), (Some(3.5), None));
        assert_eq!(serde_json::from_value::<Judgment>(json).expect("valid"), value);
        assert_eq!(Score::from(f64::NAN).value(), None);
    }

    #[test]
    fn spans_become_utf16() {
        let mut value = judgment(1.0.into());
        value.spans_to_utf16("😀ab");
        assert_eq!(value.critique.points[0].span, Some(Span::new(2, 4)));
    }
}
