//! The four-parameter logistic curve that takes a metric to the scale of opinions (VQEG, 2000).

use serde::{Deserialize, Serialize};

use crate::correlation::pearson;
use crate::{Result, check, moments};

/// `f(x) = (top − bottom) / (1 + exp(−(x − middle) / width)) + bottom`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Logistic {
    /// Value far above the middle.
    pub top: f64,
    /// Value far below the middle; above `top` where the curve falls.
    pub bottom: f64,
    /// Where it is half way.
    pub middle: f64,
    /// How far x moves for a change of 1 in log odds, above 0.
    pub width: f64,
    /// False when the fit ended at a limit, or had not ended after all its steps: points that lie on a line
    /// or a step have no best width.
    pub converged: bool,
}

/// Parameters while fitting, on standardised x and y: top, bottom, middle, ln width.
type Parameters = [f64; 4];

/// Limits of the standardised middle and of ln width, beyond which a curve on the data is a line or a
/// step to all digits that matter.
const MIDDLE: f64 = 20.0;
const LN_WIDTH: (f64, f64) = (-7.0, 5.0);

impl Logistic {
    /// Fits by least squares (Levenberg, 1944; Marquardt, 1963).
    ///
    /// # Errors
    /// Fewer than five points, different lengths, a value that is not finite, or x or y that are all
    /// equal.
    pub fn fit(x: &[f64], y: &[f64]) -> Result<Self> {
        check::paired(("x", x), ("y", y), 5)?;
        let falls = pearson(x, y)? < 0.0;
        let (mean, spread) = (moments::raw_mean(x), moments::standard_deviation(x)?);
        check::values("spread of x", &[mean, spread], 2)?;
        let (low, high) = y
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| (low.min(*y), high.max(*y)));
        let reach = high - low;
        check::values("range of y", &[reach], 1)?;
        // Both standardised, so that squares neither overflow nor vanish.
        let points: Vec<(f64, f64)> =
            x.iter().zip(y).map(|(x, y)| ((x - mean) / spread, (y - low) / reach)).collect();
        let ends = if falls { [0.0, 1.0] } else { [1.0, 0.0] };
        let start = [ends[0], ends[1], 0.0, 0.25f64.ln()];
        let (at, converged) = levenberg(&points, start);
        let fit = Self {
            top: low + reach * at[0],
            bottom: low + reach * at[1],
            middle: mean + spread * at[2],
            width: spread * at[3].exp(),
            converged,
        };
        check::values("fitted curve", &[fit.top, fit.bottom, fit.middle, fit.width], 4)?;
        Ok(fit)
    }

    /// The curve at x, which must not be NaN.
    pub fn predict(&self, x: f64) -> f64 {
        self.bottom + (self.top - self.bottom) * sigmoid((x - self.middle) / self.width)
    }
}

