//! The next pair to ask about, by a linear dueling bandit (POHF; Lin et al., 2024): the best by the
//! scores so far against the one that may yet be better.

use serde::{Deserialize, Serialize};

use super::logit::Design;
use crate::{Result, StatsError, check};

/// Two candidates that somebody has compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Duel {
    /// One.
    pub first: usize,
    /// The other.
    pub second: usize,
    /// Whether the first won.
    pub first_won: bool,
}

/// Constants of the bandit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DuelOptions {
    /// Weight of what is not known, 0 or more.
    pub nu: f64,
    /// Ridge of the fit, and what every direction counts as seen from the start; above 0.
    pub lambda: f64,
    /// As the official code: directions start from 1e-10 instead of `lambda`.
    pub compat: bool,
}

impl Default for DuelOptions {
    fn default() -> Self {
        Self { nu: 0.1, lambda: 0.1, compat: false }
    }
}

/// The pair to ask about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NextDuel {
    /// The candidate with the highest score.
    pub first: usize,
    /// Among the others, the one with the highest bound.
    pub second: usize,
    /// Scores, `[candidates]`.
    pub scores: Vec<f64>,
    /// What each candidate may have over the first by what is not known, `[candidates]`.
    pub deviations: Vec<f64>,
    /// Scores and deviations together, `[candidates]`.
    pub bounds: Vec<f64>,
}

impl DuelOptions {
    /// Weights of the features by logistic regression on the duels, `[features]`, with half of `lambda`
    /// times their squares taken off the likelihood; all 0 before the first duel. The official code
    /// takes thirty steps of gradient descent in place of the fit.
    ///
    /// # Errors
    /// Candidates as in [`DuelOptions::next`]; duels of a candidate that is not there, or with itself.
    pub fn weights(&self, candidates: &[Vec<f64>], history: &[Duel]) -> Result<Vec<f64>> {
        let features = self.checked(candidates, history)?;
        if history.is_empty() {
            return Ok(vec![0.0; features]);
        }
        let mut design = Design::new(features, 0);
        for duel in history {
            let (a, b) = (&candidates[duel.first], &candidates[duel.second]);
            let terms = a.iter().zip(b).map(|(a, b)| a - b).enumerate();
            design.push(terms, check::indicator(duel.first_won), 1.0);
        }
        Ok(design.fit(&vec![self.lambda; features])?.coefficients)
    }

    /// The next pair under the given `weights` of the features.
    ///
    /// # Errors
    /// Fewer than two candidates, without features, with unequal numbers of them or with numbers that
    /// are not finite; duels of a candidate that is not there, or with itself; options out of range.
    pub fn next(
        &self,
        candidates: &[Vec<f64>],
        history: &[Duel],
        weights: &[f64],
    ) -> Result<NextDuel> {
        let features = self.checked(candidates, history)?;
        check::same_length(("features", features), ("weights", weights.len()))?;
        check::values("weights", weights, 1)?;
        check::count("candidates", candidates.len(), 2)?;
        self.choose(scores(candidates, weights), candidates, history)
    }

    /// The pair, given the scores and the directions along which each can differ, `[candidates][directions]`:
    /// the features, or the gradients of a network.
    pub(super) fn choose(
        &self,
        scores: Vec<f64>,
        directions: &[Vec<f64>],
        history: &[Duel],
    ) -> Result<NextDuel> {
        let start = if self.compat { 1e-10 } else { self.lambda };
        let mut seen = vec![start; directions[0].len()];
        for duel in history {
            let (a, b) = (&directions[duel.first], &directions[duel.second]);
            for (sum, (a, b)) in seen.iter_mut().zip(a.iter().zip(b)) {
                *sum += (a - b) * (a - b);
            }
        }
        let first = best(&scores, (0..scores.len()).collect());
        let deviations: Vec<f64> = directions
            .iter()
            .map(|x| {
                let apart = x.iter().zip(&directions[first]).map(|(x, y)| (x - y) * (x - y));
                (self.nu * apart.zip(&seen).map(|(square, u)| square / u).sum::<f64>()).sqrt()
            })
            .collect();
        let bounds: Vec<f64> = scores.iter().zip(&deviations).map(|(s, d)| s + d).collect();
        check::values("bounds of candidates", &bounds, 2)?;
        let others = (0..bounds.len()).filter(|&c| c != first).collect();
        let second = best(&bounds, others);
        Ok(NextDuel { first, second, scores, deviations, bounds })
    }

    /// The candidate with the highest score among those that somebody has compared; none before the
    /// first duel.
    ///
    /// # Errors
    /// As [`DuelOptions::next`].
    pub fn best(
        &self,
        candidates: &[Vec<f64>],
        history: &[Duel],
        weights: &[f64],
    ) -> Result<Option<usize>> {
        let features = self.checked(candidates, history)?;
        check::same_length(("features", features), ("weights", weights.len()))?;
        check::values("weights", weights, 1)?;
        Ok(Self::best_compared(&scores(candidates, weights), history))
    }

    pub(super) fn best_compared(scores: &[f64], history: &[Duel]) -> Option<usize> {
        let mut queried: Vec<usize> = history.iter().flat_map(|d| [d.first, d.second]).collect();
        queried.sort_unstable();
        (!queried.is_empty()).then(|| best(scores, queried))
    }

