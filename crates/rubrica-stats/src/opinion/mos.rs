//! Mean opinion scores.

use serde::{Deserialize, Serialize};

use super::screen_observers;
use crate::agreement::Ratings;
use crate::{Result, StatsError, check, moments, normal};

/// How opinions become a score.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OpinionOptions {
    /// Put each rater on the scale of [`z_scores`] first.
    pub z_scores: bool,
    /// Leave out the raters that [`screen_observers`] rejects, judged on what they gave.
    pub screening: bool,
    /// Confidence level of the intervals, between 0 and 1.
    pub level: f64,
}

impl Default for OpinionOptions {
    fn default() -> Self {
        Self { z_scores: true, screening: false, level: 0.95 }
    }
}

/// The opinion of an item.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MeanOpinion {
    /// Mean score; absent when nobody is left who scored the item.
    pub mean: Option<f64>,
    /// Standard deviation of the scores (divisor n − 1); absent with fewer than two.
    pub deviation: Option<f64>,
    /// Lower end of the normal interval `mean ± z · deviation / √n` (BT.500).
    pub lower: Option<f64>,
    /// Its upper end.
    pub upper: Option<f64>,
    /// Scores.
    pub n: usize,
}

/// Opinions of all items.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpinionScores {
    /// One an item, in the order of the ratings.
    pub items: Vec<MeanOpinion>,
    /// Raters that screening left out, ascending.
    pub rejected: Vec<usize>,
    /// Raters without z-scores, left out as well: those who gave one value throughout.
    pub constant: Vec<usize>,
}

/// Every rater's scores as `100 (z + 3) / 6`, z counted in the rater's own standard deviations
/// (divisor n − 1) from the rater's own mean; 50 is a rater's mean, and nearly all lies in `0..=100`.
///
/// A rater with fewer than two scores, or who gave one value throughout, has no z-scores: the second
/// result lists these raters, and their cells are empty.
///
/// # Errors
/// No rater with z-scores.
pub fn z_scores(ratings: &Ratings) -> Result<(Ratings, Vec<usize>)> {
    let mut scales = Vec::with_capacity(ratings.raters());
    for rater in 0..ratings.raters() {
        let given: Vec<f64> = ratings.rater(rater).flatten().collect();
        let spread = moments::standard_deviation(&given).ok();
        let spread = spread.filter(|s| s.is_finite() && *s > 0.0);
        // All equal is no spread, though the mean may be rounded off the value.
        let varies = given.iter().any(|v| *v != given[0]);
        scales.push(spread.filter(|_| varies).map(|s| (moments::raw_mean(&given), s)));
    }
    let constant: Vec<usize> = (0..scales.len()).filter(|r| scales[*r].is_none()).collect();
    if constant.len() == scales.len() {
        return Err(StatsError::Constant { what: "ratings of every rater" });
    }
    let cells = ratings.rows().flat_map(|row| {
        row.iter().zip(&scales).map(|(cell, scale)| {
            let (value, (mean, spread)) = (*cell).zip(*scale)?;
            Some(100.0 * ((value - mean) / spread + 3.0) / 6.0)
        })
    });
    Ok((Ratings::new(cells.collect(), ratings.raters())?, constant))
}

/// The mean opinion score of every item.
///
/// # Errors
/// No items, a level outside `0..1`, or for z-scores no rater that has them.
pub fn mean_opinion_scores(ratings: &Ratings, options: &OpinionOptions) -> Result<OpinionScores> {
    check::count("items", ratings.items(), 1)?;
    check::open_unit("level", options.level)?;
    let rejected = if options.screening { screen_observers(ratings)?.rejected() } else { vec![] };
    let (scored, constant) =
        if options.z_scores { z_scores(ratings)? } else { (ratings.clone(), vec![]) };
    let z = normal::quantile(0.5 + options.level / 2.0);
    let items = scored.rows().map(|row| {
        let kept = row.iter().enumerate().filter(|(rater, _)| !rejected.contains(rater));
        let scores: Vec<f64> = kept.filter_map(|(_, cell)| *cell).collect();
        let mean = moments::mean(&scores).ok();
        let deviation = moments::standard_deviation(&scores).ok().filter(|d| d.is_finite());
        let half = deviation.map(|d| z * d / (scores.len() as f64).sqrt());
        let end = |sign: f64| mean.zip(half).map(|(mean, half)| mean + sign * half);
        MeanOpinion { mean, deviation, lower: end(-1.0), upper: end(1.0), n: scores.len() }
    });
    Ok(OpinionScores { items: items.collect(), rejected, constant })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raters_are_put_on_one_scale() {
        // The second rater is harsh and spread out, the third says one thing.
        let ratings =
            Ratings::complete(&[3.0, 1.0, 4.0, 4.0, 3.0, 4.0, 5.0, 5.0, 4.0], 3).expect("three");
        let found = mean_opinion_scores(&ratings, &OpinionOptions::default()).expect("defined");
        let means: Vec<f64> = found.items.iter().filter_map(|item| item.mean).collect();
        let near = |a: f64, b: f64| (a - b).abs() < 1e-12;
        assert!(near(means[0], 100.0 / 3.0) && near(means[1], 50.0) && near(means[2], 200.0 / 3.0));
        assert_eq!((found.constant, found.items[0].n), (vec![2], 2));
        let raw = OpinionOptions { z_scores: false, ..OpinionOptions::default() };
        let raw = mean_opinion_scores(&ratings, &raw).expect("defined");
        assert!(near(raw.items[0].mean.expect("three"), 8.0 / 3.0));
        assert!(raw.items[0].lower < raw.items[0].mean && raw.constant.is_empty());
    }

    #[test]
    fn gaps_and_undefined() {
        let raw = OpinionOptions { z_scores: false, ..OpinionOptions::default() };
        let gaps = Ratings::new(vec![Some(2.0), None, None, None], 2).expect("two");
        let found = mean_opinion_scores(&gaps, &raw).expect("listed");
        assert_eq!((found.items[0].mean, found.items[0].lower), (Some(2.0), None));
        assert_eq!((found.items[1].mean, found.items[1].n), (None, 0));
        let z = mean_opinion_scores(&gaps, &OpinionOptions::default()).expect_err("no spread");
        assert_eq!(z.code(), "constant_input");
        let flat = Ratings::complete(&[0.1; 6], 2).expect("three");
        assert_eq!(z_scores(&flat).expect_err("flat").code(), "constant_input");
        let none = Ratings::new(vec![], 2).expect("none");
        assert_eq!(mean_opinion_scores(&none, &raw).expect_err("none").code(), "too_few_values");
        let level = OpinionOptions { level: 1.0, ..raw };
        assert_eq!(mean_opinion_scores(&gaps, &level).expect_err("level").code(), "out_of_range");
    }
}
