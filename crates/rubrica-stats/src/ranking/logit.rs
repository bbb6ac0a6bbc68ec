//! Logistic regression on sparse rows, without intercept: what fits all models of preferences with
//! covariates.

use super::linear::Cholesky;
use crate::{Result, StatsError};

/// Steps of Newton's method at most; a fit takes five to ten.
const STEPS: usize = 100;

/// Share of the likelihood that rounding may take from it. Without it, a step near the top would be
/// cut to nothing for want of a rise that is too small to be seen.
const ROUNDING: f64 = 1e-12;

/// Rows `(position, value)…` with a target in `0..=1` and a weight.
#[derive(Debug, Clone)]
pub(super) struct Design {
    size: usize,
    /// So many leading parameters may all move together without any effect; they keep mean 0.
    free: usize,
    starts: Vec<usize>,
    terms: Vec<(usize, f64)>,
    targets: Vec<f64>,
    weights: Vec<f64>,
}

/// A fit.
#[derive(Debug, Clone)]
pub(super) struct LogitFit {
    /// One for each parameter.
    pub(super) coefficients: Vec<f64>,
    /// Covariance by the sandwich of Huber (1967), row-major `[size, size]`.
    pub(super) covariance: Vec<f64>,
    /// Negative Hessian of the penalised likelihood, row-major `[size, size]`.
    pub(super) curvature: Vec<f64>,
}

impl Design {
    pub(super) fn new(size: usize, free: usize) -> Self {
        let (starts, terms) = (vec![0], Vec::new());
        Self { size, free, starts, terms, targets: Vec::new(), weights: Vec::new() }
    }

    /// Adds a row. Values, target and weight have been checked.
    pub(super) fn push(
        &mut self,
        terms: impl IntoIterator<Item = (usize, f64)>,
        target: f64,
        weight: f64,
    ) {
        self.terms.extend(terms);
        self.starts.push(self.terms.len());
        self.targets.push(target);
        self.weights.push(weight);
    }

    fn rows(&self) -> impl Iterator<Item = (&[(usize, f64)], f64, f64)> {
        self.starts
            .windows(2)
            .zip(self.targets.iter().zip(&self.weights))
            .map(|(ends, (target, weight))| (&self.terms[ends[0]..ends[1]], *target, *weight))
    }

    /// Maximises the likelihood less `ridge[i] / 2` times the square of each coefficient, `[size]`.
    ///
    /// # Errors
    /// [`StatsError::OutOfRange`] for a ridge of 0 where only one above 0 leads to finite or unique
    /// coefficients: covariates that follow from each other, or that tell all wins from all losses.
    pub(super) fn fit(&self, ridge: &[f64]) -> Result<LogitFit> {
        let mut x = vec![0.0; self.size];
        let (mut slope, mut curvature) = self.derivatives(&x, ridge);
        if !self.determines(&curvature) {
            return Err(no_fit("> 0, since some covariates follow from the others"));
        }
        let mut height = self.height(&x, ridge);
        let mut arrived = false;
        let mut before = f64::INFINITY;
        for _ in 0..STEPS {
            let Some(factor) = Cholesky::new(curvature.clone(), self.size) else { break };
            let step = factor.solve(&slope);
            let size = step.iter().fold(0f64, |top, s| top.max(s.abs()));
            if !size.is_finite() {
                break;
            }
            let mut share = 1.0;
            loop {
                let next: Vec<f64> = x.iter().zip(&step).map(|(x, s)| x + share * s).collect();
                let now = self.height(&next, ridge);
                if now >= height - ROUNDING * height.abs().max(1.0) || size * share < 1e-10 {
                    (x, height) = (next, now);
                    break;
                }
                share /= 2.0;
            }
            (slope, curvature) = self.derivatives(&x, ridge);
            let scale = x.iter().fold(1f64, |top, x| top.max(x.abs()));
            // Steps that no longer shrink are the rounding of the slope.
            if size < 1e-11 * scale || (size < 1e-8 * scale && size > before / 2.0) {
                arrived = true;
                break;
            }
            before = size;
        }
        let factor = Cholesky::new(curvature.clone(), self.size);
        let (true, Some(factor)) = (arrived, factor) else {
            return Err(no_fit("> 0, since models and covariates tell all wins from all losses"));
        };
        let covariance = self.sandwich(&x, &factor);
        Ok(LogitFit { coefficients: x, covariance, curvature })
    }

    fn predictor(terms: &[(usize, f64)], x: &[f64]) -> f64 {
        terms.iter().map(|(place, value)| x[*place] * value).sum()
    }

    fn height(&self, x: &[f64], ridge: &[f64]) -> f64 {
        let likelihood: f64 = self
            .rows()
            .map(|(terms, target, weight)| {
                let d = Self::predictor(terms, x);
                // target · ln σ(d) + (1 − target) · ln σ(−d)
                weight * (target * d - softplus(d))
            })
            .sum();
        likelihood - x.iter().zip(ridge).map(|(x, r)| r * x * x / 2.0).sum::<f64>()
    }

