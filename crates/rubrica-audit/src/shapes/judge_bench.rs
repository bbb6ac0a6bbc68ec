//! What JudgeBench's `run_judge.py` writes: a labelled pair with the judgments of both orders.

use rubrica_core::Preference;
use serde::Deserialize;

use crate::records::{name, optional_name};

/// A labelled pair and its judgments.
#[derive(Debug, Deserialize)]
pub(super) struct JudgeBenchRow {
    #[serde(deserialize_with = "name")]
    pub(super) pair_id: String,
    pub(super) label: Preference,
    /// One an order, each as the judge saw it.
    pub(super) judgments: Vec<Option<Decision>>,
    #[serde(default, deserialize_with = "optional_name")]
    pub(super) judge_name: Option<String>,
    #[serde(default)]
    pub(super) source: Option<String>,
    #[serde(default, rename = "response_A")]
    pub(super) response_a: Option<String>,
    #[serde(default, rename = "response_B")]
    pub(super) response_b: Option<String>,
}

/// One judgment.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Decision {
    /// None where the judge's text had no verdict.
    #[serde(default)]
    decision: Option<Preference>,
}

impl JudgeBenchRow {
    /// The winner in an order, as the judge saw it: 0 for `a` first, 1 for `b` first.
    pub(super) fn winner(&self, order: usize) -> Option<Preference> {
        self.judgments.get(order)?.as_ref()?.decision
    }
}
