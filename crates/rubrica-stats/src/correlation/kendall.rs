//! Kendall's rank correlations (Kendall, 1938; with correction for ties, 1945; Stuart, 1953).

use crate::{Result, StatsError, pairs::order_counts};

/// Kendall's tau-b, in `-1..=1`, in O(n log n).
///
/// # Errors
/// Fewer than two values, different lengths, a value that is not finite, or a constant series.
pub fn kendall_tau_b(x: &[f64], y: &[f64]) -> Result<f64> {
    order_counts(x, y, 0.0)?.tau_b()
}

/// Kendall's tau-a, `(C − D) / (n (n − 1) / 2)`, in `-1..=1`: a tie in either series counts as a pair
/// that says nothing. It is defined, and 0, when a series is constant.
///
/// # Errors
/// Fewer than two values, different lengths, or a value that is not finite.
pub fn kendall_tau_a(x: &[f64], y: &[f64]) -> Result<f64> {
    order_counts(x, y, 0.0)?.tau_a()
}

/// Kendall's (Stuart's) tau-c, `2 (C − D) / (n² (m − 1) / m)` with m the smaller number of different
/// values of the two series, in `-1..=1`: for series with unlike numbers of levels.
///
/// # Errors
/// As [`kendall_tau_b`].
pub fn kendall_tau_c(x: &[f64], y: &[f64]) -> Result<f64> {
    let counts = order_counts(x, y, 0.0)?;
    let (x_levels, y_levels) = (levels(x), levels(y));
    for (what, levels) in [("x", x_levels), ("y", y_levels)] {
        if levels < 2 {
            return Err(StatsError::Constant { what });
        }
    }
    let (n, m) = (x.len() as f64, x_levels.min(y_levels) as f64);
    let agree = counts.concordant as f64 - counts.discordant as f64;
    Ok((2.0 * agree / (n * n * (m - 1.0) / m)).clamp(-1.0, 1.0))
}

/// Number of different values.
fn levels(values: &[f64]) -> usize {
    let order = crate::rank::ascending(values);
    order.chunk_by(|&i, &j| values[i] == values[j]).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_are_corrected_for() {
        // 5 of 6 pairs agree, 1 is tied in y only.
        let tau = kendall_tau_b(&[1.0, 2.0, 3.0, 4.0], &[1.0, 2.0, 2.0, 4.0]).expect("four");
        assert!((tau - 5.0 / (6.0f64 * 5.0).sqrt()).abs() < 1e-15);
        let error = kendall_tau_b(&[1.0, 2.0], &[5.0, 5.0]).expect_err("flat");
        assert_eq!(error.code(), "constant_input");
    }

    #[test]
    fn three_ways_to_see_ties() {
        let (x, y) = ([1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 2.0, 4.0]);
        assert_eq!(kendall_tau_a(&x, &y), Ok(5.0 / 6.0));
        // m = 3: 2 · 5 / (16 · 2 / 3).
        assert!((kendall_tau_c(&x, &y).expect("four") - 0.9375).abs() < 1e-15);
        assert_eq!(kendall_tau_a(&[1.0, 2.0], &[5.0, 5.0]), Ok(0.0));
        let flat = kendall_tau_c(&[1.0, 2.0], &[5.0, 5.0]).expect_err("flat");
        assert_eq!(flat, StatsError::Constant { what: "y" });
        assert_eq!(kendall_tau_a(&[1.0], &[1.0]).expect_err("one").code(), "too_few_values");
        assert_eq!(kendall_tau_c(&[], &[]).expect_err("none").code(), "too_few_values");
    }
}
