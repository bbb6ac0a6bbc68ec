//! The loop: gradients of several batches, two rates, warm-up and decay, checkpoints.

use std::collections::BTreeMap;

use burn::grad_clipping::GradientClippingConfig;
use burn::module::Module;
use burn::optim::{AdamWConfig, GradientsAccumulator, GradientsParams, ModuleOptimizer};
use burn::tensor::Device;
use rubrica_core::{Job, Stage};
use rubrica_models::{CrossEncoder, CrossTask, Encoder};
use serde::{Deserialize, Serialize};

use super::batches::{Batch, batches};
use super::loss::Prepared;
use super::validation::validate;
use super::{CrossCheckpoint, CrossExample, CrossValidation};
use crate::{Result, TrainError, split_by_group, values};

/// How a cross-encoder is fitted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CrossOptions {
    /// Passes over the examples.
    pub epochs: usize,
    /// Tokens of a forward pass, padding included.
    pub batch_tokens: usize,
    /// Forward passes whose gradients make one step.
    pub accumulate: usize,
    /// Highest learning rate of the encoder.
    pub encoder_rate: f64,
    /// Highest learning rate of the heads.
    pub head_rate: f64,
    /// Share of the steps over which the rates rise; after it they fall along a straight line to 0.
    pub warm_up: f64,
    /// Decoupled weight decay (Loshchilov & Hutter, 2019).
    pub weight_decay: f32,
    /// Encoder layers that stay as they are, from the bottom; the embeddings always do.
    pub frozen_layers: usize,
    /// Whether products may be of bfloat16 numbers, which is faster on a CPU with a matrix unit.
    #[serde(default)]
    pub mixed_precision: bool,
    /// Factor of each task in the loss; 1 for those left out.
    #[serde(default)]
    pub task_weights: BTreeMap<CrossTask, f32>,
    /// Share of the groups that only validate.
    pub validation: f64,
    /// Share of the other groups to learn from, in `0..=1`; less than all is for trials.
    #[serde(default = "all", skip_serializing_if = "is_all")]
    pub share: f64,
    /// Steps between validations.
    pub validate_every: usize,
    /// Steps between checkpoints.
    pub checkpoint_every: usize,
    /// Seed of split, initial heads and order.
    pub seed: u64,
}

impl CrossOptions {
    /// Factor of a task in the loss.
    fn task_weight(&self, task: CrossTask) -> f32 {
        self.task_weights.get(&task).copied().unwrap_or(1.0)
    }
}

fn all() -> f64 {
    1.0
}

fn is_all(share: &f64) -> bool {
    *share == 1.0
}

/// One step of the optimiser.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CrossStep {
    /// Counted from 1.
    pub step: usize,
    /// Steps of the whole run.
    pub steps: usize,
    /// Mean weighted loss of its examples.
    pub loss: f64,
    /// Sequences read.
    pub sequences: usize,
    /// Tokens read, padding left out.
    pub tokens: usize,
}

/// What a run tells while it goes on.
pub trait CrossObserver {
    /// After each step.
    fn step(&mut self, step: CrossStep);

    /// Whether a run ends after `step`, before the last one of its plan.
    fn ends(&self, step: usize) -> bool {
        let _ = step;
        false
    }

    /// After each validation.
    fn validated(&mut self, validation: &CrossValidation);

    /// Every [`CrossOptions::checkpoint_every`] steps.
    ///
    /// # Errors
    /// Whatever keeps the checkpoint from being stored; the run stops.
    fn checkpoint(&mut self, checkpoint: CrossCheckpoint) -> Result<()>;
}

