//! Krippendorff's alpha (Krippendorff, 2011; Hayes and Krippendorff, 2007).

use serde::{Deserialize, Serialize};

use super::{
    Ratings,
    weights::{part_of_span, relative},
};
use crate::{Result, StatsError};

/// How far two values lie apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Metric {
    /// 1 unless equal.
    #[default]
    Nominal,
    /// The square of the number of ratings between the two values, half of those at each end.
    Ordinal,
    /// `(x − y)²`.
    Interval,
    /// `((x − y) / (x + y))²`, for values of one sign.
    Ratio,
}

/// Alpha, `1 − observed / expected disagreement`, at most 1.
///
/// Disagreement is averaged over pairs of ratings within an item, weighted so that every rating
/// counts once; expected over all pairs of ratings. Items with fewer than two ratings are left out.
/// O(n log n) in the ratings; with [`Metric::Ratio`] quadratic in the number of different values.
///
/// # Errors
/// No item with two ratings, all of these ratings equal, or for [`Metric::Ratio`] values of both
/// signs.
pub fn krippendorff_alpha(ratings: &Ratings, metric: Metric) -> Result<f64> {
    let counts = ratings.counts(None)?;
    let v = counts.categories.len();
    let total = |row: &[(usize, f64)]| row.iter().map(|(_, count)| count).sum::<f64>();
    let pairable: Vec<(f64, &[(usize, f64)])> = counts
        .rows
        .iter()
        .map(|row| (total(row), row.as_slice()))
        .filter(|(n, _)| *n >= 2.0)
        .collect();
    if pairable.is_empty() {
        let expected = "an item with at least two ratings";
        return Err(StatsError::NothingToCount { what: "ratings", expected });
    }
    let mut totals = vec![0.0; v];
    for (_, row) in &pairable {
        row.iter().for_each(|(value, count)| totals[*value] += count);
    }
    if totals.iter().filter(|total| **total > 0.0).count() < 2 {
        return Err(StatsError::Constant { what: "ratings" });
    }
    // Values that occur in pairs; an item of one rating may have others.
    let paired =
        || counts.categories.iter().zip(&totals).filter(|(_, n)| **n > 0.0).map(|(v, _)| *v);
    let (low, high) =
        (paired().fold(f64::INFINITY, f64::min), paired().fold(f64::NEG_INFINITY, f64::max));
    if metric == Metric::Ratio && low < 0.0 && high > 0.0 {
        let (what, expected) = ("ratings".into(), "values of one sign");
        return Err(StatsError::OutOfRange { what, value: low, expected });
    }
    let values = &counts.categories;
    let distance = Distance { metric, values, range: (low, high), middles: middles(&totals) };
    let observed: f64 = pairable.iter().map(|(n, row)| distance.sum(row) / (n - 1.0)).sum();
    let n: f64 = totals.iter().sum();
    Ok(1.0 - (n - 1.0) * observed / distance.expected(&totals))
}

/// Ratings below each value and half of those at it.
fn middles(totals: &[f64]) -> Vec<f64> {
    let mut below = 0.0;
    let middle = |total: &f64| {
        below += total;
        below - total / 2.0
    };
    totals.iter().map(middle).collect()
}

struct Distance<'a> {
    metric: Metric,
    values: &'a [f64],
    range: (f64, f64),
    middles: Vec<f64>,
}

