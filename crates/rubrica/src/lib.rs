//! Rubrica scores and critiques text where the text is.
//!
//! One facade over the vocabulary ([`core`]), metrics ([`metrics`]), statistics ([`stats`]), with the
//! feature `judge` checks and judging protocols ([`judge`]) and, with the feature `models`, small judge
//! models in burn ([`models`]). With the feature `train`, judges are fitted and measured on labelled data.

pub use rubrica_core as core;
#[cfg(feature = "judge")]
pub use rubrica_judge as judge;
pub use rubrica_metrics as metrics;
#[cfg(feature = "models")]
pub use rubrica_models as models;
pub use rubrica_stats as stats;
#[cfg(feature = "train")]
pub use rubrica_train as train;

#[cfg(feature = "models")]
pub mod catalogue;
pub mod data;
pub mod evaluation;
mod intervals;
#[cfg(feature = "judge")]
mod rubric_ref;
mod scorecard;
mod tally;
#[cfg(feature = "train")]
pub mod training;

pub use intervals::{MetricIntervals, WithIntervals, corpus_intervals};
#[cfg(feature = "judge")]
pub use rubric_ref::resolve_rubric;
pub use scorecard::{
    CorpusScores, MetricRequest, MetricRows, NoEncoder, SampleScores, Scorecard, scorecard,
};
pub use tally::Tally;

/// The README's example, compiled and run.
#[cfg(all(doctest, feature = "models"))]
#[doc = include_str!("../../../README.md")]
pub struct Readme;
