//! JSON responses.

use std::collections::BTreeMap;

use rubrica_core::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Requirement;
use super::json_text::read_json;
use super::outcome::{Outcome, quoted};

/// The text is JSON, with the members that are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Json {
    /// JSON pointers (RFC 6901, such as `/items/0/name`) that must lead to a value.
    pub required: Vec<String>,
    /// What must stand where a pointer leads. Numbers compare by value.
    pub equals: BTreeMap<String, Value>,
    /// Also reads JSON inside a single Markdown code fence.
    pub allow_fence: bool,
}

impl Default for Json {
    fn default() -> Self {
        Self { required: Vec::new(), equals: BTreeMap::new(), allow_fence: true }
    }
}

impl Requirement for Json {
    fn validate(&self) -> Result<()> {
        let well_formed = |pointer: &str| pointer.is_empty() || pointer.starts_with('/');
        let expected = "a JSON pointer, starting with `/`";
        for (i, pointer) in self.required.iter().enumerate() {
            if !well_formed(pointer) {
                let problem = format!("is {}", quoted(pointer));
                return Err(Error::invalid(format!("required[{i}]"), problem, expected));
            }
        }
        match self.equals.keys().find(|pointer| !well_formed(pointer)) {
            Some(pointer) => {
                let problem = format!("has the key {}", quoted(pointer));
                Err(Error::invalid("equals", problem, expected))
            }
            None => Ok(()),
        }
    }

    fn run(&self, text: &str) -> Outcome {
        let body = if self.allow_fence { unfenced(text) } else { text };
        let json = match read_json(body) {
            Ok(json) => json,
            Err(error) => {
                return Outcome::fail(format!("the text is not JSON: {error}"))
                    .suggest("Answer with one JSON value and nothing else.");
            }
        };
        if self.required.is_empty() && self.equals.is_empty() {
            return Outcome::pass("the text is JSON as required");
        }
        let value = match json.value() {
            Ok(value) => value,
            Err(problem) => return Outcome::fail(problem).suggest("Nest the JSON less deeply."),
        };
        for pointer in &self.required {
            if value.pointer(pointer).is_none() {
                return Outcome::fail(format!("{} leads nowhere", quoted(pointer)))
                    .suggest(format!("Add a value at {}.", quoted(pointer)));
            }
        }
        for (pointer, wanted) in &self.equals {
            let found = value.pointer(pointer);
            if !found.is_some_and(|found| equal(found, wanted)) {
                let found = found.map_or("nothing".into(), |found| quoted(&found.to_string()));
                let wanted = quoted(&wanted.to_string());
                let pointer = quoted(pointer);
                return Outcome::fail(format!("{pointer} leads to {found}; expected {wanted}"))
                    .suggest(format!("Put {wanted} at {pointer}."));
            }
        }
        Outcome::pass("the text is JSON as required")
    }
}

/// The inside of a text that is a single code fence, or the text.
fn unfenced(text: &str) -> &str {
    let body = text.trim();
    let inside = body
        .strip_prefix("```")
        .and_then(|body| body.strip_suffix("```"))
        .and_then(|body| body.split_once('\n'))
        .filter(|(info, _)| !info.contains('`'));
    inside.map_or(text, |(_, inside)| inside)
}

/// Equality of JSON in which `1` and `1.0` are the same number.
pub(super) fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(x), Value::Number(y)) => x == y || x.as_f64() == y.as_f64(),
        (Value::Array(x), Value::Array(y)) => {
            x.len() == y.len() && x.iter().zip(y).all(|(x, y)| equal(x, y))
        }
        (Value::Object(x), Value::Object(y)) => {
            x.len() == y.len() && x.iter().all(|(key, x)| y.get(key).is_some_and(|y| equal(x, y)))
        }
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Check;
    use serde_json::json;

    fn check(options: Value) -> Json {
        let json: Json = serde_json::from_value(options).expect("valid options");
        json.validate().expect("sensible options");
        json
    }

    #[test]
    fn members() {
        let check = check(json!({"required": ["/a/0"], "equals": {"/n": 1, "/m~1x": {"k": [2]}}}));
        let found = |text: &str| check.run(text).named("").found;
        assert!(check.run(r#"{"a": [null], "n": 1.0, "m/x": {"k": [2]}}"#).named("").passed);
        assert_eq!(found(r#"{"a": []}"#), "`/a/0` leads nowhere");
        let wrong = found(r#"{"a": [1], "n": 2, "m/x": {"k": [2]}}"#);
        assert_eq!(wrong, "`/n` leads to `2`; expected `1`");
        assert!(found("{").starts_with("the text is not JSON: EOF"));
    }

    #[test]
    fn fences() {
        let fenced = "```json\n[1]\n```\n";
        assert!(check(json!({})).run(fenced).named("").passed);
        assert!(!check(json!({"allow_fence": false})).run(fenced).named("").passed);
        assert!(!check(json!({})).run("Here: [1]").named("").passed);
        assert!(!check(json!({})).run("").named("").passed);
    }

    #[test]
    fn nesting_without_end_is_no_json() {
        assert!(!check(json!({})).run(&"[".repeat(1 << 20)).named("").passed);
    }

    #[test]
    fn pointers_start_with_a_slash() {
        let error = |value| Check::from_value(&value).expect_err("no pointer");
        assert_eq!(error(json!({"kind": "json", "required": ["a"]})).path(), Some("required[0]"));
        assert_eq!(error(json!({"kind": "json", "equals": {"a": 1}})).path(), Some("equals"));
    }
}
