//! Elo's rating system (Elo, 1978), battle by battle.

use serde::{Deserialize, Serialize};

use super::{Battle, MEAN, Outcome, POINTS};
use crate::{Result, StatsError, check};

/// Constants of the update.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EloOptions {
    /// Points that a sure win against an equal moves the rating by, times two; above 0.
    pub k: f64,
    /// Rating of a model before its first battle.
    pub start: f64,
}

impl Default for EloOptions {
    /// As on Chatbot Arena: K = 4, so that the last battles do not decide.
    fn default() -> Self {
        Self { k: 4.0, start: MEAN }
    }
}

impl EloOptions {
    /// A greater change would leave every scale of ratings in one battle.
    pub const MOST_K: f64 = 10_000.0;
}

/// Ratings after all battles in their order, `[models]`. Another order gives other ratings.
///
/// # Errors
/// A model out of range, or constants that are not finite and above 0.
pub fn elo(
    models: usize,
    battles: impl IntoIterator<Item = Battle>,
    options: &EloOptions,
) -> Result<Vec<f64>> {
    elo_weighted(models, battles.into_iter().map(|battle| (battle, 1.0)), options)
}

/// As [`elo`], with battles that count for more or less than one: the change of the ratings grows with the weight.
///
/// # Errors
/// As [`elo`]; [`StatsError::Unsettled`] for weights that throw the ratings out of all range.
pub fn elo_weighted(
    models: usize,
    battles: impl IntoIterator<Item = (Battle, f64)>,
    options: &EloOptions,
) -> Result<Vec<f64>> {
    check::values("options", &[options.k, options.start], 2)?;
    if !(options.k > 0.0 && options.k <= EloOptions::MOST_K) {
        let expected = "above 0, at most 10000";
        return Err(StatsError::OutOfRange { what: "k".into(), value: options.k, expected });
    }
    let mut ratings = vec![options.start; models];
    for (index, (Battle { first, second, outcome }, weight)) in battles.into_iter().enumerate() {
        if first.max(second) >= models {
            return Err(StatsError::UnknownClass { what: "battles", index });
        }
        let expected = 1.0 / (1.0 + ((ratings[second] - ratings[first]) / POINTS).exp());
        let score = match outcome {
            Outcome::First => 1.0,
            Outcome::Second => 0.0,
            Outcome::Tie => 0.5,
        };
        let change = weight * options.k * (score - expected);
        ratings[first] += change;
        ratings[second] -= change;
    }
    Ok(ratings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_battles_by_hand() {
        // PRISM's vector: m beats n, n ties with o, m loses to o.
        let battles = [
            Battle { first: 0, second: 1, outcome: Outcome::First },
            Battle { first: 1, second: 2, outcome: Outcome::Tie },
            Battle { first: 0, second: 2, outcome: Outcome::Second },
        ];
        let ratings = elo(3, battles, &EloOptions::default()).expect("in range");
        for (rating, expected) in ratings.iter().zip([999.988421, 998.011513, 1002.000066]) {
            assert!((rating - expected).abs() < 1e-6, "{ratings:?}");
        }
        assert!(elo(2, battles, &EloOptions::default()).is_err());
        assert!(elo(3, battles, &EloOptions { k: 0.0, ..EloOptions::default() }).is_err());
    }
}
