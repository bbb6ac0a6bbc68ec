//! Do two metrics correlate with people unequally? Tests for correlations on the same items.
//!
//! Two correlations on one set of items are not independent: the test has to know how the metrics
//! correlate with each other (Williams, 1959; Steiger, 1980; interval by Zou, 2007).

use serde::{Deserialize, Serialize};

use super::interval::correlation;
use crate::{Result, StatsError, check, distribution, normal};

/// Outcome of a test of two correlations.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CorrelationTest {
    /// First less second correlation.
    pub difference: f64,
    /// Williams' t or Steiger's z.
    pub statistic: f64,
    /// Degrees of freedom of t; absent for z.
    pub degrees: Option<usize>,
    /// Chance of as large a difference, of either sign, when the correlations are equal.
    pub p_value: f64,
}

/// Williams' t for `r_xz` against `r_yz`: do the metrics x and y correlate unequally with people z?
/// `r_xy` is the correlation of the metrics, `n` the number of items.
///
/// `t = (r_xz − r_yz) √((n − 1)(1 + r_xy) / (2 |R| (n − 1) / (n − 3) + m² (1 − r_xy)³))` with n − 3
/// degrees of freedom, |R| the determinant of the three correlations and m the mean of the two.
///
/// # Errors
/// Fewer than four items, a correlation outside `-1..=1`, three correlations that no data have, or
/// metrics that order the items exactly alike (`r_xy` = 1).
pub fn williams_test(r_xz: f64, r_yz: f64, r_xy: f64, n: usize) -> Result<CorrelationTest> {
    let determinant = determinant(r_xz, r_yz, r_xy)?;
    check::count("items", n, 4)?;
    let items = n as f64;
    let mean = (r_xz + r_yz) / 2.0;
    let spread =
        2.0 * determinant * (items - 1.0) / (items - 3.0) + mean * mean * (1.0 - r_xy).powi(3);
    let difference = r_xz - r_yz;
    if spread <= 0.0 || r_xy == 1.0 {
        return Err(StatsError::Constant { what: "x − y" });
    }
    let statistic = difference * ((items - 1.0) * (1.0 + r_xy) / spread).sqrt();
    let p_value = distribution::t_two_sided(statistic, items - 3.0);
    Ok(CorrelationTest { difference, statistic, degrees: Some(n - 3), p_value })
}

/// Steiger's z (his Z̄₁*) for the same question: with Fisher's z, and the covariance at the mean of
/// the two correlations.
///
/// # Errors
/// As [`williams_test`], or a correlation with people of ±1.
pub fn steiger_test(r_xz: f64, r_yz: f64, r_xy: f64, n: usize) -> Result<CorrelationTest> {
    determinant(r_xz, r_yz, r_xy)?;
    let mean = (r_xz + r_yz) / 2.0;
    let square = mean * mean;
    let covariance =
        r_xy * (1.0 - 2.0 * square) - square * (1.0 - 2.0 * square - r_xy * r_xy) / 2.0;
    steiger(r_xz, r_yz, covariance, mean, n)
}

/// Steiger's z (his Z̄₂*) for two correlations without a common variable: `r_ab` against `r_cd`, on
/// the same n items, given the four correlations between the pairs.
///
/// # Errors
/// Fewer than four items, a correlation outside `-1..=1`, `r_ab` or `r_cd` of ±1, or correlations
/// that no data have.
pub fn steiger_test_apart(
    r_ab: f64,
    r_cd: f64,
    [r_ac, r_ad, r_bc, r_bd]: [f64; 4],
    n: usize,
) -> Result<CorrelationTest> {
    for (what, r) in [("r_ac", r_ac), ("r_ad", r_ad), ("r_bc", r_bc), ("r_bd", r_bd)] {
        correlation(what, r)?;
    }
    let m = (r_ab + r_cd) / 2.0;
    let covariance = ((r_ac - m * r_bc) * (r_bd - r_bc * m)
        + (r_ad - r_ac * m) * (r_bc - m * r_ac)
        + (r_ac - r_ad * m) * (r_bd - m * r_ad)
        + (r_ad - m * r_bd) * (r_bc - r_bd * m))
        / 2.0;
    steiger(r_ab, r_cd, covariance, m, n)
}

fn steiger(
    first: f64,
    second: f64,
    covariance: f64,
    mean: f64,
    n: usize,
) -> Result<CorrelationTest> {
    check::count("items", n, 4)?;
    for (what, r) in [("first", first), ("second", second)] {
        correlation(what, r)?;
        if r.abs() == 1.0 {
            let expected = "a number between -1 and 1, both excluded";
            return Err(StatsError::OutOfRange { what: what.into(), value: r, expected });
        }
    }
    let shared = covariance / (1.0 - mean * mean).powi(2);
    if shared >= 1.0 {
        return Err(StatsError::Constant { what: "x − y" });
    }
    let difference = first.atanh() - second.atanh();
    let statistic = difference * ((n - 3) as f64 / (2.0 - 2.0 * shared)).sqrt();
    // Both tails: twice the lower one, which keeps its digits.
    let p_value = (2.0 * normal::cdf(-statistic.abs())).min(1.0);
    Ok(CorrelationTest { difference: first - second, statistic, degrees: None, p_value })
}

