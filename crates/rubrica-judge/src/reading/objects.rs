//! JSON objects in a text.

use serde_json::{Deserializer, Map, Value};

/// The JSON objects in `text` that lie in no other, in their order. Line ends in strings, which judges write as
/// they are, count as spaces.
pub(super) fn objects(text: &str) -> Vec<Map<String, Value>> {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut found = Vec::new();
    let mut rest = text.as_str();
    while let Some(start) = rest.find('{') {
        rest = &rest[start..];
        let mut stream = Deserializer::from_str(rest).into_iter::<Map<String, Value>>();
        match stream.next() {
            Some(Ok(object)) => {
                rest = &rest[stream.byte_offset()..];
                found.push(object);
            }
            _ => rest = &rest[1..],
        }
    }
    found
}

/// What the objects of `text` say of the keys that `named` accepts, as text. Values that are neither numbers nor
/// texts are given as JSON, which no scale has.
pub(super) fn values(text: &str, named: impl Fn(&str) -> bool) -> Vec<String> {
    let objects = objects(text);
    let members = objects.iter().flatten().filter(|(key, _)| named(key));
    members
        .map(|(_, value)| match value {
            Value::String(text) => text.trim().to_owned(),
            other => other.to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_found_in_prose() {
        let text = "Use { like this: ```json\n{\"a\": \"line\nbreak {\\\"a\\\": 2}\", \"b\": {\"a\": 3}}\n``` and {\"a\": 4";
        let found = objects(text);
        assert_eq!(found.len(), 1);
        assert_eq!(values(text, |key| key == "a"), ["line break {\"a\": 2}"]);
    }

    #[test]
    fn a_megabyte_of_braces_is_read() {
        for piece in ["{", "{\"", "{\"a\":[", "{\"a\":\"", "{\"a\":{"] {
            assert!(objects(&piece.repeat(1_000_000 / piece.len())).is_empty(), "{piece}");
        }
    }
}
