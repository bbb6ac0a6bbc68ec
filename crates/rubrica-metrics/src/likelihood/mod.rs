//! How likely a causal language model finds the response, or what follows it.
//!
//! A metric of this family says which texts it wants continued by which, and computes from the
//! log-probabilities alone, so that its arithmetic is held to goldens without a model.
//! [`evaluate`](evaluate()) brings metric and model together. Models tell the sum over a continuation's
//! tokens; metrics divide it by words, characters or bytes, so that scores of models with unlike
//! tokens compare, as in lm-eval.
//!
//! ```
//! use rubrica_metrics::likelihood::{LikelihoodMetric, Perplexity, PerplexityOptions};
//! use rubrica_metrics::{Described, Level, Segment};
//!
//! let perplexity = Perplexity::new(PerplexityOptions::default())?;
//! let segment = Segment::new("two words", &[]);
//! assert_eq!(perplexity.queries(&segment)?[0].continuations, ["two words"]);
//! // What a model says of it: a log-probability of -2 for two words.
//! let row = perplexity.statistics(&segment, &[vec![-2.0]])?;
//! let score = perplexity.score(&row, Level::Sentence);
//! assert!((score.value().unwrap_or(0.0) - 1f64.exp()).abs() < 1e-12);
//! # Ok::<(), rubrica_core::Error>(())
//! ```

mod conditional_likelihood;
mod contract;
mod evaluate;
mod follow_up_likelihood;
mod follow_ups;
mod perplexity;
mod unit;

pub use conditional_likelihood::{ConditionalLikelihood, ConditionalLikelihoodOptions, Given};
pub use contract::{LikelihoodMetric, Query};
pub use evaluate::{corpus, evaluate, sentence, signature};
pub use follow_up_likelihood::{FollowUpLikelihood, FollowUpLikelihoodOptions};
pub use follow_ups::FollowUps;
pub use perplexity::{Perplexity, PerplexityOptions};
pub use unit::TextUnit;

use crate::entry::Entry;

/// The metrics of this family.
pub(crate) const ENTRIES: &[Entry] = &[
    Entry::likelihood::<Perplexity>(),
    Entry::likelihood::<ConditionalLikelihood>(),
    Entry::likelihood::<FollowUpLikelihood>(),
];
