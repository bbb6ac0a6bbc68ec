//! The fitting loop: minibatches, AdamW (Loshchilov & Hutter, 2019), early stopping on held-in rows.

use burn::module::Module;
use burn::optim::{AdamWConfig, GradientsParams, ModuleOptimizer};
use burn::tensor::{Device, Tensor, TensorData, activation};
use rubrica_core::{Job, Stage};
use rubrica_stats::rng::Rng;
use serde::Serialize;

use super::data::check_lengths;
use super::network::Network;
use super::{OrdinalData, PairData, Rows};
use crate::{Result, TrainError, split_by_group, values};

/// How a head is fitted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FitOptions {
    /// Width of the hidden layer; 0 fits a linear head.
    pub hidden: usize,
    /// Leading features that are standardised (the rest are embeddings, of one scale already).
    pub scalars: usize,
    /// Passes over the data at most.
    pub epochs: usize,
    /// Passes without a better validation loss after which fitting stops.
    pub patience: usize,
    /// Rows in a minibatch.
    pub batch: usize,
    /// Highest learning rate; it rises over the first epoch and falls along a cosine.
    pub learning_rate: f64,
    /// Decoupled weight decay.
    pub weight_decay: f32,
    /// Dropout between the layers; half of it on the features.
    pub dropout: f64,
    /// Share of the groups that only validate.
    pub validation: f64,
    /// Seed of split, initial weights and order.
    pub seed: u64,
}

impl Default for FitOptions {
    fn default() -> Self {
        Self {
            hidden: 64,
            scalars: 0,
            epochs: 30,
            patience: 4,
            batch: 256,
            learning_rate: 1e-3,
            weight_decay: 0.05,
            dropout: 0.3,
            validation: 0.1,
            seed: 1,
        }
    }
}

/// Losses after one pass over the data.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Epoch {
    /// Counted from 1.
    pub epoch: usize,
    /// Mean training loss, with dropout.
    pub train: f64,
    /// Mean loss on the validation groups.
    pub validation: f64,
}

/// A fitted head, as plain numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct FittedHead {
    /// Mean of each scalar.
    pub mean: Vec<f32>,
    /// Standard deviation of each scalar.
    pub std: Vec<f32>,
    /// Matrix `[outputs, inputs]` and bias of each layer.
    pub layers: Vec<(Vec<f32>, Vec<f32>)>,
    /// Ascending thresholds `[4]`; empty for a reward head.
    pub thresholds: Vec<f32>,
    /// What happened.
    pub curve: Vec<Epoch>,
}

/// Fits an ordinal head on five levels.
///
/// The loss is the sum over the four cuts of the binary cross-entropy between σ(latent − threshold)
/// and the share of the rating above the cut; a rating between two levels counts for both in
/// proportion (soft labels).
///
/// # Errors
/// [`TrainError::Length`], [`TrainError::TooFew`], [`TrainError::Diverged`], or cancelled.
pub async fn fit_ordinal(
    data: &OrdinalData,
    options: &FitOptions,
    job: &dyn Job,
) -> Result<FittedHead> {
    let rows = data.features.len();
    check_lengths(
        rows,
        &[
            ("target", data.target.len()),
            ("weight", data.weight.len()),
            ("group", data.group.len()),
        ],
    )?;
    let scaling = Scaling::of(&[&data.features], options.scalars);
    let loss = |network: &Network, batch: &[usize], device: &Device| {
        let latent = network.forward(scaling.tensor(&data.features, batch, device));
        let thresholds = network.thresholds();
        let [cuts] = thresholds.dims();
        let logits = latent.unsqueeze_dim::<2>(1) - thresholds.unsqueeze_dim::<2>(0);
        let above: Vec<f32> = batch
            .iter()
            .flat_map(|&i| {
                (0..cuts)
                    .map(move |cut| (data.target[i] * cuts as f32 - cut as f32).clamp(0.0, 1.0))
            })
            .collect();
        let above = Tensor::from_data(TensorData::new(above, [batch.len(), cuts]), device);
        let each = cross_entropy(logits, above).sum_dim(1).reshape([batch.len()]);
        weighted_mean(each, &data.weight, batch, device)
    };
    let fit = fit(data.features.width, &data.group, options, job, loss).await?;
    let thresholds = values(fit.network.thresholds());
    Ok(fit.head(scaling, thresholds))
}

