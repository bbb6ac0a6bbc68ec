//! Reading records from JSON values, with the path of what is wrong.
//!
//! A deserializer that keeps track of its path would be compiled once more for every record that there
//! is. So the path is looked for when something went wrong, by trying parts of the value alone.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::{Error, Result};

/// Reads a record.
///
/// # Errors
/// [`Error::Parse`] with the path of the first member or item that is unknown or of a wrong form; that
/// of the record itself where something is missing.
pub fn from_value<T: DeserializeOwned>(value: &Value) -> Result<T> {
    T::deserialize(value).map_err(|error| {
        let message = error.to_string();
        let fails = |part: &Value| T::deserialize(part).err().map(|error| error.to_string());
        Error::Parse { path: path_of(value, &message, &fails), message }
    })
}

/// The path of the part of `value` that alone gives the same `message`.
fn path_of(value: &Value, message: &str, fails: &dyn Fn(&Value) -> Option<String>) -> String {
    let mut path = String::new();
    // The steps so far, outermost first, and what they lead to.
    let mut steps: Vec<Step<'_>> = Vec::new();
    let mut rest = value;
    let lacks = message.starts_with("missing field");
    let same = |steps: &[Step<'_>], inner: Value| {
        fails(&rebuilt(steps, inner)).is_some_and(|found| found == message)
    };
    loop {
        let (empty, members): (Value, Vec<Step<'_>>) = match rest {
            Value::Object(map) => {
                (Value::Object(Map::new()), map.keys().map(|k| Step::Member(k)).collect())
            }
            Value::Array(items) => {
                (Value::Array(Vec::new()), (0..items.len()).map(Step::Item).collect())
            }
            _ => break,
        };
        // What is wrong without any member is wrong with none of them.
        if same(&steps, empty) {
            break;
        }
        // A record lacks a field whatever its plain values are.
        let blamed = |inner: &Value| inner.is_object() || inner.is_array() || !lacks;
        let culprit = members.into_iter().find_map(|step| {
            let inner = step.of(rest).filter(|inner| blamed(inner))?;
            same(&steps, step.wrap(inner.clone())).then_some((step, inner))
        });
        let Some((step, inner)) = culprit else { break };
        step.write(&mut path);
        steps.push(step);
        rest = inner;
    }
    path
}

/// One step into a value.
#[derive(Clone, Copy)]
enum Step<'a> {
    Member(&'a str),
    Item(usize),
}

impl Step<'_> {
    fn of<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        match self {
            Self::Member(name) => value.get(*name),
            Self::Item(index) => value.get(*index),
        }
    }

    /// The object or array that has nothing but `inner` here. An item comes first.
    fn wrap(&self, inner: Value) -> Value {
        match self {
            Self::Member(name) => Value::Object(Map::from_iter([((*name).to_owned(), inner)])),
            Self::Item(_) => Value::Array(vec![inner]),
        }
    }

    fn write(&self, path: &mut String) {
        match self {
            Self::Member(name) if path.is_empty() => path.push_str(name),
            Self::Member(name) => path.extend([".", name]),
            Self::Item(index) => path.push_str(&format!("[{index}]")),
        }
    }
}

fn rebuilt(steps: &[Step<'_>], inner: Value) -> Value {
    steps.iter().rev().fold(inner, |inner, step| step.wrap(inner))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only read to see what is refused")]
    struct Record {
        size: usize,
        #[serde(default)]
        names: Vec<String>,
        #[serde(default)]
        nested: BTreeMap<String, Vec<Kind>>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    #[allow(dead_code, reason = "only read to see what is refused")]
    enum Kind {
        Plain,
        Sized(u8),
    }

    #[test]
    fn mistakes_are_found_where_they_are() {
        for (value, path) in [
            (json!({"size": "x"}), "size"),
            (json!({"size": 1, "siez": 1}), "siez"),
            (json!({"siez": 1}), "siez"),
            (json!({}), ""),
            (json!({"names": []}), ""),
            (json!({"names": ["a"]}), ""),
            (json!([]), ""),
            (json!({"size": 1, "names": ["a", 2, 3]}), "names[1]"),
            (
                json!({"size": 1, "nested": {"a": ["plain"], "b": [{"sized": 1}, {"sized": 300}]}}),
                "nested.b[1].sized",
            ),
            (json!({"size": 1, "nested": {"a": ["plan"]}}), "nested.a[0]"),
        ] {
            let error = from_value::<Record>(&value).expect_err("a mistake");
            assert_eq!(error.path().unwrap_or_default(), path, "{value}: {error}");
        }
        let good = json!({"size": 1, "nested": {"a": ["plain", {"sized": 2}]}});
        assert_eq!(from_value::<Record>(&good).expect("right").size, 1);
    }
}
