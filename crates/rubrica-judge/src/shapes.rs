//! Published shapes of rows: what JudgeBench, ICAI, Chatbot Arena, RewardBench and BenchBench write, read as
//! battles, ratings and judged pairs.
//!
//! A file of one JSON object is spread out first ([`spread`]): ICAI's annotated pairs have their rows under
//! `comparisons`, RewardBench's scores are one list a column.

mod battle;
mod judged;
mod rated;

pub(crate) use battle::{BattleRow, Outcomes};

use std::collections::BTreeMap;

use rubrica_core::{Error, Preference, Result};
use serde::Deserialize;
use serde::de::value::StrDeserializer;
use serde::de::{self, Deserializer};
use serde_json::{Map, Value};

use crate::records::{name, number};

/// A battle of two models, as Chatbot Arena and our own files have it.
#[derive(Debug, Deserialize)]
pub(crate) struct ArenaRow {
    #[serde(alias = "modelA", deserialize_with = "name")]
    model_a: String,
    #[serde(alias = "modelB", deserialize_with = "name")]
    model_b: String,
    #[serde(deserialize_with = "name")]
    winner: String,
}

impl ArenaRow {
    /// Which of the two won, and how much.
    ///
    /// # Errors
    /// As [`winner_of`].
    fn verdict(&self) -> Result<(Preference, Strength)> {
        winner_of(&self.winner, &self.model_a, &self.model_b)
    }
}

/// How clear a verdict is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strength {
    /// As most are.
    Plain,
    /// `A>>B`: Arena-Hard counts it three times.
    Strong,
}

/// The winner that `said` names: a side (`model_a`, `A`, `A>B`, `A>>B`, `tie` and the like), or one of the two
/// models by its name.
///
/// # Errors
/// [`Error::Invalid`] for another word, or one that is a side and the name of the other model.
pub(crate) fn winner_of(
    said: &str,
    model_a: &str,
    model_b: &str,
) -> Result<(Preference, Strength)> {
    let said = said.trim();
    let side = Preference::deserialize(StrDeserializer::<de::value::Error>::new(said)).ok();
    let named = match said {
        name if name == model_a => Some(Preference::A),
        name if name == model_b => Some(Preference::B),
        _ => None,
    };
    let strength = if said.contains(">>") { Strength::Strong } else { Strength::Plain };
    match (side, named) {
        (Some(side), Some(named)) if side != named => {
            let problem = format!("is `{said}`, which is a side and the name of the other model");
            Err(Error::invalid("winner", problem, "model_a, model_b or tie"))
        }
        (Some(found), _) | (None, Some(found)) => Ok((found, strength)),
        (None, None) => {
            let problem = format!("is `{}`", said.chars().take(80).collect::<String>());
            let expected = format!("model_a, model_b, tie, `{model_a}` or `{model_b}`");
            Err(Error::invalid("winner", problem, expected))
        }
    }
}

/// True when a row has one of these members.
pub(crate) fn has(row: &Value, names: &[&str]) -> bool {
    names.iter().any(|name| row.get(name).is_some())
}

/// The error of a row that no shape has all fields of.
pub(crate) fn no_shape(row: &Value, shapes: &str) -> Error {
    let message = match row {
        Value::Object(_) => format!("expected {shapes}"),
        Value::Array(_) => "is a list; expected an object".into(),
        _ => "is a single value; expected an object".into(),
    };
    Error::Parse { path: String::new(), message }
}

/// A score of a model on a benchmark, as BenchBench has it.
#[derive(Debug, Deserialize)]
pub(crate) struct Scored {
    #[serde(deserialize_with = "name")]
    model: String,
    #[serde(alias = "benchmark", deserialize_with = "name")]
    scenario: String,
    #[serde(deserialize_with = "number")]
    score: f64,
}

/// The category of a row, when it is a name; files have other things under that word too.
pub(crate) fn category<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<String>, D::Error> {
    Ok(name(Value::deserialize(deserializer)?).ok())
}

/// What one annotator says of an ICAI comparison.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Annotation {
    /// None where it does not apply.
    #[serde(default)]
    pref: Option<Preference>,
}

/// Annotations by the names of their annotators.
pub(crate) type Annotations = BTreeMap<String, Annotation>;

/// One of JudgeBench's judgments.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Decision {
    /// None where the judge's text had no verdict.
    #[serde(default)]
    decision: Option<Preference>,
}

/// The field in which [`spread`] leaves the name of ICAI's default annotator in each row.
const DEFAULT_ANNOTATOR: &str = "default_annotator";

