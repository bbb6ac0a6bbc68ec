//! How the model does on held-in examples that it does not learn from.

use std::collections::BTreeMap;

use rubrica_models::{CrossEncoder, CrossTask};
use rubrica_stats::classification::auroc;
use rubrica_stats::correlation::pearson;
use serde::{Deserialize, Serialize};

use super::batches::batches;
use super::loss::Prepared;
use super::{CrossExample, CrossTarget};
use crate::values;

/// One task on the validation examples.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TaskValidation {
    /// Examples.
    pub examples: usize,
    /// Mean weighted loss.
    pub loss: f64,
    /// Pearson correlation for ratings, accuracy for pairs, AUROC for support and for any error;
    /// absent where it is not defined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measure: Option<f64>,
}

/// All tasks after a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CrossValidation {
    /// Optimiser steps taken.
    pub step: usize,
    /// By task.
    pub tasks: BTreeMap<CrossTask, TaskValidation>,
}

/// Runs `model`, which is on a device without gradients, over the examples `indices`.
pub(super) fn validate(
    model: &CrossEncoder,
    examples: &[CrossExample],
    indices: &[usize],
    batch_tokens: usize,
    pad: u32,
    step: usize,
) -> CrossValidation {
    let device = burn::tensor::Device::flex();
    let mut sums: BTreeMap<CrossTask, (usize, f64, Vec<f64>, Vec<f64>)> = BTreeMap::new();
    for batch in batches(examples, indices, 2 * batch_tokens, 0) {
        let prepared = Prepared::new(examples, &batch, pad, &device);
        let (logits, loss) = prepared.loss(model, examples, &device);
        let [_, outputs] = logits.dims();
        let (logits, loss) = (values(logits), values(loss)[0]);
        let entry = sums.entry(examples[batch[0]].task()).or_default();
        entry.0 += batch.len();
        entry.1 += f64::from(loss);
        let mut rows = logits.chunks_exact(outputs);
        let mut next = || rows.next().map(|r| r.to_vec()).unwrap_or_default();
        for &index in &batch {
            match &examples[index].target {
                CrossTarget::Rating(value) => {
                    entry.2.push(f64::from(next()[0]));
                    entry.3.push(f64::from(*value));
                }
                CrossTarget::Pair(first) => {
                    let margin = next()[0] - next()[0];
                    if *first != 0.5 {
                        entry.2.push(f64::from(u8::from((margin > 0.0) == (*first > 0.5))));
                    }
                }
                CrossTarget::Support(spans) => {
                    for span in spans {
                        let row = next();
                        entry.2.push(f64::from(row[0] - row[1].max(row[2])));
                        entry.3.push(f64::from(span[0]));
                    }
                }
                CrossTarget::Errors(spans, _) => {
                    for span in spans {
                        entry.2.push(f64::from(next()[0]));
                        entry.3.push(f64::from(span[0]));
                    }
                }
            }
        }
    }
    let tasks = sums.into_iter().map(|(task, (examples, loss, said, truth))| {
        let measure = match task {
            CrossTask::Rubric => pearson(&said, &truth).ok(),
            CrossTask::Reward => {
                (!said.is_empty()).then(|| said.iter().sum::<f64>() / said.len() as f64)
            }
            CrossTask::Grounding | CrossTask::Errors => {
                let positive: Vec<bool> = truth.iter().map(|t| *t >= 0.5).collect();
                auroc(&positive, &said).ok()
            }
        };
        (task, TaskValidation { examples, loss: loss / examples as f64, measure })
    });
    CrossValidation { step, tasks: tasks.collect() }
}
