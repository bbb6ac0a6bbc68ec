//! The network: an encoder, and heads on spans of the response.

use std::ops::Range;

use burn::module::{Module, Param};
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Int, Tensor, TensorData, activation};

use super::features::{CROSS_FEATURES, features};
use super::{CrossSequence, CrossTask, CrossVersion};
use crate::encoder::{BlockSource, EncoderInput};
use crate::write::named;
use crate::{Encoder, EncoderConfig, NamedTensor, Result, Weights};

/// Levels of the rubric head: five, as on a scale of 1 to 5.
pub const CROSS_LEVELS: usize = 5;

/// What the grounding head says of a sentence, in the order of its logits.
pub const SUPPORT_KINDS: [&str; 3] = ["supported", "not_supported", "contradicted"];

/// What the errors head says of a sentence, in the order of its logits. The first means any error,
/// named or not.
pub const ERROR_KINDS: [&str; 7] =
    ["error", "irrelevant", "factual", "incomplete", "incoherent", "redundant", "unhelpful"];

/// What the context head says of a sentence of a context, in the order of its logits: whether it helps
/// to answer the instruction, and whether the response made use of it (as in RAGBench; Friel et al.,
/// 2024).
pub const CONTEXT_KINDS: [&str; 2] = ["relevant", "utilised"];

/// Width of the hidden layer of a head.
pub const CROSS_HIDDEN: usize = 256;

/// An encoder with the heads.
#[derive(Module, Debug)]
pub struct CrossEncoder {
    /// The encoder.
    pub encoder: Encoder,
    /// The heads.
    pub heads: CrossHeads,
}

/// Cosines that a head sees: of the mean states of span, instruction and reference, each with each.
pub const CROSS_COSINES: usize = 3;

/// Cosines stand beside states of a few units.
const COSINE_SCALE: f32 = 4.0;

/// The heads, one a task. Each sees the state of `[CLS]`, the mean state of a span, its
/// [`CROSS_FEATURES`] and its [`CROSS_COSINES`].
#[derive(Module, Debug)]
pub struct CrossHeads {
    rubric: CrossHead,
    reward: CrossHead,
    grounding: CrossHead,
    errors: CrossHead,
    /// Those of the first template have none.
    context: Option<CrossHead>,
    /// First threshold of the rubric head, then the logarithms of the gaps to the next ones.
    cuts: Param<Tensor<1>>,
}

/// One hidden layer.
#[derive(Module, Debug)]
struct CrossHead {
    dense: Linear,
    output: Linear,
}

/// A batch of sequences with the spans that are asked about.
#[derive(Debug, Clone)]
pub struct CrossBatch {
    input: EncoderInput,
    /// `[batch, spans + 2, seq]`, each row the weights of a mean: of the spans, of the instruction, of
    /// the reference. Those of an empty field are 0.
    means: Tensor<3>,
    /// `[spans, CROSS_FEATURES]`.
    features: Tensor<2>,
    /// Which of `batch * (spans + 2)` rows stand for a span, and for the fields of its sequence.
    kept: Tensor<1, Int>,
    fields: [Tensor<1, Int>; 2],
    rows: Tensor<1, Int>,
}

