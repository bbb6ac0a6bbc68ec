//! Intervals of correlations on the scale of Fisher's z (Fisher, 1921).

use serde::{Deserialize, Serialize};

use crate::{Estimate, IntervalMethod, Result, StatsError, check, normal};

/// The standard error of the inverse hyperbolic tangent of a correlation of n pairs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StandardError {
    /// `√(1 / (n − 3))`: Pearson's r of normal data (Fisher, 1921).
    #[default]
    Pearson,
    /// `√((1 + r² / 2) / (n − 3))`: Spearman's rho (Bonett and Wright, 2000).
    SpearmanBonettWright,
    /// `√(1.06 / (n − 3))`: Spearman's rho (Fieller, Hartley and Pearson, 1957).
    SpearmanFieller,
    /// `√(0.437 / (n − 4))`: Kendall's tau (Fieller, Hartley and Pearson, 1957).
    KendallFieller,
}

impl StandardError {
    fn of(self, r: f64, n: usize) -> Result<f64> {
        let less = if self == Self::KendallFieller { 4 } else { 3 };
        check::count("pairs", n, less + 1)?;
        let numerator = match self {
            Self::Pearson => 1.0,
            Self::SpearmanBonettWright => 1.0 + r * r / 2.0,
            Self::SpearmanFieller => 1.06,
            Self::KendallFieller => 0.437,
        };
        Ok((numerator / (n - less) as f64).sqrt())
    }
}

/// The interval `tanh(atanh(r) ± z · standard error)` of a correlation `r` of `n` pairs.
///
/// A correlation of ±1 has no spread on this scale, and its interval no width: on a handful of pairs
/// that says little.
///
/// # Errors
/// A correlation outside `-1..=1`, too few pairs (4, or 5 for Kendall's tau), or a level outside
/// `0..1`.
pub fn correlation_interval(
    r: f64,
    n: usize,
    level: f64,
    standard_error: StandardError,
) -> Result<Estimate> {
    correlation("r", r)?;
    check::open_unit("level", level)?;
    let half = normal::quantile(0.5 + level / 2.0) * standard_error.of(r, n)?;
    let (lower, upper) = if r.abs() == 1.0 {
        (r, r)
    } else {
        ((r.atanh() - half).tanh(), (r.atanh() + half).tanh())
    };
    let method = IntervalMethod::FisherZ;
    Ok(Estimate { value: r, lower, upper, level, n, clusters: None, method, left_out: 0 })
}

/// A correlation, in `-1..=1`.
pub(super) fn correlation(what: &'static str, r: f64) -> Result<()> {
    if (-1.0..=1.0).contains(&r) {
        Ok(())
    } else {
        Err(StatsError::OutOfRange { what: what.into(), value: r, expected: "-1 to 1" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_and_refusals() {
        let perfect = correlation_interval(1.0, 10, 0.95, StandardError::Pearson).expect("ten");
        assert_eq!((perfect.lower, perfect.upper), (1.0, 1.0));
        let code = |r, n, level, se| correlation_interval(r, n, level, se).expect_err("bad").code();
        assert_eq!(code(0.5, 3, 0.95, StandardError::Pearson), "too_few_values");
        assert_eq!(code(0.5, 4, 0.95, StandardError::KendallFieller), "too_few_values");
        assert_eq!(code(1.5, 9, 0.95, StandardError::Pearson), "out_of_range");
        assert_eq!(code(f64::NAN, 9, 0.95, StandardError::Pearson), "out_of_range");
        assert_eq!(code(0.5, 9, 0.0, StandardError::Pearson), "out_of_range");
    }

    #[test]
    fn hand_values() {
        use StandardError::{KendallFieller, Pearson, SpearmanBonettWright, SpearmanFieller};
        for (se, expected) in [
            (Pearson, 0.1),
            (SpearmanBonettWright, 0.0118f64.sqrt()),
            (SpearmanFieller, 0.0106f64.sqrt()),
        ] {
            let found = correlation_interval(0.6, 103, 0.95, se).expect("103");
            let half = (found.upper.atanh() - found.lower.atanh()) / 2.0;
            assert!((half / 1.959963984540054 - expected).abs() < 1e-12, "{se:?} {half}");
        }
        let found = correlation_interval(0.6, 104, 0.95, KendallFieller).expect("104");
        let half = (found.upper.atanh() - found.lower.atanh()) / 2.0;
        assert!((half / 1.959963984540054 - 0.00437f64.sqrt()).abs() < 1e-12);
    }
}
