//! Quantiles.

use crate::{Result, StatsError, check};

/// The `q` quantile, interpolating linearly between order statistics (Hyndman and Fan's type 7, the
/// default of NumPy and R). `q` in `0..=1`.
///
/// # Errors
/// No values, a value that is not finite, or `q` out of range.
pub fn quantile(values: &[f64], q: f64) -> Result<f64> {
    check::values("values", values, 1)?;
    if !(0.0..=1.0).contains(&q) {
        return Err(StatsError::OutOfRange { what: "q".into(), value: q, expected: "0 to 1" });
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    Ok(of_sorted(&sorted, q))
}

/// The median.
///
/// # Errors
/// As [`quantile`].
pub fn median(values: &[f64]) -> Result<f64> {
    quantile(values, 0.5)
}

/// The quantile of values that are sorted already; at least one.
pub(crate) fn of_sorted(sorted: &[f64], q: f64) -> f64 {
    let place = q * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    let (low, high, fraction) = (sorted[below], sorted[above], place - below as f64);
    if low == high { low } else { low * (1.0 - fraction) + high * fraction }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interpolates() {
        let values = [4.0, 1.0, 3.0, 2.0];
        assert_eq!(median(&values).expect("four"), 2.5);
        assert_eq!(quantile(&values, 0.0).expect("four"), 1.0);
        assert_eq!(quantile(&values, 1.0).expect("four"), 4.0);
        assert_eq!(quantile(&values, 1.5).expect_err("range").code(), "out_of_range");
        assert_eq!(quantile(&values, f64::NAN).expect_err("range").code(), "out_of_range");
        assert_eq!(median(&[]).expect_err("none").code(), "too_few_values");
    }
}