fn sigmoid(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

fn levenberg(points: &[(f64, f64)], start: Parameters) -> (Parameters, bool) {
    let cost = |at: &Parameters| -> f64 {
        points.iter().map(|(x, y)| (model(at, *x).0 - y).powi(2)).sum()
    };
    let mut at = start;
    let mut here = cost(&at);
    let mut damping = 1e-3;
    let mut ended = false;
    for _ in 0..2000 {
        let (mut square, mut slope) = ([[0.0; 4]; 4], [0.0; 4]);
        for (x, y) in points {
            let (value, gradient) = model(&at, *x);
            for i in 0..4 {
                slope[i] += gradient[i] * (y - value);
                for j in 0..4 {
                    square[i][j] += gradient[i] * gradient[j];
                }
            }
        }
        let mut damped = square;
        for (i, row) in damped.iter_mut().enumerate() {
            row[i] += damping * row[i].max(1e-12);
        }
        let Some(step) = solve(damped, slope) else {
            damping *= 10.0;
            continue;
        };
        let mut next = at;
        for i in 0..4 {
            next[i] += step[i];
        }
        next[2] = next[2].clamp(-MIDDLE, MIDDLE);
        next[3] = next[3].clamp(LN_WIDTH.0, LN_WIDTH.1);
        let there = cost(&next);
        let scale = 1.0 + at[0].abs().max(at[1].abs());
        let moved = (0..4)
            .fold(0.0f64, |m, i| m.max((next[i] - at[i]).abs() / if i < 2 { scale } else { 1.0 }));
        if there <= here {
            (at, here) = (next, there);
            damping = (damping / 10.0).max(1e-15);
            if moved < 1e-13 {
                ended = true;
                break;
            }
        } else if damping > 1e12 || moved < 1e-15 {
            ended = true;
            break;
        } else {
            damping *= 10.0;
        }
    }
    let inside = at[2].abs() < MIDDLE && at[3] > LN_WIDTH.0 && at[3] < LN_WIDTH.1;
    (at, ended && inside)
}

/// The curve with its gradient by the parameters.
fn model(at: &Parameters, x: f64) -> (f64, Parameters) {
    let z = (x - at[2]) * (-at[3]).exp();
    let s = sigmoid(z);
    let rise = (at[0] - at[1]) * s * (1.0 - s);
    (at[1] + (at[0] - at[1]) * s, [s, 1.0 - s, -rise * (-at[3]).exp(), -rise * z])
}

/// Gaussian elimination with pivots.
fn solve(mut a: [[f64; 4]; 4], mut b: [f64; 4]) -> Option<[f64; 4]> {
    for column in 0..4 {
        let pivot =
            (column..4).max_by(|&i, &j| a[i][column].abs().total_cmp(&a[j][column].abs()))?;
        a.swap(column, pivot);
        b.swap(column, pivot);
        if a[column][column] == 0.0 {
            return None;
        }
        let pivot_row = a[column];
        for row in column + 1..4 {
            let factor = a[row][column] / pivot_row[column];
            a[row].iter_mut().zip(pivot_row).for_each(|(cell, above)| *cell -= factor * above);
            b[row] -= factor * b[column];
        }
    }
    for row in (0..4).rev() {
        let known: f64 = (row + 1..4).map(|k| a[row][k] * b[k]).sum();
        b[row] = (b[row] - known) / a[row][row];
    }
    b.iter().all(|v| v.is_finite()).then_some(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_is_found_again() {
        let truth = Logistic { top: 90.0, bottom: 10.0, middle: 0.4, width: 0.15, converged: true };
        let x: Vec<f64> = (0..20).map(|i| f64::from(i) / 19.0).collect();
        let y: Vec<f64> = x.iter().map(|x| truth.predict(*x)).collect();
        let fit = Logistic::fit(&x, &y).expect("twenty");
        for (a, b) in [(fit.top, 90.0), (fit.bottom, 10.0), (fit.middle, 0.4), (fit.width, 0.15)] {
            assert!((a - b).abs() < 1e-8, "{fit:?}");
        }
        assert!(fit.converged);
        // A metric that counts errors falls.
        let turned: Vec<f64> = x.iter().map(|x| -x).collect();
        let fit = Logistic::fit(&turned, &y).expect("twenty");
        assert!((fit.predict(-0.4) - 50.0).abs() < 1e-8, "{fit:?}");
    }

    #[test]
    fn lines_and_steps_stay_finite() {
        let x: Vec<f64> = (0..10).map(f64::from).collect();
        let step: Vec<f64> = x.iter().map(|x| if *x < 4.5 { 1.0 } else { 5.0 }).collect();
        let fit = Logistic::fit(&x, &step).expect("ten");
        assert!(x.iter().zip(&step).all(|(x, y)| (fit.predict(*x) - y).abs() < 1e-3), "{fit:?}");
        let line = Logistic::fit(&x, &x).expect("ten");
        assert!(x.iter().all(|x| (line.predict(*x) - x).abs() < 0.05), "{line:?}");
    }

    #[test]
    fn degenerate_inputs() {
        let five = [1.0, 2.0, 3.0, 4.0, 5.0];
        let code = |x: &[f64], y: &[f64]| Logistic::fit(x, y).expect_err("bad").code();
        assert_eq!(code(&five[..4], &five[..4]), "too_few_values");
        assert_eq!(code(&[1.0; 5], &five), "constant_input");
        assert_eq!(code(&five, &[1.0; 5]), "constant_input");
        assert_eq!(code(&five, &[1.0, 2.0, 3.0, 4.0, f64::NAN]), "not_finite");
    }
}