    fn derivatives(&self, x: &[f64], ridge: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let size = self.size;
        let mut slope: Vec<f64> = x.iter().zip(ridge).map(|(x, r)| -r * x).collect();
        let mut curvature = vec![0.0; size * size];
        for (terms, target, weight) in self.rows() {
            let p = sigmoid(Self::predictor(terms, x));
            let (pull, bend) = (weight * (target - p), weight * p * (1.0 - p));
            for &(i, a) in terms {
                slope[i] += pull * a;
                for &(j, b) in terms {
                    curvature[i * size + j] += bend * a * b;
                }
            }
        }
        for (i, r) in ridge.iter().enumerate() {
            curvature[i * size + i] += r;
        }
        if self.free > 0 {
            let diagonal = curvature.iter().step_by(size + 1).take(self.free);
            let hold = diagonal.sum::<f64>() / (self.free * self.free) as f64;
            for i in 0..self.free {
                for j in 0..self.free {
                    curvature[i * size + j] += hold;
                }
            }
        }
        (slope, curvature)
    }

    /// Whether the curvature is that of a strict maximum, on the scale of each parameter.
    fn determines(&self, curvature: &[f64]) -> bool {
        const SLACK: f64 = 1e-9;
        let n = self.size;
        let scale: Vec<f64> = (0..n).map(|i| curvature[i * n + i].sqrt()).collect();
        if scale.iter().any(|s| !(*s > 0.0 && s.is_finite())) {
            return false;
        }
        let scaled = (0..n * n).map(|at| {
            let (i, j) = (at / n, at % n);
            curvature[at] / scale[i] / scale[j] - if i == j { SLACK } else { 0.0 }
        });
        Cholesky::new(scaled.collect(), n).is_some()
    }

    fn sandwich(&self, x: &[f64], factor: &Cholesky) -> Vec<f64> {
        let n = self.size;
        let mut meat = vec![0.0; n * n];
        for (terms, target, weight) in self.rows() {
            let pull = weight * (target - sigmoid(Self::predictor(terms, x)));
            for &(i, a) in terms {
                for &(j, b) in terms {
                    meat[i * n + j] += pull * pull * a * b;
                }
            }
        }
        // H⁻¹ M, then (H⁻¹ (H⁻¹ M)ᵀ)ᵀ, which is the whole, as both are symmetric.
        let solved = |matrix: &[f64]| {
            let mut out = vec![0.0; n * n];
            for j in 0..n {
                let column: Vec<f64> = (0..n).map(|i| matrix[i * n + j]).collect();
                for (i, value) in factor.solve(&column).into_iter().enumerate() {
                    out[j * n + i] = value;
                }
            }
            out
        };
        solved(&solved(&meat))
    }
}

fn no_fit(expected: &'static str) -> StatsError {
    StatsError::OutOfRange { what: "ridge".into(), value: 0.0, expected }
}

/// 1 / (1 + e⁻ˣ).
pub(super) fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// ln(1 + eˣ).
fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_parameter_has_the_log_odds() {
        let mut design = Design::new(1, 0);
        for target in [1.0, 1.0, 1.0, 0.0] {
            design.push([(0, 1.0)], target, 1.0);
        }
        let fit = design.fit(&[0.0]).expect("both outcomes");
        assert!((fit.coefficients[0] - 3f64.ln()).abs() < 1e-12);
        // Binomial: 1 / (n p q), which the sandwich is too.
        assert!((fit.covariance[0] - 1.0 / 0.75).abs() < 1e-9);
        assert!((fit.curvature[0] - 0.75).abs() < 1e-9);
        let held = design.fit(&[1.0]).expect("a ridge");
        assert!(held.coefficients[0] > 0.0 && held.coefficients[0] < 3f64.ln());
    }

    #[test]
    fn a_top_too_flat_to_be_seen_is_reached() {
        // Many rows, all but one of them of two models far apart: near the top the likelihood of 5e3
        // changes by less than its rounding.
        let mut design = Design::new(3, 0);
        for row in 0..20_000 {
            let x = f64::from(row % 17) / 17.0 - 0.4;
            design.push([(0, 1.0), (1, x)], f64::from(u8::from(row % 3 != 0)), 0.37);
            design.push([(0, -x), (2, 1e-3 * x)], f64::from(u8::from(row % 5 == 0)), 0.81);
        }
        for ridge in [0.0, 1e-6, 1e-3, 0.128, 2.0] {
            let fit = design.fit(&[ridge; 3]).expect("both outcomes everywhere");
            let (slope, _) = design.derivatives(&fit.coefficients, &[ridge; 3]);
            assert!(slope.iter().all(|s| s.abs() < 1e-7), "{ridge}: {slope:?}");
        }
    }

    #[test]
    fn what_has_no_fit_is_refused_and_a_ridge_helps() {
        let mut separated = Design::new(1, 0);
        separated.push([(0, 2.0)], 1.0, 1.0);
        separated.push([(0, -1.0)], 0.0, 1.0);
        let error = separated.fit(&[0.0]).expect_err("separated");
        assert!(error.to_string().contains("tell all wins"), "{error}");
        assert!(separated.fit(&[0.1]).expect("a ridge").coefficients[0].is_finite());
        let mut twins = Design::new(2, 0);
        for (value, target) in [(1.0, 1.0), (2.0, 0.0), (-1.0, 1.0)] {
            twins.push([(0, value), (1, 3.0 * value)], target, 1.0);
        }
        let error = twins.fit(&[0.0; 2]).expect_err("collinear");
        assert!(error.to_string().contains("follow"), "{error}");
        assert!(twins.fit(&[0.5; 2]).is_ok());
    }
}
