//! WildBench's two figures (Lin et al., 2024): WB-Reward, how much better a model is than a baseline by
//! verdicts in five steps, and WB-Score, its mean score, both also by task.

use std::collections::BTreeMap;

use rubrica_core::{Error, Result, Signature};
use rubrica_stats::StatsError;
use rubrica_stats::bootstrap::Bootstrap;
use rubrica_stats::moments::mean;
use rubrica_stats::take;
use serde::{Deserialize, Serialize};

use super::fields::{optional_name, truth};
use super::told;
use crate::audit::Figure;
use crate::records::{number, optional_number};

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

/// One score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WildScore {
    /// From 1 to 10.
    #[serde(deserialize_with = "number")]
    pub score: f64,
    /// As in [`WildJudgment`].
    #[serde(default)]
    pub tags: Vec<String>,
}

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
    /// Weighted mean over the tasks; none without an item in a weighted task.
    pub task_macro: Option<f64>,
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
/// [`Error::Statistic`] without judged items; [`Error::Invalid`] for a margin without lengths, a negative
/// length, or weights that are not above 0.
pub fn wb_reward(
    judgments: &[WildJudgment],
    options: &WildBenchOptions,
) -> Result<WildRewardReport> {
    check_weights(options)?;
    let rewards = rewards(judgments, options.k, options.compat)?;
    let judged = judgments.iter().filter(|j| j.verdict.is_some()).count();
    if judged == 0 {
        return Err(told(&StatsError::TooFew { what: "judged items", found: 0, needed: 1 }));
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

/// WB-Score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WildScoreReport {
    /// Twice the mean score less 5: −8 to 10, 0 being a mean of 5. The board shows it times 10.
    pub score: Figure,
    /// Weighted mean over the tasks, on the same scale.
    pub task_macro: Option<f64>,
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
/// [`Error::Statistic`] without scores; [`Error::Invalid`] for a score outside 1 to 10, or weights that
/// are not above 0.
pub fn wb_score(scores: &[WildScore], options: &WildBenchOptions) -> Result<WildScoreReport> {
    check_weights(options)?;
    if let Some(index) = scores.iter().position(|s| !(1.0..=10.0).contains(&s.score)) {
        let (path, problem) = (format!("[{index}].score"), scores[index].score);
        return Err(Error::invalid(path, format!("is {problem}"), "1 to 10"));
    }
    let values: Vec<f64> = scores.iter().map(|s| s.score).collect();
    let plain = mean(&values).map_err(|e| told(&e))?;
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
fn rescaled(score: f64) -> f64 {
    2.0 * (score - 5.0)
}

/// The reward of each item; none for those that do not count.
fn rewards(judgments: &[WildJudgment], k: f64, compat: bool) -> Result<Vec<Option<f64>>> {
    let skipped = if compat { Some(0.0) } else { None };
    let of = |(index, judgment): (usize, &WildJudgment)| {
        for (field, length) in [("len_test", judgment.len_test), ("len_ref", judgment.len_ref)] {
            let path = format!("[{index}].{field}");
            match length {
                Some(length) if !(length >= 0.0 && length.is_finite()) => {
                    return Err(Error::invalid(path, format!("is {length}"), "a length >= 0"));
                }
                None if k >= 0.0 && judgment.verdict.is_some() => {
                    return Err(Error::invalid(path, "is missing", "a length, or no margin"));
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

fn task_macro(by_task: &BTreeMap<String, f64>, options: &WildBenchOptions) -> Option<f64> {
    let (mut sum, mut divisor, mut any) = (0.0, 0.0, false);
    for (task, weight) in &options.weights {
        if let Some(value) = by_task.get(task) {
            (sum, any) = (sum + weight * value, true);
            divisor += weight;
        } else if options.compat {
            divisor += weight;
        }
    }
    any.then(|| sum / divisor)
}

fn check_weights(options: &WildBenchOptions) -> Result<()> {
    for (task, weight) in &options.weights {
        if !(*weight > 0.0 && weight.is_finite()) {
            return Err(Error::invalid(format!("weights.{task}"), format!("is {weight}"), "> 0"));
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

#[cfg(test)]
#[path = "wildbench_tests.rs"]
mod tests;
