//! What log-probabilities are divided by.

use serde::{Deserialize, Serialize};

use crate::text::tokens;

/// A unit of length that does not depend on a model's tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextUnit {
    /// What white space parts; a poor unit for scripts without spaces.
    #[default]
    Words,
    /// Unicode scalars.
    Characters,
    /// Bytes of UTF-8.
    Bytes,
}

impl TextUnit {
    /// The length of `text`.
    pub fn count(self, text: &str) -> usize {
        match self {
            Self::Words => tokens(text).count(),
            Self::Characters => text.chars().count(),
            Self::Bytes => text.len(),
        }
    }

    /// Name in signatures.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Words => "words",
            Self::Characters => "characters",
            Self::Bytes => "bytes",
        }
    }
}
