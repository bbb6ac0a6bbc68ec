//! Values of rows that CSV and JSON write differently.

use std::fmt;

use rubrica_core::Result;
use serde::de::{self, Deserializer, Visitor};
use serde_json::Value;

/// Reads a finite number, or a text that is one.
///
/// # Errors
/// Anything else, NaN and infinities among it.
pub fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    struct Number;
    impl Visitor<'_> for Number {
        type Value = f64;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a finite number")
        }
        fn visit_f64<E: de::Error>(self, value: f64) -> Result<f64, E> {
            match value.is_finite() {
                true => Ok(value),
                false => Err(E::invalid_value(de::Unexpected::Float(value), &self)),
            }
        }
        fn visit_i64<E: de::Error>(self, value: i64) -> Result<f64, E> {
            Ok(value as f64)
        }
        fn visit_u64<E: de::Error>(self, value: u64) -> Result<f64, E> {
            Ok(value as f64)
        }
        fn visit_str<E: de::Error>(self, value: &str) -> Result<f64, E> {
            match value.trim().parse::<f64>() {
                Ok(number) if number.is_finite() => Ok(number),
                _ => Err(E::invalid_value(de::Unexpected::Str(value), &self)),
            }
        }
    }
    deserializer.deserialize_any(Number)
}

/// Reads a number that may be missing: null, or with `#[serde(default)]` no field at all.
///
/// # Errors
/// As [`number`].
pub fn optional_number<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<f64>, D::Error> {
    #[derive(serde::Deserialize)]
    struct Wrapped(#[serde(deserialize_with = "number")] f64);
    let wrapped = <Option<Wrapped> as serde::Deserialize>::deserialize(deserializer)?;
    Ok(wrapped.map(|Wrapped(number)| number))
}

/// Reads a name: a text that is not blank, or a number or truth value as it is written.
///
/// # Errors
/// Anything else.
pub fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match <Value as serde::Deserialize>::deserialize(deserializer)? {
        Value::String(text) if !text.trim().is_empty() => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(truth) => Ok(truth.to_string()),
        Value::String(_) => Err(de::Error::custom("is empty; expected a name")),
        other => Err(de::Error::custom(format!("is {other}; expected a name"))),
    }
}
