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

/// The weights of pairs of given categories.
pub(super) struct PairWeights<'a> {
    kind: AgreementWeights,
    categories: &'a [f64],
}

impl AgreementWeights {
    /// The categories are ascending.
    pub(super) fn of(self, categories: &[f64]) -> Result<PairWeights<'_>> {
        match categories {
            [low, _, ..] if self == Self::Ratio && *low <= 0.0 => {
                let (what, expected) = ("categories[0]".into(), "a number > 0");
                Err(StatsError::OutOfRange { what, value: *low, expected })
            }
            _ => Ok(PairWeights { kind: self, categories }),
        }
    }
}

impl PairWeights<'_> {
    /// The weight of two categories by their places.
    pub(super) fn of(&self, i: usize, j: usize) -> f64 {
        use AgreementWeights::{Identity, Linear, Ordinal, Quadratic, Radical, Ratio};
        if i == j {
            return 1.0;
        }
        let (x, y, last) = (self.categories[i], self.categories[j], self.categories.len() - 1);
        let (low, high) = (self.categories[0], self.categories[last]);
        let step = || part_of_span((x, y), (low, high)).abs();
        let pairs = |span: usize| span as f64 * (span as f64 + 1.0) / 2.0;
        match self.kind {
            Identity => 0.0,
            Linear => 1.0 - step(),
            Quadratic => 1.0 - step().powi(2),
            Radical => 1.0 - step().sqrt(),
            Ordinal => 1.0 - pairs(i.abs_diff(j)) / pairs(last),
            Ratio => 1.0 - (relative(x, y) / relative(high, low)).powi(2),
        }
    }

    /// The sum over all ordered pairs. Quadratic in the categories but for identity.
    pub(super) fn sum(&self) -> f64 {
        let k = self.categories.len();
        if self.kind == AgreementWeights::Identity {
            return k as f64;
        }
        let below = |i: usize| (0..i).map(move |j| self.of(i, j)).sum::<f64>();
        k as f64 + 2.0 * (0..k).map(below).sum::<f64>()
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
        let scale = [1.0, 2.0, 5.0];
        for weights in [Identity, Linear, Quadratic, Radical, Ordinal, Ratio] {
            let pair = weights.of(&scale).expect("positive");
            assert_eq!((pair.of(0, 0), pair.of(1, 1)), (1.0, 1.0));
            assert_eq!((pair.of(0, 2), pair.of(2, 0)), (0.0, 0.0));
            assert_eq!(pair.of(0, 1), pair.of(1, 0));
            let sum: f64 = (0..9).map(|cell| pair.of(cell / 3, cell % 3)).sum();
            assert!((pair.sum() - sum).abs() < 1e-12);
            assert_eq!(weights.of(&[3.0]).expect("one").sum(), 1.0);
        }
        assert_eq!(Linear.of(&scale).expect("three").of(0, 1), 0.75);
        assert!((Ordinal.of(&scale).expect("three").of(0, 1) - 2.0 / 3.0).abs() < 1e-15);
        assert_eq!(Ratio.of(&[0.0, 1.0]).err().map(|e| e.code()), Some("out_of_range"));
    }
}
