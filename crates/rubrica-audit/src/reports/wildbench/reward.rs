//! WB-Reward: how much better a model is than a baseline, by verdicts in five steps.

use std::collections::BTreeMap;

use rubrica_core::Signature;
use rubrica_stats::moments::mean;
use rubrica_stats::{StatsError, take};
use serde::{Deserialize, Serialize};

use super::{WildBenchOptions, by_task, check_weights, signature, task_macro};
use crate::audit::{Figure, Measured};
use crate::error::{AuditError, Result};
use crate::records::{optional_name, optional_number, truth};
use crate::reports::report::{Example, Report};

/// A verdict on a model, `A`, and a baseline, `B`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum WildVerdict {
    /// The model is much better.
    #[serde(rename = "A++")]
    MuchBetter,
    /// The model is slightly better.
    #[serde(rename = "A+")]
    Better,
    /// Both are as good.
    #[serde(rename = "A=B")]
    Tie,
    /// The baseline is slightly better.
    #[serde(rename = "B+")]
    Worse,
    /// The baseline is much better.
    #[serde(rename = "B++")]
    MuchWorse,
}

impl WildVerdict {
    fn reward(self) -> f64 {
        match self {
            Self::MuchBetter => 1.0,
            Self::Better => 0.5,
            Self::Tie => 0.0,
            Self::Worse => -0.5,
            Self::MuchWorse => -1.0,
        }
    }

    /// A slight win of a response that is longer than the other by more than `k` is a tie.
    fn with_margin(self, len_test: f64, len_ref: f64, k: f64) -> Self {
        match self {
            Self::Better if len_test > len_ref + k => Self::Tie,
            Self::Worse if len_ref > len_test + k => Self::Tie,
            other => other,
        }
    }
}

/// One verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WildJudgment {
    /// What was said; none where a response was empty or cut off, so that nobody judged it.
    #[serde(default)]
    pub verdict: Option<WildVerdict>,
    /// True when `A` is the baseline in the verdict.
    #[serde(default, deserialize_with = "truth")]
    pub swapped: bool,
    /// The baseline, where there are several.
    #[serde(default, deserialize_with = "optional_name")]
    pub baseline: Option<String>,
    /// Characters of the model's response.
    #[serde(default, alias = "lenTest", deserialize_with = "optional_number")]
    pub len_test: Option<f64>,
    /// Characters of the baseline's response.
    #[serde(default, alias = "lenRef", deserialize_with = "optional_number")]
    pub len_ref: Option<f64>,
    /// WildBench's tags or tasks; the item counts in the task of each.
    #[serde(default)]
    pub tags: Vec<String>,
}

/// Verdicts with the margin in force.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct WildCounts {
    /// The model is much better.
    pub much_better: usize,
    /// The model is slightly better.
    pub better: usize,
    /// Ties.
    pub ties: usize,
    /// The baseline is slightly better.
    pub worse: usize,
    /// The baseline is much better.
    pub much_worse: usize,
    /// Items that nobody judged.
    pub skipped: usize,
}

/// WB-Reward.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WildRewardReport {
    /// Mean reward in `-1..=1`; the mean over baselines where there are several. The board shows it times
    /// 100.
    pub reward: Figure,
    /// Against each baseline, where they are named.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub by_baseline: BTreeMap<String, Figure>,
    /// Weighted mean over the tasks.
    pub task_macro: Measured,
    /// Over the items of each task.
    pub by_task: BTreeMap<String, f64>,
    /// Verdicts.
    pub counts: WildCounts,
    /// The reward with other margins, `[margin, reward]`.
    pub sensitivity: Vec<[f64; 2]>,
    /// What produced it.
    pub signature: Signature,
}

