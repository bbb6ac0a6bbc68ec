//! Published shapes of rows: what JudgeBench, ICAI, Chatbot Arena, RewardBench and BenchBench write, read as
//! battles, ratings and judged pairs.
//!
//! A file of one JSON object is spread out first ([`spread`]): ICAI's annotated pairs have their rows under
//! `comparisons`, RewardBench's scores are one list a column.

mod battle;
mod judged;
mod rated;

pub(crate) use battle::{BattleRow, Fought};

use std::collections::BTreeMap;

use rubrica_core::Preference;
use serde::Deserialize;
use serde::de::Deserializer;
use serde_json::{Map, Value};

use crate::records::{name, number};

/// Two models that met, as Chatbot Arena and our own files have it.
#[derive(Debug, Deserialize)]
pub(crate) struct Met {
    #[serde(alias = "modelA", deserialize_with = "name")]
    model_a: String,
    #[serde(alias = "modelB", deserialize_with = "name")]
    model_b: String,
    winner: Preference,
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
) -> Result<Option<String>, D::Error> {
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

/// Number of characters, as a length.
fn chars(text: Option<&str>) -> Option<f64> {
    text.map(|text| text.chars().count() as f64)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
