//! How many items does it take? Power of tests, and the sample size for a wanted power.

use serde::{Deserialize, Serialize};

use super::Alternative;
use crate::{Result, StatsError, check, distribution, normal};

/// Largest sample size that is searched.
const LARGEST: usize = 1_000_000_000;

/// The test of two independent proportions by Cohen's h (Cohen, 1988), the arcsine transformation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ProportionPower {
    /// The first proportion, `0..=1`.
    pub first: f64,
    /// The second proportion, `0..=1`.
    pub second: f64,
    /// Significance level, between 0 and 1.
    pub alpha: f64,
    /// Which differences are looked for.
    pub alternative: Alternative,
}

/// The t test of paired differences.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PairedPower {
    /// Mean difference over its standard deviation (Cohen's d).
    pub effect: f64,
    /// Significance level, between 0 and 1.
    pub alpha: f64,
    /// Which differences are looked for.
    pub alternative: Alternative,
}

/// The test that a correlation is not 0, with Fisher's z and its small-sample bias.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CorrelationPower {
    /// The correlation, between -1 and 1.
    pub r: f64,
    /// Significance level, between 0 and 1.
    pub alpha: f64,
    /// Which correlations are looked for.
    pub alternative: Alternative,
}

impl ProportionPower {
    /// Power with `first` and `second` items in the samples.
    ///
    /// # Errors
    /// An empty sample, or a figure out of range.
    pub fn at(&self, first: usize, second: usize) -> Result<f64> {
        check::open_unit("alpha", self.alpha)?;
        check::probabilities("proportions", &[self.first, self.second])?;
        check::count("first", first, 1)?;
        check::count("second", second, 1)?;
        let arc = |p: f64| 2.0 * p.sqrt().asin();
        let h = arc(self.first) - arc(self.second);
        let scale = (1.0 / (1.0 / first as f64 + 1.0 / second as f64)).sqrt();
        let beyond = |shift: f64, alpha: f64| normal::cdf(normal::quantile(alpha) + shift);
        Ok(match self.alternative {
            Alternative::TwoSided => {
                beyond(h * scale, self.alpha / 2.0) + beyond(-h * scale, self.alpha / 2.0)
            }
            Alternative::Greater => beyond(h * scale, self.alpha),
            Alternative::Less => beyond(-h * scale, self.alpha),
        }
        .min(1.0))
    }
}

impl PairedPower {
    /// Power with `n` pairs.
    ///
    /// # Errors
    /// Fewer than two pairs, or a figure out of range.
    pub fn at(&self, n: usize) -> Result<f64> {
        check::open_unit("alpha", self.alpha)?;
        check::values("effect", &[self.effect], 1)?;
        check::count("pairs", n, 2)?;
        let degrees = (n - 1) as f64;
        // Beyond 37 standard errors the power is 1 in all digits, and the series would be long.
        let shift = (self.effect * (n as f64).sqrt()).clamp(-37.0, 37.0);
        let beyond = |shift: f64, alpha: f64| {
            let limit = -distribution::t_quantile(alpha, degrees);
            distribution::noncentral_t_cdf(-limit, degrees, -shift)
        };
        Ok(match self.alternative {
            Alternative::TwoSided => {
                beyond(shift, self.alpha / 2.0) + beyond(-shift, self.alpha / 2.0)
            }
            Alternative::Greater => beyond(shift, self.alpha),
            Alternative::Less => beyond(-shift, self.alpha),
        }
        .min(1.0))
    }
}

impl CorrelationPower {
    /// Power with `n` pairs.
    ///
    /// # Errors
    /// Fewer than five pairs, or a figure out of range.
    pub fn at(&self, n: usize) -> Result<f64> {
        check::open_unit("alpha", self.alpha)?;
        check::count("pairs", n, 5)?;
        if !(self.r > -1.0 && self.r < 1.0) {
            let expected = "a number between -1 and 1, both excluded";
            return Err(StatsError::OutOfRange { what: "r".into(), value: self.r, expected });
        }
        let (items, degrees) = (n as f64, (n - 2) as f64);
        let z = self.r.atanh() + self.r / (2.0 * (items - 1.0));
        let beyond = |z: f64, alpha: f64| {
            let t = distribution::t_quantile(1.0 - alpha, degrees);
            let critical = (t / (t * t + degrees).sqrt()).atanh();
            normal::cdf((z - critical) * (items - 3.0).sqrt())
        };
        Ok(match self.alternative {
            Alternative::TwoSided => beyond(z, self.alpha / 2.0) + beyond(-z, self.alpha / 2.0),
            Alternative::Greater => beyond(z, self.alpha),
            Alternative::Less => beyond(-z, self.alpha),
        }
        .min(1.0))
    }
}

