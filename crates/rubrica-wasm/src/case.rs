//! `snake_case` in Rust, `camelCase` in JavaScript, for the same structs.
//!
//! [`output`] and [`input`] wrap any serde serializer or deserializer and rename the fields of
//! structs on the way, and nothing else: keys of maps belong to the caller, and names of enum
//! variants (`weighted_mean`) are values.
//!
//! What serde itself cannot tell apart from a map keeps the spelling of its fields:
//! - in both directions, a struct with a `#[serde(flatten)]` field;
//! - on the way in, the fields of an untagged or internally tagged enum, and of a struct that reads
//!   itself through `deserialize_any`.
//!
//! Give fields of several words in those an `alias` in `camelCase`; outputs need none of that
//! except for `flatten`.

pub mod input;
pub mod output;
mod place;

use std::cell::RefCell;

use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;

use crate::error::Failure;
use crate::text::lone_surrogate_in_json;
use rubrica::core::{Error, Result, plain_message};

/// A record as a JavaScript object: absent values are `null`, maps are plain objects.
///
/// It crosses over as JSON text, in one piece: setting member by member costs a call to JavaScript each.
///
/// # Errors
/// [`Failure::Unrepresentable`] for a whole number that JavaScript cannot hold.
pub fn to_js<T: Serialize + ?Sized>(value: &T) -> Result<JsValue, Failure> {
    parsed(&json(value)?)
}

/// As [`to_js`], with one more member at the end of the object.
///
/// # Errors
/// As [`to_js`].
pub fn to_js_with<T: Serialize + ?Sized, M: Serialize>(
    value: &T,
    name: &str,
    member: &M,
) -> Result<JsValue, Failure> {
    let text = json(value)?;
    let Some(members) = text.strip_suffix('}') else { return parsed(&text) };
    let comma = if members == "{" { "" } else { "," };
    parsed(&format!("{members}{comma}{}:{}}}", json(name)?, json(member)?))
}

fn json<T: Serialize + ?Sized>(value: &T) -> Result<String, Failure> {
    let mut json = Vec::new();
    let written = value.serialize(output::CamelCase(&mut serde_json::Serializer::new(&mut json)));
    written.map_err(|e| Failure::Unrepresentable(e.to_string()))?;
    String::from_utf8(json).map_err(|e| Failure::Unrepresentable(e.to_string()))
}

fn parsed(text: &str) -> Result<JsValue, Failure> {
    js_sys::JSON::parse(text).map_err(|e| Failure::Unrepresentable(format!("{e:?}")))
}

/// A record from JSON text. `name` is what the caller calls it, and begins the path of errors:
/// `options.window`.
///
/// # Errors
/// [`Error::Parse`] with the path of the field, in the caller's spelling; [`Error::LoneSurrogate`].
pub fn from_json<T: DeserializeOwned>(text: &str, name: &str) -> Result<T> {
    let mut json = serde_json::Deserializer::from_str(text);
    let read = T::deserialize(input::CamelCase(&mut json)).map_err(|renamed| renamed.into_inner());
    let read = read.and_then(|value| json.end().map(|()| value));
    read.map_err(|e| {
        let path = place::path_at(text, place::byte_of(text, e.line(), e.column()));
        let error = match lone_surrogate_in_json(text) {
            Some(index) if e.is_syntax() => Error::LoneSurrogate { path, index },
            _ => Error::Parse { path, message: plain_message(&e.to_string()) },
        };
        error.within(name)
    })
}

/// `per_criterion` as `perCriterion`, kept for the life of the program: as many names are kept as
/// the program has fields.
fn camel(name: &'static str) -> &'static str {
    thread_local! {
        /// In the order of the first name.
        static KNOWN: RefCell<Vec<[&'static str; 2]>> = RefCell::default();
    }
    if !name.contains('_') {
        return name;
    }
    KNOWN.with_borrow_mut(|known| match known.binary_search_by_key(&name, |[name, _]| name) {
        Ok(place) => known[place][1],
        Err(place) => {
            let camel: &'static str = Box::leak(to_camel(name).into_boxed_str());
            known.insert(place, [name, camel]);
            camel
        }
    })
}

fn to_camel(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut characters = word.chars();
        camel.extend(characters.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(characters.as_str());
    }
    camel
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (snake, expected) in [
            ("score", "score"),
            ("per_criterion", "perCriterion"),
            ("rouge_1_f1", "rouge1F1"),
            ("sha256", "sha256"),
        ] {
            assert_eq!(to_camel(snake), expected);
        }
        assert!(std::ptr::eq(camel("per_order"), camel("per_order")));
    }
}