impl CrossBatch {
    /// Pads `sequences` with `pad` to the longest; `spans` holds the positions asked about in each,
    /// `[sequences][spans]`, a span being one or more ranges.
    ///
    /// # Panics
    /// When there is no sequence, no span, or a span is empty or outside its sequence.
    pub fn new(
        sequences: &[&CrossSequence],
        spans: &[Vec<Vec<Range<usize>>>],
        pad: u32,
        device: &Device,
    ) -> Self {
        let rows: Vec<_> = sequences.iter().map(|s| s.row()).collect();
        let input = EncoderInput::new(&rows, pad, device);
        let [batch, seq] = input.ids.dims();
        let most = spans.iter().map(Vec::len).max().unwrap_or(0);
        assert!(most > 0 && spans.len() == batch, "spans to ask about");
        let each = most + 2;
        let mut means = vec![0f32; batch * each * seq];
        let mut average = |row: usize, ranges: &[Range<usize>]| {
            let count: usize = ranges.iter().map(Range::len).sum();
            for range in ranges {
                means[row * seq..][range.clone()].fill(1.0 / count as f32);
            }
        };
        let (mut kept, mut of) = (Vec::new(), Vec::new());
        let counted: Vec<f32> = sequences
            .iter()
            .zip(spans)
            .flat_map(|(sequence, spans)| features(sequence, spans))
            .flatten()
            .collect();
        for (row, (sequence, spans)) in sequences.iter().zip(spans).enumerate() {
            for (index, span) in spans.iter().enumerate() {
                let inside = span.iter().all(|part| part.end <= input.lengths[row]);
                assert!(inside, "sequence {row}: {span:?}");
                assert!(span.iter().any(|part| !part.is_empty()), "sequence {row}: an empty span");
                average(row * each + index, span);
                kept.push((row * each + index) as i32);
                of.push(row as i32);
            }
            for (field, range) in sequence.fields.iter().enumerate() {
                average(row * each + most + field, std::slice::from_ref(range));
            }
        }
        let fields = [0, 1].map(|field| {
            of.iter().map(|row| row * each as i32 + (most + field) as i32).collect::<Vec<i32>>()
        });
        let indices = |values: Vec<i32>| {
            let count = values.len();
            Tensor::from_data(TensorData::new(values, [count]), device)
        };
        let shape = [kept.len(), CROSS_FEATURES];
        Self {
            features: Tensor::from_data(TensorData::new(counted, shape), device),
            means: Tensor::from_data(TensorData::new(means, [batch, each, seq]), device),
            kept: indices(kept),
            fields: fields.map(indices),
            rows: indices(of),
            input,
        }
    }
}

impl CrossEncoder {
    /// Loads an encoder and its heads from one file.
    ///
    /// # Errors
    /// [`ModelError::MissingTensor`], [`ModelError::WrongShape`], [`ModelError::WrongType`].
    pub fn load(
        config: &EncoderConfig,
        weights: &Weights<'_>,
        version: CrossVersion,
        device: &Device,
    ) -> Result<Self> {
        Ok(Self {
            encoder: Encoder::load(config, weights, device)?,
            heads: CrossHeads::load(config.hidden_size(), weights, version, device)?,
        })
    }

    /// Logits of `task` for every span, `[spans, outputs]`, in the order of the batch.
    pub fn forward(&self, task: CrossTask, batch: &CrossBatch) -> Tensor<2> {
        self.answer(task, batch, self.states(batch))
    }

    /// Token states of the sequences, `[sequences, longest, hidden]`.
    pub fn states(&self, batch: &CrossBatch) -> Tensor<3> {
        self.encoder.forward(&batch.input)
    }

    /// [`CrossEncoder::forward`] of a batch whose `states` are known. What stands in those of padding does
    /// not matter, as long as it is finite.
    pub fn answer(&self, task: CrossTask, batch: &CrossBatch, states: Tensor<3>) -> Tensor<2> {
        self.heads.forward(task, self.pool(batch, states))
    }

    /// The state of `[CLS]`, the mean state of each span and, as far as the heads were made for them, its
    /// features and cosines: `[spans, 2 * hidden + CROSS_FEATURES + CROSS_COSINES]`.
    fn pool(&self, batch: &CrossBatch, states: Tensor<3>) -> Tensor<2> {
        let [size, _, width] = states.dims();
        let first = states.clone().narrow(1, 0, 1).reshape([size, width]);
        let means = batch.means.clone().matmul(states);
        let [_, each, _] = means.dims();
        let means = means.reshape([size * each, width]);
        let first = first.select(0, batch.rows.clone());
        let span = means.clone().select(0, batch.kept.clone());
        let mut parts = vec![first, span.clone()];
        let inputs = self.heads.inputs();
        if inputs > 2 * width {
            parts.push(batch.features.clone());
        }
        if inputs > 2 * width + CROSS_FEATURES {
            let [instruction, reference] =
                batch.fields.clone().map(|rows| means.clone().select(0, rows));
            parts.push(cosine(span.clone(), instruction.clone()));
            parts.push(cosine(span, reference.clone()));
            parts.push(cosine(instruction, reference));
        }
        Tensor::cat(parts, 1)
    }

