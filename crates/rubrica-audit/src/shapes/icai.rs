//! Annotated pairs, as Inverse Constitutional AI has them.

use std::collections::BTreeMap;

use rubrica_core::{Error, Preference, Result};
use serde::Deserialize;

use crate::records::optional_name;

/// A comparison with what its annotators say.
#[derive(Debug, Deserialize)]
pub(super) struct IcaiRow {
    #[serde(default, deserialize_with = "optional_name")]
    id: Option<String>,
    #[serde(default)]
    response_a: Option<IcaiResponse>,
    #[serde(default)]
    response_b: Option<IcaiResponse>,
    pub(super) annotations: Annotations,
    /// The annotator that stands for people, which the file names once for all rows.
    #[serde(default)]
    pub(super) default_annotator: Option<String>,
}

/// A response, with its author where the file says who that is.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected an object with text and model, or a text")]
enum IcaiResponse {
    Whole {
        #[serde(default)]
        text: Option<String>,
        #[serde(default)]
        model: Option<String>,
    },
    Text(String),
}

/// What one annotator says.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Annotation {
    /// None where it does not apply.
    #[serde(default)]
    pub(super) pref: Option<Preference>,
}

/// Annotations by the names of their annotators.
pub(super) type Annotations = BTreeMap<String, Annotation>;

impl IcaiRow {
    /// Its name, where rows need one.
    ///
    /// # Errors
    /// [`Error::Parse`] without one.
    pub(super) fn take_id(&mut self) -> Result<String> {
        self.id.take().ok_or_else(|| missing("id"))
    }

    /// Authors of both responses.
    ///
    /// # Errors
    /// [`Error::Parse`] without a response; [`Error::Invalid`] for one without its author.
    pub(super) fn authors(&self) -> Result<[String; 2]> {
        let author = |field: &str, response: &Option<IcaiResponse>| {
            let response = response.as_ref().ok_or_else(|| missing(field))?;
            match response {
                IcaiResponse::Whole { model: Some(model), .. } => Ok(model.clone()),
                _ => Err(Error::invalid(field, "has no model", "response.model")),
            }
        };
        Ok([author("response_a", &self.response_a)?, author("response_b", &self.response_b)?])
    }

    /// Texts of both responses, where they are there.
    pub(super) fn texts(&self) -> [Option<&str>; 2] {
        [&self.response_a, &self.response_b].map(|response| match response.as_ref()? {
            IcaiResponse::Whole { text, .. } => text.as_deref(),
            IcaiResponse::Text(text) => Some(text.as_str()),
        })
    }
}

fn missing(field: &str) -> Error {
    Error::Parse { path: String::new(), message: format!("missing field `{field}`") }
}
