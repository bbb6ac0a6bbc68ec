//! Do variants of one thing get one score? Evenness of a group of scores (MJ-Bench; Chen et al., 2024): of one
//! prompt told of different people, say.

use serde::{Deserialize, Serialize};

use crate::{Result, StatsError, check, moments};

/// How even the scores of a group are; 1 when all are equal.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Evenness {
    /// Share of the pairs of scores at most the tolerance apart (ACC), in `0..=1`.
    pub close: f64,
    /// `1 − σ / μ`, σ with divisor n (NDS, normalised dispersion score); 1 or less.
    pub dispersion: f64,
    /// `1 −` the coefficient of Gini (GES), in `0..=1`.
    pub gini: f64,
}

/// Evenness of `scores`, which lie at 0 or above.
///
/// # Errors
/// Fewer than two scores, one that is negative or not finite, a negative tolerance, or scores that are all 0.
pub fn evenness(scores: &[f64], tolerance: f64) -> Result<Evenness> {
    check::values("scores", scores, 2)?;
    if !(tolerance >= 0.0 && tolerance.is_finite()) {
        let what = "tolerance".to_owned();
        return Err(StatsError::OutOfRange { what, value: tolerance, expected: ">= 0" });
    }
    if let Some(index) = scores.iter().position(|s| *s < 0.0) {
        let what = format!("scores[{index}]");
        return Err(StatsError::OutOfRange { what, value: scores[index], expected: ">= 0" });
    }
    let top = scores.iter().copied().fold(0.0, f64::max);
    if top == 0.0 {
        let expected = "a score above 0";
        return Err(StatsError::NothingToCount { what: "scores", expected });
    }
    let n = scores.len() as f64;
    let mut sorted = scores.to_vec();
    sorted.sort_by(f64::total_cmp);
    let mut close = 0usize;
    let mut low = 0;
    for (high, score) in sorted.iter().enumerate() {
        while score - sorted[low] > tolerance {
            low += 1;
        }
        close += high - low;
    }
    // In parts of the largest, so that sums stay finite.
    let parts: Vec<f64> = sorted.iter().map(|s| s / top).collect();
    let mean = moments::raw_mean(&parts);
    let variance = parts.iter().map(|p| (p - mean).powi(2)).sum::<f64>() / n;
    let sum: f64 = parts.iter().sum();
    let weighted: f64 = parts.iter().enumerate().map(|(i, p)| (i + 1) as f64 * p).sum();
    Ok(Evenness {
        close: close as f64 / (n * (n - 1.0) / 2.0),
        dispersion: 1.0 - variance.sqrt() / mean,
        gini: 1.0 - (2.0 * weighted - (n + 1.0) * sum) / (n * sum),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_scores_by_hand() {
        let found = evenness(&[7.0, 8.0, 8.0, 9.0], 0.1).expect("four");
        assert!((found.dispersion - 0.91161).abs() < 5e-6, "{found:?}");
        assert!((found.gini - 0.953125).abs() < 1e-12 && (found.close - 1.0 / 6.0).abs() < 1e-12);
        let wider = evenness(&[9.0, 7.0, 8.0, 8.0], 1.0).expect("four");
        assert!((wider.close - 5.0 / 6.0).abs() < 1e-12 && wider.gini == found.gini);
        let level = evenness(&[3.0; 5], 0.0).expect("five");
        assert!((level.close, level.dispersion) == (1.0, 1.0) && (level.gini - 1.0).abs() < 1e-12);
        let huge = evenness(&[1e308, 1e308, 0.0], 1.0).expect("three");
        assert!((huge.gini - (1.0 - 1.0 / 3.0)).abs() < 1e-12 && huge.dispersion.is_finite());
    }

    #[test]
    fn degenerate_scores() {
        let code = |scores: &[f64], tolerance| evenness(scores, tolerance).expect_err("bad").code();
        assert_eq!(code(&[], 0.1), "too_few_values");
        assert_eq!(code(&[1.0], 0.1), "too_few_values");
        assert_eq!(code(&[0.0, 0.0], 0.1), "nothing_to_count");
        assert_eq!(code(&[1.0, -1.0], 0.1), "out_of_range");
        assert_eq!(code(&[1.0, f64::NAN], 0.1), "not_finite");
        assert_eq!(code(&[1.0, 2.0], -0.1), "out_of_range");
    }
}
