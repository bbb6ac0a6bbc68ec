//! The logits of a model for examples with known answers.

use burn::tensor::Device;
use rubrica_models::{CrossEncoder, CrossTask};

use super::CrossExample;
use super::batches::batches;
use super::loss::Prepared;
use crate::values;

/// What the model says of one example.
pub(super) struct Answered<'e> {
    pub(super) example: &'e CrossExample,
    /// One row a span; one a response for ratings and pairs.
    pub(super) logits: Vec<Vec<f32>>,
    /// Weighted loss, the mean over its batch.
    pub(super) loss: f64,
}

impl Answered<'_> {
    pub(super) fn task(&self) -> CrossTask {
        self.example.task()
    }
}

/// Runs `model`, which is on a device without gradients, over the examples `indices`.
pub(super) fn answers<'e>(
    model: &CrossEncoder,
    examples: &'e [CrossExample],
    indices: &[usize],
    batch_tokens: usize,
    pad: u32,
) -> Vec<Answered<'e>> {
    let device = Device::flex();
    let mut answered = Vec::with_capacity(indices.len());
    for batch in batches(examples, indices, batch_tokens, 0) {
        let prepared = Prepared::new(examples, &batch, pad, &device);
        let (logits, loss) = prepared.loss(model, examples, &device);
        let [_, outputs] = logits.dims();
        let (logits, loss) = (values(logits), f64::from(values(loss)[0]));
        let mut rows = logits.chunks_exact(outputs).map(<[f32]>::to_vec);
        for &index in &batch {
            let example = &examples[index];
            let count: usize = example.asked().iter().map(Vec::len).sum();
            let logits = rows.by_ref().take(count).collect();
            answered.push(Answered { example, logits, loss: loss / batch.len() as f64 });
        }
    }
    answered
}
