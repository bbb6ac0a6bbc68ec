//! A linear map in which things lie near each other when people find them similar, fitted on triplets.
//!
//! QDHF (Ding et al., ICML 2024), as its released code does it: `z = W x`, the loss of "`near` is more like `anchor`
//! than `far`" is `max(0, margin − (‖z_a − z_far‖² − ‖z_a − z_near‖²))`, minimised by Adam in batches of 32; a
//! quarter of the triplets is held out, and the fit ends when the accuracy there no longer rises.

use serde::{Deserialize, Serialize};

use crate::rng::Rng;
use crate::{Result, StatsError, check};

/// `near` is more like `anchor` than `far` is; positions in the list of vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Triplet {
    /// What the two are compared with.
    pub anchor: usize,
    /// The more similar one.
    pub near: usize,
    /// The less similar one.
    pub far: usize,
}

/// How to fit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProjectionOptions {
    /// Numbers in `z`.
    pub size: usize,
    /// Margin of the hinge.
    pub margin: f64,
    /// Step of Adam.
    pub learning_rate: f64,
    /// Triplets in a step.
    pub batch: usize,
    /// Share of the triplets that is held out.
    pub held_out: f64,
    /// Passes over the triplets at most.
    pub epochs: usize,
    /// Seed of the first weights, the split and the order.
    pub seed: u64,
}

impl Default for ProjectionOptions {
    fn default() -> Self {
        let (size, margin, learning_rate) = (2, 0.05, 1e-3);
        Self { size, margin, learning_rate, batch: 32, held_out: 0.25, epochs: 1000, seed: 0 }
    }
}

/// The fitted map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TripletProjection {
    /// Row-major `[size, input]`.
    weights: Vec<f64>,
    input: usize,
    /// Share of the fitted triplets that the map orders right, in `0..=1`.
    pub fitted_accuracy: f64,
    /// The same of those held out.
    pub held_out_accuracy: f64,
    /// Triplets fitted.
    pub fitted: usize,
    /// Triplets held out.
    pub held_out: usize,
    /// Passes over the triplets.
    pub epochs: usize,
    /// False when the passes ended before the accuracy did.
    pub settled: bool,
}

/// The weights above which a map is refused.
const MOST_WEIGHTS: usize = 10_000_000;

/// Epochs over which the held-out accuracy is averaged.
const WINDOW: usize = 10;

impl TripletProjection {
    /// Fits the map on `vectors`, all of one length.
    ///
    /// # Errors
    /// Too few triplets to hold one out and fit one; a triplet of other than three different positions in the list;
    /// vectors that do not vary, differ in length or are not finite; options out of range.
    pub fn fit(
        vectors: &[Vec<f64>],
        triplets: &[Triplet],
        options: &ProjectionOptions,
    ) -> Result<Self> {
        checked(vectors, triplets, options)?;
        let input = vectors[0].len();
        let mut rng = Rng::seeded(options.seed);
        let mut order = triplets.to_vec();
        rng.shuffle(&mut order);
        let held_out = (triplets.len() as f64 * options.held_out).round() as usize;
        let held_out = held_out.clamp(1, triplets.len() - 1);
        let (held, fitted) = order.split_at_mut(held_out);
        let scale = (1.0 / input as f64).sqrt();
        let weights = (0..options.size * input).map(|_| rng.normal() * scale).collect();
        let mut fit = Adam::new(weights, options.learning_rate);
        let mut accuracies: Vec<f64> = Vec::new();
        let mut settled = false;
        for _ in 0..options.epochs {
            rng.shuffle(fitted);
            for batch in fitted.chunks(options.batch) {
                let gradient = gradient(&fit.weights, vectors, batch, options.margin);
                fit.step(&gradient);
            }
            accuracies.push(accuracy(&fit.weights, vectors, held));
            let n = accuracies.len();
            if n >= 2 * WINDOW {
                let mean = |window: &[f64]| window.iter().sum::<f64>() / WINDOW as f64;
                let (last, before) =
                    (&accuracies[n - WINDOW..], &accuracies[n - 2 * WINDOW..n - WINDOW]);
                // All right is as good as it gets, too.
                if mean(last) < mean(before) || mean(before) == 1.0 {
                    settled = true;
                    break;
                }
            }
        }
        if fit.weights.iter().any(|w| !w.is_finite()) {
            return Err(StatsError::Unsettled { what: "triplet projection" });
        }
        Ok(Self {
            fitted_accuracy: accuracy(&fit.weights, vectors, fitted),
            held_out_accuracy: accuracy(&fit.weights, vectors, held),
            weights: fit.weights,
            input,
            fitted: fitted.len(),
            held_out,
            epochs: accuracies.len(),
            settled,
        })
    }

    /// `W x`.
    ///
    /// # Errors
    /// A vector of another length, or with a number that is not finite.
    pub fn project(&self, vector: &[f64]) -> Result<Vec<f64>> {
        check::same_length(("vector", vector.len()), ("fitted vectors", self.input))?;
        check::values("vector", vector, 1)?;
        Ok(product(&self.weights, vector))
    }
}

