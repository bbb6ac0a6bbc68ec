//! The loop: gradients of several batches, two rates, warm-up and decay, checkpoints.

use std::collections::BTreeMap;

use burn::grad_clipping::GradientClippingConfig;
use burn::module::Module;
use burn::optim::{AdamWConfig, GradientsAccumulator, GradientsParams, ModuleOptimizer};
use burn::tensor::Device;
use rubrica_core::{Job, Stage};
use rubrica_models::{Bert, CrossEncoder, CrossTask};
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
    /// Steps between validations.
    pub validate_every: usize,
    /// Steps between checkpoints.
    pub checkpoint_every: usize,
    /// Seed of split, initial heads and order.
    pub seed: u64,
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
    let prepare = |bert: Bert| {
        bert.freeze_lower(options.frozen_layers).with_mixed_precision(options.mixed_precision)
    };
    model.bert = prepare(model.bert);
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
        model.bert = prepare(model.bert);
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
            let task = options.task_weights.get(&examples[part[0]].task()).copied().unwrap_or(1.0);
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
        let CrossEncoder { bert, heads: old } = model;
        model = CrossEncoder {
            bert: optimizers[0].step(options.encoder_rate * rate, bert, encoder),
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

/// Indices of the examples to learn from, and of those that only validate.
pub(super) fn split(examples: &[CrossExample], options: &CrossOptions) -> (Vec<usize>, Vec<usize>) {
    let groups: Vec<u64> = examples.iter().map(|e| e.group).collect();
    split_by_group(&groups, options.validation, options.seed)
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
            encoder: GradientsParams::from_module(&mut gradients, &model.bert),
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
mod tests {
    use super::super::CrossTarget;
    use super::*;
    use crate::test::run;
    use rubrica_models::{
        BertConfig, CrossHeads, CrossSequence, CrossTask, NamedTensor, Precision, Weights,
        write_weights,
    };
    use rubrica_stats::rng::Rng;

    const CONFIG: &str = r#"{"model_type":"bert","vocab_size":32,"hidden_size":16,
        "num_hidden_layers":2,"num_attention_heads":2,"intermediate_size":32,
        "max_position_embeddings":32}"#;

    /// A small encoder with random weights.
    fn model() -> CrossEncoder {
        let mut rng = Rng::seeded(1);
        let mut tensors = Vec::new();
        let mut push = |name: String, shape: &[usize], base: f32| {
            let count = shape.iter().product();
            let values = (0..count).map(|_| base + 0.2 * rng.normal() as f32).collect();
            tensors.push(NamedTensor { name, shape: shape.to_vec(), values });
        };
        for (name, rows) in [("word", 32), ("position", 32), ("token_type", 2)] {
            push(format!("embeddings.{name}_embeddings.weight"), &[rows, 16], 0.0);
        }
        let mut norms = vec!["embeddings.LayerNorm".to_owned()];
        for layer in 0..2 {
            let name = |part: &str| format!("encoder.layer.{layer}.{part}");
            for (part, output, input) in [
                ("attention.self.query", 16, 16),
                ("attention.self.key", 16, 16),
                ("attention.self.value", 16, 16),
                ("attention.output.dense", 16, 16),
                ("intermediate.dense", 32, 16),
                ("output.dense", 16, 32),
            ] {
                push(name(&format!("{part}.weight")), &[output, input], 0.0);
                push(name(&format!("{part}.bias")), &[output], 0.0);
            }
            norms.push(name("attention.output.LayerNorm"));
            norms.push(name("output.LayerNorm"));
        }
        for name in norms {
            push(format!("{name}.weight"), &[16], 1.0);
            push(format!("{name}.bias"), &[16], 0.0);
        }
        let bytes = write_weights(&tensors, Precision::F32);
        let weights = Weights::parse(&bytes, None, &[]).expect("whole");
        let config = BertConfig::from_json(CONFIG.as_bytes()).expect("valid");
        let device = Device::flex().autodiff();
        CrossEncoder {
            bert: rubrica_models::Bert::load(&config, &weights, &device).expect("fits"),
            heads: CrossHeads::new(16, &mut || rng.normal(), &device),
        }
    }

    fn sequence(tokens: &[u32]) -> CrossSequence {
        let mut ids = vec![1];
        ids.extend(tokens);
        ids.push(2);
        CrossSequence::new(ids, 1, 0..tokens.len())
    }

    /// Examples of all tasks; token 9 makes a response good.
    fn examples() -> Vec<CrossExample> {
        let mut rng = Rng::seeded(2);
        (0..320)
            .map(|index| {
                let good = rng.below(2) == 0;
                let mut draw = |good: bool| {
                    let length = 3 + rng.below(6);
                    let mut tokens: Vec<u32> =
                        (0..length).map(|_| 10 + rng.below(20) as u32).collect();
                    if good {
                        tokens[1] = 9;
                    }
                    sequence(&tokens)
                };
                let side = f32::from(u8::from(good));
                let (sequences, target) = match index % 4 {
                    0 => (vec![draw(good)], CrossTarget::Rating(side)),
                    1 => (vec![draw(good), draw(!good)], CrossTarget::Pair(side)),
                    2 => (vec![draw(good)], CrossTarget::Support(vec![[side, 1.0 - side, 0.0]])),
                    _ => {
                        let mut errors = [0.0; 7];
                        errors[0] = 1.0 - side;
                        let mut known = [false; 7];
                        known[0] = true;
                        (vec![draw(good)], CrossTarget::Errors(vec![errors], known))
                    }
                };
                let whole = matches!(target, CrossTarget::Rating(_) | CrossTarget::Pair(_));
                let spans = if whole { Vec::new() } else { vec![sequences[0].response()] };
                let source = String::new();
                CrossExample { sequences, spans, target, weight: 1.0, group: index, source }
            })
            .collect()
    }

    fn options() -> CrossOptions {
        CrossOptions {
            epochs: 12,
            batch_tokens: 80,
            accumulate: 2,
            encoder_rate: 2e-3,
            head_rate: 1e-2,
            warm_up: 0.1,
            weight_decay: 0.01,
            frozen_layers: 1,
            mixed_precision: false,
            task_weights: BTreeMap::new(),
            validation: 0.2,
            validate_every: 50,
            checkpoint_every: 70,
            seed: 4,
        }
    }

    #[derive(Default)]
    struct Recorder {
        losses: Vec<f64>,
        last: Option<CrossCheckpoint>,
    }

    impl CrossObserver for Recorder {
        fn step(&mut self, step: CrossStep) {
            self.losses.push(step.loss);
        }

        fn validated(&mut self, _validation: &CrossValidation) {}

        fn checkpoint(&mut self, checkpoint: CrossCheckpoint) -> Result<()> {
            self.last.get_or_insert(checkpoint);
            Ok(())
        }
    }

    #[test]
    fn a_run_that_goes_on_takes_the_same_steps() {
        let examples = examples();
        let mut whole = Recorder::default();
        let fit = |resume: Option<&CrossCheckpoint>, recorder: &mut Recorder| {
            run(fit_cross(
                model(),
                &examples,
                0,
                &options(),
                resume,
                recorder,
                &rubrica_core::Quiet,
            ))
            .expect("fits")
        };
        let (model, curve) = fit(None, &mut whole);
        let checkpoint = whole.last.take().expect("one was written");
        let mut rest = Recorder::default();
        let (again, same_curve) = fit(Some(&checkpoint), &mut rest);
        // burn does not fix the order in which gradients are summed, so the last digits differ
        // between any two runs.
        assert_eq!(rest.losses.len(), whole.losses.len() - checkpoint.step);
        assert_eq!(curve.len(), same_curve.len());
        for (a, b) in rest.losses.iter().zip(&whole.losses[checkpoint.step..]) {
            assert!((a - b).abs() < 1e-3, "{a} {b}");
        }
        let tensors = |model: &CrossEncoder| run(model.tensors()).expect("on the CPU");
        for (a, b) in tensors(&model).iter().zip(&tensors(&again)) {
            let near = a.values.iter().zip(&b.values).all(|(a, b)| (a - b).abs() < 1e-2);
            assert!(near, "{}", a.name);
        }

        let last = curve.last().expect("validated");
        for task in [CrossTask::Rubric, CrossTask::Reward, CrossTask::Grounding, CrossTask::Errors]
        {
            let measure = last.tasks[&task].measure.expect("defined");
            assert!(measure > 0.7, "{task:?}: {measure}, {:?}", last.tasks);
        }
        let config = super::super::calibrate(&model, &examples, 0, &options(), 32).expect("fits");
        assert_eq!(config.temperature.len(), 4);
        assert!(config.interval.is_some_and(|half| half < 0.9), "{config:?}");
    }

    #[test]
    fn what_is_frozen_stays() {
        let examples = examples();
        let options = CrossOptions { epochs: 1, ..options() };
        let start = run(model().tensors()).expect("on the CPU");
        let mut recorder = Recorder::default();
        let job = rubrica_core::Quiet;
        let fit = fit_cross(model(), &examples, 0, &options, None, &mut recorder, &job);
        let end = run(run(fit).expect("fits").0.tensors()).expect("on the CPU");
        for (a, b) in start.iter().zip(&end) {
            // A constant added to all rewards changes no margin; no example asks about a context.
            let frozen = a.name.starts_with("embeddings")
                || a.name.starts_with("encoder.layer.0.")
                || a.name == "heads.reward.output.bias"
                || a.name.starts_with("heads.context.");
            assert_eq!(a.values == b.values, frozen, "{}", a.name);
        }
    }

    #[test]
    fn examples_that_do_not_fit_are_refused() {
        let mut examples = examples();
        examples[2].spans.clear();
        let mut recorder = Recorder::default();
        let job = rubrica_core::Quiet;
        let options = options();
        let fit = fit_cross(model(), &examples, 0, &options, None, &mut recorder, &job);
        assert!(matches!(run(fit), Err(TrainError::Length { .. })));
    }

    #[test]
    fn rates_rise_and_fall() {
        assert_eq!(schedule(1, 100, 0.1), 0.1);
        assert_eq!(schedule(10, 100, 0.1), 1.0);
        assert!(schedule(100, 100, 0.1) > 0.0 && schedule(100, 100, 0.1) < 0.02);
        assert_eq!(schedule(1, 1, 0.0), 1.0);
    }
}
