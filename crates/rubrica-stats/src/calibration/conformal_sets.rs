//! Conformal intervals and sets for a rubric score: which scores a person may have given.
//!
//! Both hold the truth of an exchangeable new item with at least the coverage they were fitted for,
//! whatever the judge is worth; a bad judge only makes them wide.

use serde::{Deserialize, Serialize};

use super::conformal_quantile;
use crate::{Result, StatsError, check};

/// An interval around a predicted score (Lei et al., 2018), clipped to the scale.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConformalInterval {
    /// Half of its width before clipping.
    pub half_width: f64,
    /// Lowest and highest point of the scale.
    pub scale: (f64, f64),
    /// The coverage it was fitted for.
    pub coverage: f64,
}

impl ConformalInterval {
    /// Fits on scores that the judge did not learn from.
    ///
    /// # Errors
    /// Different lengths, a value that is not finite, a truth off the scale, a scale that is no
    /// range, a coverage outside `0..1`, or too few items for the coverage (95 % needs 19).
    pub fn fit(truth: &[f64], predicted: &[f64], scale: (f64, f64), coverage: f64) -> Result<Self> {
        check::paired(("truth", truth), ("predicted", predicted), 1)?;
        check::values("scale", &[scale.0, scale.1], 2)?;
        if scale.0 >= scale.1 {
            let expected = "a number above the lowest point";
            return Err(StatsError::OutOfRange {
                what: "scale.1".into(),
                value: scale.1,
                expected,
            });
        }
        if let Some(i) = truth.iter().position(|t| !(scale.0..=scale.1).contains(t)) {
            let (what, expected) = (format!("truth[{i}]"), "a point of the scale");
            return Err(StatsError::OutOfRange { what, value: truth[i], expected });
        }
        let errors: Vec<f64> = truth.iter().zip(predicted).map(|(t, p)| (t - p).abs()).collect();
        Ok(Self { half_width: conformal_quantile(&errors, coverage)?, scale, coverage })
    }

    /// The interval for a new prediction, which must not be NaN, as (lower, upper) within the scale.
    pub fn around(&self, prediction: f64) -> (f64, f64) {
        let (low, high) = self.scale;
        let end = |value: f64| value.clamp(low, high);
        (end(prediction - self.half_width), end(prediction + self.half_width))
    }
}

/// Sets of neighbouring points of an ordinal scale from the judge's distribution over it (ordinal
/// adaptive prediction sets; Lu, Angelopoulos and Pomerantz, 2022).
///
/// A set starts at the likeliest point and grows by the likelier neighbour; the fit says up to which
/// mass.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrdinalSets {
    /// Mass up to which a set grows.
    pub mass: f64,
    /// The coverage it was fitted for.
    pub coverage: f64,
}

impl OrdinalSets {
    /// Fits on items that the judge did not learn from. `probabilities` is row-major
    /// `[items, points]`; `point` holds the index of the point that people chose.
    ///
    /// # Errors
    /// Rows that do not fit or have no mass, a probability outside `0..=1`, a point off the scale, a
    /// coverage outside `0..1`, or too few items for the coverage.
    pub fn fit(
        probabilities: &[f64],
        points: usize,
        point: &[usize],
        coverage: f64,
    ) -> Result<Self> {
        check::count("items", point.len(), 1)?;
        check::count("points", points, 2)?;
        check::same_length(
            ("item × points", point.len() * points),
            ("probabilities", probabilities.len()),
        )?;
        check::probabilities("probabilities", probabilities)?;
        let mut needed = Vec::with_capacity(point.len());
        for (index, (row, &truth)) in probabilities.chunks_exact(points).zip(point).enumerate() {
            if truth >= points {
                return Err(StatsError::UnknownClass { what: "point", index });
            }
            let steps = growth(row)?;
            // Every point joins at some step.
            let joined = steps.iter().find(|(set, _)| set.0 <= truth && truth <= set.1);
            needed.extend(joined.map(|(_, mass)| *mass));
        }
        Ok(Self { mass: conformal_quantile(&needed, coverage)?, coverage })
    }

    /// The set for a new distribution, as its first and last point, both included.
    ///
    /// It is never empty: the likeliest point is in it, though its mass alone may exceed the limit.
    ///
    /// # Errors
    /// No points, a probability outside `0..=1`, or no mass.
    pub fn set(&self, probabilities: &[f64]) -> Result<(usize, usize)> {
        check::count("probabilities", probabilities.len(), 1)?;
        check::probabilities("probabilities", probabilities)?;
        let steps = growth(probabilities)?;
        let within = steps.iter().rev().find(|(_, mass)| *mass <= self.mass);
        Ok(within.unwrap_or(&steps[0]).0)
    }
}