/// Fits a Bradley-Terry reward head: P(a better) = σ(r(a) − r(b)).
///
/// # Errors
/// As [`fit_ordinal`].
pub async fn fit_pairs(data: &PairData, options: &FitOptions, job: &dyn Job) -> Result<FittedHead> {
    let pairs = data.a.len();
    check_lengths(
        pairs,
        &[
            ("b", data.b.len()),
            ("target", data.target.len()),
            ("weight", data.weight.len()),
            ("group", data.group.len()),
        ],
    )?;
    let scaling = Scaling::of(&[&data.a, &data.b], options.scalars);
    let loss = |network: &Network, batch: &[usize], device: &Device| {
        let reward = |rows| network.forward(scaling.tensor(rows, batch, device));
        let logits = (reward(&data.a) - reward(&data.b)).unsqueeze_dim::<2>(1);
        let target: Vec<f32> = batch.iter().map(|&i| data.target[i]).collect();
        let target = Tensor::from_data(TensorData::new(target, [batch.len(), 1]), device);
        let each = cross_entropy(logits, target).reshape([batch.len()]);
        weighted_mean(each, &data.weight, batch, device)
    };
    let fit = fit(data.a.width, &data.group, options, job, loss).await?;
    Ok(fit.head(scaling, Vec::new()))
}

/// Binary cross-entropy of logits against probabilities, elementwise.
fn cross_entropy(logits: Tensor<2>, target: Tensor<2>) -> Tensor<2> {
    // −log σ(x) = softplus(−x); with the target t: softplus(x) − t·x.
    activation::softplus(logits.clone(), 1.0) - target * logits
}

fn weighted_mean(each: Tensor<1>, weights: &[f32], batch: &[usize], device: &Device) -> Tensor<1> {
    let weights: Vec<f32> = batch.iter().map(|&i| weights[i]).collect();
    let total: f32 = weights.iter().sum();
    let weights = Tensor::from_data(TensorData::new(weights, [batch.len()]), device);
    (each * weights).sum() / total
}

/// Mean and deviation of the leading features.
struct Scaling {
    mean: Vec<f32>,
    std: Vec<f32>,
}

impl Scaling {
    fn of(parts: &[&Rows], scalars: usize) -> Self {
        let rows = || parts.iter().flat_map(|rows| (0..rows.len()).map(|i| rows.row(i)));
        let count = rows().count() as f64;
        let (mut mean, mut std) = (Vec::new(), Vec::new());
        for column in 0..scalars {
            let sum: f64 = rows().map(|r| f64::from(r[column])).sum();
            let center = sum / count;
            let square: f64 = rows().map(|r| (f64::from(r[column]) - center).powi(2)).sum();
            mean.push(center as f32);
            // A constant feature carries nothing; dividing by 1 leaves it at 0.
            std.push(Some((square / count).sqrt() as f32).filter(|s| *s > 1e-6).unwrap_or(1.0));
        }
        Self { mean, std }
    }

    fn tensor(&self, rows: &Rows, batch: &[usize], device: &Device) -> Tensor<2> {
        let mut values = rows.gather(batch);
        for row in values.chunks_exact_mut(rows.width) {
            for ((x, mean), std) in row.iter_mut().zip(&self.mean).zip(&self.std) {
                *x = (*x - mean) / std;
            }
        }
        Tensor::from_data(TensorData::new(values, [batch.len(), rows.width]), device)
    }
}

struct Fit {
    network: Network,
    curve: Vec<Epoch>,
}

impl Fit {
    fn head(self, scaling: Scaling, thresholds: Vec<f32>) -> FittedHead {
        let Scaling { mean, std } = scaling;
        FittedHead { mean, std, layers: self.network.export(), thresholds, curve: self.curve }
    }
}

/// The loop that both heads share. Returns the network of the epoch with the best validation loss.
async fn fit(
    width: usize,
    groups: &[u64],
    options: &FitOptions,
    job: &dyn Job,
    loss: impl Fn(&Network, &[usize], &Device) -> Tensor<1>,
) -> Result<Fit> {
    let (mut train, validation) = split_by_group(groups, options.validation, options.seed);
    if train.is_empty() || validation.is_empty() {
        let found = train.len().min(validation.len());
        return Err(TrainError::TooFew {
            what: "rows on one side of the split",
            found,
            expected: 1,
        });
    }
    let plain = Device::flex();
    let device = plain.clone().autodiff();
    device.seed(options.seed);
    let widths = match options.hidden {
        0 => vec![width, 1],
        hidden => vec![width, hidden, 1],
    };
    let mut network = Network::new(&widths, options.dropout, options.seed, &device);
    let mut optimizer: ModuleOptimizer =
        AdamWConfig::new().with_weight_decay(options.weight_decay).init();
    let mut order = Rng::seeded(options.seed);
    let mut best: Option<(f64, Network)> = None;
    let mut curve: Vec<Epoch> = Vec::new();
    let batches = train.len().div_ceil(options.batch);
    let mut step = 0;
    for epoch in 1..=options.epochs {
        order.shuffle(&mut train);
        let mut sum = 0.0;
        for batch in train.chunks(options.batch) {
            job.step(Stage::Fit, step, options.epochs * batches).await?;
            let value = loss(&network, batch, &device);
            sum += f64::from(values(value.clone())[0]) * batch.len() as f64;
            let gradients = GradientsParams::from_grads(value.backward(), &network);
            let rate = options.learning_rate * schedule(step, batches, options.epochs * batches);
            network = optimizer.step(rate, network, gradients);
            step += 1;
        }
        let frozen = network.valid();
        let held: f64 = validation
            .chunks(2048)
            .map(|batch| f64::from(values(loss(&frozen, batch, &plain))[0]) * batch.len() as f64)
            .sum();
        let entry = Epoch {
            epoch,
            train: sum / train.len() as f64,
            validation: held / validation.len() as f64,
        };
        if !entry.train.is_finite() || !entry.validation.is_finite() {
            return Err(TrainError::Diverged { loss: entry.train, epoch });
        }
        curve.push(entry);
        if best.as_ref().is_none_or(|(loss, _)| entry.validation < *loss) {
            best = Some((entry.validation, frozen));
        }
        let since_best = curve.len()
            - 1
            - curve
                .iter()
                .position(|e| best.as_ref().is_some_and(|(loss, _)| e.validation <= *loss))
                .unwrap_or(0);
        if since_best >= options.patience {
            break;
        }
    }
    let (_, network) = best.expect("at least one epoch");
    Ok(Fit { network, curve })
}

