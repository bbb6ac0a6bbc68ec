//! The loss of each task.

use burn::tensor::{Device, Tensor, TensorData, activation};
use rubrica_models::{CROSS_LEVELS, CrossBatch, CrossEncoder, SUPPORT_KINDS};

use super::{CrossExample, CrossTarget};

/// A batch on a device, with what is known about it.
pub(super) struct Prepared {
    batch: CrossBatch,
    examples: Vec<usize>,
}

impl Prepared {
    pub(super) fn new(all: &[CrossExample], examples: &[usize], pad: u32, device: &Device) -> Self {
        let of = || examples.iter().map(|&i| &all[i]);
        let sequences: Vec<_> = of().flat_map(|e| &e.sequences).collect();
        let spans: Vec<_> = of().flat_map(CrossExample::asked).collect();
        let batch = CrossBatch::new(&sequences, &spans, pad, device);
        Self { batch, examples: examples.to_vec() }
    }

    /// Logits `[spans, outputs]` and the sum over the examples of weight times loss.
    ///
    /// - Ratings: binary cross-entropy at each of the four cuts of a cumulative link model
    ///   (McCullagh, 1980), with soft labels for ratings between two levels.
    /// - Pairs: cross-entropy of the Bradley-Terry model.
    /// - Support: cross-entropy over the three kinds; errors and context: binary cross-entropy of each
    ///   kind that the source annotates. All are means over the spans of an example.
    pub(super) fn loss(
        &self,
        model: &CrossEncoder,
        all: &[CrossExample],
        device: &Device,
    ) -> (Tensor<2>, Tensor<1>) {
        let of = || self.examples.iter().map(|&i| &all[i]);
        let task = all[self.examples[0]].task();
        let logits = model.forward(task, &self.batch);
        let [rows, outputs] = logits.dims();
        let mut weights: Vec<f32> = Vec::new();
        let mut targets: Vec<f32> = Vec::new();
        for example in of() {
            let weight = example.weight;
            match &example.target {
                CrossTarget::Rating(value) => {
                    let cuts = CROSS_LEVELS - 1;
                    targets.extend(
                        (0..cuts).map(|c| (value * cuts as f32 - c as f32).clamp(0.0, 1.0)),
                    );
                    weights.extend([weight; CROSS_LEVELS - 1]);
                }
                CrossTarget::Pair(first) => {
                    targets.push(*first);
                    weights.push(weight);
                }
                CrossTarget::Support(spans) => {
                    targets.extend(spans.iter().flatten());
                    let each = weight / spans.len() as f32;
                    weights.extend(vec![each; spans.len() * SUPPORT_KINDS.len()]);
                }
                CrossTarget::Errors(spans, known) => {
                    targets.extend(spans.iter().flatten());
                    weights.extend(labelled(known, spans.len(), weight));
                }
                CrossTarget::Context(spans, known) => {
                    targets.extend(spans.iter().flatten());
                    weights.extend(labelled(known, spans.len(), weight));
                }
            }
        }
        let tensor = |values: Vec<f32>, shape: [usize; 2]| -> Tensor<2> {
            Tensor::from_data(TensorData::new(values, shape), device)
        };
        let each = match all[self.examples[0]].target {
            CrossTarget::Rating(_) => {
                let shape = [rows, CROSS_LEVELS - 1];
                let cuts = model.heads.thresholds().unsqueeze_dim::<2>(0);
                binary(logits.clone() - cuts, tensor(targets, shape)) * tensor(weights, shape)
            }
            CrossTarget::Pair(_) => {
                let sides = logits.clone().reshape([rows / 2, 2]);
                let margin = sides.clone().narrow(1, 0, 1) - sides.narrow(1, 1, 1);
                let shape = [rows / 2, 1];
                binary(margin, tensor(targets, shape)) * tensor(weights, shape)
            }
            CrossTarget::Support(_) => {
                let shape = [rows, outputs];
                let log = activation::log_softmax(logits.clone(), 1);
                -(log * tensor(targets, shape)) * tensor(weights, shape)
            }
            CrossTarget::Errors(..) | CrossTarget::Context(..) => {
                let shape = [rows, outputs];
                binary(logits.clone(), tensor(targets, shape)) * tensor(weights, shape)
            }
        };
        (logits, each.sum())
    }
}

/// Weights of the kinds of each span: those that the source knows share `weight`.
fn labelled(known: &[bool], spans: usize, weight: f32) -> impl Iterator<Item = f32> {
    let count = known.iter().filter(|k| **k).count().max(1) * spans;
    let each = weight / count as f32;
    known.repeat(spans).into_iter().map(move |k| if k { each } else { 0.0 })
}

/// Binary cross-entropy of logits against probabilities, elementwise.
fn binary(logits: Tensor<2>, target: Tensor<2>) -> Tensor<2> {
    // −log σ(x) = softplus(−x); with the target t: softplus(x) − t·x.
    activation::softplus(logits.clone(), 1.0) - target * logits
}
