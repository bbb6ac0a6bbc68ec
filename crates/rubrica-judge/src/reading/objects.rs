//! JSON objects in a text.

use serde_json::{Deserializer, Map, Value};

/// How many times the length of a text may be read in vain.
const REREAD: usize = 8;

/// The JSON objects in `text` that lie in no other, in their order. Line ends in strings, which judges write as
/// they are, count as spaces. The time is linear in the text: one that opens braces over and over without closing
/// them is given up, and what follows is not found.
pub(super) fn objects(text: &str) -> Vec<Map<String, Value>> {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut found = Vec::new();
    let mut rest = text.as_str();
    let mut left = REREAD * text.len();
    while let Some(start) = rest.find('{') {
        rest = &rest[start..];
        let mut stream = Deserializer::from_str(rest).into_iter::<Map<String, Value>>();
        match stream.next() {
            Some(Ok(object)) => {
                rest = &rest[stream.byte_offset()..];
                found.push(object);
            }
            Some(Err(error)) => {
                // Without line ends the column says how much was read for nothing.
                let Some(after) = left.checked_sub(error.column()) else { break };
                left = after;
                rest = &rest[1..];
            }
            None => break,
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
