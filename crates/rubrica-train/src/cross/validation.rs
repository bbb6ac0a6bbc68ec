//! How the model does on held-in examples that it does not learn from.

use std::collections::BTreeMap;

use rubrica_models::{CrossEncoder, CrossTask};
use rubrica_stats::classification::auroc;
use rubrica_stats::correlation::pearson;
use serde::{Deserialize, Serialize};

use super::answers::{Answered, answers};
use super::{CrossExample, CrossTarget};

/// One task on the validation examples.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskValidation {
    /// Examples.
    pub examples: usize,
    /// Mean weighted loss.
    pub loss: f64,
    /// Pearson correlation for ratings, accuracy for pairs, AUROC for support, for any error and
    /// for what is used of a context; absent where it is not defined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measure: Option<f64>,
    /// The measure on the examples of each source, where it is defined.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sources: BTreeMap<String, f64>,
}

/// All tasks after a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CrossValidation {
    /// Optimiser steps taken.
    pub step: usize,
    /// By task.
    pub tasks: BTreeMap<CrossTask, TaskValidation>,
}

/// Measures `model`, which is on a device without gradients, on the examples `indices`.
pub(super) fn validate(
    model: &CrossEncoder,
    examples: &[CrossExample],
    indices: &[usize],
    batch_tokens: usize,
    pad: u32,
    step: usize,
) -> CrossValidation {
    let mut tasks: BTreeMap<CrossTask, Vec<Answered<'_>>> = BTreeMap::new();
    for answer in answers(model, examples, indices, batch_tokens, pad) {
        tasks.entry(answer.task()).or_default().push(answer);
    }
    let tasks = tasks.into_iter().map(|(task, answered)| {
        let loss = answered.iter().map(|a| a.loss).sum::<f64>() / answered.len() as f64;
        let (examples, all) = (answered.len(), measure(task, &answered));
        let mut apart: BTreeMap<String, Vec<Answered<'_>>> = BTreeMap::new();
        for answer in answered {
            apart.entry(answer.example.source.clone()).or_default().push(answer);
        }
        let sources = apart.into_iter().filter_map(|(name, of)| Some((name, measure(task, &of)?)));
        (task, TaskValidation { examples, loss, measure: all, sources: sources.collect() })
    });
    CrossValidation { step, tasks: tasks.collect() }
}

fn measure(task: CrossTask, answered: &[Answered<'_>]) -> Option<f64> {
    let (said, truth) = scores(answered);
    match task {
        CrossTask::Rubric => pearson(&said, &truth).ok(),
        CrossTask::Reward => {
            let right: Vec<bool> = said
                .iter()
                .zip(&truth)
                .filter(|(_, truth)| **truth != 0.5)
                .map(|(margin, truth)| (*margin > 0.0) == (*truth > 0.5))
                .collect();
            let hits = right.iter().filter(|r| **r).count();
            (!right.is_empty()).then(|| hits as f64 / right.len() as f64)
        }
        CrossTask::Grounding | CrossTask::Errors | CrossTask::Context => {
            let positive: Vec<bool> = truth.iter().map(|t| *t >= 0.5).collect();
            auroc(&positive, &said).ok()
        }
    }
}

/// One number for each rating, pair or span, and the truth: latent and rating, margin and
/// preference, margin of support and whether it is there, logit of any error and whether there is
/// one, logit of use and whether it is so.
pub(super) fn scores(answered: &[Answered<'_>]) -> (Vec<f64>, Vec<f64>) {
    let (mut said, mut truth) = (Vec::new(), Vec::new());
    for Answered { example, logits, .. } in answered {
        let mut push = |s: f32, t: f32| {
            said.push(f64::from(s));
            truth.push(f64::from(t));
        };
        match &example.target {
            CrossTarget::Rating(value) => push(logits[0][0], *value),
            CrossTarget::Pair(first) => push(logits[0][0] - logits[1][0], *first),
            CrossTarget::Support(spans) => {
                for (row, span) in logits.iter().zip(spans) {
                    push(row[0] - row[1].max(row[2]), span[0]);
                }
            }
            CrossTarget::Errors(spans, _) => {
                for (row, span) in logits.iter().zip(spans) {
                    push(row[0], span[0]);
                }
            }
            CrossTarget::Context(spans, known) => {
                // All sources say what was used; few say what would have helped.
                for (row, span) in logits.iter().zip(spans).filter(|_| known[1]) {
                    push(row[1], span[1]);
                }
            }
        }
    }
    (said, truth)
}