/// Items that each of two samples needs for this power.
///
/// # Errors
/// A figure out of range, or a power that a billion items do not reach: equal proportions, say.
pub fn proportion_power(test: &ProportionPower, power: f64) -> Result<usize> {
    smallest(1, power, |n| test.at(n, n))
}

/// Pairs that the t test needs for this power.
///
/// # Errors
/// A figure out of range, or a power that a billion pairs do not reach.
pub fn paired_power(test: &PairedPower, power: f64) -> Result<usize> {
    smallest(2, power, |n| test.at(n))
}

/// Pairs that the test of a correlation needs for this power.
///
/// # Errors
/// A figure out of range, or a power that a billion pairs do not reach.
pub fn correlation_power(test: &CorrelationPower, power: f64) -> Result<usize> {
    smallest(5, power, |n| test.at(n))
}

/// The smallest number from `least` on with this power, which grows with the number.
fn smallest(least: usize, power: f64, at: impl Fn(usize) -> Result<f64>) -> Result<usize> {
    check::open_unit("power", power)?;
    let mut high = least;
    while at(high)? < power {
        if high >= LARGEST {
            let expected = "a power that a billion items reach";
            return Err(StatsError::OutOfRange { what: "power".into(), value: power, expected });
        }
        high *= 2;
    }
    let mut low = if high == least { least } else { high / 2 + 1 };
    while low < high {
        let middle = (low + high) / 2;
        if at(middle)? < power { low = middle + 1 } else { high = middle }
    }
    Ok(high)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: Alternative = Alternative::TwoSided;

    #[test]
    fn the_size_is_the_smallest() {
        let test = ProportionPower { first: 0.6, second: 0.5, alpha: 0.05, alternative: TWO };
        let n = proportion_power(&test, 0.8).expect("reached");
        assert!(test.at(n, n).expect("valid") >= 0.8);
        assert!(test.at(n - 1, n - 1).expect("valid") < 0.8);
        let test = PairedPower { effect: 0.3, alpha: 0.05, alternative: TWO };
        let n = paired_power(&test, 0.9).expect("reached");
        assert!(test.at(n).expect("valid") >= 0.9 && test.at(n - 1).expect("valid") < 0.9);
        let test = CorrelationPower { r: 0.5, alpha: 0.05, alternative: TWO };
        assert_eq!(correlation_power(&test, 0.8).expect("reached"), 29);
        let huge = PairedPower { effect: 1e6, alpha: 0.05, alternative: TWO };
        assert!(paired_power(&huge, 0.9).expect("reached") <= 4);
    }

    #[test]
    fn no_effect_has_the_power_of_alpha() {
        let test = PairedPower { effect: 0.0, alpha: 0.05, alternative: TWO };
        assert!((test.at(30).expect("valid") - 0.05).abs() < 1e-12);
        assert_eq!(paired_power(&test, 0.8).expect_err("never").code(), "out_of_range");
        let same = ProportionPower { first: 0.5, second: 0.5, alpha: 0.1, alternative: TWO };
        assert!((same.at(9, 9).expect("valid") - 0.1).abs() < 1e-9);
        assert_eq!(proportion_power(&same, 0.8).expect_err("never").code(), "out_of_range");
    }

    #[test]
    fn refuses_nonsense() {
        let test = PairedPower { effect: f64::NAN, alpha: 0.05, alternative: TWO };
        assert_eq!(test.at(9).expect_err("nan").code(), "not_finite");
        let test = PairedPower { effect: 0.5, alpha: 1.0, alternative: TWO };
        assert_eq!(test.at(9).expect_err("alpha").code(), "out_of_range");
        let test = PairedPower { effect: 0.5, alpha: 0.05, alternative: TWO };
        assert_eq!(test.at(1).expect_err("one").code(), "too_few_values");
        assert_eq!(paired_power(&test, 1.0).expect_err("certain").code(), "out_of_range");
        let test = CorrelationPower { r: 1.0, alpha: 0.05, alternative: TWO };
        assert_eq!(test.at(9).expect_err("r").code(), "out_of_range");
        let test = ProportionPower { first: 1.5, second: 0.5, alpha: 0.05, alternative: TWO };
        assert_eq!(test.at(9, 9).expect_err("share").code(), "out_of_range");
    }
}
