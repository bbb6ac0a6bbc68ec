//! Pairwise accuracy with ties, and the tie threshold that serves a metric best (Deutsch, Foster and
//! Freitag, 2023, "Ties matter").
//!
//! People give ties; a metric with many decimals never does, and cannot be right about them. Tie
//! calibration calls two scores at most epsilon apart a tie and chooses epsilon.

use serde::{Deserialize, Serialize};

use super::grouped::{Grouping, groups};
use crate::pairs::{Ties, order_counts};
use crate::{Result, StatsError};

/// Pairwise accuracy with ties.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TauEq {
    /// Scores at most this far apart are a tie.
    pub epsilon: f64,
    /// Share of pairs with the right order or a right tie, averaged over groups, in `0..=1`.
    pub accuracy: f64,
    /// Groups with a pair.
    pub groups: usize,
    /// Pairs in them.
    pub pairs: usize,
}

/// Accuracy at a given epsilon. Grids are row-major `[systems, items]`, as for
/// [`grouped_correlation`](super::grouped_correlation).
///
/// # Errors
/// As for the grids there; a negative epsilon; or no group with two scores.
pub fn tau_eq(
    metric: &[Option<f64>],
    human: &[Option<f64>],
    systems: usize,
    grouping: Grouping,
    epsilon: f64,
) -> Result<TauEq> {
    let (mut sum, mut found, mut pairs) = (0.0, 0, 0);
    for (x, y) in groups(metric, human, systems, grouping)? {
        if x.len() < 2 {
            continue;
        }
        let counts = order_counts(&x, &y, epsilon)?;
        sum += counts.accuracy(Ties::Match)?;
        (found, pairs) = (found + 1, pairs + counts.total() as usize);
    }
    if found == 0 {
        return Err(no_pairs());
    }
    Ok(TauEq { epsilon, accuracy: sum / found as f64, groups: found, pairs })
}

/// The epsilon with the highest accuracy, among 0 and every distance of two scores of a group; of
/// equals, the smallest. Exact, in O(p log p) for p pairs, all of which are held.
///
/// The accuracy is that of the data on which epsilon was chosen: report one from other data.
///
/// # Errors
/// As [`tau_eq`].
pub fn calibrate_ties(
    metric: &[Option<f64>],
    human: &[Option<f64>],
    systems: usize,
    grouping: Grouping,
) -> Result<TauEq> {
    let groups = groups(metric, human, systems, grouping)?;
    let weight = |n: usize| 2.0 / (n * (n - 1)) as f64;
    let mut changes = Vec::new();
    let (mut sum, mut found) = (0.0, 0);
    for (x, y) in groups.iter().filter(|(x, _)| x.len() > 1) {
        found += 1;
        let weight = weight(x.len());
        for i in 0..x.len() {
            for j in 0..i {
                // In the direction in which order_counts subtracts.
                let distance = x[i].max(x[j]) - x[i].min(x[j]);
                let right = distance > 0.0 && y[i] != y[j] && (x[i] > x[j]) == (y[i] > y[j]);
                let right_as_tie = y[i] == y[j];
                sum += weight * crate::check::indicator(right);
                let gain = crate::check::indicator(right_as_tie) - crate::check::indicator(right);
                changes.push((distance, weight * gain));
            }
        }
    }
    if changes.is_empty() {
        return Err(no_pairs());
    }
    changes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut best = (0.0, f64::NEG_INFINITY);
    for step in changes.chunk_by(|a, b| a.0 == b.0) {
        // Before the first positive distance epsilon is 0, with the pairs at distance 0 tied.
        if step[0].0 > 0.0 && best.1 == f64::NEG_INFINITY {
            best = (0.0, sum);
        }
        sum += step.iter().map(|change| change.1).sum::<f64>();
        // More than rounding, so that of equals the smallest stays.
        if sum > best.1 + 1e-12 * found as f64 && step[0].0.is_finite() {
            best = (step[0].0, sum);
        }
    }
    let accuracy = (best.1 / found as f64).clamp(0.0, 1.0);
    Ok(TauEq { epsilon: best.0, accuracy, groups: found, pairs: changes.len() })
}

fn no_pairs() -> StatsError {
    StatsError::NothingToCount { what: "groups", expected: "a group with at least two scores" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(values: &[f64]) -> Vec<Option<f64>> {
        values.iter().copied().map(Some).collect()
    }

    #[test]
    fn the_best_epsilon_is_found() {
        // People tie the first two and the last two; the metric has them .1 and .2 apart.
        let (metric, human) = (grid(&[0.1, 0.2, 0.7, 0.9]), grid(&[1.0, 1.0, 2.0, 2.0]));
        let plain = tau_eq(&metric, &human, 4, Grouping::ByItem, 0.0).expect("four");
        assert_eq!((plain.accuracy, plain.pairs, plain.groups), (4.0 / 6.0, 6, 1));
        let best = calibrate_ties(&metric, &human, 4, Grouping::ByItem).expect("four");
        assert!((best.accuracy - 1.0).abs() < 1e-12 && best.pairs == 6);
        assert!((best.epsilon - 0.2).abs() < 1e-12);
        let check = tau_eq(&metric, &human, 4, Grouping::ByItem, best.epsilon).expect("four");
        assert_eq!(check.accuracy, 1.0);
    }

    #[test]
    fn no_ties_need_no_epsilon() {
        let scores = grid(&[1.0, 2.0, 3.0]);
        let best = calibrate_ties(&scores, &scores, 3, Grouping::ByItem).expect("three");
        assert_eq!((best.epsilon, best.accuracy), (0.0, 1.0));
        let flat = grid(&[1.0; 3]);
        let all_ties = calibrate_ties(&flat, &flat, 3, Grouping::ByItem).expect("three");
        assert_eq!((all_ties.epsilon, all_ties.accuracy), (0.0, 1.0));
    }

    #[test]
    fn undefined_cases() {
        let one = grid(&[1.0, 2.0]);
        let error = calibrate_ties(&one, &one, 1, Grouping::ByItem).expect_err("no pairs");
        assert_eq!(error.code(), "nothing_to_count");
        assert_eq!(tau_eq(&one, &one, 1, Grouping::ByItem, 0.0), Err(error));
        assert!(tau_eq(&one, &one, 1, Grouping::BySystem, -1.0).is_err());
        assert!(calibrate_ties(&[Some(f64::NAN); 2], &one, 2, Grouping::ByItem).is_err());
        assert!(calibrate_ties(&[], &[], 2, Grouping::ByItem).is_err());
    }
}
