//! What the value of an assertion may be.

use rubrica_core::{Error, Result};
use serde_json::Value;

use crate::check::schema::Schema;

pub(super) fn wrong(value: Option<&Value>, expected: &str) -> Error {
    let problem = value.map_or("is missing".to_owned(), |value| format!("is `{value}`"));
    Error::invalid("value", problem, expected)
}

/// A text or a number.
pub(super) fn phrase(value: Option<&Value>) -> Result<String> {
    match value {
        Some(Value::String(text)) if !text.is_empty() => Ok(text.clone()),
        Some(Value::Number(number)) => Ok(number.to_string()),
        _ => Err(wrong(value, "a text that is not empty, or a number")),
    }
}

/// A list of texts and numbers, or a text with commas, where quotes keep a comma.
pub(super) fn phrases(value: Option<&Value>) -> Result<Vec<String>> {
    let list = match value {
        Some(Value::Array(items)) => items.iter().map(|item| phrase(Some(item))).collect(),
        Some(Value::String(text)) => Ok(comma_separated(text)),
        _ => Err(wrong(value, "a list of texts, or texts with commas between them")),
    }?;
    if list.is_empty() { Err(wrong(value, "at least one text")) } else { Ok(list) }
}

fn comma_separated(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => parts.push(String::new()),
            _ => parts.last_mut().expect("starts with one part").push(c),
        }
    }
    let parts = parts.iter().map(|part| part.trim().to_owned());
    parts.filter(|part| !part.is_empty()).collect()
}

/// A schema as JSON, or as JSON or YAML text.
pub(super) fn schema(value: Option<&Value>) -> Result<Option<Schema>> {
    let read = match value {
        None => return Ok(None),
        Some(Value::String(text)) if text.trim().is_empty() => return Ok(None),
        Some(Value::String(text)) => {
            rubrica_core::read_value(text).map(|value| Schema::new(&value))
        }
        Some(value) => Ok(Schema::new(value)),
    };
    read.and_then(|schema| schema).map(Some).map_err(|error| error.within("value"))
}

/// The list `field` of an object that has nothing else.
pub(super) fn names(value: Option<&Value>, field: &str) -> Result<Option<Vec<String>>> {
    let Some(value) = value else { return Ok(None) };
    let expected = format!("an object with `{field}`, a list of texts, and nothing else");
    let members = value.as_object().ok_or_else(|| wrong(Some(value), &expected))?;
    if members.keys().any(|name| name != field && name != "databaseType") {
        return Err(wrong(Some(value), &expected));
    }
    members.get(field).map(|list| phrases(Some(list))).transpose()
}

/// The least and the most.
pub(super) fn word_count(value: Option<&Value>) -> Result<(usize, usize)> {
    let expected = "a whole number, or an object with `min`, `max` or both, min at most max";
    let count = |value: &Value| match value {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_u64().and_then(|count| usize::try_from(count).ok()),
    };
    let bounds = match value {
        Some(Value::Object(bounds)) => {
            let known = bounds.keys().all(|name| name == "min" || name == "max");
            let bound = |name, default| bounds.get(name).map_or(Some(default), count);
            bound("min", 0).zip(bound("max", usize::MAX)).filter(|_| known && !bounds.is_empty())
        }
        Some(value) => count(value).map(|count| (count, count)),
        None => None,
    };
    bounds.filter(|(min, max)| min <= max).ok_or_else(|| wrong(value, expected))
}
