//! A ranking with the grades of what it ranks.

use rubrica_core::Result;
use serde_json::Value;

use crate::error;
use crate::segment::Segment;
use crate::text::{TokenMap, TokenSet};

/// Highest grade, so that 2 to the power of it stays exact.
const MAX_GRADE: f64 = 50.0;

/// The grades of a ranking.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// Grade of each ranked item, best first; 0 for what is not relevant.
    pub grades: Vec<f64>,
    /// All grades there are, ranked or not, in descending order.
    pub ideal: Vec<f64>,
}

impl Ranking {
    /// A ranking of items with these grades, best first, out of items with the grades `all`.
    pub fn new(grades: Vec<f64>, mut all: Vec<f64>) -> Self {
        all.sort_unstable_by(|a, b| b.total_cmp(a));
        Self { grades, ideal: all }
    }

    /// The ranking that a segment holds as JSON: see [the family](crate::retrieval).
    ///
    /// # Errors
    /// `bad_form` with the path `response` or `reference`, naming `metric`.
    pub(super) fn read(metric: &str, segment: &Segment<'_>) -> Result<Self> {
        let ranked = list(metric, "response", segment.response)?;
        let wanted = match segment.references.as_slice() {
            [] => return Ok(Self::of_grades(grades(metric, "response", &ranked)?)),
            [reference] => serde_json::from_str(reference).unwrap_or(Value::Null),
            several => {
                let problem = format!("there are {} references", several.len());
                return Err(error::bad_form(metric, "reference", &problem, "one"));
            }
        };
        let by_id: TokenMap<String, f64> = match &wanted {
            Value::Object(map) => map
                .iter()
                .map(|(id, value)| Ok((id.clone(), grade(metric, "reference", value)?)))
                .collect::<Result<_>>()?,
            Value::Array(items) if items.iter().all(Value::is_string) => {
                items.iter().map(|id| (name(id), 1.0)).collect()
            }
            Value::Array(items) => {
                let all = grades(metric, "reference", items)?;
                return Ok(Self::new(grades(metric, "response", &ranked)?, all));
            }
            _ => {
                let expected = "a JSON list, or an object of grades by id";
                return Err(error::bad_form(metric, "reference", "is no list", expected));
            }
        };
        let ids: Vec<String> = ranked.iter().map(name).collect();
        let mut seen = TokenSet::default();
        if let Some(twice) = ids.iter().find(|id| !seen.insert(*id)) {
            let problem = format!("`{twice}` is ranked twice");
            return Err(error::bad_form(metric, "response", &problem, "each item once"));
        }
        let of = |id: &String| by_id.get(id).copied().unwrap_or(0.0);
        Ok(Self::new(ids.iter().map(of).collect(), by_id.values().copied().collect()))
    }

    fn of_grades(grades: Vec<f64>) -> Self {
        Self::new(grades.clone(), grades)
    }
}

/// A JSON list.
pub(super) fn list(metric: &str, path: &str, text: &str) -> Result<Vec<Value>> {
    match serde_json::from_str(text) {
        Ok(Value::Array(items)) => Ok(items),
        _ => Err(error::bad_form(metric, path, "is no list", "a JSON list")),
    }
}

fn grades(metric: &str, path: &str, items: &[Value]) -> Result<Vec<f64>> {
    items.iter().map(|item| grade(metric, path, item)).collect()
}

fn grade(metric: &str, path: &str, value: &Value) -> Result<f64> {
    let number = value.as_bool().map(|yes| f64::from(u8::from(yes))).or(value.as_f64());
    number
        .filter(|grade| (0.0..=MAX_GRADE).contains(grade))
        .ok_or_else(|| error::bad_form(metric, path, &format!("the grade `{value}`"), "0 to 50"))
}

/// An id as text: numbers may be ids too.
fn name(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_ids_and_grades() {
        let read = |response, references: &[&str]| {
            Ranking::read("ndcg", &Segment::new(response, references))
        };
        let expected = Ranking { grades: vec![0.0, 2.0], ideal: vec![2.0, 1.0] };
        for (response, reference) in [
            (r#"["d3", "d1"]"#, r#"{"d1": 2, "d7": 1}"#),
            ("[3, 1]", r#"{"1": 2, "7": 1}"#),
            ("[0, 2]", "[1, 2]"),
        ] {
            assert_eq!(read(response, &[reference]).expect("valid"), expected);
        }
        assert_eq!(read("[false, true]", &[]).expect("valid").ideal, [1.0, 0.0]);
        assert_eq!(read(r#"["a"]"#, &[r#"["b"]"#]).expect("valid").ideal, [1.0]);
    }

    #[test]
    fn other_forms_are_refused() {
        for (response, reference, path) in [
            ("a, b", "[]", "response"),
            (r#"["a", "a"]"#, r#"["a"]"#, "response"),
            (r#"["a"]"#, "a", "reference"),
            (r#"["a"]"#, r#"{"a": -1}"#, "reference"),
            ("[99]", "[99]", "reference"),
            ("[[]]", "[1]", "response"),
        ] {
            let error = Ranking::read("ndcg", &Segment::new(response, &[reference]));
            let error = error.expect_err(response);
            assert_eq!((error.code(), error.path()), ("bad_form", Some(path)), "{response}");
        }
    }
}
