//! Temperature scaling (Guo et al., 2017): one number by which logits are divided.

use serde::{Deserialize, Serialize};

use crate::{Result, StatsError, check};

/// A fitted temperature.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Temperature {
    /// Divides the logits; above 1 makes them less certain. In `0.01..=100`.
    pub temperature: f64,
    /// Mean negative log-likelihood (natural log) at temperature 1.
    pub nll_before: f64,
    /// The same at the fitted temperature.
    pub nll_after: f64,
    /// True when the best temperature lies at or beyond an end of its range: the logits separate the
    /// data perfectly, or say the opposite of it.
    pub at_bound: bool,
}

/// The range of 1 / temperature that is searched.
const RANGE: (f64, f64) = (0.01, 100.0);

/// Fits the temperature of softmax logits by maximum likelihood.
///
/// `logits` is row-major `[items, classes]`; `class` holds the class of each item.
///
/// # Errors
/// No items, a class out of range, rows that do not fit, a logit that is not finite or further from another
/// than numbers reach, or logits that are level in every row.
pub fn fit_temperature(logits: &[f64], classes: usize, class: &[usize]) -> Result<Temperature> {
    check::count("class", class.len(), 1)?;
    check::count("classes", classes, 2)?;
    check::same_length(("class × classes", class.len() * classes), ("logits", logits.len()))?;
    check::values("logits", logits, 1)?;
    if let Some(index) = class.iter().position(|c| *c >= classes) {
        return Err(StatsError::UnknownClass { what: "class", index });
    }
    let rows = || logits.chunks_exact(classes).zip(class);
    if rows().all(|(row, _)| row.iter().all(|z| *z == row[0])) {
        return Err(StatsError::Constant { what: "logits" });
    }
    fit(class.len() as f64, |beta| {
        rows()
            .map(|(row, truth)| softmax_likelihood(row, *truth, beta))
            .fold(Likelihood::default(), Likelihood::plus)
    })
}

/// Fits the temperature of logits of one event, whose probability is σ(logit / temperature): reward
/// differences under the Bradley-Terry model, say.
///
/// # Errors
/// No items, different lengths, a logit that is not finite, or logits that are all 0.
pub fn fit_temperature_binary(logits: &[f64], happened: &[bool]) -> Result<Temperature> {
    check::same_length(("logits", logits.len()), ("happened", happened.len()))?;
    check::values("logits", logits, 1)?;
    if logits.iter().all(|z| *z == 0.0) {
        return Err(StatsError::Constant { what: "logits" });
    }
    fit(logits.len() as f64, |beta| {
        let terms = logits.iter().zip(happened);
        terms
            .map(|(&z, &h)| softmax_likelihood(&[0.0, z], usize::from(h), beta))
            .fold(Likelihood::default(), Likelihood::plus)
    })
}

/// Negative log-likelihood with its first two derivatives by 1 / temperature.
#[derive(Default)]
struct Likelihood {
    nll: f64,
    slope: f64,
    curvature: f64,
}

impl Likelihood {
    fn plus(self, other: Self) -> Self {
        Self {
            nll: self.nll + other.nll,
            slope: self.slope + other.slope,
            curvature: self.curvature + other.curvature,
        }
    }
}

fn softmax_likelihood(row: &[f64], truth: usize, beta: f64) -> Likelihood {
    // Everything relative to the largest logit, so that exponentials do not overflow.
    let top = row.iter().fold(f64::NEG_INFINITY, |m, z| m.max(*z));
    let (mut sum, mut first, mut second) = (0.0, 0.0, 0.0);
    for z in row {
        let d = z - top;
        let e = (beta * d).exp();
        sum += e;
        // Infinitely far below: no mass, and 0 · ∞ must not become NaN.
        if e > 0.0 {
            first += e * d;
            second += e * d * d;
        }
    }
    let (mean, square) = (first / sum, second / sum);
    let d = row[truth] - top;
    Likelihood {
        nll: sum.ln() - beta * d,
        slope: mean - d,
        curvature: (square - mean * mean).max(0.0),
    }
}

/// Minimises a convex likelihood over [`RANGE`] by Newton steps kept inside a shrinking bracket.
fn fit(n: f64, at: impl Fn(f64) -> Likelihood) -> Result<Temperature> {
    let finish = |beta: f64, at_bound| {
        let (before, after) = (at(1.0).nll / n, at(beta).nll / n);
        // Logits at the ends of the range of f64 are further apart than it reaches.
        check::values("likelihoods of the logits", &[before, after], 2)?;
        Ok(Temperature { temperature: 1.0 / beta, nll_before: before, nll_after: after, at_bound })
    };
    let (mut low, mut high) = RANGE;
    if at(low).slope >= 0.0 {
        return finish(low, true);
    }
    if at(high).slope <= 0.0 {
        return finish(high, true);
    }
    let mut beta = 1.0;
    for _ in 0..200 {
        let here = at(beta);
        if here.slope > 0.0 {
            high = beta
        } else {
            low = beta
        }
        let newton = beta - here.slope / here.curvature;
        let next = if newton > low && newton < high { newton } else { (low + high) / 2.0 };
        if (next - beta).abs() <= 1e-14 * beta {
            beta = next;
            break;
        }
        beta = next;
    }
    finish(beta, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overconfident_logits_are_cooled() {
        // 7 of 10 right at logit 3: the fit says logit ln(7/3).
        let logits = [3.0; 10];
        let happened: Vec<bool> = (0..10).map(|i| i < 7).collect();
        let fit = fit_temperature_binary(&logits, &happened).expect("ten");
        assert!((3.0 / fit.temperature - (7.0f64 / 3.0).ln()).abs() < 1e-12);
        assert!(fit.nll_after < fit.nll_before && !fit.at_bound);
        let rows: Vec<f64> = logits.iter().flat_map(|z| [0.0, *z]).collect();
        let class: Vec<usize> = happened.iter().map(|h| usize::from(*h)).collect();
        assert_eq!(fit_temperature(&rows, 2, &class).expect("ten"), fit);
    }

    #[test]
    fn ends_of_the_range() {
        let right = fit_temperature_binary(&[2.0, -2.0], &[true, false]).expect("two");
        assert!(right.at_bound && right.temperature == 0.01);
        let wrong = fit_temperature_binary(&[2.0, -2.0], &[false, true]).expect("two");
        assert!(wrong.at_bound && wrong.temperature == 100.0);
        let huge = fit_temperature_binary(&[1e300, -1e300], &[true, false]).expect("two");
        assert!(huge.nll_after.is_finite());
        let beyond = fit_temperature(&[1e308, -1e308], 2, &[1]).expect_err("too far apart");
        assert_eq!(beyond.code(), "not_finite");
    }

    #[test]
    fn refuses_nonsense() {
        assert_eq!(
            fit_temperature_binary(&[0.0], &[true]).expect_err("level").code(),
            "constant_input"
        );
        assert_eq!(
            fit_temperature(&[1.0, 1.0], 2, &[0]).expect_err("level").code(),
            "constant_input"
        );
        assert_eq!(
            fit_temperature(&[1.0, 2.0], 2, &[2]).expect_err("class").code(),
            "unknown_class"
        );
        assert_eq!(fit_temperature(&[1.0], 2, &[0]).expect_err("rows").code(), "length_mismatch");
        assert_eq!(fit_temperature(&[], 2, &[]).expect_err("none").code(), "too_few_values");
    }
}
