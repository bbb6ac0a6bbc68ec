//! Kendall's rank correlation with correction for ties (Kendall, 1945).

use crate::{Result, pairs::order_counts};

/// Kendall's tau-b, in `-1..=1`, in O(n log n).
///
/// # Errors
/// Fewer than two values, different lengths, a value that is not finite, or a constant series.
pub fn kendall_tau_b(x: &[f64], y: &[f64]) -> Result<f64> {
    order_counts(x, y, 0.0)?.tau_b()
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
}
