//! Ratings by people who use the scale each in their own way (PRISM; Kirk et al., 2024): normalised by
//! user, and turned into battles of the models of one turn.

use std::collections::BTreeMap;

use rubrica_core::Preference;
use rubrica_stats::StatsError;
use rubrica_stats::moments::{mean, standard_deviation};
use serde::{Deserialize, Serialize};

use super::report::{Example, Report};
use crate::error::{AuditError, Result};
use crate::leaderboard::NamedBattle;
use crate::records::{name, number, optional_name, truth};

/// One rating of one response.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserRating {
    /// Who rated.
    #[serde(alias = "userId", alias = "rater_id", deserialize_with = "name")]
    pub user_id: String,
    /// What was rated.
    #[serde(deserialize_with = "name")]
    pub model: String,
    /// The rating; PRISM's go from 1 to 100.
    #[serde(deserialize_with = "number")]
    pub score: f64,
    /// Which responses stood beside each other: those of one user and turn. Without it all ratings of a
    /// user are one turn.
    #[serde(default, deserialize_with = "optional_name")]
    pub turn: Option<String>,
    /// False for turns after the first of a conversation.
    #[serde(default = "yes", deserialize_with = "truth")]
    pub opening: bool,
    /// Group of the user, for rankings by group.
    #[serde(default, deserialize_with = "optional_name")]
    pub group: Option<String>,
}

fn yes() -> bool {
    true
}

/// Two users of two groups, who rate two models.
pub(super) const EXAMPLE: &str = r#"{"user_id": "u1", "model": "x", "score": 80, "group": "n"}
{"user_id": "u1", "model": "y", "score": 20, "group": "n"}
{"user_id": "u2", "model": "x", "score": 60, "group": "s"}
{"user_id": "u2", "model": "y", "score": 70, "group": "s"}
"#;

/// How a user uses the scale.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UserStyle {
    /// The user.
    pub user_id: String,
    /// Ratings.
    pub n: usize,
    /// Their mean.
    pub mean: f64,
    /// Their standard deviation, divisor n − 1; 0 for a single rating.
    pub deviation: f64,
    /// Highest less lowest: expressivity.
    pub range: f64,
    /// How far the mean lies from the middle of the scale: centrality.
    pub off_centre: f64,
}

/// How to normalise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NormaliseOptions {
    /// Mean and deviation of a user from opening turns alone.
    pub openers: bool,
    /// The middle of the scale.
    pub centre: f64,
}

impl Default for NormaliseOptions {
    fn default() -> Self {
        Self { openers: false, centre: 50.0 }
    }
}

/// Normalised ratings and the users behind them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NormalisedRatings {
    /// (rating − mean of the user) / deviation of the user, and 0 where that deviation is 0; in the order
    /// of the ratings.
    pub values: Vec<f64>,
    /// By name.
    pub users: Vec<UserStyle>,
}

/// Takes each user's way with the scale out of the ratings. A user without opening turns counts with all
/// turns.
///
/// # Errors
/// [`AuditError::Statistic`] without ratings; [`AuditError::Input`] for one that is not finite.
pub fn normalise_users(
    ratings: &[UserRating],
    options: &NormaliseOptions,
) -> Result<NormalisedRatings> {
    checked(ratings)?;
    if !options.centre.is_finite() {
        let problem = format!("is {}", options.centre);
        return Err(AuditError::invalid("centre", problem, "a finite number"));
    }
    let mut of: BTreeMap<&str, Vec<&UserRating>> = BTreeMap::new();
    for rating in ratings {
        of.entry(&rating.user_id).or_default().push(rating);
    }
    let mut users = BTreeMap::new();
    for (user, all) in of {
        let openers = || all.iter().filter(|r| r.opening).map(|r| r.score).collect::<Vec<f64>>();
        let mut scores = if options.openers { openers() } else { Vec::new() };
        if scores.is_empty() {
            scores = all.iter().map(|r| r.score).collect();
        }
        let mean = mean(&scores)?;
        let high = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let low = scores.iter().copied().fold(f64::INFINITY, f64::min);
        // Equal ratings have deviation 0, not one of their last digits.
        let spread = if high > low { standard_deviation(&scores)? } else { 0.0 };
        let style = UserStyle {
            user_id: user.to_owned(),
            n: scores.len(),
            mean,
            deviation: spread,
            range: high - low,
            off_centre: (mean - options.centre).abs(),
        };
        users.insert(user, style);
    }
    let value = |rating: &UserRating| {
        let style = &users[rating.user_id.as_str()];
        let apart = rating.score - style.mean;
        if style.deviation > 0.0 { apart / style.deviation } else { 0.0 }
    };
    let values: Vec<f64> = ratings.iter().map(value).collect();
    Ok(NormalisedRatings { values, users: users.into_values().collect() })
}