/// The growing sets as (first, last), each with its share of the mass.
fn growth(row: &[f64]) -> Result<Vec<((usize, usize), f64)>> {
    let total: f64 = row.iter().sum();
    if total <= 0.0 {
        let expected = "a point with probability above 0";
        return Err(StatsError::NothingToCount { what: "probabilities", expected });
    }
    let likeliest = (0..row.len()).rev().max_by(|&i, &j| row[i].total_cmp(&row[j])).unwrap_or(0);
    let (mut first, mut last) = (likeliest, likeliest);
    let mut mass = row[likeliest];
    let mut steps = vec![((first, last), mass / total)];
    while last - first + 1 < row.len() {
        let below = first.checked_sub(1).map_or(-1.0, |i| row[i]);
        let above = row.get(last + 1).copied().unwrap_or(-1.0);
        if below >= above {
            first -= 1
        } else {
            last += 1
        }
        mass += below.max(above);
        steps.push(((first, last), mass / total));
    }
    // Rounding must not keep the whole scale out of reach.
    if let Some((_, mass)) = steps.last_mut() {
        *mass = 1.0;
    }
    Ok(steps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    #[test]
    fn an_interval_is_clipped() {
        let truth: Vec<f64> = (0..20).map(|i| f64::from(1 + i % 5)).collect();
        let predicted: Vec<f64> =
            truth.iter().enumerate().map(|(i, t)| t + i as f64 / 20.0).collect();
        let fit = ConformalInterval::fit(&truth, &predicted, (1.0, 5.0), 0.9).expect("twenty");
        // The 19th smallest of 0, .05, ..., .95.
        assert!((fit.half_width - 0.9).abs() < 1e-12);
        let (low, high) = fit.around(1.5);
        assert!(low == 1.0 && (high - 2.4).abs() < 1e-12);
        assert_eq!(fit.around(99.0), (5.0, 5.0));
    }

    #[test]
    fn a_set_grows_by_the_likelier_neighbour() {
        let row = [0.1, 0.2, 0.4, 0.25, 0.05];
        let set = |mass| OrdinalSets { mass, coverage: 0.9 }.set(&row).expect("five");
        assert_eq!(set(0.1), (2, 2));
        assert_eq!(set(0.66), (2, 3));
        assert_eq!(set(0.86), (1, 3));
        assert_eq!(set(1.0), (0, 4));
        let fit =
            OrdinalSets::fit(&row.repeat(9), 5, &[2, 2, 3, 2, 1, 3, 2, 2, 3], 0.6).expect("9");
        assert!((fit.mass - 0.65).abs() < 1e-12, "{fit:?}");
    }

    /// People follow the judge's distribution: coverage over seeded data sets.
    #[test]
    fn sets_cover_as_promised() {
        let mut rng = Rng::seeded(9);
        let mut draw = |n: usize| -> (Vec<f64>, Vec<usize>) {
            let (mut rows, mut points) = (vec![], vec![]);
            for _ in 0..n {
                let row: Vec<f64> = (0..5).map(|_| rng.unit().powi(3)).collect();
                let total: f64 = row.iter().sum();
                let mut left = rng.unit() * total;
                let hit = row.iter().position(|p| {
                    left -= p;
                    left < 0.0
                });
                rows.extend(row.iter().map(|p| p / total));
                points.push(hit.unwrap_or(4));
            }
            (rows, points)
        };
        let (mut covered, mut size) = (0, 0);
        for _ in 0..400 {
            let (rows, points) = draw(40);
            let fit = OrdinalSets::fit(&rows, 5, &points, 0.8).expect("forty");
            let (rows, points) = draw(10);
            for (row, point) in rows.chunks_exact(5).zip(points) {
                let (first, last) = fit.set(row).expect("five");
                covered += usize::from((first..=last).contains(&point));
                size += last - first + 1;
            }
        }
        // At least .8; standard deviation below .01.
        assert!(covered > 3120 && covered < 3600, "{covered}");
        assert!(size < 4000 * 4, "{size}");
    }

    #[test]
    fn degenerate_inputs() {
        let code = |truth: &[f64], predicted: &[f64], scale| {
            ConformalInterval::fit(truth, predicted, scale, 0.5).expect_err("bad").code()
        };
        assert_eq!(code(&[], &[], (1.0, 5.0)), "too_few_values");
        assert_eq!(code(&[9.0], &[1.0], (1.0, 5.0)), "out_of_range");
        assert_eq!(code(&[1.0], &[f64::NAN], (1.0, 5.0)), "not_finite");
        assert_eq!(code(&[1.0], &[1.0], (1.0, 1.0)), "out_of_range");
        let few = ConformalInterval::fit(&[1.0; 5], &[1.0; 5], (1.0, 5.0), 0.95);
        assert_eq!(few.expect_err("few").code(), "too_few_values");
        let code = |p: &[f64], points, point: &[usize]| {
            OrdinalSets::fit(p, points, point, 0.5).expect_err("bad").code()
        };
        assert_eq!(code(&[], 2, &[]), "too_few_values");
        assert_eq!(code(&[0.5, 0.5], 2, &[2]), "unknown_class");
        assert_eq!(code(&[0.0, 0.0], 2, &[0]), "nothing_to_count");
        assert_eq!(code(&[0.5, f64::NAN], 2, &[0]), "out_of_range");
        assert_eq!(code(&[0.5, 0.5, 0.1], 2, &[0]), "length_mismatch");
        assert!(OrdinalSets { mass: 0.5, coverage: 0.5 }.set(&[]).is_err());
    }
}