/// Fits `model`, which is on a device with gradients, and returns it on one without, with the
/// validation curve. `pad` is the padding token. With `resume`, goes on from there: `model`,
/// `examples` and `options` must be those of the run that wrote it.
///
/// # Errors
/// [`TrainError::Length`] for an example whose parts do not fit, [`TrainError::TooFew`],
/// [`TrainError::Diverged`], [`TrainError::Checkpoint`], or cancelled.
pub async fn fit_cross(
    model: CrossEncoder,
    examples: &[CrossExample],
    pad: u32,
    options: &CrossOptions,
    resume: Option<&CrossCheckpoint>,
    observer: &mut dyn CrossObserver,
    job: &dyn Job,
) -> Result<(CrossEncoder, Vec<CrossValidation>)> {
    if let Some(index) = examples.iter().position(|e| !e.is_sound()) {
        let found = examples[index].spans.len();
        return Err(TrainError::Length { what: "spans of an example", found, expected: index });
    }
    let (train, held) = split(examples, options);
    if train.is_empty() || held.is_empty() {
        let found = train.len().min(held.len());
        return Err(TrainError::TooFew {
            what: "examples on one side of the split",
            found,
            expected: 1,
        });
    }
    let device = Device::flex().autodiff();
    let mut model = model;
    let prepare = |encoder: Encoder| {
        encoder.freeze_lower(options.frozen_layers).with_mixed_precision(options.mixed_precision)
    };
    model.encoder = prepare(model.encoder);
    let optimizer = || -> ModuleOptimizer {
        AdamWConfig::new()
            .with_weight_decay(options.weight_decay)
            .with_grad_clipping(Some(GradientClippingConfig::Norm(1.0)))
            .init()
    };
    let mut optimizers = [optimizer(), optimizer()];
    let (mut step, mut curve) = (0, Vec::new());
    if let Some(checkpoint) = resume {
        (model, optimizers) = checkpoint.restore(model, optimizers)?;
        // Loading a record does not keep what was frozen.
        model.encoder = prepare(model.encoder);
        (step, curve) = (checkpoint.step, checkpoint.curve.clone());
    }
    let plan: Vec<Vec<Batch>> = (0..options.epochs as u64)
        .flat_map(|epoch| {
            let all = batches(examples, &train, options.batch_tokens, options.seed ^ (epoch << 32));
            all.chunks(options.accumulate.max(1)).map(<[Batch]>::to_vec).collect::<Vec<_>>()
        })
        .collect();
    let steps = plan.len();
    let passes: usize = plan.iter().map(Vec::len).sum();
    // Every example counts the same, in however small a batch it comes.
    let scale = passes as f64 / (train.len() * options.epochs) as f64;
    for parts in plan.iter().skip(step) {
        if observer.ends(step) {
            break;
        }
        job.step(Stage::Fit, step, steps).await?;
        let mut gathered =
            [GradientsAccumulator::<CrossEncoder>::new(), GradientsAccumulator::new()];
        let (mut loss, mut count, mut sequences, mut tokens) = (0.0, 0, 0, 0);
        for part in parts {
            let task = options.task_weight(examples[part[0]].task());
            let factor = scale * f64::from(task) / parts.len() as f64;
            let pass = Pass::of(&model, examples, part, pad, factor, &device);
            loss += pass.loss;
            count += part.len();
            for sequence in part.iter().flat_map(|&i| &examples[i].sequences) {
                sequences += 1;
                tokens += sequence.ids.len();
            }
            gathered[0].accumulate(&model, pass.encoder);
            gathered[1].accumulate(&model, pass.heads);
        }
        let loss = loss / count as f64;
        step += 1;
        if !loss.is_finite() {
            return Err(TrainError::Diverged { loss, epoch: step });
        }
        let rate = schedule(step, steps, options.warm_up);
        let [encoder, heads] = gathered.each_mut().map(GradientsAccumulator::grads);
        let CrossEncoder { encoder: old_encoder, heads: old } = model;
        model = CrossEncoder {
            encoder: optimizers[0].step(options.encoder_rate * rate, old_encoder, encoder),
            heads: optimizers[1].step(options.head_rate * rate, old, heads),
        };
        observer.step(CrossStep { step, steps, loss, sequences, tokens });
        let last = step == steps || observer.ends(step);
        if last || step.is_multiple_of(options.validate_every.max(1)) {
            let budget = options.batch_tokens;
            let validation = validate(&model.valid(), examples, &held, budget, pad, step);
            observer.validated(&validation);
            curve.push(validation);
        }
        if !last && step.is_multiple_of(options.checkpoint_every.max(1)) {
            let [encoder, heads] = &optimizers;
            let checkpoint = CrossCheckpoint::of(step, &curve, &model, [encoder, heads])?;
            observer.checkpoint(checkpoint)?;
        }
    }
    Ok((model.valid(), curve))
}

/// Indices of the examples to learn from, and of those that only validate. What weighs nothing is not
/// read for learning, and validates as ever: trials without a source or a task measure the same rows.
pub(super) fn split(examples: &[CrossExample], options: &CrossOptions) -> (Vec<usize>, Vec<usize>) {
    let groups: Vec<u64> = examples.iter().map(|e| e.group).collect();
    let (mut train, held) = split_by_group(&groups, options.validation, options.seed);
    train.retain(|&i| options.task_weight(examples[i].task()) * examples[i].weight != 0.0);
    if options.share < 1.0 {
        let groups: Vec<u64> = train.iter().map(|&i| groups[i]).collect();
        let (_, kept) = split_by_group(&groups, options.share, !options.seed);
        train = kept.into_iter().map(|i| train[i]).collect();
    }
    (train, held)
}

/// One forward and backward pass.
struct Pass {
    /// Sum of weight times loss.
    loss: f64,
    encoder: GradientsParams,
    heads: GradientsParams,
}

impl Pass {
    /// Gradients of `factor` times the loss of the examples `part`.
    fn of(
        model: &CrossEncoder,
        examples: &[CrossExample],
        part: &[usize],
        pad: u32,
        factor: f64,
        device: &Device,
    ) -> Self {
        let prepared = Prepared::new(examples, part, pad, device);
        let (_, sum) = prepared.loss(model, examples, device);
        let loss = f64::from(values(sum.clone())[0]);
        let mut gradients = (sum * factor).backward();
        Self {
            loss,
            encoder: GradientsParams::from_module(&mut gradients, &model.encoder),
            heads: GradientsParams::from_module(&mut gradients, &model.heads),
        }
    }
}

/// Share of the highest rate at `step`, counted from 1.
fn schedule(step: usize, steps: usize, warm_up: f64) -> f64 {
    let rise = (warm_up * steps as f64).max(1.0);
    let step = step as f64;
    if step < rise {
        step / rise
    } else {
        (steps as f64 + 1.0 - step) / (steps as f64 + 1.0 - rise)
    }
}

#[cfg(test)]
#[path = "fit_tests.rs"]
mod tests;
