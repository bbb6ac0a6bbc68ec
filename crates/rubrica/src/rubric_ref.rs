//! Rubrics by name, as text or as a value.

use rubrica_core::{Error, Result, Rubric, read_rubric};
use serde_json::Value;

/// The rubric that `value` names or holds: the id of a built-in rubric, YAML or JSON text of more
/// than one line, or an object (Prometheus rubrics too).
///
/// # Errors
/// [`Error::Unknown`] listing the built-in rubrics, or what is wrong with the rubric.
pub fn resolve_rubric(value: &Value) -> Result<Rubric> {
    match value {
        Value::String(text) if text.contains('\n') || text.trim_start().starts_with('{') => {
            read_rubric(text)
        }
        Value::String(id) => Ok(rubrica_judge::rubrics::builtin(id)?.rubric()),
        Value::Object(_) => read_rubric(&value.to_string()),
        other => Err(Error::invalid(
            "",
            format!("is {other}"),
            "the name of a built-in rubric, YAML or JSON text, or a rubric",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_texts_and_objects_resolve() {
        assert_eq!(resolve_rubric(&json!("helpfulness")).expect("built in").name, "helpfulness");
        let yaml = "name: x\ncriteria:\n  - id: a\n    description: Is it?\n";
        assert_eq!(resolve_rubric(&json!(yaml)).expect("text").criteria.len(), 1);
        let prometheus = json!({"criteria": "Is it?", "score1_description": "no"});
        assert_eq!(resolve_rubric(&prometheus).expect("object").criteria.len(), 1);
        assert_eq!(
            resolve_rubric(&json!("helpfulnes")).expect_err("misspelt").code(),
            "unknown_name"
        );
        assert_eq!(resolve_rubric(&json!(3)).expect_err("number").code(), "invalid_input");
    }
}