/// Share of the highest learning rate at `step`: a straight rise over `warm_up` steps, then a cosine
/// down to 0 at `total`.
fn schedule(step: usize, warm_up: usize, total: usize) -> f64 {
    if step < warm_up {
        return (step + 1) as f64 / warm_up as f64;
    }
    let progress = (step - warm_up) as f64 / (total - warm_up).max(1) as f64;
    0.5 * (1.0 + (std::f64::consts::PI * progress).cos())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test::run;

    fn options() -> FitOptions {
        FitOptions {
            hidden: 8,
            scalars: 2,
            epochs: 60,
            patience: 60,
            batch: 64,
            dropout: 0.0,
            learning_rate: 0.02,
            weight_decay: 0.0,
            validation: 0.2,
            seed: 3,
        }
    }

    /// Rows of three features; the first (on a wild scale) decides.
    fn rows(n: usize, seed: u64) -> (Rows, Vec<f32>) {
        let mut rng = Rng::seeded(seed);
        let mut rows = Rows::new(3);
        let mut target = Vec::new();
        for _ in 0..n {
            let x = rng.unit() as f32;
            rows.push(&[1000.0 * x, rng.normal() as f32, rng.normal() as f32]);
            target.push(x);
        }
        (rows, target)
    }

    #[test]
    fn an_ordinal_head_learns_an_order() {
        let (features, target) = rows(600, 1);
        let data =
            OrdinalData { features, target, weight: vec![1.0; 600], group: (0..600).collect() };
        let head = run(fit_ordinal(&data, &options(), &rubrica_core::Quiet)).expect("fits");
        assert!(head.thresholds.is_sorted() && head.thresholds.len() == 4);
        let (first, last) = (head.curve[0], head.curve.last().expect("epochs"));
        assert!(last.validation < 0.8 * first.validation, "{first:?} {last:?}");
        assert_eq!(head.layers[0].0.len(), 8 * 3);
    }

    #[test]
    fn a_reward_head_learns_a_preference() {
        let (a, left) = rows(600, 1);
        let (b, right) = rows(600, 2);
        let target: Vec<f32> = left.iter().zip(&right).map(|(l, r)| f32::from(l > r)).collect();
        let data = PairData { a, b, target, weight: vec![1.0; 600], group: (0..600).collect() };
        let head = run(fit_pairs(&data, &options(), &rubrica_core::Quiet)).expect("fits");
        assert!(head.curve.last().expect("epochs").validation < 0.35, "{:?}", head.curve.last());
        let again = run(fit_pairs(&data, &options(), &rubrica_core::Quiet)).expect("fits");
        assert_eq!(again, head, "a seed means the same twice");
    }

    #[test]
    fn bad_data_is_an_error() {
        let (features, target) = rows(30, 1);
        let mut data =
            OrdinalData { features, target, weight: vec![1.0; 29], group: (0..30).collect() };
        let error = run(fit_ordinal(&data, &options(), &rubrica_core::Quiet)).expect_err("lengths");
        assert_eq!(error.to_string(), "weight has 29 entries; expected 30");
        data.weight.push(1.0);
        data.group = vec![1; 30];
        assert!(run(fit_ordinal(&data, &options(), &rubrica_core::Quiet)).is_err(), "one group");
    }

    #[test]
    fn the_schedule_rises_and_falls() {
        assert!(schedule(0, 10, 100) < schedule(9, 10, 100));
        assert!((schedule(9, 10, 100) - 1.0).abs() < 1e-12);
        assert!(schedule(99, 10, 100) < 0.01);
    }
}
