//! How far predictions lie from the truth, and the line of least squares.

use serde::{Deserialize, Serialize};

use crate::{Result, StatsError, check, moments};

/// Mean absolute error.
///
/// # Errors
/// No values, different lengths, a value that is not finite, or a difference beyond the range of
/// numbers.
pub fn mean_absolute_error(truth: &[f64], predicted: &[f64]) -> Result<f64> {
    let errors = errors(truth, predicted)?;
    Ok(moments::raw_mean(&errors))
}

/// Root of the mean squared error.
///
/// # Errors
/// As [`mean_absolute_error`].
pub fn root_mean_squared_error(truth: &[f64], predicted: &[f64]) -> Result<f64> {
    let errors = errors(truth, predicted)?;
    let square: f64 = errors.iter().map(|e| e * e).sum();
    if square.is_finite() {
        return Ok((square / errors.len() as f64).sqrt());
    }
    // In parts of the largest, whose square overflows.
    let largest = errors.iter().fold(0.0f64, |m, e| m.max(*e));
    let square: f64 = errors.iter().map(|e| (e / largest).powi(2)).sum();
    Ok(largest * (square / errors.len() as f64).sqrt())
}

/// The sizes of the differences.
fn errors(truth: &[f64], predicted: &[f64]) -> Result<Vec<f64>> {
    check::paired(("truth", truth), ("predicted", predicted), 1)?;
    let errors: Vec<f64> = truth.iter().zip(predicted).map(|(t, p)| (t - p).abs()).collect();
    check::values("truth − predicted", &errors, 1)?;
    Ok(errors)
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
        assert_eq!(root_mean_squared_error(&[1e200, 0.0], &[0.0, 0.0]), Ok(1e200 * 0.5f64.sqrt()));
        let far = root_mean_squared_error(&[f64::MAX], &[f64::MIN]).expect_err("beyond range");
        assert_eq!(far.code(), "not_finite");
        let error = mean_absolute_error(&truth, &[1.0]).expect_err("lengths");
        assert_eq!(error.code(), "length_mismatch");
        assert_eq!(root_mean_squared_error(&[], &[]).expect_err("none").code(), "too_few_values");
    }
}
