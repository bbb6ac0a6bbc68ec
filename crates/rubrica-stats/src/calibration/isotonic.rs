//! Isotonic regression by pooling adjacent violators (Barlow et al., 1972).

use serde::{Deserialize, Serialize};

use crate::{Result, check, rank};

/// A non-decreasing function fitted to points by least squares.
///
/// Between the points it interpolates linearly, beyond them it is flat, as scikit-learn's
/// `IsotonicRegression(out_of_bounds="clip")`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Knots", into = "Knots")]
pub struct Isotonic {
    x: Vec<f64>,
    y: Vec<f64>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename = "Isotonic", deny_unknown_fields)]
struct Knots {
    x: Vec<f64>,
    y: Vec<f64>,
}

impl From<Isotonic> for Knots {
    fn from(fit: Isotonic) -> Self {
        Self { x: fit.x, y: fit.y }
    }
}

impl TryFrom<Knots> for Isotonic {
    type Error = String;

    fn try_from(Knots { x, y }: Knots) -> Result<Self, String> {
        check::paired(("x", &x), ("y", &y), 1).map_err(|e| e.to_string())?;
        if x.windows(2).any(|w| w[0] >= w[1]) || y.windows(2).any(|w| w[0] > w[1]) {
            return Err("knots are not ascending; expected x rising and y not falling".into());
        }
        Ok(Self { x, y })
    }
}

/// Neighbouring points that share one fitted value.
struct Block {
    mean: f64,
    weight: f64,
    points: usize,
}

impl Isotonic {
    /// Fits `y` on `x`.
    ///
    /// # Errors
    /// No points, different lengths, or a value that is not finite.
    pub fn fit(x: &[f64], y: &[f64]) -> Result<Self> {
        check::paired(("x", x), ("y", y), 1)?;
        let mut knots: Vec<f64> = Vec::new();
        let mut starts: Vec<(f64, f64)> = Vec::new();
        for i in rank::ascending(x) {
            match (knots.last(), starts.last_mut()) {
                // Points at one x enter as their mean, with their number as weight.
                (Some(last), Some((mean, weight))) if *last == x[i] => {
                    *weight += 1.0;
                    *mean += (y[i] - *mean) / *weight;
                }
                _ => {
                    knots.push(x[i]);
                    starts.push((y[i], 1.0));
                }
            }
        }
        let mut blocks: Vec<Block> = Vec::new();
        for (mean, weight) in starts {
            let mut block = Block { mean, weight, points: 1 };
            while let Some(last) = blocks.pop_if(|last| last.mean >= block.mean) {
                let weight = last.weight + block.weight;
                let mean = (last.mean * last.weight + block.mean * block.weight) / weight;
                block = Block { mean, weight, points: last.points + block.points };
            }
            blocks.push(block);
        }
        let fitted: Vec<f64> =
            blocks.iter().flat_map(|b| std::iter::repeat_n(b.mean, b.points)).collect();
        Ok(Self::without_inner_points(&knots, &fitted))
    }

    /// Drops the points inside level stretches; they do not change the function.
    fn without_inner_points(x: &[f64], y: &[f64]) -> Self {
        let needed =
            |&i: &usize| i == 0 || i + 1 == x.len() || y[i - 1] != y[i] || y[i] != y[i + 1];
        let keep: Vec<usize> = (0..x.len()).filter(needed).collect();
        Self { x: keep.iter().map(|&i| x[i]).collect(), y: keep.iter().map(|&i| y[i]).collect() }
    }

    /// The fitted function at `x`, which must not be NaN.
    pub fn predict(&self, x: f64) -> f64 {
        debug_assert!(!x.is_nan());
        let above = self.x.partition_point(|knot| *knot < x);
        if above == 0 {
            return self.y[0];
        }
        if above == self.x.len() {
            return self.y[above - 1];
        }
        if self.x[above] == x {
            return self.y[above];
        }
        let (x0, x1, y0, y1) = (self.x[above - 1], self.x[above], self.y[above - 1], self.y[above]);
        // Rounding must not carry the value past the knots: the function never falls.
        (y0 + (y1 - y0) * ((x - x0) / (x1 - x0))).clamp(y0, y1)
    }

    /// The points between which the function runs, as `(x, y)`.
    pub fn knots(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.x.iter().copied().zip(self.y.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pools_violators() {
        let fit = Isotonic::fit(&[1.0, 2.0, 3.0, 4.0], &[1.0, 3.0, 2.0, 4.0]).expect("four");
        assert_eq!(
            fit.knots().collect::<Vec<_>>(),
            [(1.0, 1.0), (2.0, 2.5), (3.0, 2.5), (4.0, 4.0)]
        );
        assert_eq!(fit.predict(1.5), 1.75);
        assert_eq!((fit.predict(-9.0), fit.predict(9.0)), (1.0, 4.0));
    }

    #[test]
    fn knots_are_met_exactly() {
        let x = [0.1, 0.3, 0.7, 1.1, 1.9];
        let fit = Isotonic::fit(&x, &[0.1, 0.2, 0.7, 1.3, 2.9]).expect("five");
        assert!(fit.knots().all(|(x, y)| fit.predict(x) == y));
        let steps: Vec<f64> = (0..2000).map(|i| fit.predict(f64::from(i) * 0.001)).collect();
        assert!(steps.windows(2).all(|w| w[0] <= w[1]));
    }

    #[test]
    fn level_stretches_keep_their_ends() {
        let fit = Isotonic::fit(&[1.0, 2.0, 3.0, 4.0], &[4.0, 3.0, 2.0, 1.0]).expect("four");
        assert_eq!(fit.knots().collect::<Vec<_>>(), [(1.0, 2.5), (4.0, 2.5)]);
    }

    #[test]
    fn round_trips_and_refuses_bad_knots() {
        let fit = Isotonic::fit(&[1.0, 2.0], &[0.0, 1.0]).expect("two");
        let json = serde_json::to_string(&fit).expect("json");
        assert_eq!(serde_json::from_str::<Isotonic>(&json).expect("valid"), fit);
        for bad in [
            r#"{"x": [], "y": []}"#,
            r#"{"x": [1, 1], "y": [0, 1]}"#,
            r#"{"x": [1, 2], "y": [1, 0]}"#,
            r#"{"x": [1, 2], "y": [1]}"#,
        ] {
            assert!(serde_json::from_str::<Isotonic>(bad).is_err(), "{bad}");
        }
    }
}
