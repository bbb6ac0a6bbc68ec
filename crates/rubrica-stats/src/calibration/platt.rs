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
    /// No items, different lengths, a score that is not finite, scores that are all equal, events that all
    /// happened or all did not; [`StatsError::Unsettled`] for scores of which all but a few differ by less
    /// than the digits of a number beside those few.
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
        let Some([slope, intercept]) = newton(&points, [0.0, (positive / negative).ln()]) else {
            return Err(StatsError::Unsettled { what: "curve from scores to probabilities" });
        };
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

/// Minimises the convex cross entropy by Newton steps, halved while they do not help. None when they come to
/// no end.
fn newton(points: &[(f64, f64)], start: [f64; 2]) -> Option<[f64; 2]> {
    let loss = |[a, b]: [f64; 2]| -> f64 {
        let term = |(x, target): &(f64, f64)| {
            let z = a * x + b;
            // ln(1 + eᶻ) − target · z, without overflow.
            z.max(0.0) + (-z.abs()).exp().ln_1p() - target * z
        };
        points.iter().map(term).sum()
    };
    let mut at = start;
    let mut before = f64::INFINITY;
    for _ in 0..100 {
        let weigh = |x: f64| {
            let p = sigmoid(at[0] * x + at[1]);
            (p, p * (1.0 - p))
        };
        // Around the weighted mean, slope and height do not hang together.
        let (whole, sum) = points.iter().fold((0.0, 0.0), |(whole, sum), (x, _)| {
            let (_, weight) = weigh(*x);
            (whole + weight, sum + weight * x)
        });
        let mean = sum / whole;
        let (mut gap, mut tilt, mut bend) = (0.0, 0.0, 0.0);
        for (x, target) in points {
            let (p, weight) = weigh(*x);
            gap += p - target;
            tilt += (p - target) * (x - mean);
            bend += weight * (x - mean) * (x - mean);
        }
        let (slope, height) = (tilt / bend, gap / whole);
        let step = [slope, height - mean * slope];
        // Close to the minimum the loss differs by rounding only, while the step still helps.
        let here = loss(at) * (1.0 + 1e-12);
        let parts = (0..60).map(|halves| 0.5f64.powi(halves));
        let mut nexts = parts.map(|part| [at[0] - part * step[0], at[1] - part * step[1]]);
        // None for what is not a number.
        let next = nexts.find(|next| loss(*next) <= here)?;
        let moved = step[0].abs().max(step[1].abs());
        let scale = 1.0 + at[0].abs() + at[1].abs();
        at = next;
        // Steps that no longer shrink, and are next to nothing beside the standard errors, are the rounding
        // of the gradient.
        let decrement = slope * tilt + height * gap;
        if moved <= 1e-14 * scale || (moved > before / 2.0 && decrement.abs() < 1e-10) {
            return Some(at);
        }
        before = moved;
    }
    None
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
    fn a_score_far_off_does_not_hide_the_others() {
        // Nine scores that differ by millionths, and one a million away.
        let scores: Vec<f64> = (0..9).map(|i| f64::from(i) * 1e-3).chain([1e3]).collect();
        let happened: Vec<bool> = (0..10).map(|i| [1, 4, 6, 7, 9].contains(&i)).collect();
        let fit = Platt::fit(&scores, &happened).expect("ten");
        let targets = happened.iter().map(|h| if *h { 6.0 / 7.0 } else { 1.0 / 7.0 });
        let gaps = scores.iter().zip(targets).map(|(s, target)| fit.probability(*s) - target);
        let gaps: Vec<f64> = gaps.collect();
        let tilt: f64 = gaps.iter().zip(&scores).map(|(gap, s)| gap * s).sum();
        assert!(gaps.iter().sum::<f64>().abs() < 1e-9 && tilt.abs() < 1e-6, "{fit:?} {tilt}");
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
