//! What is fitted after training, on the examples that only validated: temperatures (Guo et al.,
//! 2017), a conformal interval (Vovk et al., 2005), thresholds.

use std::collections::BTreeMap;

use rubrica_core::{CutPoints, Scale};
use rubrica_models::{CROSS_LEVELS, CrossConfig, CrossEncoder, CrossTask, SUPPORT_KINDS};
use rubrica_stats::calibration::{conformal_quantile, fit_temperature, fit_temperature_binary};
use rubrica_stats::classification::balanced_accuracy;

use super::answers::{Answered, answers};
use super::fit::split;
use super::validation::scores;
use super::{CrossExample, CrossOptions, CrossTarget};
use crate::{Result, values};

/// Share of the true scores that the interval of a rubric score holds.
pub const COVERAGE: f64 = 0.9;

/// Fits a [`CrossConfig`] for `model`, which is on a device without gradients, on those of
/// `examples` that `options` keeps for validation. What cannot be fitted (no examples of a task)
/// stays as [`CrossConfig::new`] has it.
///
/// # Errors
/// [`crate::TrainError::Core`] for thresholds that do not ascend.
pub fn calibrate(
    model: &CrossEncoder,
    examples: &[CrossExample],
    pad: u32,
    options: &CrossOptions,
    window: usize,
) -> Result<CrossConfig> {
    let (_, held) = split(examples, options);
    let mut tasks: BTreeMap<CrossTask, Vec<Answered<'_>>> = BTreeMap::new();
    for answer in answers(model, examples, &held, options.batch_tokens, pad) {
        tasks.entry(answer.task()).or_default().push(answer);
    }
    let thresholds = values(model.heads.thresholds());
    let mut config = CrossConfig::new(window);
    for (&task, answered) in &tasks {
        if let Some(temperature) = temperature(task, answered, &thresholds) {
            config.temperature.insert(task, temperature);
        }
    }
    if let Some(answered) = tasks.get(&CrossTask::Reward) {
        let temperature = config.temperature.get(&CrossTask::Reward).copied().unwrap_or(1.0);
        config.tie_margin = tie_margin(answered) / temperature;
    }
    if let Some(answered) = tasks.get(&CrossTask::Rubric) {
        let temperature = config.temperature.get(&CrossTask::Rubric).copied().unwrap_or(1.0);
        let cuts: Vec<f32> = thresholds.iter().map(|t| t / temperature as f32).collect();
        let cuts = CutPoints::new(&cuts)?;
        let scale = Scale::likert(1, CROSS_LEVELS as i32);
        let (said, truth) = scores(answered);
        let errors: Vec<f64> = said
            .iter()
            .zip(&truth)
            .map(|(latent, truth)| {
                let mean = cuts.distribution(latent / temperature, &scale).mean();
                (scale.normalise(mean) - truth).abs()
            })
            .collect();
        config.interval = conformal_quantile(&errors, COVERAGE).ok();
    }
    let threshold = |task: CrossTask, probability: &dyn Fn(&[f64]) -> f64| {
        let temperature = config.temperature.get(&task).copied().unwrap_or(1.0);
        let answered = tasks.get(&task)?;
        let (said, truth) = probabilities(answered, temperature, probability);
        let sources: Vec<&str> = answered
            .iter()
            .flat_map(|a| a.logits.iter().map(|_| a.example.source.as_str()))
            .collect();
        best_threshold(&said, &truth, &sources)
    };
    let support = threshold(CrossTask::Grounding, &|row| {
        let top = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = row.iter().map(|x| (x - top).exp()).sum();
        (row[0] - top).exp() / sum
    });
    let error = threshold(CrossTask::Errors, &|row| 1.0 / (1.0 + (-row[0]).exp()));
    let context = threshold(CrossTask::Context, &|row| 1.0 / (1.0 + (-row[1]).exp()));
    config.context_threshold = context.unwrap_or(config.context_threshold);
    config.support_threshold = support.unwrap_or(config.support_threshold);
    config.error_threshold = error.unwrap_or(config.error_threshold);
    Ok(config)
}

fn temperature(task: CrossTask, answered: &[Answered<'_>], thresholds: &[f32]) -> Option<f64> {
    let (mut logits, mut happened) = (Vec::new(), Vec::new());
    if task == CrossTask::Grounding {
        let mut class = Vec::new();
        for Answered { example, logits: rows, .. } in answered {
            if let CrossTarget::Support(spans) = &example.target {
                for (row, span) in rows.iter().zip(spans) {
                    logits.extend(row.iter().map(|x| f64::from(*x)));
                    class.push((0..span.len()).max_by(|&a, &b| span[a].total_cmp(&span[b]))?);
                }
            }
        }
        return Some(fit_temperature(&logits, SUPPORT_KINDS.len(), &class).ok()?.temperature);
    }
    for Answered { example, logits: rows, .. } in answered {
        match &example.target {
            CrossTarget::Rating(value) => {
                for (cut, threshold) in thresholds.iter().enumerate() {
                    logits.push(f64::from(rows[0][0] - threshold));
                    happened.push(value * thresholds.len() as f32 - cut as f32 >= 0.5);
                }
            }
            CrossTarget::Pair(first) if *first != 0.5 => {
                logits.push(f64::from(rows[0][0] - rows[1][0]));
                happened.push(*first > 0.5);
            }
            CrossTarget::Errors(spans, known) => {
                let spans = spans.iter().map(<[f32; _]>::as_slice);
                labelled(rows, spans, known, &mut logits, &mut happened);
            }
            CrossTarget::Context(spans, known) => {
                let spans = spans.iter().map(<[f32; _]>::as_slice);
                labelled(rows, spans, known, &mut logits, &mut happened);
            }
            _ => {}
        }
    }
    Some(fit_temperature_binary(&logits, &happened).ok()?.temperature)
}

/// The logits of the kinds that a source knows, and whether each is there.
fn labelled<'s>(
    rows: &[Vec<f32>],
    spans: impl Iterator<Item = &'s [f32]>,
    known: &[bool],
    logits: &mut Vec<f64>,
    happened: &mut Vec<bool>,
) {
    for (row, span) in rows.iter().zip(spans) {
        for kind in (0..known.len()).filter(|&k| known[k]) {
            logits.push(f64::from(row[kind]));
            happened.push(span[kind] >= 0.5);
        }
    }
}

