//! Spearman's rank correlation.

use super::pearson;
use crate::{Result, check, rank::raw_average_ranks};

/// Pearson correlation of the ranks (ties sharing the mean rank), in `-1..=1`.
///
/// # Errors
/// Fewer than two values, different lengths, a value that is not finite, or a constant series.
pub fn spearman(x: &[f64], y: &[f64]) -> Result<f64> {
    check::paired(("x", x), ("y", y), 2)?;
    pearson(&raw_average_ranks(x), &raw_average_ranks(y))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_order_counts() {
        let rho = spearman(&[1.0, 2.0, 3.0, 4.0], &[1.0, 10.0, 100.0, 1000.0]).expect("four");
        assert!((rho - 1.0).abs() < 1e-15);
        assert_eq!(spearman(&[1.0, 2.0], &[5.0, 5.0]).expect_err("flat").code(), "constant_input");
    }
}
