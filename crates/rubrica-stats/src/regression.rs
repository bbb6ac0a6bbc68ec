//! How far predictions lie from the truth.

use crate::{Result, check};

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

#[cfg(test)]
mod tests {
    use super::*;

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