/// The interval of `r_xz − r_yz` from the intervals of the two (Zou, 2007), in `-2..=2`.
///
/// # Errors
/// As [`steiger_test`], or a level outside `0..1`.
pub fn dependent_difference_interval(
    r_xz: f64,
    r_yz: f64,
    r_xy: f64,
    n: usize,
    level: f64,
) -> Result<(f64, f64)> {
    // Refuses what the interval cannot be made of, too.
    steiger_test(r_xz, r_yz, r_xy, n)?;
    let ends = |r| super::correlation_interval(r, n, level, super::StandardError::Pearson);
    let (x, y) = (ends(r_xz)?, ends(r_yz)?);
    let (x2, y2, z2) = (r_xz * r_xz, r_yz * r_yz, r_xy * r_xy);
    let common = ((r_xy - r_xz * r_yz / 2.0) * (1.0 - x2 - y2 - z2) + r_xy.powi(3))
        / ((1.0 - x2) * (1.0 - y2));
    let half = |a: f64, b: f64| (a * a + b * b - 2.0 * common * a * b).max(0.0).sqrt();
    let difference = r_xz - r_yz;
    Ok((
        difference - half(r_xz - x.lower, y.upper - r_yz),
        difference + half(x.upper - r_xz, r_yz - y.lower),
    ))
}

/// Determinant of three correlations, 0 to 1; below 0 no data have them.
fn determinant(r_xz: f64, r_yz: f64, r_xy: f64) -> Result<f64> {
    for (what, r) in [("r_xz", r_xz), ("r_yz", r_yz), ("r_xy", r_xy)] {
        correlation(what, r)?;
    }
    let value = 1.0 - r_xz * r_xz - r_yz * r_yz - r_xy * r_xy + 2.0 * r_xz * r_yz * r_xy;
    if value < -1e-12 {
        let (what, expected) = ("determinant of r_xz, r_yz and r_xy".into(), "0 to 1");
        return Err(StatsError::OutOfRange { what, value, expected });
    }
    Ok(value.max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steigers_example() {
        // Steiger (1980): n = 103, r = .4 and .5, the metrics at .1; t(100) = −.89, p = .37.
        let williams = williams_test(0.4, 0.5, 0.1, 103).expect("defined");
        assert!((williams.statistic + 0.89).abs() < 0.005, "{williams:?}");
        assert!((williams.p_value - 0.37).abs() < 0.006);
        assert_eq!(williams.degrees, Some(100));
        let steiger = steiger_test(0.4, 0.5, 0.1, 103).expect("defined");
        assert!((steiger.statistic + 0.89).abs() < 0.01, "{steiger:?}");
        let (low, high) = dependent_difference_interval(0.4, 0.5, 0.1, 103, 0.95).expect("defined");
        assert!(low < -0.1 && -0.1 < high && high < 0.13);
    }

    #[test]
    fn swapping_turns_the_sign() {
        let (one, two) = (williams_test(0.6, 0.4, 0.5, 40), williams_test(0.4, 0.6, 0.5, 40));
        assert_eq!(one.expect("defined").statistic, -two.expect("defined").statistic);
        // Without a common variable, and unrelated pairs: two independent correlations.
        let apart = steiger_test_apart(0.6, 0.4, [0.0; 4], 40).expect("defined");
        let expected = (0.6f64.atanh() - 0.4f64.atanh()) / (2.0f64 / 37.0).sqrt();
        assert!((apart.statistic - expected).abs() < 1e-12);
        let same = steiger_test(0.5, 0.5, 0.3, 40).expect("defined");
        assert_eq!((same.statistic, same.p_value), (0.0, 1.0));
    }

    #[test]
    fn refuses_nonsense() {
        let code = |x, y, xy, n| {
            let pair = (williams_test(x, y, xy, n), steiger_test(x, y, xy, n));
            (pair.0.expect_err("bad").code(), pair.1.expect_err("bad").code())
        };
        assert_eq!(code(0.5, 0.5, 0.1, 3), ("too_few_values", "too_few_values"));
        assert_eq!(code(0.9, -0.9, 0.9, 30), ("out_of_range", "out_of_range"));
        assert_eq!(code(0.5, 0.5, 1.0, 30), ("constant_input", "constant_input"));
        assert_eq!(code(f64::NAN, 0.5, 0.1, 30), ("out_of_range", "out_of_range"));
        assert!(steiger_test(1.0, 0.5, 0.5, 30).is_err());
        assert!(steiger_test_apart(0.5, 0.4, [2.0, 0.0, 0.0, 0.0], 30).is_err());
        assert!(dependent_difference_interval(0.4, 0.5, 0.1, 103, 1.0).is_err());
    }
}
