//! `config.json`: which architecture, and what everything else has to know of it.

use serde_json::Value;

use super::ArchitectureConfig;
use crate::head::{HeadConfig, HubClass};
use crate::{ModelError, Result};

/// No encoder has more layers.
const MOST_LAYERS: usize = 512;
/// Nor wider ones.
const WIDEST: usize = 1 << 16;
/// Nor a larger vocabulary.
const MOST_WORDS: usize = 1 << 24;

/// What everything but the architecture itself has to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outline {
    pub(crate) vocab_size: usize,
    /// Width of a hidden state.
    pub(crate) hidden_size: usize,
    pub(crate) layers: usize,
    pub(crate) heads: usize,
    /// Width of the feed-forward layer.
    pub(crate) inner: usize,
    /// The longest sequence that it can read, if there is a limit.
    pub(crate) longest: Option<usize>,
    /// Segments that it tells apart; 0 when it knows none.
    pub(crate) segments: usize,
    /// What stands before the names of its tensors in files of task models.
    pub(crate) prefixes: &'static [&'static str],
}

/// The configuration of an encoder, of whatever architecture.
#[derive(Debug, Clone)]
pub struct EncoderConfig {
    model_type: String,
    outline: Outline,
    architecture: ArchitectureConfig,
}

impl EncoderConfig {
    /// Reads `config.json`.
    ///
    /// # Errors
    /// [`ModelError::Config`] with the field, [`ModelError::UnknownArchitecture`].
    pub fn from_json(bytes: &[u8]) -> Result<Self> {
        let fail = |message: String| ModelError::Config { file: "config.json", message };
        let json: Value =
            serde_json::from_slice(bytes).map_err(|e| fail(format!("not JSON: {e}")))?;
        let model_type = json
            .get("model_type")
            .and_then(Value::as_str)
            .ok_or_else(|| fail("no `model_type`; expected a string".into()))?;
        let architecture = ArchitectureConfig::read(model_type, &json).ok_or_else(|| {
            ModelError::UnknownArchitecture {
                found: model_type.to_owned(),
                known: ArchitectureConfig::known(),
            }
        })??;
        let outline = architecture.outline();
        outline.check().map_err(fail)?;
        Ok(Self { model_type: model_type.to_owned(), outline, architecture })
    }

    /// As it stands in the file.
    pub fn model_type(&self) -> &str {
        &self.model_type
    }

    /// Entries in the vocabulary.
    pub fn vocab_size(&self) -> usize {
        self.outline.vocab_size
    }

    /// Width of a hidden state.
    pub fn hidden_size(&self) -> usize {
        self.outline.hidden_size
    }

    /// The longest sequence that it can read, special tokens included; absent where positions are
    /// only relative.
    pub fn longest(&self) -> Option<usize> {
        self.outline.longest
    }

    /// `window`, as far as the encoder can read it.
    pub fn window(&self, window: usize) -> usize {
        self.outline.longest.map_or(window, |longest| window.min(longest))
    }

    /// Segments that it tells apart; 0 when it knows none.
    pub fn segments(&self) -> usize {
        self.outline.segments
    }

    /// What stands before the names of its tensors in files of task models, for
    /// [`crate::Weights::parse`].
    pub fn prefixes(&self) -> &'static [&'static str] {
        self.outline.prefixes
    }

    pub(crate) fn architecture(&self) -> &ArchitectureConfig {
        &self.architecture
    }

    pub(crate) fn head(&self, class: &HubClass) -> Result<HeadConfig> {
        self.architecture.head(class)
    }
}

impl Outline {
    /// What no encoder can be, before anything is made of it.
    fn check(&self) -> Result<(), String> {
        for (name, found, most) in [
            ("num_hidden_layers", self.layers, MOST_LAYERS),
            ("num_attention_heads", self.heads, WIDEST),
            ("hidden_size", self.hidden_size, WIDEST),
            ("intermediate_size", self.inner, WIDEST),
            ("vocab_size", self.vocab_size, MOST_WORDS),
            ("max_position_embeddings", self.longest.unwrap_or(1), MOST_WORDS),
        ] {
            if found == 0 || found > most {
                return Err(format!("{name} is {found}; expected 1 to {most}"));
            }
        }
        if self.segments > WIDEST {
            return Err(format!("type_vocab_size is {}; expected at most {WIDEST}", self.segments));
        }
        Ok(())
    }
}

/// Fails when no encoder has so many layers, before a list as long as that is made.
pub(super) fn check_layers(layers: usize) -> Result<()> {
    if (1..=MOST_LAYERS).contains(&layers) {
        return Ok(());
    }
    Err(ModelError::Config {
        file: "config.json",
        message: format!("num_hidden_layers is {layers}; expected 1 to {MOST_LAYERS}"),
    })
}

/// Fails when attention heads do not share the width evenly.
pub(super) fn check_heads(hidden: usize, heads: usize) -> Result<()> {
    if heads > 0 && hidden.is_multiple_of(heads) {
        return Ok(());
    }
    Err(ModelError::Config {
        file: "config.json",
        message: format!("hidden_size {hidden} is not a multiple of num_attention_heads {heads}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_that_no_encoder_has_are_refused_before_anything_is_made() {
        let config = |field: &str, value: &str| {
            let mut json: Value = serde_json::from_str(
                r#"{"model_type":"bert","vocab_size":9,"hidden_size":4,"num_hidden_layers":1,
                    "num_attention_heads":2,"intermediate_size":4,"max_position_embeddings":8}"#,
            )
            .expect("valid");
            json[field] = serde_json::from_str(value).expect("valid");
            EncoderConfig::from_json(json.to_string().as_bytes())
        };
        assert!(config("vocab_size", "9").is_ok());
        for (field, value) in [
            ("num_hidden_layers", "1000000000"),
            ("hidden_size", "1000000000"),
            ("vocab_size", "1000000000000"),
            ("intermediate_size", "0"),
            ("max_position_embeddings", "9000000000000000000"),
            ("type_vocab_size", "9000000000000000000"),
        ] {
            let error = config(field, value).expect_err(field);
            assert_eq!(error.code(), "model_config");
            assert!(error.to_string().contains(field), "{error}");
        }
        for value in ["-1", "1.5", "1e400", "\"12\"", "null"] {
            if let Ok(value) = serde_json::from_str::<Value>(value) {
                let error = config("num_hidden_layers", &value.to_string()).expect_err("no number");
                assert_eq!(error.code(), "model_config");
            }
        }
    }
}
