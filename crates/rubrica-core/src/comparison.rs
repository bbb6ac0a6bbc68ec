//! Two responses to one prompt.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::{Error, Id, Preference, Result};

/// One side of a [`Comparison`]. Reads from a bare string or from `{"text", "model"?}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Candidate {
    /// The response.
    pub text: String,
    /// Who wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
}

/// The long form of a candidate.
#[derive(Deserialize)]
struct FullCandidate {
    text: String,
    #[serde(default)]
    model: Option<String>,
}

/// By hand rather than untagged: that would take a list for the long form.
impl<'de> Deserialize<'de> for Candidate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct CandidateVisitor;

        impl<'de> Visitor<'de> for CandidateVisitor {
            type Value = Candidate;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or {text, model?}")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Candidate, E> {
                Ok(Candidate { text: text.to_owned(), model: None })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Candidate, A::Error> {
                let full = FullCandidate::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Candidate { text: full.text, model: full.model })
            }
        }

        deserializer.deserialize_any(CandidateVisitor)
    }
}

impl<T: Into<String>> From<T> for Candidate {
    fn from(text: T) -> Self {
        Self { text: text.into(), model: None }
    }
}

/// A prompt with two responses, and which one people preferred if that is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Names the comparison in results.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::sample::id"
    )]
    pub id: Option<Id>,
    /// What both responses answer.
    #[serde(default, alias = "instruction", alias = "question")]
    pub prompt: String,
    /// Passages that the responses should rest on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub context: Vec<String>,
    /// A model answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The first response.
    pub a: Candidate,
    /// The second response.
    pub b: Candidate,
    /// The known preference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Preference>,
    /// Where the comparison comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Anything else; carried along, never read.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub metadata: Map<String, Value>,
}

impl Comparison {
    /// A comparison of `a` and `b` as answers to `prompt`.
    pub fn new(
        prompt: impl Into<String>,
        a: impl Into<Candidate>,
        b: impl Into<Candidate>,
    ) -> Self {
        Self {
            id: None,
            prompt: prompt.into(),
            context: Vec::new(),
            reference: None,
            a: a.into(),
            b: b.into(),
            label: None,
            source: None,
            metadata: Map::new(),
        }
    }

    /// The same comparison with the responses (and the label) in the other order.
    #[must_use]
    pub fn swapped(&self) -> Self {
        Self {
            a: self.b.clone(),
            b: self.a.clone(),
            label: self.label.map(Preference::flipped),
            ..self.clone()
        }
    }

    /// Checks that both responses have text.
    ///
    /// # Errors
    /// [`Error::EmptyText`] with path `a` or `b`.
    pub fn validate(&self) -> Result<()> {
        for (path, side) in [("a", &self.a), ("b", &self.b)] {
            if side.text.trim().is_empty() {
                return Err(Error::EmptyText { path: path.into() });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_strings_and_objects() {
        let text =
            r#"{"id": 1, "prompt": "p", "a": "x", "b": {"text": "y", "model": "m"}, "label": "b"}"#;
        let pair: Comparison = serde_json::from_str(text).expect("valid");
        assert_eq!((pair.a.text.as_str(), pair.b.model.as_deref()), ("x", Some("m")));
        assert_eq!(pair.label, Some(Preference::B));
        let swapped = pair.swapped();
        assert_eq!((swapped.a.text.as_str(), swapped.label), ("y", Some(Preference::A)));
        assert_eq!(swapped.swapped(), pair);
        let json = serde_json::to_string(&pair).expect("json");
        assert_eq!(serde_json::from_str::<Comparison>(&json).expect("valid"), pair);
    }

    #[test]
    fn empty_sides_are_refused() {
        assert_eq!(
            Comparison::new("p", "x", " \n").validate().expect_err("empty").path(),
            Some("b")
        );
    }
}