impl Distance<'_> {
    fn between(&self, i: usize, j: usize) -> f64 {
        let (x, y) = (self.values[i], self.values[j]);
        match self.metric {
            Metric::Nominal => 1.0,
            Metric::Ordinal => (self.middles[i] - self.middles[j]).powi(2),
            Metric::Interval => part_of_span((x, y), self.range).powi(2),
            Metric::Ratio => relative(x, y).powi(2),
        }
    }

    /// Distance summed over pairs of values that occur this often.
    fn sum(&self, counts: &[(usize, f64)]) -> f64 {
        let mut sum = 0.0;
        for (place, (i, a)) in counts.iter().enumerate() {
            for (j, b) in &counts[..place] {
                sum += a * b * self.between(*i, *j);
            }
        }
        sum
    }

    /// The same over all values. Squared differences of places need no pairs: their sum is
    /// `n Σ z² − (Σ z)²`, here around the mean.
    fn expected(&self, totals: &[f64]) -> f64 {
        let n: f64 = totals.iter().sum();
        let occurring = || totals.iter().enumerate().filter(|(_, count)| **count > 0.0);
        let place = |i: usize| match self.metric {
            Metric::Ordinal => self.middles[i],
            _ => part_of_span((self.values[i], self.range.0), self.range),
        };
        match self.metric {
            Metric::Nominal => (n * n - occurring().map(|(_, c)| c * c).sum::<f64>()) / 2.0,
            Metric::Ordinal | Metric::Interval => {
                let mean = occurring().map(|(i, c)| c * place(i)).sum::<f64>() / n;
                n * occurring().map(|(i, c)| c * (place(i) - mean).powi(2)).sum::<f64>()
            }
            Metric::Ratio => self.sum(&occurring().map(|(i, c)| (i, *c)).collect::<Vec<_>>()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const METRICS: [Metric; 4] =
        [Metric::Nominal, Metric::Ordinal, Metric::Interval, Metric::Ratio];

    #[test]
    fn perfect_and_undefined() {
        let same = Ratings::complete(&[1.0, 1.0, 4.0, 4.0, 2.0, 2.0], 2).expect("three");
        let flat = Ratings::complete(&[2.0; 6], 2).expect("three");
        let single = Ratings::new(vec![Some(1.0), None, None, Some(2.0)], 2).expect("two");
        for metric in METRICS {
            assert_eq!(krippendorff_alpha(&same, metric), Ok(1.0));
            let error = krippendorff_alpha(&flat, metric).expect_err("flat");
            assert_eq!(error.code(), "constant_input");
            let error = krippendorff_alpha(&single, metric).expect_err("single");
            assert_eq!(error.code(), "nothing_to_count");
        }
        let signs = Ratings::complete(&[-1.0, 1.0], 2).expect("one");
        let error = krippendorff_alpha(&signs, Metric::Ratio).expect_err("signs");
        assert_eq!(error.code(), "out_of_range");
        let zero = Ratings::complete(&[0.0, 0.0, 0.0, 3.0], 2).expect("two");
        assert!(krippendorff_alpha(&zero, Metric::Ratio).expect("defined").is_finite());
        let huge = Ratings::complete(&[-1e300, 1e300, -1e300, -1e300], 2).expect("two");
        assert_eq!(krippendorff_alpha(&huge, Metric::Interval), Ok(0.0));
    }

    #[test]
    fn continuous_ratings_take_no_table() {
        let mut rng = crate::rng::Rng::seeded(4);
        let cells: Vec<f64> = (0..20_000)
            .flat_map(|_| {
                let quality = rng.normal();
                [quality + rng.normal(), quality + rng.normal()]
            })
            .collect();
        let ratings = Ratings::complete(&cells, 2).expect("20000");
        let alpha = krippendorff_alpha(&ratings, Metric::Interval).expect("defined");
        // Half of the variance is the items'.
        assert!((alpha - 0.5).abs() < 0.02, "{alpha}");
        assert!(
            (krippendorff_alpha(&ratings, Metric::Ordinal).expect("defined") - 0.48).abs() < 0.03
        );
    }

    #[test]
    fn krippendorffs_own_example() {
        // Krippendorff (2011), part C: four observers, twelve units, with gaps.
        let rows: [[u8; 12]; 4] = [
            [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
            [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
            [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
            [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
        ];
        let cell = |i: usize| rows[i % 4][i / 4];
        let cells = (0..48).map(|i| (cell(i) > 0).then(|| f64::from(cell(i)))).collect();
        let ratings = Ratings::new(cells, 4).expect("twelve");
        for (metric, published) in METRICS.into_iter().zip([0.743, 0.815, 0.849, 0.797]) {
            let alpha = krippendorff_alpha(&ratings, metric).expect("defined");
            assert!((alpha - published).abs() < 0.0006, "{metric:?} {alpha}");
        }
    }
}
