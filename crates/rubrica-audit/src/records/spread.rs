//! A file of one JSON object, spread out into the rows that it stands for: ICAI's annotated pairs have theirs under
//! `comparisons`, a leaderboard of `rank` under `ratings`, RewardBench's scores are one list a column.

use serde_json::{Map, Value};

/// The field in which [`spread`] leaves the name of ICAI's default annotator in each row.
const DEFAULT_ANNOTATOR: &str = "default_annotator";

/// The rows that a file of one JSON object stands for; none when it is a row itself.
pub(super) fn spread(file: &Value) -> Option<Vec<Value>> {
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
