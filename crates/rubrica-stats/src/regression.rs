//! How far predictions lie from the truth, and the line of least squares.

use serde::{Deserialize, Serialize};

use crate::{Result, StatsError, check, moments};

/// Mean absolute error.
///
/// # Errors
/// No values, different lengths, or a value that is not finite.
pub fn mean_absolute_error(truth: &[f64], predicted: &[f64]) -> Result<f64> {
    check::paired(("truth", truth), ("predicted", predicted), 1)?;
    let sum: f64 = truth.iter().zip(predicted).map(|(t, p)| (t - p).abs()).sum();
    Ok(sum / truth.len() as f64)
}

/// Root of the mean squared error.
///
/// # Errors
/// As [`mean_absolute_error`].
pub fn root_mean_squared_error(truth: &[f64], predicted: &[f64]) -> Result<f64> {
    check::paired(("truth", truth), ("predicted", predicted), 1)?;
    let sum: f64 = truth.iter().zip(predicted).map(|(t, p)| (t - p) * (t - p)).sum();
    Ok((sum / truth.len() as f64).sqrt())
}

/// A straight line.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Change of y for a change of 1 in x.
    pub slope: f64,
    /// y where x is 0.
    pub intercept: f64,
}

/// The line of least squares of `y` on `x`.
///
/// # Errors
/// Fewer than two points, different lengths, a value that is not finite, an `x` that is constant, or
/// values so large that the line is not finite.
pub fn line(x: &[f64], y: &[f64]) -> Result<Line> {
    check::paired(("x", x), ("y", y), 2)?;
    let (x_mean, y_mean) = (moments::raw_mean(x), moments::raw_mean(y));
    let square: f64 = x.iter().map(|x| (x - x_mean).powi(2)).sum();
    check::values("spread of x", &[square], 1)?;
    if square == 0.0 || x.iter().all(|v| *v == x[0]) {
        return Err(StatsError::Constant { what: "x" });
    }
    let product: f64 = x.iter().zip(y).map(|(x, y)| (x - x_mean) * (y - y_mean)).sum();
    let slope = product / square;
    let found = Line { slope, intercept: y_mean - slope * x_mean };
    check::values("line", &[found.slope, found.intercept], 2)?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_through_points() {
        let found = line(&[0.0, 1.0, 2.0], &[1.0, 2.0, 6.0]).expect("three");
        assert!((found.slope - 2.5).abs() < 1e-15 && (found.intercept - 0.5).abs() < 1e-15);
        assert_eq!(line(&[1.0, 1.0], &[1.0, 2.0]).expect_err("flat").code(), "constant_input");
        assert_eq!(line(&[1.0], &[1.0]).expect_err("one").code(), "too_few_values");
        let huge = line(&[1e200, -1e200], &[1.0, 2.0]).expect_err("overflow");
        assert_eq!(huge.code(), "not_finite");
    }

    #[test]
    fn hand_values() {
        let (truth, predicted) = ([1.0, 2.0, 3.0], [2.0, 2.0, 1.0]);
        assert_eq!(mean_absolute_error(&truth, &predicted).expect("three"), 1.0);
        let rmse = root_mean_squared_error(&truth, &predicted).expect("three");
        assert!((rmse * rmse - 5.0 / 3.0).abs() < 1e-15);
        let error = mean_absolute_error(&truth, &[1.0]).expect_err("lengths");
        assert_eq!(error.code(), "length_mismatch");
        assert_eq!(root_mean_squared_error(&[], &[]).expect_err("none").code(), "too_few_values");
    }
}