    /// All tensors, in the layout that [`CrossEncoder::load`] reads. Async, as reading a device is.
    ///
    /// # Errors
    /// [`ModelError::DeviceLost`].
    pub async fn tensors(&self) -> Result<Vec<NamedTensor>> {
        let mut tensors = self.encoder.tensors().await?;
        tensors.extend(self.heads.tensors().await?);
        Ok(tensors)
    }
}

/// Numbers that a head of the latest template sees, with an encoder of width `hidden`.
fn pooled(hidden: usize) -> usize {
    2 * hidden + CROSS_FEATURES + CROSS_COSINES
}

/// The cosine of each row of `a` with that of `b`, scaled, `[rows, 1]`; 0 with a row of zeros, where
/// it has gradients of 0 as well.
fn cosine(a: Tensor<2>, b: Tensor<2>) -> Tensor<2> {
    const LEAST: f32 = 1e-6;
    let dot = |a: &Tensor<2>, b: &Tensor<2>| (a.clone() * b.clone()).sum_dim(1);
    let norms = (dot(&a, &a) * dot(&b, &b) + LEAST).sqrt();
    dot(&a, &b) / norms * COSINE_SCALE
}

impl CrossHeads {
    /// Heads that know nothing, for an encoder of width `hidden`. `normal` draws standard normal
    /// numbers.
    pub fn new(hidden: usize, normal: &mut dyn FnMut() -> f64, device: &Device) -> Self {
        let mut linear = |input: usize, output: usize, scale: f64| {
            let values: Vec<f32> = (0..input * output).map(|_| (normal() * scale) as f32).collect();
            let mut layer = LinearConfig::new(input, output).init(device);
            let values = Tensor::from_data(TensorData::new(values, [input, output]), device);
            layer.weight = Param::from_tensor(values);
            layer.bias = Some(Param::from_tensor(Tensor::zeros([output], device)));
            layer
        };
        let mut head = |outputs: usize| CrossHead {
            dense: linear(pooled(hidden), CROSS_HIDDEN, (1.0 / pooled(hidden) as f64).sqrt()),
            output: linear(CROSS_HIDDEN, outputs, (1.0 / CROSS_HIDDEN as f64).sqrt()),
        };
        Self {
            rubric: head(1),
            reward: head(1),
            grounding: head(SUPPORT_KINDS.len()),
            errors: head(ERROR_KINDS.len()),
            context: Some(head(CONTEXT_KINDS.len())),
            cuts: Param::from_tensor(Tensor::from_floats([-2.0f32, 0.0, 0.0, 0.0], device)),
        }
    }

    fn load(
        hidden: usize,
        weights: &Weights<'_>,
        version: CrossVersion,
        device: &Device,
    ) -> Result<Self> {
        let inputs = match version {
            CrossVersion::One => 2 * hidden,
            CrossVersion::Two => 2 * hidden + CROSS_FEATURES,
            CrossVersion::Three => pooled(hidden),
        };
        let source = BlockSource::new(weights, device);
        let head = |name: &str, outputs: usize| -> Result<CrossHead> {
            let layer = |part: &str, input, output| {
                source.linear(&[format!("heads.{name}.{part}")], input, output, true)
            };
            Ok(CrossHead {
                dense: layer("dense", inputs, CROSS_HIDDEN)?,
                output: layer("output", CROSS_HIDDEN, outputs)?,
            })
        };
        Ok(Self {
            rubric: head("rubric", 1)?,
            reward: head("reward", 1)?,
            grounding: head("grounding", SUPPORT_KINDS.len())?,
            errors: head("errors", ERROR_KINDS.len())?,
            context: match version {
                CrossVersion::One => None,
                CrossVersion::Two | CrossVersion::Three => {
                    Some(head("context", CONTEXT_KINDS.len())?)
                }
            },
            cuts: Param::from_tensor(weights.tensor("heads.cuts", [CROSS_LEVELS - 1], device)?),
        })
    }

