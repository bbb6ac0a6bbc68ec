//! Ends of bootstrap intervals.

use super::Replicates;
use crate::{moments, normal, quantile};

impl Replicates {
    /// The middle `level` (between 0 and 1) of the replicates.
    ///
    /// # Panics
    /// When there are no replicates.
    pub fn percentile(&self, level: f64) -> (f64, f64) {
        let tail = (1.0 - level) / 2.0;
        between(self, tail, 1.0 - tail)
    }

    /// The bias-corrected and accelerated interval (Efron, 1987), as in SciPy's `bootstrap`.
    ///
    /// `left_out` is the statistic with each unit left out in turn. `None` when the correction is
    /// not defined: all replicates on one side of the value, or left-out values that are all equal.
    pub fn bca(&self, left_out: &[f64], level: f64) -> Option<(f64, f64)> {
        let below = self.values.iter().filter(|v| **v < self.value).count();
        let equal = self.values.iter().filter(|v| **v == self.value).count();
        let share = (below as f64 + equal as f64 / 2.0) / self.values.len() as f64;
        if !(share > 0.0 && share < 1.0) || left_out.len() < 2 {
            return None;
        }
        let bias = normal::quantile(share);
        let mean = moments::raw_mean(left_out);
        let (squares, cubes) = left_out
            .iter()
            .map(|v| mean - v)
            .fold((0.0, 0.0), |(squares, cubes), d| (squares + d * d, cubes + d * d * d));
        if squares == 0.0 {
            return None;
        }
        let acceleration = cubes / (6.0 * squares.powf(1.5));
        let corrected = |tail: f64| {
            let shifted = bias + normal::quantile(tail);
            normal::cdf(bias + shifted / (1.0 - acceleration * shifted))
        };
        let tail = (1.0 - level) / 2.0;
        let (low, high) = (corrected(tail), corrected(1.0 - tail));
        // A huge acceleration can turn the tails around.
        (low.is_finite() && high.is_finite() && low < high).then(|| between(self, low, high))
    }
}

fn between(replicates: &Replicates, low: f64, high: f64) -> (f64, f64) {
    let mut sorted = replicates.values.clone();
    sorted.sort_by(f64::total_cmp);
    (quantile::of_sorted(&sorted, low), quantile::of_sorted(&sorted, high))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replicates(value: f64) -> Replicates {
        Replicates { value, values: (0..=100).map(f64::from).collect(), undefined: 0 }
    }

    #[test]
    fn percentile_takes_the_middle() {
        let (low, high) = replicates(50.0).percentile(0.9);
        assert!((low - 5.0).abs() < 1e-12 && (high - 95.0).abs() < 1e-12);
    }

    #[test]
    fn bca_without_bias_or_skew_is_percentile() {
        let (low, high) = replicates(50.0).bca(&[1.0, 2.0, 3.0], 0.9).expect("defined");
        assert!((low - 5.0).abs() < 1e-9 && (high - 95.0).abs() < 1e-9, "{low} {high}");
    }

    #[test]
    fn bca_is_refused_at_the_end_of_the_range() {
        assert_eq!(replicates(-1.0).bca(&[1.0, 2.0], 0.9), None);
        assert_eq!(replicates(50.0).bca(&[1.0], 0.9), None);
        assert_eq!(replicates(50.0).bca(&[1.0, 1.0], 0.9), None);
    }
}
