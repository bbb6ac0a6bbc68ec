//! Rows of benchmark boards: one score each, or all scores of a model.

use std::collections::BTreeMap;

use rubrica_core::ScoreRow;
use serde::Deserialize;

use crate::records::{name, optional_number};
use crate::shapes::BenchBenchRow;

/// [`ScoreRow`], also out of CSV, or all scores of a model in one row.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected model, scenario and score, or model and finite numbers by scenario"
)]
pub(super) enum BoardRow {
    Long(BenchBenchRow),
    Wide {
        #[serde(deserialize_with = "name")]
        model: String,
        #[serde(flatten)]
        scores: BTreeMap<String, WideScore>,
    },
}

/// A score in a table, where `-` is a gap.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum WideScore {
    Score(#[serde(deserialize_with = "optional_number")] Option<f64>),
    Gap(Dash),
}

#[derive(Deserialize)]
pub(super) enum Dash {
    #[serde(rename = "-")]
    Dash,
}

impl BoardRow {
    pub(super) fn scores(self) -> Vec<ScoreRow> {
        match self {
            Self::Long(BenchBenchRow { model, scenario, score, source }) => {
                vec![ScoreRow { model, scenario, score, source }]
            }
            Self::Wide { model, scores } => scores
                .into_iter()
                .filter_map(|(scenario, score)| {
                    let WideScore::Score(Some(score)) = score else { return None };
                    Some(ScoreRow { model: model.clone(), scenario, score, source: None })
                })
                .collect(),
        }
    }
}
