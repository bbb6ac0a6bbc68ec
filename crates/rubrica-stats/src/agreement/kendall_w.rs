//! Kendall's coefficient of concordance (Kendall and Babington Smith, 1939), with ties.

use serde::{Deserialize, Serialize};

use super::Ratings;
use crate::rank::raw_average_ranks;
use crate::{Result, StatsError, distribution};

/// How far raters order the items alike.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Concordance {
    /// 0 (no common order) to 1 (one order).
    pub w: f64,
    /// Friedman's statistic `raters · (items − 1) · W`.
    pub chi_squared: f64,
    /// Its degrees of freedom, items less one.
    pub degrees: usize,
    /// Chance of as large a statistic when raters order at random (an approximation for many raters).
    pub p_value: f64,
}

/// Kendall's W of complete ratings, `12 S / (m² (n³ − n) − m Σ (t³ − t))`.
///
/// `S` is the sum of squared deviations of the rank sums of n items from their mean over m raters,
/// and t are the sizes of groups of tied items within a rater.
///
/// # Errors
/// Fewer than two items or raters, an empty cell, or raters who all call every item a tie.
pub fn kendall_w(ratings: &Ratings) -> Result<Concordance> {
    let values = ratings.filled(2)?;
    let (n, m) = (ratings.items(), ratings.raters());
    let mut sums = vec![0.0; n];
    let mut ties = 0.0;
    for rater in 0..m {
        let given: Vec<f64> = values.iter().skip(rater).step_by(m).copied().collect();
        sums.iter_mut().zip(raw_average_ranks(&given)).for_each(|(sum, rank)| *sum += rank);
        ties += crate::rank::tie_term(&given);
    }
    let (items, raters) = (n as f64, m as f64);
    let mean = raters * (items + 1.0) / 2.0;
    let deviation: f64 = sums.iter().map(|sum| (sum - mean).powi(2)).sum();
    let largest = raters * (raters * (items.powi(3) - items) - ties);
    if largest == 0.0 {
        return Err(StatsError::Constant { what: "ratings" });
    }
    let w = (12.0 * deviation / largest).clamp(0.0, 1.0);
    let (chi_squared, degrees) = (raters * (items - 1.0) * w, n - 1);
    let p_value = distribution::chi_squared_tail(chi_squared, degrees as f64);
    Ok(Concordance { w, chi_squared, degrees, p_value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_order_and_opposite_orders() {
        let same = Ratings::complete(&[1.0, 2.0, 2.0, 3.0, 9.0, 7.0], 2).expect("three");
        assert_eq!(kendall_w(&same).expect("defined").w, 1.0);
        let opposite = Ratings::complete(&[1.0, 3.0, 2.0, 2.0, 3.0, 1.0], 2).expect("three");
        assert_eq!(kendall_w(&opposite).expect("defined").w, 0.0);
    }

    #[test]
    fn undefined_cases() {
        let flat = Ratings::complete(&[1.0, 2.0, 1.0, 2.0], 2).expect("two");
        assert_eq!(kendall_w(&flat).expect_err("flat").code(), "constant_input");
        let one = Ratings::complete(&[1.0, 2.0], 2).expect("one");
        assert_eq!(kendall_w(&one).expect_err("one item").code(), "too_few_values");
        let gap = Ratings::new(vec![Some(1.0), None, Some(2.0), Some(1.0)], 2).expect("two");
        assert_eq!(kendall_w(&gap).expect_err("gap").code(), "length_mismatch");
    }
}
