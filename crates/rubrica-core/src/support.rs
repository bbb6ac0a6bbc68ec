//! Whether the sentences of a response rest on passages: what a model says, and the result for a response.

use serde::{Deserialize, Serialize};

use crate::model::JudgeInput;
use crate::{CutTokens, Id, Job, ModelInfo, Result, Score, Signature, Span, Undefined};

/// How far one part of a response rests on passages.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Support {
    /// Probability that it does, in `0..=1`.
    pub probability: f64,
    /// Probability that the passages contradict it, of a model that tells this apart from saying nothing.
    pub contradicted: Option<f64>,
    /// The piece of the passage that decided, where a single passage was read in pieces.
    pub piece: Option<Span>,
    /// What the model did not read.
    pub cut: CutTokens,
}

/// A model that says whether parts of a response rest on passages.
#[allow(async_fn_in_trait, reason = "as the traits of `model`")]
pub trait SupportModel {
    /// What is loaded.
    fn info(&self) -> &ModelInfo;

    /// One result for each of `parts` of the response, `[parts]`; the passages of `input` are read
    /// together as one document.
    ///
    /// # Errors
    /// [`crate::Error::Cancelled`], or a model error.
    async fn support(
        &self,
        input: JudgeInput<'_>,
        parts: &[Span],
        job: &dyn Job,
    ) -> Result<Vec<Support>>;
}

/// One sentence of a response beside its passages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SentenceSupport {
    /// Where it stands in the response.
    pub span: Span,
    /// Its text.
    pub text: String,
    /// Probability that the passage below supports it.
    pub probability: f64,
    /// Whether that reaches the threshold.
    pub supported: bool,
    /// The passage that supports it best, counted from 0.
    pub passage: usize,
    /// The piece of that passage that decided, where it was read in pieces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub piece: Option<Span>,
    /// The highest probability with which a passage contradicts it, of a model that tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contradicted: Option<f64>,
}

/// How far a response rests on its passages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct SupportJudgment {
    /// Id of the sample.
    pub id: Option<Id>,
    /// Share of the sentences that are supported, in `0..=1`.
    pub score: Score,
    /// The sentences, in the order of the text.
    pub sentences: Vec<SentenceSupport>,
    /// What a reader should know before trusting it, such as passages that were cut.
    pub warnings: Vec<String>,
    /// What produced it.
    pub signature: Signature,
}

#[derive(Serialize, Deserialize)]
#[serde(rename = "SupportJudgment")]
struct Wire {
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::sample::id"
    )]
    id: Option<Id>,
    score: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<Undefined>,
    sentences: Vec<SentenceSupport>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    signature: Signature,
}

impl From<SupportJudgment> for Wire {
    fn from(judgment: SupportJudgment) -> Self {
        let SupportJudgment { id, score, sentences, warnings, signature } = judgment;
        let (score, error) = score.split();
        Self { id, score, error, sentences, warnings, signature }
    }
}

impl TryFrom<Wire> for SupportJudgment {
    type Error = String;

    fn try_from(wire: Wire) -> Result<Self, String> {
        let Wire { id, score, error, sentences, warnings, signature } = wire;
        Ok(Self { id, score: Score::join(score, error)?, sentences, warnings, signature })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_judgment_comes_back_as_it_was() {
        let sentence = SentenceSupport {
            span: Span::new(0, 4),
            text: "Yes.".into(),
            probability: 0.75,
            supported: true,
            passage: 1,
            piece: None,
            contradicted: Some(0.125),
        };
        let judgment = SupportJudgment {
            id: Some("a".into()),
            score: 1.0.into(),
            sentences: vec![sentence],
            warnings: vec!["cut".into()],
            signature: Signature::new("support"),
        };
        let json = serde_json::to_value(&judgment).expect("JSON");
        assert_eq!((&json["score"], &json["sentences"][0]["passage"]), (&1.0.into(), &1.into()));
        assert!(json["sentences"][0].get("piece").is_none());
        assert_eq!(serde_json::from_value::<SupportJudgment>(json).expect("valid"), judgment);
    }
}
