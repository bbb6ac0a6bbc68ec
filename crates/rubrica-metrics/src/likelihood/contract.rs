//! What a metric over a language model is: what it asks the model, and what it makes of the answers.

use rubrica_core::{Result, Signature};

use crate::info::MetricInfo;
use crate::metric::{Level, MetricScore};
use crate::segment::Segment;

/// What a language model is asked: the log-probability of each continuation after the prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// What comes before; may be empty.
    pub prompt: String,
    /// What may follow.
    pub continuations: Vec<String>,
}

/// A metric that needs a causal language model. As [`crate::Metric`], but over log-probabilities.
pub trait LikelihoodMetric {
    /// What the metric is.
    fn info(&self) -> MetricInfo;

    /// What produced a score, but for the model: [`evaluate`](super::evaluate()) knows that.
    fn signature(&self, level: Level) -> Signature;

    /// What the model is asked about a segment; nothing where the score is undefined.
    ///
    /// # Errors
    /// `missing_reference`, `missing_context`, `missing_instruction`.
    fn queries(&self, segment: &Segment<'_>) -> Result<Vec<Query>>;

    /// The row of one segment. `answers` holds a log-probability (natural log, at most 0) for each
    /// continuation of each of the metric's queries, `[queries][continuations]`.
    ///
    /// # Errors
    /// As [`LikelihoodMetric::queries`]; `bad_likelihood` when answers do not fit the queries.
    fn statistics(&self, segment: &Segment<'_>, answers: &[Vec<f64>]) -> Result<Vec<f64>>;

    /// The score of a row, or of the sum of several.
    fn score(&self, statistics: &[f64], level: Level) -> MetricScore;
}
