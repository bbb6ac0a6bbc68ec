//! Platt scaling (Platt, 1999): a logistic curve from scores to probabilities.

use serde::{Deserialize, Serialize};

use crate::{Result, StatsError, check, moments};

/// A fitted curve `1 / (1 + exp(−(slope · score + intercept)))`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platt {
    /// Above 0 where higher scores make the event likelier.
    pub slope: f64,
    /// Log odds at score 0.
    pub intercept: f64,
}

impl Platt {
    /// Fits by maximum likelihood against Platt's smoothed targets, `(n₁ + 1) / (n₁ + 2)` for the n₁
    /// items where it happened and `1 / (n₀ + 2)` for the others: finite even when scores separate
    /// the two perfectly. As scikit-learn's sigmoid calibration (whose slope and intercept have the
    /// other sign), to full precision.
    ///
    /// # Errors
    /// No items, different lengths, a score that is not finite, scores that are all equal, or events
    /// that all happened or all did not.
    pub fn fit(scores: &[f64], happened: &[bool]) -> Result<Self> {
        check::same_length(("scores", scores.len()), ("happened", happened.len()))?;
        check::values("scores", scores, 2)?;
        let positive = happened.iter().filter(|h| **h).count() as f64;
        let negative = happened.len() as f64 - positive;
        if positive == 0.0 || negative == 0.0 {
            let expected = "some that happened and some that did not";
            return Err(StatsError::OneClass { what: "happened", expected });
        }
        let mean = moments::raw_mean(scores);
        let scale = scores.iter().fold(0.0f64, |m, s| m.max((s - mean).abs()));
        if scale == 0.0 || !scale.is_finite() || scores.iter().all(|s| *s == scores[0]) {
            return Err(StatsError::Constant { what: "scores" });
        }
        let (high, low) = ((positive + 1.0) / (positive + 2.0), 1.0 / (negative + 2.0));
        // Around 0 and at most 1 away, so that the two parameters hang together as little as can be.
        let points: Vec<(f64, f64)> = scores
            .iter()
            .zip(happened)
            .map(|(s, h)| ((s - mean) / scale, if *h { high } else { low }))
            .collect();
        let [slope, intercept] = newton(&points, [0.0, (positive / negative).ln()]);
        let slope = slope / scale;
        let fit = Self { slope, intercept: intercept - slope * mean };
        check::values("fitted curve", &[fit.slope, fit.intercept], 2)?;
        Ok(fit)
    }

    /// The probability at a score, which must not be NaN; in `0..=1`.
    pub fn probability(&self, score: f64) -> f64 {
        sigmoid(self.slope * score + self.intercept)
    }
}

/// Minimises the convex cross entropy by Newton steps, halved while they do not help.
fn newton(points: &[(f64, f64)], start: [f64; 2]) -> [f64; 2] {
    let loss = |[a, b]: [f64; 2]| -> f64 {
        let term = |(x, target): &(f64, f64)| {
            let z = a * x + b;
            // ln(1 + eᶻ) − target · z, without overflow.
            z.max(0.0) + (-z.abs()).exp().ln_1p() - target * z
        };
        points.iter().map(term).sum()
    };
    let mut at = start;
    let mut here = loss(at);
    for _ in 0..100 {
        let (mut ga, mut gb, mut aa, mut ab, mut bb) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for (x, target) in points {
            let p = sigmoid(at[0] * x + at[1]);
            let (gap, weight) = (p - target, p * (1.0 - p));
            (ga, gb) = (ga + gap * x, gb + gap);
            (aa, ab, bb) = (aa + weight * x * x, ab + weight * x, bb + weight);
        }
        let determinant = aa * bb - ab * ab;
        if determinant <= 0.0 {
            break;
        }
        let step = [(bb * ga - ab * gb) / determinant, (aa * gb - ab * ga) / determinant];
        let mut part = 1.0;
        let mut next = at;
        while part > 1e-10 {
            next = [at[0] - part * step[0], at[1] - part * step[1]];
            // Close to the minimum the loss differs by rounding only, while the step still helps.
            if loss(next) <= here * (1.0 + 1e-12) {
                break;
            }
            part /= 2.0;
        }
        let moved = (next[0] - at[0]).abs().max((next[1] - at[1]).abs());
        (at, here) = (next, loss(next));
        if moved <= 1e-14 * (1.0 + at[0].abs() + at[1].abs()) {
            break;
        }
    }
    at
}

fn sigmoid(z: f64) -> f64 {
    if z >= 0.0 {
        1.0 / (1.0 + (-z).exp())
    } else {
        let e = z.exp();
        e / (1.0 + e)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_scores_meet_their_smoothed_shares() {
        // At each of two scores the curve can be what the targets average to.
        let scores = [0.0, 0.0, 0.0, 0.0, 2.0, 2.0, 2.0, 2.0];
        let happened = [false, false, false, true, true, true, true, false];
        let fit = Platt::fit(&scores, &happened).expect("eight");
        let (high, low) = (5.0 / 6.0, 1.0 / 6.0);
        assert!((fit.probability(0.0) - (3.0 * low + high) / 4.0).abs() < 1e-12);
        assert!((fit.probability(2.0) - (3.0 * high + low) / 4.0).abs() < 1e-12);
    }

    #[test]
    fn separated_scores_stay_finite() {
        let fit = Platt::fit(&[-1e6, -2e6, 1e6, 3e6], &[false, false, true, true]).expect("four");
        assert!(fit.slope > 0.0 && fit.probability(1e6) < 1.0 && fit.probability(-1e6) > 0.0);
        let json = serde_json::to_string(&fit).expect("json");
        assert_eq!(serde_json::from_str::<Platt>(&json).expect("valid"), fit);
        assert_eq!((fit.probability(1e300), fit.probability(-1e300)), (1.0, 0.0));
    }

    #[test]
    fn degenerate_inputs() {
        let code = |s: &[f64], h: &[bool]| Platt::fit(s, h).expect_err("bad").code();
        assert_eq!(code(&[], &[]), "too_few_values");
        assert_eq!(code(&[1.0], &[true]), "too_few_values");
        assert_eq!(code(&[1.0, 2.0], &[true, true]), "one_class");
        assert_eq!(code(&[1.0, 1.0], &[true, false]), "constant_input");
        assert_eq!(code(&[1.0, f64::NAN], &[true, false]), "not_finite");
        assert_eq!(code(&[1.0], &[true, false]), "length_mismatch");
    }
}
