//! The files of a causal language model, and what they say besides the weights.

use rubrica_core::sha256_hex;
use serde_json::Value;

use super::chat::ChatTemplate;
use crate::gguf::MAGIC;
use crate::{DecoderConfig, Gguf, GgufValue, ModelError, ModelFiles, Result, TextTokenizer};

/// The files of a causal language model, as bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct CausalFiles<'a> {
    /// Configuration, tokenizer and weights; of a GGUF file only the weights, which hold all of it.
    pub model: ModelFiles<'a>,
    /// `tokenizer_config.json`: the chat template, and names of special tokens.
    pub tokenizer_config: Option<&'a [u8]>,
    /// `generation_config.json`: which tokens end a text.
    pub generation_config: Option<&'a [u8]>,
    /// `chat_template.jinja`, where the template has a file of its own.
    pub chat_template: Option<&'a str>,
}

/// Special tokens that the files name.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    pub(super) first: Option<u32>,
    /// Tokens that end a text, the named one first.
    pub(super) ends: Vec<u32>,
}

impl<'a> CausalFiles<'a> {
    /// A model in one GGUF file.
    pub fn gguf(id: &'a str, bytes: &'a [u8]) -> Self {
        Self {
            model: ModelFiles { id, weights: bytes, ..ModelFiles::default() },
            ..Self::default()
        }
    }

    pub(super) fn is_gguf(&self) -> bool {
        self.model.weights.starts_with(MAGIC)
    }

    /// The configuration of the decoder.
    ///
    /// # Errors
    /// [`ModelError::Config`], [`ModelError::UnknownArchitecture`], [`ModelError::Gguf`].
    pub fn config(&self) -> Result<DecoderConfig> {
        if !self.is_gguf() {
            return DecoderConfig::from_json(self.model.config);
        }
        let file = Gguf::parse(self.model.weights)?;
        let config = DecoderConfig::from_json(&file.config_json()?)?;
        match file.rope_factors() {
            Some(factors) => config.slowed(&factors),
            None => Ok(config),
        }
    }

    pub(super) fn tokenizer(&self) -> Result<TextTokenizer> {
        if self.is_gguf() {
            TextTokenizer::from_tokenizer(Gguf::parse(self.model.weights)?.tokenizer()?)
        } else {
            TextTokenizer::from_bytes(self.model.tokenizer)
        }
    }

    /// sha256 over what is read besides the weights.
    pub(super) fn sha256(&self) -> String {
        let files = [
            self.tokenizer_config.map(sha256_hex),
            self.generation_config.map(sha256_hex),
            self.chat_template.map(|text| sha256_hex(text.as_bytes())),
        ];
        let lines = files.map(|hash| hash.unwrap_or_default()).join("\n");
        sha256_hex(format!("{}\n{lines}", self.model.sha256()).as_bytes())
    }

    pub(super) fn tokens(&self, tokenizer: &TextTokenizer) -> Result<Tokens> {
        let mut tokens = Tokens::default();
        if self.is_gguf() {
            let file = Gguf::parse(self.model.weights)?;
            tokens.first = file.token_id("bos_token_id");
            tokens.ends = ["eos_token_id", "eot_token_id"]
                .into_iter()
                .filter_map(|key| file.token_id(key))
                .collect();
            return Ok(tokens);
        }
        let named = self.tokenizer_json()?;
        tokens.first = token_text(&named, "bos_token").and_then(|token| tokenizer.token_id(token));
        tokens
            .ends
            .extend(token_text(&named, "eos_token").and_then(|token| tokenizer.token_id(token)));
        for (file, bytes) in [
            ("generation_config.json", self.generation_config),
            ("config.json", Some(self.model.config)),
        ] {
            let value = bytes.map(|bytes| parse(file, bytes)).transpose()?.unwrap_or_default();
            match &value["eos_token_id"] {
                Value::Null => {}
                Value::Array(ids) => {
                    for id in ids {
                        tokens.ends.push(token_id(file, id)?);
                    }
                }
                id => tokens.ends.push(token_id(file, id)?),
            }
        }
        Ok(tokens)
    }

    pub(super) fn template(
        &self,
        tokens: &Tokens,
        tokenizer: &TextTokenizer,
    ) -> Result<Option<ChatTemplate>> {
        let text = |id: Option<u32>| id.and_then(|id| tokenizer.token(id)).unwrap_or_default();
        let (first, end) = (text(tokens.first), text(tokens.ends.first().copied()));
        let build = |source: &str| ChatTemplate::new(source, first.clone(), end.clone()).map(Some);
        if let Some(source) = self.chat_template {
            return build(source);
        }
        if self.is_gguf() {
            let file = Gguf::parse(self.model.weights)?;
            let source = file.value("tokenizer.chat_template").and_then(GgufValue::as_text);
            return source.map_or(Ok(None), build);
        }
        let named = self.tokenizer_json()?;
        match &named["chat_template"] {
            Value::Null => Ok(None),
            Value::String(source) => build(source),
            Value::Array(several) => {
                let default = several.iter().find(|entry| entry["name"] == "default");
                match default.and_then(|entry| entry["template"].as_str()) {
                    Some(source) => build(source),
                    None => Err(ModelError::ChatTemplate(
                        "there are several, none called default; expected one".into(),
                    )),
                }
            }
            other => Err(ModelError::ChatTemplate(format!("is {other}; expected a text"))),
        }
    }

    fn tokenizer_json(&self) -> Result<Value> {
        let file = "tokenizer_config.json";
        Ok(self.tokenizer_config.map(|bytes| parse(file, bytes)).transpose()?.unwrap_or_default())
    }
}

fn parse(file: &'static str, bytes: &[u8]) -> Result<Value> {
    serde_json::from_slice(bytes)
        .map_err(|error| ModelError::Config { file, message: error.to_string() })
}

/// A special token as the hub writes it: a text, or an object with one.
fn token_text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value[key].as_str().or_else(|| value[key]["content"].as_str())
}

fn token_id(file: &'static str, value: &Value) -> Result<u32> {
    value.as_u64().and_then(|id| u32::try_from(id).ok()).ok_or_else(|| ModelError::Config {
        file,
        message: format!("eos_token_id has {value}; expected ids of tokens"),
    })
}