/// The margin that calls as many pairs a tie as the labels do.
fn tie_margin(answered: &[Answered<'_>]) -> f64 {
    let pairs = answered.iter().filter_map(|answer| match &answer.example.target {
        CrossTarget::Pair(first) => {
            Some((f64::from(answer.logits[0][0] - answer.logits[1][0]).abs(), *first == 0.5))
        }
        _ => None,
    });
    let (mut margins, labels): (Vec<f64>, Vec<bool>) = pairs.unzip();
    margins.sort_by(f64::total_cmp);
    let ties = labels.iter().filter(|tie| **tie).count();
    match ties {
        0 => 0.0,
        ties => margins[ties - 1],
    }
}

/// A probability for each span, and whether it is so.
fn probabilities(
    answered: &[Answered<'_>],
    temperature: f64,
    probability: &dyn Fn(&[f64]) -> f64,
) -> (Vec<f64>, Vec<bool>) {
    let said = answered.iter().flat_map(|a| &a.logits).map(|row| {
        let row: Vec<f64> = row.iter().map(|x| f64::from(*x) / temperature).collect();
        probability(&row)
    });
    let (_, truth) = scores(answered);
    (said.collect(), truth.into_iter().map(|t| t >= 0.5).collect())
}

/// Labels of either kind that a source must have to be counted apart.
const ENOUGH: usize = 10;

/// The middle of the range of thresholds with the best balanced accuracy, the mean over the sources:
/// a large easy one must not choose alone. Sources with few labels of a kind count together as one.
fn best_threshold(said: &[f64], truth: &[bool], sources: &[&str]) -> Option<f64> {
    let mut apart: BTreeMap<&str, Vec<(f64, bool)>> = BTreeMap::new();
    for ((&said, &truth), &source) in said.iter().zip(truth).zip(sources) {
        apart.entry(source).or_default().push((said, truth));
    }
    let enough = |rows: &[(f64, bool)]| {
        let positive = rows.iter().filter(|(_, truth)| *truth).count();
        positive.min(rows.len() - positive) >= ENOUGH
    };
    let (mut parts, few): (Vec<_>, Vec<_>) = apart.into_values().partition(|rows| enough(rows));
    parts.push(few.concat());
    let mean = |threshold: f64| {
        let each: Vec<f64> = parts
            .iter()
            .filter_map(|rows| {
                let truth: Vec<bool> = rows.iter().map(|(_, truth)| *truth).collect();
                let positive: Vec<bool> = rows.iter().map(|(said, _)| *said >= threshold).collect();
                balanced_accuracy(&truth, &positive).ok()
            })
            .collect();
        (!each.is_empty()).then(|| each.iter().sum::<f64>() / each.len() as f64)
    };
    let measured: Vec<(f64, f64)> = (1..100)
        .map(|i| f64::from(i) / 100.0)
        .filter_map(|threshold| Some((threshold, mean(threshold)?)))
        .collect();
    let best = measured.iter().map(|(_, a)| *a).max_by(f64::total_cmp)?;
    let top: Vec<f64> = measured.iter().filter(|(_, a)| *a == best).map(|(t, _)| *t).collect();
    Some((top[0] + top[top.len() - 1]) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_threshold_stands_between_the_classes() {
        let said = [0.1, 0.2, 0.7, 0.9];
        let truth = [false, false, true, true];
        let best = best_threshold(&said, &truth, &["a", "b", "a", "b"]).expect("two classes");
        assert!((0.2..0.7).contains(&best), "{best}");
        assert_eq!(best_threshold(&[], &[], &[]), None);
    }

    #[test]
    fn a_large_source_does_not_choose_alone() {
        // The large one is as well served by 0.2 as by 0.6, but for two rows; the small one only by 0.6.
        let rows = |source: &'static str, false_at: f64, true_at: f64, each: usize| {
            [(false_at, false), (true_at, true)]
                .into_iter()
                .flat_map(move |(said, truth)| vec![(said, truth, source); each])
        };
        let all: Vec<(f64, bool, &str)> = rows("large", 0.1, 0.9, 200)
            .chain([(0.4, true, "large"), (0.4, true, "large")])
            .chain(rows("small", 0.5, 0.8, 10))
            .collect();
        let said: Vec<f64> = all.iter().map(|row| row.0).collect();
        let truth: Vec<bool> = all.iter().map(|row| row.1).collect();
        let sources: Vec<&str> = all.iter().map(|row| row.2).collect();
        let best = best_threshold(&said, &truth, &sources).expect("two classes");
        assert!((0.5..0.8).contains(&best), "{best}");
        let alone = best_threshold(&said[..402], &truth[..402], &sources[..402]);
        assert!(alone.is_some_and(|best| best <= 0.4), "{alone:?}");
    }
}
