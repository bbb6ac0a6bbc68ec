//! Scores of one thing over repeated runs: how far they lie apart, and which thing to choose all the same.

use serde::{Deserialize, Serialize};

use crate::moments::{mean, standard_deviation, variance};
use crate::{Result, StatsError, check};

/// The scores that one item got over runs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ScoreSpread {
    /// Scores.
    pub n: usize,
    /// Their mean.
    pub mean: f64,
    /// Lowest.
    pub lowest: f64,
    /// Highest.
    pub highest: f64,
    /// Standard deviation with `n − 1`; none for a single score.
    pub deviation: Option<f64>,
    /// Mean distance of two different runs, `Σ|xᵢ − xⱼ|` by the pairs; none for a single score.
    pub mean_distance: Option<f64>,
}

/// Spread of the scores of one item.
///
/// # Errors
/// No scores, or one that is not finite; scores so far apart that their spread is not.
pub fn score_spread(scores: &[f64]) -> Result<ScoreSpread> {
    check::values("scores", scores, 1)?;
    let mut sorted = scores.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    // The i-th smallest is the larger of i pairs and the smaller of n − 1 − i.
    let pairs = (n * (n - 1)) as f64 / 2.0;
    let distances: f64 = sorted
        .iter()
        .enumerate()
        .map(|(i, x)| x / pairs * (2.0 * i as f64 - (n as f64 - 1.0)))
        .sum();
    let several = n > 1;
    let (mean, deviation) =
        (mean(&sorted)?, if several { standard_deviation(&sorted)? } else { 0.0 });
    if several {
        check::values("spread", &[deviation, distances], 2)?;
    }
    Ok(ScoreSpread {
        n,
        mean,
        lowest: sorted[0],
        highest: sorted[n - 1],
        deviation: several.then_some(deviation),
        mean_distance: several.then_some(distances.max(0.0)),
    })
}

/// Standard deviation of a run within an item, pooled over items: `√(Σ (nᵢ − 1) sᵢ² / Σ (nᵢ − 1))`. Items with a
/// single score say nothing of it.
///
/// # Errors
/// No item with two scores; a score that is not finite.
pub fn pooled_deviation<'a>(items: impl IntoIterator<Item = &'a [f64]>) -> Result<f64> {
    let (mut squares, mut freedom) = (0.0, 0.0);
    for scores in items {
        check::values("scores", scores, 0)?;
        if scores.len() > 1 {
            let degrees = (scores.len() - 1) as f64;
            squares += degrees * variance(scores)?;
            freedom += degrees;
        }
    }
    if freedom == 0.0 {
        let expected = "an item with at least two scores";
        return Err(StatsError::NothingToCount { what: "items", expected });
    }
    let pooled = (squares / freedom).sqrt();
    check::values("pooled deviation", &[pooled], 1)?;
    Ok(pooled)
}

/// What to choose a candidate by, when each was scored several times.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ChoiceRule {
    /// The highest mean.
    #[default]
    Mean,
    /// The highest of the worst runs (maximin).
    Worst,
    /// The highest mean less so many standard deviations; every candidate needs two scores.
    LowerBound(f64),
}

/// The candidate to choose, and the value by which: its position; of equal ones, the first.
///
/// # Errors
/// No candidates; one without scores; a score or a number of deviations that is not finite or below 0.
pub fn robust_choice(candidates: &[Vec<f64>], rule: ChoiceRule) -> Result<(usize, f64)> {
    check::count("candidates", candidates.len(), 1)?;
    let value = |scores: &Vec<f64>| {
        let spread = score_spread(scores)?;
        match rule {
            ChoiceRule::Mean => Ok(spread.mean),
            ChoiceRule::Worst => Ok(spread.lowest),
            ChoiceRule::LowerBound(deviations) => {
                if !(deviations >= 0.0 && deviations.is_finite()) {
                    let (what, expected) = ("deviations".into(), "a number >= 0");
                    return Err(StatsError::OutOfRange { what, value: deviations, expected });
                }
                check::count("scores", scores.len(), 2)?;
                let bound = spread.mean - deviations * standard_deviation(scores)?;
                check::values("lower bound", &[bound], 1)?;
                Ok(bound)
            }
        }
    };
    let values = candidates.iter().map(value).collect::<Result<Vec<f64>>>()?;
    let mut best = 0;
    for (i, value) in values.iter().enumerate() {
        if *value > values[best] {
            best = i;
        }
    }
    Ok((best, values[best]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spread_of_a_few() {
        let found = score_spread(&[3.0, 1.0, 2.0]).expect("valid");
        assert_eq!((found.mean, found.lowest, found.highest), (2.0, 1.0, 3.0));
        assert_eq!(found.deviation, Some(1.0));
        assert!((found.mean_distance.expect("three") - 4.0 / 3.0).abs() < 1e-12);
        assert_eq!(score_spread(&[-1e308, 1e308]).expect_err("far").code(), "not_finite");
        let alone = score_spread(&[4.0]).expect("valid");
        assert_eq!((alone.deviation, alone.mean_distance), (None, None));
        let pooled = pooled_deviation([[1.0, 3.0].as_slice(), &[5.0], &[2.0, 2.0]]);
        assert!((pooled.expect("two") - 1.0).abs() < 1e-12);
        assert_eq!(
            pooled_deviation([[1.0].as_slice()]).expect_err("one").code(),
            "nothing_to_count"
        );
    }

    #[test]
    fn the_steady_candidate_wins_by_its_worst_run() {
        let candidates = [vec![9.0, 1.0, 9.0], vec![6.0, 5.0, 6.0]];
        assert_eq!(robust_choice(&candidates, ChoiceRule::Mean).expect("valid").0, 0);
        assert_eq!(robust_choice(&candidates, ChoiceRule::Worst), Ok((1, 5.0)));
        assert_eq!(robust_choice(&candidates, ChoiceRule::LowerBound(1.0)).expect("valid").0, 1);
        let code = |rule| robust_choice(&[vec![1.0]], rule).expect_err("bad").code();
        assert_eq!(code(ChoiceRule::LowerBound(1.0)), "too_few_values");
        assert_eq!(code(ChoiceRule::LowerBound(-1.0)), "out_of_range");
    }
}
