//! WildBench's two figures (Lin et al., 2024): WB-Reward, how much better a model is than a baseline by
//! verdicts in five steps, and WB-Score, its mean score, both also by task.

mod reward;
mod score;
#[cfg(test)]
mod tests;

pub use reward::{WildCounts, WildJudgment, WildRewardReport, WildVerdict, wb_reward};
pub use score::{WildScore, WildScoreReport, wb_score};

use std::collections::BTreeMap;

use rubrica_core::Signature;
use rubrica_stats::StatsError;
use rubrica_stats::bootstrap::Bootstrap;
use serde::{Deserialize, Serialize};

use crate::audit::Measured;
use crate::error::{AuditError, Result};

/// How to count.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WildBenchOptions {
    /// Characters by which a response may be longer and still win slightly; below 0 there is no margin.
    pub k: f64,
    /// Margins of the table that shows what the margin does.
    pub sensitivity: Vec<f64>,
    /// Weights of the tasks.
    pub weights: BTreeMap<String, f64>,
    /// As the official code: skipped items count as ties, and a task without items as one of figure 0.
    pub compat: bool,
    /// Resamples, level and seed of the intervals.
    pub bootstrap: Bootstrap,
}

const TASKS: [(&str, f64); 5] = [
    ("Creative Tasks", 0.5),
    ("Planning & Reasoning", 1.25),
    ("Math & Data Analysis", 1.0),
    ("Information/Advice seeking", 0.75),
    ("Coding & Debugging", 1.25),
];

impl Default for WildBenchOptions {
    fn default() -> Self {
        Self {
            k: -1.0,
            sensitivity: vec![-1.0, 0.0, 100.0, 500.0, 1000.0],
            weights: TASKS.iter().map(|(task, weight)| ((*task).to_owned(), *weight)).collect(),
            compat: false,
            bootstrap: Bootstrap::default(),
        }
    }
}

/// The task that a tag of WildBench belongs to; any other tag is its own task.
pub fn wildbench_task(tag: &str) -> &str {
    match tag {
        "Information seeking" | "Advice seeking" => TASKS[3].0,
        "Creative Writing" | "Editing" | "Brainstorming" | "Role playing" | "Others" => TASKS[0].0,
        "Coding & Debugging" => TASKS[4].0,
        "Reasoning" | "Planning" => TASKS[1].0,
        "Math" | "Data Analysis" => TASKS[2].0,
        other => other,
    }
}

fn by_task<'t>(items: impl Iterator<Item = (&'t [String], f64)>) -> BTreeMap<String, f64> {
    let mut sums: BTreeMap<&str, (f64, usize)> = BTreeMap::new();
    for (tags, value) in items {
        let mut tasks: Vec<&str> = tags.iter().map(|tag| wildbench_task(tag)).collect();
        // Two tags of one task are one task.
        tasks.sort_unstable();
        tasks.dedup();
        for task in tasks {
            let sum = sums.entry(task).or_default();
            *sum = (sum.0 + value, sum.1 + 1);
        }
    }
    sums.into_iter().map(|(task, (sum, n))| (task.to_owned(), sum / n as f64)).collect()
}

fn task_macro(by_task: &BTreeMap<String, f64>, options: &WildBenchOptions) -> Measured {
    let (mut sum, mut divisor, mut any) = (0.0, 0.0, false);
    for (task, weight) in &options.weights {
        if let Some(value) = by_task.get(task) {
            (sum, any) = (sum + weight * value, true);
            divisor += weight;
        } else if options.compat {
            divisor += weight;
        }
    }
    let (what, expected) = ("tasks", "an item in a task with a weight");
    any.then(|| sum / divisor).ok_or(StatsError::NothingToCount { what, expected }).into()
}

fn check_weights(options: &WildBenchOptions) -> Result<()> {
    for (task, weight) in &options.weights {
        if !(*weight > 0.0 && weight.is_finite()) {
            return Err(AuditError::invalid(
                format!("weights.{task}"),
                format!("is {weight}"),
                "> 0",
            ));
        }
    }
    Ok(())
}

fn signature(protocol: &str, options: &WildBenchOptions) -> Signature {
    let weights: Vec<String> =
        options.weights.iter().map(|(task, weight)| format!("{task}={weight}")).collect();
    let mut signature = Signature::new(protocol)
        .with("compat", options.compat)
        .with("weights", weights.join(","))
        .with("interval", format!("bootstrap:{}", options.bootstrap.replicates))
        .with("level", options.bootstrap.level);
    signature.seed = Some(options.bootstrap.seed);
    signature
}
