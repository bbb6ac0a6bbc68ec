//! Judging answers from documents criterion by criterion, in the order of what matters first
//! (ContextualJudgeBench; Xu et al., 2025): is a refusal right, is the answer faithful, is it complete,
//! is it concise? The first criterion on which the two differ decides.

use std::collections::BTreeMap;

use rubrica_core::{Preference, Signature};
use serde::{Deserialize, Serialize};

use super::report::{Example, Report};
use crate::error::{AuditError, Result};
use crate::records::{name, optional_truth};

/// The criteria in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContextCriterion {
    /// It refuses if and only if the documents have no answer.
    Refusal,
    /// The documents bear it out.
    Faithfulness,
    /// It says all that is asked.
    Completeness,
    /// It says no more than that.
    Conciseness,
}

impl ContextCriterion {
    /// All, first things first.
    pub const ALL: [Self; 4] =
        [Self::Refusal, Self::Faithfulness, Self::Completeness, Self::Conciseness];
}

/// Scores of one response; higher is better, and any scale will do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct ContextScores {
    /// Whether it refuses to answer.
    #[serde(default, deserialize_with = "optional_truth")]
    pub refuses: Option<bool>,
    /// How far the documents bear it out.
    #[serde(default)]
    pub faithfulness: Option<f64>,
    /// How much of the question it answers.
    #[serde(default)]
    pub completeness: Option<f64>,
    /// How brief it is.
    #[serde(default)]
    pub conciseness: Option<f64>,
}

/// Two scored responses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ContextPair {
    /// Its name.
    #[serde(deserialize_with = "name")]
    pub id: String,
    /// Whether the documents have the answer; without it refusals do not count.
    #[serde(default, deserialize_with = "optional_truth")]
    pub answerable: Option<bool>,
    /// The first response.
    pub a: ContextScores,
    /// The second response.
    pub b: ContextScores,
}

/// How to decide.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ContextOptions {
    /// Scores at most so far apart count as equal.
    pub tolerance: f64,
}

/// Who is better, and by what.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ContextDecision {
    /// The pair.
    pub id: String,
    /// The winner.
    pub winner: Preference,
    /// The criterion that decided; none for a tie on all.
    pub decided_by: Option<ContextCriterion>,
    /// Scores of `a` and `b` on the criteria that were looked at, which end with the one that decided.
    pub scores: BTreeMap<ContextCriterion, [f64; 2]>,
    /// What produced it.
    pub signature: Signature,
}

/// Decides between two scored responses. A criterion that either lacks is passed over.
///
/// # Errors
/// [`AuditError::Input`] for a score or tolerance that is not finite, a negative tolerance, or no criterion
/// that both have.
pub fn contextual_compare(pair: &ContextPair, options: &ContextOptions) -> Result<ContextDecision> {
    let tolerance = options.tolerance;
    if !(tolerance >= 0.0 && tolerance.is_finite()) {
        return Err(AuditError::invalid("tolerance", format!("is {tolerance}"), ">= 0"));
    }
    let mut scores = BTreeMap::new();
    let mut decision = (Preference::Tie, None);
    for criterion in ContextCriterion::ALL {
        let (Some(a), Some(b)) =
            (pair.score("a", &pair.a, criterion)?, pair.score("b", &pair.b, criterion)?)
        else {
            continue;
        };
        if decision.1.is_some() {
            continue;
        }
        scores.insert(criterion, [a, b]);
        if (a - b).abs() > tolerance {
            let winner = if a > b { Preference::A } else { Preference::B };
            decision = (winner, Some(criterion));
        }
    }
    if scores.is_empty() {
        return Err(AuditError::invalid(
            "a",
            "shares no criterion with b",
            "a score that both have",
        ));
    }
    let signature = Signature::new("contextual-compare").with("tolerance", tolerance);
    let (winner, decided_by) = decision;
    Ok(ContextDecision { id: pair.id.clone(), winner, decided_by, scores, signature })
}

impl ContextPair {
    fn score(
        &self,
        side: &str,
        scores: &ContextScores,
        criterion: ContextCriterion,
    ) -> Result<Option<f64>> {
        let (field, score) = match criterion {
            ContextCriterion::Refusal => {
                let right = scores.refuses.zip(self.answerable);
                return Ok(
                    right.map(|(refuses, answerable)| f64::from(u8::from(refuses != answerable)))
                );
            }
            ContextCriterion::Faithfulness => ("faithfulness", scores.faithfulness),
            ContextCriterion::Completeness => ("completeness", scores.completeness),
            ContextCriterion::Conciseness => ("conciseness", scores.conciseness),
        };
        match score {
            Some(score) if !score.is_finite() => {
                let path = format!("{side}.{field}");
                Err(AuditError::invalid(path, format!("is {score}"), "a finite number"))
            }
            other => Ok(other),
        }
    }
}