    /// Numbers that each head sees.
    fn inputs(&self) -> usize {
        let [inputs, _] = self.rubric.dense.weight.val().dims();
        inputs
    }

    /// Logits `[spans, outputs]` of what `CrossEncoder::pool` gives.
    ///
    /// # Panics
    /// For [`CrossTask::Context`], of weights for a template without it.
    pub fn forward(&self, task: CrossTask, pooled: Tensor<2>) -> Tensor<2> {
        let head = match task {
            CrossTask::Rubric => &self.rubric,
            CrossTask::Reward => &self.reward,
            CrossTask::Grounding => &self.grounding,
            CrossTask::Errors => &self.errors,
            CrossTask::Context => self.context.as_ref().expect("asked by a version that has it"),
        };
        head.output.forward(activation::tanh(head.dense.forward(pooled)))
    }

    /// Ascending thresholds of the rubric head, `[levels - 1]`.
    pub fn thresholds(&self) -> Tensor<1> {
        let cuts = self.cuts.val();
        let first = cuts.clone().narrow(0, 0, 1);
        let gaps = cuts.narrow(0, 1, CROSS_LEVELS - 2).exp();
        Tensor::cat(vec![first, gaps], 0).cumsum(0)
    }

    async fn tensors(&self) -> Result<Vec<NamedTensor>> {
        let mut tensors = vec![named("heads.cuts", self.cuts.val()).await?];
        let heads = [
            ("rubric", &self.rubric),
            ("reward", &self.reward),
            ("grounding", &self.grounding),
            ("errors", &self.errors),
        ];
        for (name, head) in heads.into_iter().chain(self.context.iter().map(|c| ("context", c))) {
            for (part, layer) in [("dense", &head.dense), ("output", &head.output)] {
                let name = format!("heads.{name}.{part}");
                tensors
                    .push(named(&format!("{name}.weight"), layer.weight.val().transpose()).await?);
                let bias = layer.bias.as_ref().expect("made with a bias").val();
                tensors.push(named(&format!("{name}.bias"), bias).await?);
            }
        }
        Ok(tensors)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows<const N: usize>(values: [[f32; 2]; N], device: &Device) -> Tensor<2> {
        Tensor::from_data(TensorData::from(values), device)
    }

    #[test]
    fn a_cosine_of_nothing_is_0_and_so_are_its_gradients() {
        let device = Device::flex().autodiff();
        let a = rows([[3.0, 4.0], [0.0, 0.0], [1.0, 1.0]], &device).require_grad();
        let b = rows([[4.0, 3.0], [1.0, 2.0], [-2.0, -2.0]], &device);
        let found = cosine(a.clone(), b);
        let gradients = found.clone().sum().backward();
        let values = |tensor: Tensor<2>| tensor.into_data().try_into_vec::<f32>().expect("f32");
        let found: Vec<f32> = values(found).into_iter().map(|x| x / COSINE_SCALE).collect();
        for (found, want) in found.iter().zip([0.96, 0.0, -1.0]) {
            assert!((found - want).abs() < 1e-5, "{found} {want}");
        }
        let slopes = values(a.grad(&gradients).expect("of a"));
        assert!(slopes.iter().all(|s| s.is_finite()), "{slopes:?}");
        // Along itself a row can grow without turning.
        assert!((slopes[4] + slopes[5]).abs() < 1e-3, "{slopes:?}");
    }
}
