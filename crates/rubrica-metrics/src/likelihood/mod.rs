//! How likely a causal language model finds the response, or what follows it.
//!
//! A metric of this family says which texts it wants continued by which, and computes from the
//! log-probabilities alone, so that its arithmetic is held to goldens without a model.
//! [`evaluate`](evaluate()) brings metric and model together. Models tell the sum over a continuation's
//! tokens; metrics divide it by words, characters or bytes, so that scores of models with unlike
//! tokens compare, as in lm-eval.

mod conditional_likelihood;
mod evaluate;
mod follow_up_likelihood;
mod follow_ups;
mod perplexity;
mod unit;

pub use conditional_likelihood::{ConditionalLikelihood, ConditionalLikelihoodOptions, Given};
pub use evaluate::{corpus, evaluate, sentence, signature};
pub use follow_up_likelihood::{FollowUpLikelihood, FollowUpLikelihoodOptions};
pub use follow_ups::FollowUps;
pub use perplexity::{Perplexity, PerplexityOptions};
pub use unit::TextUnit;

use rubrica_core::{Result, Signature};

use crate::catalogue::Entry;
use crate::info::MetricInfo;
use crate::metric::{Level, MetricScore};
use crate::segment::Segment;

/// The metrics of this family.
pub(crate) const ENTRIES: &[Entry] = &[
    Entry::likelihood::<Perplexity>(),
    Entry::likelihood::<ConditionalLikelihood>(),
    Entry::likelihood::<FollowUpLikelihood>(),
];

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

    /// What produced a score, but for the model: [`evaluate`](evaluate()) knows that.
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
