//! WB-Score: the mean score, by task.

use std::collections::BTreeMap;

use rubrica_core::Signature;
use rubrica_stats::moments::mean;
use rubrica_stats::take;
use serde::{Deserialize, Serialize};

use super::{WildBenchOptions, by_task, check_weights, signature, task_macro};
use crate::audit::{Figure, Measured};
use crate::error::{AuditError, Result};
use crate::records::number;
use crate::reports::report::{Example, Report};

/// One score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WildScore {
    /// From 1 to 10.
    #[serde(deserialize_with = "number")]
    pub score: f64,
    /// As in [`WildJudgment`](super::WildJudgment).
    #[serde(default)]
    pub tags: Vec<String>,
}

/// WB-Score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WildScoreReport {
    /// Twice the mean score less 5: −8 to 10, 0 being a mean of 5. The board shows it times 10.
    pub score: Figure,
    /// Weighted mean over the tasks, on the same scale.
    pub task_macro: Measured,
    /// Over the items of each task, on the same scale.
    pub by_task: BTreeMap<String, f64>,
    /// Mean score as given.
    pub mean: f64,
    /// Items.
    pub n: usize,
    /// What produced it.
    pub signature: Signature,
}

/// WB-Score of recorded scores.
///
/// # Errors
/// [`AuditError::Statistic`] without scores; [`AuditError::Input`] for a score outside 1 to 10, or weights that
/// are not above 0.
pub fn wb_score(scores: &[WildScore], options: &WildBenchOptions) -> Result<WildScoreReport> {
    check_weights(options)?;
    if let Some(index) = scores.iter().position(|s| !(1.0..=10.0).contains(&s.score)) {
        let (path, problem) = (format!("[{index}].score"), scores[index].score);
        return Err(AuditError::invalid(path, format!("is {problem}"), "1 to 10"));
    }
    let values: Vec<f64> = scores.iter().map(|s| s.score).collect();
    let plain = mean(&values)?;
    let scaled: Vec<f64> = values.iter().map(|&v| rescaled(v)).collect();
    let by_task = by_task(scores.iter().zip(&scaled).map(|(s, v)| (s.tags.as_slice(), *v)));
    Ok(WildScoreReport {
        score: Figure::of_items(scaled.len(), &options.bootstrap, |items| {
            mean(&take(&scaled, items))
        }),
        task_macro: task_macro(&by_task, options),
        by_task,
        mean: plain,
        n: scores.len(),
        signature: signature("wb-score", options),
    })
}

/// A score of 1 to 10 on WildBench's scale, 5 being 0.
pub(super) fn rescaled(score: f64) -> f64 {
    2.0 * (score - 5.0)
}

impl Report for WildScoreReport {
    const NAME: &'static str = "wb-score";
    const QUESTION: &'static str = "What is the mean score, by task?";
    const SOURCE: &'static str = "WildBench; Lin et al., 2024";
    const ROW: &'static str = "score (1 to 10), tags? [..]";
    const EXAMPLE: Example = Example {
        options: "{}",
        rows: r#"{"score": 7, "tags": ["Coding"]}
{"score": "3"}
"#,
    };
    type Row = WildScore;
    type Options = WildBenchOptions;

    fn run(rows: Vec<Self::Row>, options: &Self::Options) -> Result<Self> {
        wb_score(&rows, options)
    }
}
