//! Scores of models on benchmarks, as BenchBench has them.

use serde::Deserialize;

use crate::records::{name, number, optional_name};

/// A score of a model on a benchmark.
#[derive(Debug, Deserialize)]
pub(crate) struct BenchBenchRow {
    #[serde(deserialize_with = "name")]
    pub(crate) model: String,
    #[serde(alias = "benchmark", deserialize_with = "name")]
    pub(crate) scenario: String,
    #[serde(deserialize_with = "number")]
    pub(crate) score: f64,
    /// Where the score comes from.
    #[serde(default, deserialize_with = "optional_name")]
    pub(crate) source: Option<String>,
}