/// What [`contextual_compare`] says of each pair.
#[derive(Serialize)]
pub(super) struct ContextDecisions {
    pub(super) decisions: Vec<ContextDecision>,
}

impl Report for ContextDecisions {
    const NAME: &'static str = "contextual";
    const QUESTION: &'static str = "Which answer from documents is better, by what matters first?";
    const SOURCE: &'static str = "ContextualJudgeBench; Xu et al., 2025";
    const ROW: &'static str =
        "id, a {refuses?, faithfulness?, completeness?, conciseness?}, b, answerable?";
    const EXAMPLE: Example = Example {
        options: "{}",
        rows: r#"{"id": "1", "a": {"faithfulness": 1}, "b": {"faithfulness": 0.5}}
"#,
    };
    type Row = ContextPair;
    type Options = ContextOptions;

    fn run(rows: Vec<Self::Row>, options: &Self::Options) -> Result<Self> {
        let decisions = rows.iter().map(|pair| contextual_compare(pair, options));
        Ok(Self { decisions: decisions.collect::<Result<_>>()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ContextCriterion::{Completeness, Conciseness, Faithfulness, Refusal};

    fn scores(refuses: bool, rest: [f64; 3]) -> ContextScores {
        let [faithfulness, completeness, conciseness] = rest.map(Some);
        ContextScores { refuses: Some(refuses), faithfulness, completeness, conciseness }
    }

    fn decide(
        answerable: Option<bool>,
        a: ContextScores,
        b: ContextScores,
        tolerance: f64,
    ) -> (Preference, Option<ContextCriterion>) {
        let pair = ContextPair { id: "x".into(), answerable, a, b };
        let turned = ContextPair { a: pair.b, b: pair.a, ..pair.clone() };
        let options = ContextOptions { tolerance };
        let found = contextual_compare(&pair, &options).expect("valid");
        let other = contextual_compare(&turned, &options).expect("valid");
        assert_eq!((other.winner.flipped(), other.decided_by), (found.winner, found.decided_by));
        (found.winner, found.decided_by)
    }

    #[test]
    fn first_things_first() {
        let best = [1.0, 1.0, 1.0];
        let (poor, refusal) = (scores(false, [0.2, 0.2, 0.2]), scores(true, best));
        // Where there is an answer, a refusal is wrong however good it is.
        let a = Preference::A;
        assert_eq!(decide(Some(true), poor, refusal, 0.0), (a, Some(Refusal)));
        assert_eq!(decide(Some(false), refusal, poor, 0.0), (a, Some(Refusal)));
        assert_eq!(decide(None, refusal, poor, 0.0), (a, Some(Faithfulness)));
        let some = |rest| scores(false, rest);
        let (one, two) = (some([0.9, 0.3, 0.0]), some([0.8, 0.9, 1.0]));
        assert_eq!(decide(Some(true), one, two, 0.0), (a, Some(Faithfulness)));
        assert_eq!(decide(Some(true), one, two, 0.2), (Preference::B, Some(Completeness)));
        assert_eq!(decide(Some(true), one, two, 0.7), (Preference::B, Some(Conciseness)));
        assert_eq!(decide(Some(true), one, two, 1.0), (Preference::Tie, None));
        let pair = ContextPair { id: "x".into(), answerable: Some(true), a: one, b: two };
        let found = contextual_compare(&pair, &ContextOptions { tolerance: 0.2 }).expect("valid");
        let looked: Vec<_> = found.scores.keys().copied().collect();
        assert_eq!(looked, [Refusal, Faithfulness, Completeness]);
    }

    #[test]
    fn what_is_missing_is_passed_over_and_mistakes_are_named() {
        let only = ContextScores { completeness: Some(0.5), ..ContextScores::default() };
        let all = scores(false, [1.0, 0.4, 1.0]);
        assert_eq!(decide(None, only, all, 0.0), (Preference::A, Some(Completeness)));
        let path = |a, b, tolerance| {
            let pair = ContextPair { id: "x".into(), answerable: None, a, b };
            let error = contextual_compare(&pair, &ContextOptions { tolerance }).expect_err("bad");
            error.path().expect("a place").to_owned()
        };
        assert_eq!(path(ContextScores::default(), all, 0.0), "a");
        let nan = ContextScores { conciseness: Some(f64::NAN), ..all };
        assert_eq!(path(all, nan, 0.0), "b.conciseness");
        assert_eq!(path(all, all, -1.0), "tolerance");
    }
}
