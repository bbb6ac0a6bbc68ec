//! The next match of an arena, after K-Sort Arena (Li et al., 2024).

use rubrica_core::Signature;
use rubrica_stats::ranking::{Belief, Matchmaking};
use serde::{Deserialize, Serialize};

use super::{place, places};
use crate::error::{AuditError, Result};
use crate::records::{count, name, number};
use crate::reports::report::{Example, Report};

/// A model and what is believed of its skill.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArenaModel {
    /// Its name.
    #[serde(deserialize_with = "name")]
    pub model: String,
    /// Mean of the belief.
    #[serde(deserialize_with = "number")]
    pub mean: f64,
    /// Standard deviation of the belief, above 0.
    #[serde(deserialize_with = "number")]
    pub deviation: f64,
}

/// How often two models have met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meeting {
    /// One.
    #[serde(alias = "modelA", deserialize_with = "name")]
    pub model_a: String,
    /// The other.
    #[serde(alias = "modelB", deserialize_with = "name")]
    pub model_b: String,
    /// Times.
    #[serde(deserialize_with = "count")]
    pub count: u64,
}

/// The models that should meet next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NextMatch {
    /// Their names, the pair of most worth first.
    pub models: Vec<String>,
    /// What produced it.
    pub signature: Signature,
}

/// Chooses the next match after K-Sort Arena: see [`Matchmaking`].
///
/// # Errors
/// [`AuditError::Input`] for a model that comes twice, a deviation that is not above 0, a meeting of a model
/// with itself; [`AuditError::Input`] for one of a model that is not there; [`AuditError::Statistic`] for fewer
/// models than a match has, or options out of range.
pub fn next_match(
    models: &[ArenaModel],
    meetings: &[Meeting],
    options: &Matchmaking,
) -> Result<NextMatch> {
    let names: Vec<&str> = models.iter().map(|m| m.model.as_str()).collect();
    let places = places("models", &names)?;
    let mut beliefs = Vec::with_capacity(models.len());
    for (index, model) in models.iter().enumerate() {
        let ArenaModel { mean, deviation, .. } = *model;
        if !(deviation > 0.0 && deviation.is_finite()) {
            let path = format!("models[{index}].deviation");
            return Err(AuditError::invalid(path, format!("is {deviation}"), "> 0"));
        }
        beliefs.push(Belief { mean, deviation });
    }
    let n = models.len();
    let mut counts = vec![0u64; n * n];
    for (index, meeting) in meetings.iter().enumerate() {
        let place = |field: &str, model: &str| {
            place(&places, format!("meetings[{index}].{field}"), "model", model)
        };
        let (a, b) = (place("model_a", &meeting.model_a)?, place("model_b", &meeting.model_b)?);
        if a == b {
            let problem = format!("is `{}`, as model_a is", meeting.model_b);
            let path = format!("meetings[{index}].model_b");
            return Err(AuditError::invalid(path, problem, "another model"));
        }
        for at in [a * n + b, b * n + a] {
            counts[at] = counts[at].saturating_add(meeting.count);
        }
    }
    let chosen = options.next(&beliefs, &counts)?;
    let signature = Signature::new("next-match")
        .with("k", options.k)
        .with("alpha", options.alpha)
        .with("beta", options.beta);
    Ok(NextMatch { models: chosen.into_iter().map(|m| names[m].to_owned()).collect(), signature })
}

/// Models and how often they met, in one file.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected a model {model, mean, deviation} or a meeting {model_a, model_b, count}"
)]
pub(in crate::reports) enum MatchRow {
    Model(ArenaModel),
    Meeting(Meeting),
}

impl MatchRow {
    pub(in crate::reports) fn split(rows: Vec<Self>) -> (Vec<ArenaModel>, Vec<Meeting>) {
        let (mut models, mut meetings) = (Vec::new(), Vec::new());
        for row in rows {
            match row {
                Self::Model(model) => models.push(model),
                Self::Meeting(meeting) => meetings.push(meeting),
            }
        }
        (models, meetings)
    }
}

impl Report for NextMatch {
    const NAME: &'static str = "next-match";
    const QUESTION: &'static str = "Which models should meet next in the arena?";
    const SOURCE: &'static str = "K-Sort Arena; Li et al., 2024";
    const ROW: &'static str =
        "beliefs {model, mean, deviation} and meetings {model_a, model_b, count}";
    const EXAMPLE: Example = Example {
        options: r#"{"k": 2}"#,
        rows: r#"{"model": "x", "mean": 25, "deviation": 8}
{"model": "y", "mean": 26, "deviation": 8}
{"model": "z", "mean": 30, "deviation": 2}
{"model_a": "x", "model_b": "y", "count": 3}
"#,
    };
    type Row = MatchRow;
    type Options = Matchmaking;

    fn run(rows: Vec<Self::Row>, options: &Self::Options) -> Result<Self> {
        let (models, meetings) = MatchRow::split(rows);
        next_match(&models, &meetings, options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_match_is_named() {
        let model = |name: &str, mean| ArenaModel { model: name.into(), mean, deviation: 1.0 };
        let models = [model("low", 1.0), model("high", 30.0), model("near", 29.0)];
        let meeting =
            |a: &str, b: &str, count| Meeting { model_a: a.into(), model_b: b.into(), count };
        let two = Matchmaking { k: 2, ..Matchmaking::default() };
        let found = next_match(&models, &[meeting("low", "high", 2)], &two).expect("valid");
        assert_eq!(found.models, ["high", "near"]);
        let error = next_match(&models, &[meeting("low", "?", 2)], &two).expect_err("unknown");
        assert_eq!((error.code(), error.path()), ("unknown_name", Some("meetings[0].model_b")));
        let error = next_match(&models, &[meeting("low", "low", 2)], &two).expect_err("itself");
        assert_eq!(error.path(), Some("meetings[0].model_b"));
        let twice = [model("low", 1.0), model("low", 1.0)];
        assert_eq!(next_match(&twice, &[], &two).expect_err("").path(), Some("models[1]"));
        assert_eq!(next_match(&[], &[], &two).expect_err("none").code(), "too_few_values");
    }
}