/// The rows that a file of one JSON object stands for; none when it is a row itself.
pub(crate) fn spread(file: &Value) -> Option<Vec<Value>> {
    let object = file.as_object()?;
    if let Some(comparisons) = object.get("comparisons").and_then(Value::as_array) {
        let default = object.get("metadata").and_then(|m| m.get(DEFAULT_ANNOTATOR));
        let row = |row: &Value| {
            let mut row = row.clone();
            if let (Some(fields), Some(default)) = (row.as_object_mut(), default) {
                fields.insert(DEFAULT_ANNOTATOR.to_owned(), default.clone());
            }
            row
        };
        return Some(comparisons.iter().map(row).collect());
    }
    // What `rank` prints: its models, and how often they met.
    if let Some(ratings) = object.get("ratings").and_then(Value::as_array) {
        return Some(ratings.iter().cloned().chain(meetings(object, ratings)).collect());
    }
    // Columns: rows of other shapes have no list in every field.
    let columns: Vec<(&String, &Vec<Value>)> = object
        .iter()
        .map(|(name, value)| Some((name, value.as_array()?)))
        .collect::<Option<_>>()?;
    let rows = columns.first()?.1.len();
    if columns.len() < 2 || columns.iter().any(|(_, column)| column.len() != rows) {
        return None;
    }
    let row = |at: usize| {
        let fields = columns.iter().map(|(name, column)| ((*name).clone(), column[at].clone()));
        Value::Object(fields.collect::<Map<String, Value>>())
    };
    Some((0..rows).map(row).collect())
}

/// How often the models of a leaderboard met, where it has a matrix: one row a pair.
fn meetings(board: &Map<String, Value>, ratings: &[Value]) -> Vec<Value> {
    let name = |at: usize| ratings.get(at)?.get("model").cloned();
    let count = |cell: &Value| cell.as_array()?.iter().map(Value::as_u64).sum::<Option<u64>>();
    let matrix = board.get("matrix").and_then(Value::as_array).into_iter().flatten();
    let mut rows = Vec::new();
    for (one, row) in matrix.enumerate() {
        for (other, cell) in row.as_array().into_iter().flatten().enumerate().skip(one + 1) {
            let (Some(model_a), Some(model_b), Some(count)) = (name(one), name(other), count(cell))
            else {
                continue;
            };
            rows.push(serde_json::json!({"model_a": model_a, "model_b": model_b, "count": count}));
        }
    }
    rows
}

/// Number of characters, as a length.
fn chars(text: Option<&str>) -> Option<f64> {
    text.map(|text| text.chars().count() as f64)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn winners_are_sides_or_names() {
        use Preference::{A, B, Tie};
        for (said, expected) in [
            ("model_a", A),
            ("B", B),
            ("tie", Tie),
            ("tie (bothbad)", Tie),
            ("gold", A),
            (" tin ", B),
            ("A>B", A),
        ] {
            let found = winner_of(said, "gold", "tin").expect(said);
            assert_eq!(found, (expected, Strength::Plain), "{said}");
        }
        assert_eq!(winner_of("B>>A", "gold", "tin"), Ok((B, Strength::Strong)));
        // A model that is called as its own side is.
        assert_eq!(winner_of("A", "A", "B"), Ok((A, Strength::Plain)));
        let error = winner_of("A", "B", "A").expect_err("either");
        assert_eq!(error.path(), Some("winner"));
        let error = winner_of("lead", "gold", "tin").expect_err("neither");
        assert_eq!(
            error.to_string(),
            "winner: is `lead`; expected model_a, model_b, tie, `gold` or `tin`"
        );
    }

    #[test]
    fn a_leaderboard_is_its_models_and_their_meetings() {
        let board = json!({"ratings": [{"model": "x"}, {"model": "y"}],
            "matrix": [[[0, 0, 0], [3, 1, 2]], [[2, 1, 3], [0, 0, 0]]]});
        let rows = spread(&board).expect("rows");
        assert_eq!(rows[2], json!({"model_a": "x", "model_b": "y", "count": 6}));
        assert_eq!(rows.len(), 3);
    }

    #[test]
    fn annotated_pairs_and_columns_are_spread_out() {
        let file = json!({
            "metadata": {"version": "2.0", "default_annotator": "ann"},
            "annotators": {"ann": {}},
            "comparisons": [{"id": "c1"}, {"id": "c2"}],
        });
        let rows = spread(&file).expect("comparisons");
        assert_eq!(rows[1], json!({"id": "c2", "default_annotator": "ann"}));
        let columns = json!({"id": [1, 2], "scores_chosen": [0.5, 0.1]});
        assert_eq!(spread(&columns).expect("columns")[1], json!({"id": 2, "scores_chosen": 0.1}));
        assert_eq!(spread(&json!({"comparisons": []})), Some(Vec::new()));
        for row in [json!({"a": 1}), json!({"a": [1], "b": [1, 2]}), json!({"a": [1]}), json!([])] {
            assert_eq!(spread(&row), None, "{row}");
        }
    }
}
