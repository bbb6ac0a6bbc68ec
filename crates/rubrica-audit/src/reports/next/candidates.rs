//! Candidates and what is known of them, as the next duel and the next label need it.

use crate::error::{AuditError, Result};
use rubrica_core::Preference;
use rubrica_stats::ranking::Duel;
use serde::{Deserialize, Serialize};

use super::{place, places};
use crate::records::name;

/// Something that can be preferred, with its features: an embedding, or rubric scores.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QueryCandidate {
    /// Its name.
    #[serde(deserialize_with = "name")]
    pub id: String,
    /// Features, as many for all.
    pub features: Vec<f64>,
}

/// A preference between two candidates. Ties say nothing, and are passed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueryLabel {
    /// One.
    #[serde(deserialize_with = "name")]
    pub a: String,
    /// The other.
    #[serde(deserialize_with = "name")]
    pub b: String,
    /// Which is better.
    pub winner: Preference,
}

/// Candidates and labels, in one file.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a candidate {id, features} or a label {a, b, winner}")]
pub(in crate::reports) enum QueryRow {
    Candidate(QueryCandidate),
    Label(QueryLabel),
}

impl QueryRow {
    pub(in crate::reports) fn split(rows: Vec<Self>) -> (Vec<QueryCandidate>, Vec<QueryLabel>) {
        let (mut candidates, mut labels) = (Vec::new(), Vec::new());
        for row in rows {
            match row {
                Self::Candidate(candidate) => candidates.push(candidate),
                Self::Label(label) => labels.push(label),
            }
        }
        (candidates, labels)
    }
}

/// Three candidates and a label.
pub(super) const EXAMPLE: &str = r#"{"id": "p", "features": [1.0, 0.0]}
{"id": "q", "features": [0.0, 1.0]}
{"id": "r", "features": [1.0, 1.0]}
{"a": "p", "b": "q", "winner": "A"}
"#;

/// Features of the candidates, and the labels that are no ties, by place.
pub(super) fn numbered(
    candidates: &[QueryCandidate],
    labels: &[QueryLabel],
) -> Result<(Vec<Vec<f64>>, Vec<Duel>)> {
    let names: Vec<&str> = candidates.iter().map(|c| c.id.as_str()).collect();
    let places = places("candidates", &names)?;
    let mut history = Vec::with_capacity(labels.len());
    for (index, label) in labels.iter().enumerate() {
        let place = |field: &str, id: &str| {
            place(&places, format!("labels[{index}].{field}"), "candidate", id)
        };
        let (first, second) = (place("a", &label.a)?, place("b", &label.b)?);
        if first == second {
            let problem = format!("is `{}`, as a is", label.b);
            return Err(AuditError::invalid(
                format!("labels[{index}].b"),
                problem,
                "another candidate",
            ));
        }
        if label.winner != Preference::Tie {
            history.push(Duel { first, second, first_won: label.winner == Preference::A });
        }
    }
    Ok((candidates.iter().map(|c| c.features.clone()).collect(), history))
}

/// Three candidates, and a label of two.
#[cfg(test)]
pub(super) mod samples {
    use super::*;

    pub(in super::super) fn candidates() -> Vec<QueryCandidate> {
        [("x", [1.0, 0.0]), ("y", [0.0, 1.0]), ("z", [0.7, 0.7])]
            .map(|(id, features)| QueryCandidate { id: id.into(), features: features.into() })
            .into()
    }

    pub(in super::super) fn label(a: &str, b: &str, winner: Preference) -> QueryLabel {
        QueryLabel { a: a.into(), b: b.into(), winner }
    }
}
