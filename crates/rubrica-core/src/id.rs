//! The id of a row, as its file has it.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Number, Value};

/// The id of a row: a text or a number, and given back as it came.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
pub enum Id {
    /// A text.
    Text(String),
    /// A number.
    Number(Number),
}

impl Id {
    /// The id that a JSON value is; none for what is neither text nor number.
    pub fn of(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(Self::Text(text.clone())),
            Value::Number(number) => Some(Self::Number(number.clone())),
            _ => None,
        }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => number.fmt(f),
        }
    }
}

impl From<&str> for Id {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Id {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u64> for Id {
    fn from(number: u64) -> Self {
        Self::Number(number.into())
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Self::of(&value).ok_or_else(|| {
            serde::de::Error::custom(format!("id is {value}; expected a string or a number"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_back_as_they_were() {
        for text in ["7", "\"7\"", "-3", "1.5", "18446744073709551615", "\"\""] {
            let id: Id = serde_json::from_str(text).expect(text);
            assert_eq!(serde_json::to_string(&id).expect("JSON"), text);
        }
        assert_ne!(Id::from("7"), Id::from(7));
        assert_eq!((Id::from(7).to_string(), Id::from("a").to_string()), ("7".into(), "a".into()));
        for text in ["true", "[1]", "{}"] {
            let error = serde_json::from_str::<Id>(text).expect_err(text);
            assert!(error.to_string().contains("expected a string or a number"), "{error}");
        }
    }
}
