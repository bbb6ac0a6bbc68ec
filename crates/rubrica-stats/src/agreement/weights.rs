//! How much credit two unequal categories get.

use serde::{Deserialize, Serialize};

use crate::{Result, StatsError};

/// Credit of a pair of categories, 1 for equal ones and 0 for the farthest (Gwet, 2014, chapter 3).
///
/// Categories are numbers `x` of a scale from `low` to `high`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AgreementWeights {
    /// None unless equal.
    #[default]
    Identity,
    /// `1 − |x − y| / (high − low)`.
    Linear,
    /// `1 − (x − y)² / (high − low)²`.
    Quadratic,
    /// `1 − √|x − y| / √(high − low)`.
    Radical,
    /// By the number of pairs of categories within the span from x to y, whatever the numbers.
    Ordinal,
    /// `1 − ((x − y) / (x + y))² / ((high − low) / (high + low))²`, for positive numbers.
    Ratio,
}

impl AgreementWeights {
    /// Row-major `[categories, categories]`. The categories are ascending.
    pub(super) fn matrix(self, categories: &[f64]) -> Result<Vec<f64>> {
        let (Some(low), Some(high)) = (categories.first(), categories.last()) else {
            return Ok(Vec::new());
        };
        if self == Self::Ratio && *low <= 0.0 && categories.len() > 1 {
            let what = "categories[0]".into();
            return Err(StatsError::OutOfRange { what, value: *low, expected: "a number > 0" });
        }
        let pairs = |span: f64| span * (span + 1.0) / 2.0;
        let weight = |i: usize, j: usize| {
            if i == j {
                return 1.0;
            }
            let (x, y) = (categories[i], categories[j]);
            let step = part_of_span((x, y), (*low, *high)).abs();
            match self {
                Self::Identity => 0.0,
                Self::Linear => 1.0 - step,
                Self::Quadratic => 1.0 - step * step,
                Self::Radical => 1.0 - step.sqrt(),
                Self::Ordinal => {
                    1.0 - pairs(i.abs_diff(j) as f64) / pairs((categories.len() - 1) as f64)
                }
                Self::Ratio => 1.0 - (relative(x, y) / relative(*high, *low)).powi(2),
            }
        };
        let k = categories.len();
        Ok((0..k * k).map(|cell| weight(cell / k, cell % k)).collect())
    }
}

/// `(x − y) / (high − low)`, scaled first so that nothing overflows or vanishes.
pub(super) fn part_of_span((x, y): (f64, f64), (low, high): (f64, f64)) -> f64 {
    let scale = low.abs().max(high.abs());
    (x / scale - y / scale) / (high / scale - low / scale)
}

/// `(x − y) / (x + y)` of unequal numbers of one sign, scaled likewise.
pub(super) fn relative(x: f64, y: f64) -> f64 {
    let scale = x.abs().max(y.abs());
    (x / scale - y / scale) / (x / scale + y / scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_of_a_scale() {
        use AgreementWeights::{Identity, Linear, Ordinal, Quadratic, Radical, Ratio};
        for weights in [Identity, Linear, Quadratic, Radical, Ordinal, Ratio] {
            let matrix = weights.matrix(&[1.0, 2.0, 5.0]).expect("positive");
            assert_eq!((matrix[0], matrix[4], matrix[2], matrix[6]), (1.0, 1.0, 0.0, 0.0));
            assert_eq!(matrix[1], matrix[3]);
            assert_eq!(weights.matrix(&[3.0]).expect("one"), [1.0]);
        }
        assert_eq!(Linear.matrix(&[1.0, 2.0, 5.0]).expect("three")[1], 0.75);
        assert!((Ordinal.matrix(&[1.0, 2.0, 5.0]).expect("three")[1] - 2.0 / 3.0).abs() < 1e-15);
        assert_eq!(Ratio.matrix(&[0.0, 1.0]).expect_err("zero").code(), "out_of_range");
    }
}
