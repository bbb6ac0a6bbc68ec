//! Mean and variance.

use crate::{Result, check};

/// Arithmetic mean.
///
/// # Errors
/// No values, or one that is not finite.
pub fn mean(values: &[f64]) -> Result<f64> {
    check::values("values", values, 1)?;
    Ok(raw_mean(values))
}

/// Sample variance, divisor `n − 1`.
///
/// # Errors
/// Fewer than two values, or one that is not finite.
pub fn variance(values: &[f64]) -> Result<f64> {
    check::values("values", values, 2)?;
    let mean = raw_mean(values);
    let sum: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
    Ok(sum / (values.len() - 1) as f64)
}

/// Sample standard deviation, divisor `n − 1`.
///
/// # Errors
/// As [`variance`].
pub fn standard_deviation(values: &[f64]) -> Result<f64> {
    variance(values).map(f64::sqrt)
}

/// Mean of values that were checked already. Divides first where the sum would overflow.
pub(crate) fn raw_mean(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let sum: f64 = values.iter().sum();
    if sum.is_finite() { sum / n } else { values.iter().map(|v| v / n).sum() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hand_values() {
        assert_eq!(mean(&[1.0, 2.0, 6.0]).expect("three"), 3.0);
        assert_eq!(variance(&[1.0, 2.0, 6.0]).expect("three"), 7.0);
        assert_eq!(mean(&[f64::MAX, f64::MAX]).expect("two"), f64::MAX);
        assert_eq!(mean(&[]).expect_err("none").code(), "too_few_values");
        assert_eq!(variance(&[1.0]).expect_err("one").code(), "too_few_values");
        assert_eq!(mean(&[f64::NAN]).expect_err("nan").code(), "not_finite");
    }
}