/// Battles between every two models of a turn; ratings at most `tie_threshold` apart are a tie (PRISM:
/// 5 of 100). Models that stand in a turn twice do not meet themselves.
///
/// # Errors
/// As [`normalise_users`]; [`AuditError::Input`] for a threshold that is negative.
pub fn rating_battles(ratings: &[UserRating], tie_threshold: f64) -> Result<Vec<NamedBattle>> {
    checked(ratings)?;
    if !(tie_threshold >= 0.0 && tie_threshold.is_finite()) {
        let problem = format!("is {tie_threshold}");
        return Err(AuditError::invalid("tie_threshold", problem, "a number >= 0"));
    }
    let mut turns: BTreeMap<(&str, Option<&str>), Vec<&UserRating>> = BTreeMap::new();
    for rating in ratings {
        let key = (rating.user_id.as_str(), rating.turn.as_deref());
        turns.entry(key).or_default().push(rating);
    }
    let mut battles = Vec::new();
    for turn in turns.values() {
        for (index, one) in turn.iter().enumerate() {
            for other in turn[index + 1..].iter().filter(|other| other.model != one.model) {
                let gap = one.score - other.score;
                let winner = match gap {
                    gap if gap.abs() <= tie_threshold => Preference::Tie,
                    gap if gap > 0.0 => Preference::A,
                    _ => Preference::B,
                };
                let (model_a, model_b) = (one.model.clone(), other.model.clone());
                battles.push(NamedBattle { model_a, model_b, winner });
            }
        }
    }
    Ok(battles)
}

pub(super) fn checked(ratings: &[UserRating]) -> Result<()> {
    if ratings.is_empty() {
        return Err(StatsError::TooFew { what: "ratings", found: 0, needed: 1 }.into());
    }
    // Sums and squares of larger ones need not be finite.
    match ratings.iter().position(|r| r.score.is_nan() || r.score.abs() > 1e100) {
        None => Ok(()),
        Some(index) => {
            let (path, score) = (format!("[{index}].score"), ratings[index].score);
            Err(AuditError::invalid(path, format!("is {score}"), "a rating of some scale"))
        }
    }
}

impl Report for NormalisedRatings {
    const NAME: &'static str = "normalise-users";
    const QUESTION: &'static str =
        "What do ratings say once everyone's own use of the scale is taken out?";
    const SOURCE: &'static str = "PRISM; Kirk et al., 2024";
    const ROW: &'static str = "user_id, model, score, turn?, opening?, group?";
    const EXAMPLE: Example = Example { options: "{}", rows: EXAMPLE };
    type Row = UserRating;
    type Options = NormaliseOptions;

    fn run(rows: Vec<Self::Row>, options: &Self::Options) -> Result<Self> {
        normalise_users(&rows, options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rating(user: &str, model: &str, score: f64, opening: bool) -> UserRating {
        let turn = Some(if opening { "first" } else { "later" }.to_owned());
        let (user_id, model) = (user.to_owned(), model.to_owned());
        UserRating { user_id, model, score, turn, opening, group: None }
    }

    #[test]
    fn users_are_put_on_one_scale() {
        let ratings = [
            rating("kind", "a", 100.0, true),
            rating("kind", "b", 80.0, true),
            rating("kind", "c", 60.0, false),
            rating("flat", "a", 70.1, true),
            rating("flat", "b", 70.1, true),
            rating("once", "a", 10.0, false),
        ];
        let all = normalise_users(&ratings, &NormaliseOptions::default()).expect("valid");
        assert_eq!(all.values, [1.0, 0.0, -1.0, 0.0, 0.0, 0.0]);
        let kind = all.users.iter().find(|u| u.user_id == "kind").expect("there");
        assert_eq!(
            (kind.mean, kind.deviation, kind.range, kind.off_centre),
            (80.0, 20.0, 40.0, 30.0)
        );
        let openers = NormaliseOptions { openers: true, ..NormaliseOptions::default() };
        let some = normalise_users(&ratings, &openers).expect("valid");
        let deviation = 200f64.sqrt();
        for (found, expected) in some.values.iter().zip([10.0, -10.0, -30.0]) {
            assert!((found - expected / deviation).abs() < 1e-12);
        }
    }

    #[test]
    fn battles_are_within_a_turn() {
        let ratings = [
            rating("u", "m", 80.0, true),
            rating("u", "n", 75.0, true),
            rating("u", "o", 74.9, true),
            rating("u", "m", 1.0, false),
            rating("v", "o", 9.0, true),
            rating("v", "m", 3.0, true),
        ];
        let told: Vec<(String, Preference)> = rating_battles(&ratings, 5.0)
            .expect("valid")
            .into_iter()
            .map(|b| (format!("{}{}", b.model_a, b.model_b), b.winner))
            .collect();
        let (a, tie) = (Preference::A, Preference::Tie);
        let expected = [("mn", tie), ("mo", a), ("no", tie), ("om", a)];
        assert_eq!(told, expected.map(|(pair, winner)| (pair.to_owned(), winner)));
        let twice = [rating("u", "m", 80.0, true), rating("u", "m", 7.0, true)];
        assert!(rating_battles(&twice, 5.0).expect("valid").is_empty());
    }

    #[test]
    fn mistakes_are_named() {
        let options = NormaliseOptions::default();
        assert_eq!(normalise_users(&[], &options).expect_err("none").code(), "too_few_values");
        let nan = [rating("u", "m", f64::NAN, true)];
        assert_eq!(rating_battles(&nan, 5.0).expect_err("nan").path(), Some("[0].score"));
        let fine = [rating("u", "m", 1.0, true)];
        let error = rating_battles(&fine, f64::NAN).expect_err("threshold");
        assert_eq!(error.path(), Some("tie_threshold"));
        let huge = [rating("u", "m", f64::MAX, true), rating("u", "n", -f64::MAX, true)];
        assert!(normalise_users(&huge, &options).is_err());
        let row: UserRating =
            serde_json::from_str(r#"{"user_id":7,"model":"m","score":"3"}"#).expect("valid");
        assert!(row.opening && row.turn.is_none());
    }
}
