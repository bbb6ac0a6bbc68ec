//! Reading records from JSON values, with the path of what is wrong.
//!
//! A deserializer that keeps track of its path would be compiled once more for every record that there
//! is. So the path is looked for when something went wrong, by trying parts of the value alone.

use serde::de::{DeserializeOwned, Deserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Value};

use crate::plain::plain_message;
use crate::strict::Strict;
use crate::{Error, Result};

/// Reads a record. A list is no record, whatever its items are.
///
/// # Errors
/// [`Error::Parse`] with the path of the first member or item that is unknown or of a wrong form; that
/// of the record itself where something is missing.
pub fn from_value<T: DeserializeOwned>(value: &Value) -> Result<T> {
    let read = |part: &Value| T::deserialize(Strict::new(part));
    read(value).map_err(|error| located(value, error, &|part| read(part).err()))
}

/// As [`from_value`], for records that pass over members that they do not know: one whose name is nearly that of
/// a field is taken for a slip.
///
/// # Errors
/// As [`from_value`].
pub fn from_spelled_value<T: DeserializeOwned>(value: &Value) -> Result<T> {
    let read = |part: &Value| T::deserialize(Strict::with_spelling(part));
    read(value).map_err(|error| located(value, error, &|part| read(part).err()))
}

/// As [`from_value`], from an object's members: half the code for records that are nothing else.
///
/// # Errors
/// As [`from_value`].
pub fn from_members<T: DeserializeOwned>(members: &Map<String, Value>) -> Result<T> {
    T::deserialize(Members(members)).map_err(|error| {
        located(&Value::Object(members.clone()), error, &|part| {
            part.as_object().and_then(|members| T::deserialize(Members(members)).err())
        })
    })
}

/// `error` of reading `value`, with its place.
fn located(
    value: &Value,
    error: serde_json::Error,
    fails: &dyn Fn(&Value) -> Option<serde_json::Error>,
) -> Error {
    let message = error.to_string();
    let of_part = |part: &Value| fails(part).map(|error| error.to_string());
    let path = path_of(value, &message, &of_part);
    Error::Parse { path, message: plain_message(&message) }
}

/// Reads whatever is asked for as a map.
struct Members<'a>(&'a Map<String, Value>);

impl<'de> Deserializer<'de> for Members<'de> {
    type Error = serde_json::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_map(Strict::members(self.0))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
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
            Self::Member(name) => {
                let mut members = Map::new();
                members.insert((*name).to_owned(), inner);
                Value::Object(members)
            }
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
            if let Value::Object(members) = &value {
                assert_eq!(from_members::<Record>(members).expect_err("a mistake"), error);
            }
        }
        let good = json!({"size": 1, "nested": {"a": ["plain", {"sized": 2}]}});
        assert_eq!(from_value::<Record>(&good).expect("right").size, 1);
    }
}