    /// The number of features.
    pub(super) fn checked(&self, candidates: &[Vec<f64>], history: &[Duel]) -> Result<usize> {
        for (what, value, least) in
            [("nu", self.nu, 0.0), ("lambda", self.lambda, f64::MIN_POSITIVE)]
        {
            if !(value >= least && value.is_finite()) {
                let expected = if least > 0.0 { "> 0" } else { ">= 0" };
                return Err(StatsError::OutOfRange { what: what.into(), value, expected });
            }
        }
        check::count("candidates", candidates.len(), 1)?;
        let features = candidates[0].len();
        for candidate in candidates {
            check::same_length(
                ("features of the first candidate", features),
                ("features of another", candidate.len()),
            )?;
            check::values("features of a candidate", candidate, 1)?;
        }
        for (index, duel) in history.iter().enumerate() {
            if duel.first.max(duel.second) >= candidates.len() || duel.first == duel.second {
                return Err(StatsError::UnknownClass { what: "history", index });
            }
        }
        Ok(features)
    }
}

fn scores(candidates: &[Vec<f64>], weights: &[f64]) -> Vec<f64> {
    let dot = |x: &Vec<f64>| x.iter().zip(weights).map(|(x, w)| x * w).sum();
    candidates.iter().map(dot).collect()
}

/// The first of the highest among `places`, of which there is at least one.
fn best(values: &[f64], places: Vec<usize>) -> usize {
    let mut top = places[0];
    for place in places {
        if values[place] > values[top] {
            top = place;
        }
    }
    top
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates() -> Vec<Vec<f64>> {
        vec![vec![1.0, 0.0], vec![0.0, 1.0], vec![0.7, 0.7]]
    }

    const HISTORY: [Duel; 1] = [Duel { first: 0, second: 1, first_won: true }];

    #[test]
    fn the_published_pair() {
        let options = DuelOptions::default();
        let next = options.next(&candidates(), &HISTORY, &[0.5, 0.2]).expect("valid");
        assert_eq!((next.first, next.second), (0, 2));
        for (found, expected) in next.deviations.iter().zip([0.0, 0.42640, 0.22962]) {
            assert!((found - expected).abs() < 5e-6, "{next:?}");
        }
        for (found, expected) in next.bounds.iter().zip([0.5, 0.62640, 0.71962]) {
            assert!((found - expected).abs() < 5e-6, "{next:?}");
        }
        let official = DuelOptions { compat: true, ..options };
        let next = official.next(&candidates(), &HISTORY, &[0.5, 0.2]).expect("valid");
        assert_eq!(next.second, 2);
        for (found, expected) in next.deviations.iter().zip([0.0, 0.44721, 0.24083]) {
            assert!((found - expected).abs() < 5e-6, "{next:?}");
        }
        // The third has the highest bound, but nobody has compared it.
        let best = options.best(&candidates(), &HISTORY, &[0.5, 0.2]).expect("valid");
        assert_eq!(best, Some(0));
        assert_eq!(options.best(&candidates(), &[], &[0.5, 0.2]).expect("valid"), None);
    }

    #[test]
    fn duels_teach_the_weights() {
        let options = DuelOptions::default();
        assert_eq!(options.weights(&candidates(), &[]).expect("none yet"), [0.0, 0.0]);
        let weights = options.weights(&candidates(), &HISTORY).expect("one");
        // One duel: w = (s, −s) with 2σ(−2s) = λ·2s.
        let slope = 1.0 / (1.0 + (2.0 * weights[0]).exp()) - 0.1 * weights[0];
        assert!(weights[0] > 0.0 && (weights[0] + weights[1]).abs() < 1e-9 && slope.abs() < 1e-9);
        let before = options.next(&candidates(), &[], &[0.0, 0.0]).expect("valid");
        assert_eq!(before.first, 0);
    }

    #[test]
    fn mistakes_are_refused() {
        let options = DuelOptions::default();
        let code = |options: DuelOptions, c: &[Vec<f64>], h: &[Duel], w: &[f64]| {
            options.next(c, h, w).expect_err("bad").code()
        };
        assert_eq!(code(options, &[], &[], &[]), "too_few_values");
        assert_eq!(code(options, &candidates()[..1], &[], &[1.0, 1.0]), "too_few_values");
        assert_eq!(code(options, &candidates(), &HISTORY, &[1.0]), "length_mismatch");
        assert_eq!(code(options, &candidates(), &[], &[1.0, f64::NAN]), "not_finite");
        let uneven = [vec![1.0], vec![1.0, 2.0]];
        assert_eq!(code(options, &uneven, &[], &[1.0]), "length_mismatch");
        let nan = [vec![1.0], vec![f64::NAN]];
        assert_eq!(code(options, &nan, &[], &[1.0]), "not_finite");
        let itself = [Duel { first: 1, second: 1, first_won: true }];
        assert_eq!(code(options, &candidates(), &itself, &[1.0, 1.0]), "unknown_class");
        let bad = DuelOptions { lambda: 0.0, ..options };
        assert_eq!(code(bad, &candidates(), &[], &[1.0, 1.0]), "out_of_range");
        let huge = [vec![1e200], vec![-1e200]];
        assert_eq!(code(options, &huge, &[], &[1.0]), "not_finite");
    }
}