/// WB-Reward of recorded verdicts.
///
/// # Errors
/// [`AuditError::Statistic`] without judged items; [`AuditError::Input`] for a margin without lengths, a negative
/// length, or weights that are not above 0.
pub fn wb_reward(
    judgments: &[WildJudgment],
    options: &WildBenchOptions,
) -> Result<WildRewardReport> {
    check_weights(options)?;
    let rewards = rewards(judgments, options.k, options.compat)?;
    let judged = judgments.iter().filter(|j| j.verdict.is_some()).count();
    if judged == 0 {
        return Err(StatsError::TooFew { what: "judged items", found: 0, needed: 1 }.into());
    }
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, judgment) in judgments.iter().enumerate() {
        groups.entry(judgment.baseline.as_deref().unwrap_or("")).or_default().push(index);
    }
    let mix = |items: &[usize], rewards: &[Option<f64>]| {
        // The baseline of an item by its number in the order of names.
        let mut sums = vec![(0.0, 0usize); groups.len()];
        for &item in items {
            let own = judgments[item].baseline.as_deref().unwrap_or("");
            let group = groups.range(..own).count();
            if let Some(reward) = rewards[item] {
                sums[group].0 += reward;
                sums[group].1 += 1;
            }
        }
        let means: Vec<f64> =
            sums.iter().filter(|(_, n)| *n > 0).map(|(sum, n)| sum / *n as f64).collect();
        mean(&means)
    };
    let all: Vec<usize> = (0..judgments.len()).collect();
    let reward =
        Figure::of_items(judgments.len(), &options.bootstrap, |items| mix(items, &rewards));
    let named = groups.len() > 1 || !groups.contains_key("");
    let by_baseline = groups.iter().filter(|_| named).map(|(baseline, members)| {
        let own: Vec<f64> = members.iter().filter_map(|&i| rewards[i]).collect();
        let figure = Figure::of_items(own.len(), &options.bootstrap, |i| mean(&take(&own, i)));
        ((*baseline).to_owned(), figure)
    });
    let by_baseline = by_baseline.collect();
    let tagged = judgments.iter().zip(&rewards).filter(|(j, _)| j.verdict.is_some());
    let by_task = by_task(tagged.filter_map(|(j, r)| Some((j.tags.as_slice(), (*r)?))));
    let mut sensitivity = Vec::new();
    for &k in &options.sensitivity {
        // A margin needs lengths, which need not be there when no margin was asked for.
        if let Ok(rewards) = self::rewards(judgments, k, options.compat)
            && let Ok(value) = mix(&all, &rewards)
        {
            sensitivity.push([k, value]);
        }
    }
    Ok(WildRewardReport {
        reward,
        by_baseline,
        task_macro: task_macro(&by_task, options),
        by_task,
        counts: counts(judgments, options.k),
        sensitivity,
        signature: signature("wb-reward", options).with("k", options.k),
    })
}

/// The reward of each item; none for those that do not count.
fn rewards(judgments: &[WildJudgment], k: f64, compat: bool) -> Result<Vec<Option<f64>>> {
    let skipped = if compat { Some(0.0) } else { None };
    let of = |(index, judgment): (usize, &WildJudgment)| {
        for (field, length) in [("len_test", judgment.len_test), ("len_ref", judgment.len_ref)] {
            let path = format!("[{index}].{field}");
            match length {
                Some(length) if !(length >= 0.0 && length.is_finite()) => {
                    return Err(AuditError::invalid(path, format!("is {length}"), "a length >= 0"));
                }
                None if k >= 0.0 && judgment.verdict.is_some() => {
                    return Err(AuditError::invalid(path, "is missing", "a length, or no margin"));
                }
                _ => {}
            }
        }
        Ok(margined(judgment, k).map(WildVerdict::reward).or(skipped))
    };
    judgments.iter().enumerate().map(of).collect()
}

/// The verdict on the model with the margin in force.
fn margined(judgment: &WildJudgment, k: f64) -> Option<WildVerdict> {
    let own = match (judgment.verdict?, judgment.swapped) {
        (verdict, false) => verdict,
        (WildVerdict::MuchBetter, true) => WildVerdict::MuchWorse,
        (WildVerdict::Better, true) => WildVerdict::Worse,
        (WildVerdict::Tie, true) => WildVerdict::Tie,
        (WildVerdict::Worse, true) => WildVerdict::Better,
        (WildVerdict::MuchWorse, true) => WildVerdict::MuchBetter,
    };
    Some(match (judgment.len_test, judgment.len_ref) {
        (Some(test), Some(reference)) if k >= 0.0 => own.with_margin(test, reference, k),
        _ => own,
    })
}

/// Verdicts with the margin in force, by kind.
fn counts(judgments: &[WildJudgment], k: f64) -> WildCounts {
    let mut counts = WildCounts::default();
    for judgment in judgments {
        *(match margined(judgment, k) {
            Some(WildVerdict::MuchBetter) => &mut counts.much_better,
            Some(WildVerdict::Better) => &mut counts.better,
            Some(WildVerdict::Tie) => &mut counts.ties,
            Some(WildVerdict::Worse) => &mut counts.worse,
            Some(WildVerdict::MuchWorse) => &mut counts.much_worse,
            None => &mut counts.skipped,
        }) += 1;
    }
    counts
}

impl Report for WildRewardReport {
    const NAME: &'static str = "wb-reward";
    const QUESTION: &'static str = "How much better than a baseline, by verdicts in five steps?";
    const SOURCE: &'static str = "WildBench; Lin et al., 2024";
    const ROW: &'static str =
        "verdict (A++|A+|A=B|B+|B++)?, swapped?, baseline?, len_test?, len_ref?, tags? [..]";
    const EXAMPLE: Example = Example {
        options: "{}",
        rows: r#"{"verdict": "A++", "len_test": 900, "len_ref": 700, "tags": ["Coding"]}
{"verdict": "B+", "len_test": 100, "len_ref": 700, "tags": ["Editing"]}
"#,
    };
    type Row = WildJudgment;
    type Options = WildBenchOptions;

    fn run(rows: Vec<Self::Row>, options: &Self::Options) -> Result<Self> {
        wb_reward(&rows, options)
    }
}