fn checked(vectors: &[Vec<f64>], triplets: &[Triplet], options: &ProjectionOptions) -> Result<()> {
    check::count("vectors", vectors.len(), 3)?;
    check::count("triplets", triplets.len(), 2)?;
    check::count("size", options.size, 1)?;
    check::count("batch", options.batch, 1)?;
    check::count("epochs", options.epochs, 1)?;
    check::open_unit("held_out", options.held_out)?;
    for (what, value) in [("margin", options.margin), ("learning_rate", options.learning_rate)] {
        if !(value > 0.0 && value.is_finite()) {
            return Err(StatsError::OutOfRange {
                what: what.into(),
                value,
                expected: "a number > 0",
            });
        }
    }
    for vector in vectors {
        check::values("vector", vector, 1)?;
        check::same_length(("vector", vector.len()), ("first vector", vectors[0].len()))?;
    }
    if options.size.saturating_mul(vectors[0].len()) > MOST_WEIGHTS {
        let expected = "a map of at most 10000000 weights, size × numbers of a vector";
        return Err(StatsError::OutOfRange {
            what: "size".into(),
            value: options.size as f64,
            expected,
        });
    }
    if vectors.iter().all(|vector| *vector == vectors[0]) {
        return Err(StatsError::Constant { what: "vectors" });
    }
    for (index, Triplet { anchor, near, far }) in triplets.iter().enumerate() {
        let there = |i: &usize| *i < vectors.len();
        if !(there(anchor) && there(near) && there(far)) {
            return Err(StatsError::UnknownClass { what: "triplets", index });
        }
        if anchor == near || near == far || anchor == far {
            return Err(StatsError::Duplicate { what: "triplets", index });
        }
    }
    Ok(())
}

/// `W x` of row-major weights.
fn product(weights: &[f64], x: &[f64]) -> Vec<f64> {
    weights.chunks_exact(x.len()).map(|row| row.iter().zip(x).map(|(w, x)| w * x).sum()).collect()
}

/// `‖W (a − b)‖²` and `W (a − b)`, `a − b`.
fn distance(weights: &[f64], a: &[f64], b: &[f64]) -> (f64, Vec<f64>, Vec<f64>) {
    let difference: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
    let image = product(weights, &difference);
    (image.iter().map(|z| z * z).sum(), image, difference)
}

/// Mean gradient of the hinge over a batch.
fn gradient(weights: &[f64], vectors: &[Vec<f64>], batch: &[Triplet], margin: f64) -> Vec<f64> {
    let mut sum = vec![0.0; weights.len()];
    for triplet in batch {
        let anchor = &vectors[triplet.anchor];
        let near = distance(weights, anchor, &vectors[triplet.near]);
        let far = distance(weights, anchor, &vectors[triplet.far]);
        if margin - (far.0 - near.0) <= 0.0 {
            continue;
        }
        for (sign, (_, image, difference)) in [(1.0, near), (-1.0, far)] {
            for (row, z) in sum.chunks_exact_mut(difference.len()).zip(image) {
                for (cell, x) in row.iter_mut().zip(&difference) {
                    *cell += sign * 2.0 * z * x / batch.len() as f64;
                }
            }
        }
    }
    sum
}

/// Share of the triplets in which the near one is nearer.
fn accuracy(weights: &[f64], vectors: &[Vec<f64>], triplets: &[Triplet]) -> f64 {
    let right = |t: &&Triplet| {
        let to = |other: usize| distance(weights, &vectors[t.anchor], &vectors[other]).0;
        to(t.near) < to(t.far)
    };
    triplets.iter().filter(right).count() as f64 / triplets.len() as f64
}

/// Kingma and Ba, ICLR 2015.
struct Adam {
    weights: Vec<f64>,
    first: Vec<f64>,
    second: Vec<f64>,
    rate: f64,
    steps: i32,
}

impl Adam {
    fn new(weights: Vec<f64>, rate: f64) -> Self {
        let zeros = vec![0.0; weights.len()];
        Self { weights, first: zeros.clone(), second: zeros, rate, steps: 0 }
    }

    fn step(&mut self, gradient: &[f64]) {
        let (keep_first, keep_second) = (0.9f64, 0.999f64);
        self.steps = self.steps.saturating_add(1);
        let (full_first, full_second) =
            (1.0 - keep_first.powi(self.steps), 1.0 - keep_second.powi(self.steps));
        for (i, g) in gradient.iter().enumerate() {
            self.first[i] = keep_first * self.first[i] + (1.0 - keep_first) * g;
            self.second[i] = keep_second * self.second[i] + (1.0 - keep_second) * g * g;
            let (first, second) = (self.first[i] / full_first, self.second[i] / full_second);
            self.weights[i] -= self.rate * first / (second.sqrt() + 1e-8);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_named() {
        let vectors = vec![vec![0.0], vec![1.0], vec![3.0]];
        let triplet = |anchor, near, far| Triplet { anchor, near, far };
        let code = |vectors: &[Vec<f64>], triplets: &[Triplet], options: ProjectionOptions| {
            TripletProjection::fit(vectors, triplets, &options).expect_err("bad").code()
        };
        let plain = ProjectionOptions::default();
        let two = [triplet(0, 1, 2), triplet(2, 1, 0)];
        assert_eq!(code(&vectors, &two[..1], plain), "too_few_values");
        assert_eq!(code(&vectors, &[two[0], triplet(0, 1, 3)], plain), "unknown_class");
        assert_eq!(code(&vectors, &[two[0], triplet(0, 1, 1)], plain), "duplicate_entry");
        assert_eq!(code(&[vec![1.0], vec![1.0], vec![1.0]], &two, plain), "constant_input");
        let sized = |size| code(&vectors, &two, ProjectionOptions { size, ..plain });
        assert_eq!((sized(0), sized(usize::MAX)), ("too_few_values", "out_of_range"));
        assert_eq!(
            code(&vectors, &two, ProjectionOptions { margin: 0.0, ..plain }),
            "out_of_range"
        );
        assert!(
            TripletProjection::fit(&vectors, &two, &plain).expect("fits").project(&[]).is_err()
        );
    }
}
