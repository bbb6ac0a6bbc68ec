//! Signatures: what produced a number, after the example of sacreBLEU (Post, 2018).

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::VERSION;

/// Lower-case hexadecimal sha256 of `bytes`.
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The model behind a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelSignature {
    /// Catalogue id, or the folder's name for a user's model.
    pub id: String,
    /// sha256 of the weights, lower-case hexadecimal.
    pub sha256: String,
    /// Stored precision of the weights: `f32`, `f16`, `int8`.
    pub precision: String,
    /// sha256 over the other files that were read: configuration, tokenizer, pooling, head.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<String>,
}

/// Everything that a result depends on besides its input.
///
/// Two results with equal signatures are comparable; [`Signature::differences`] says why two are
/// not. `Display` gives the one-line form, `key:value` pairs joined by `|`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// The protocol or metric, such as `absolute` or `bleu`.
    pub protocol: String,
    /// Version of Rubrica.
    pub version: String,
    /// The models, in the order in which the protocol uses them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<ModelSignature>,
    /// Compute device: `flex` or `webgpu`; absent when no model ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// Prompt or input template with its version, such as `probe/1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// [`crate::Rubric::fingerprint`] of the rubric.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rubric: Option<String>,
    /// Options that change the number, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
    /// Seed, where chance plays a part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
}

impl Signature {
    /// The signature of `protocol` at this version, without model or options.
    pub fn new(protocol: impl Into<String>) -> Self {
        Self {
            protocol: protocol.into(),
            version: VERSION.to_owned(),
            models: Vec::new(),
            device: None,
            template: None,
            rubric: None,
            options: BTreeMap::new(),
            seed: None,
        }
    }

    /// The signature with option `name` recorded.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.options.insert(name.to_owned(), value.to_string());
        self
    }

    /// First 12 hexadecimal digits of the sha256 of the one-line form.
    pub fn short(&self) -> String {
        sha256_hex(self.to_string().as_bytes())[..12].to_owned()
    }

    /// The parts in which two signatures differ, as `device: flex / webgpu`. Empty when results
    /// under them are comparable.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let (mine, theirs) = (self.parts(), other.parts());
        let mut keys: Vec<&String> = mine.keys().chain(theirs.keys()).collect();
        keys.sort();
        keys.dedup();
        let show = |parts: &BTreeMap<String, String>, key: &String| {
            parts.get(key).cloned().unwrap_or_else(|| "-".into())
        };
        keys.into_iter()
            .filter(|key| mine.get(*key) != theirs.get(*key))
            .map(|key| format!("{key}: {} / {}", show(&mine, key), show(&theirs, key)))
            .collect()
    }

    fn parts(&self) -> BTreeMap<String, String> {
        let mut parts = BTreeMap::new();
        parts.insert("protocol".to_owned(), self.protocol.clone());
        parts.insert("version".to_owned(), self.version.clone());
        let optional = [
            ("device", self.device.clone()),
            ("template", self.template.clone()),
            ("rubric", self.rubric.clone()),
            ("seed", self.seed.map(|s| s.to_string())),
        ];
        for (key, value) in optional {
            if let Some(value) = value {
                parts.insert(key.to_owned(), value);
            }
        }
        for (i, model) in self.models.iter().enumerate() {
            let short = &model.sha256[..model.sha256.len().min(12)];
            let key = if i == 0 { "model".to_owned() } else { format!("model{}", i + 1) };
            let files = model
                .files
                .as_deref()
                .map_or_else(String::new, |files| format!("+{}", &files[..files.len().min(8)]));
            parts.insert(key, format!("{}@{short}{files}/{}", model.id, model.precision));
        }
        for (name, value) in &self.options {
            parts.insert(format!("opt.{name}"), value.clone());
        }
        parts
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = self.parts();
        let protocol = parts.remove("protocol").expect("always present");
        let version = parts.remove("version").expect("always present");
        write!(f, "{protocol}")?;
        for (key, value) in parts {
            write!(f, "|{}:{value}", key.trim_start_matches("opt."))?;
        }
        write!(f, "|version:rubrica-{version}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_form() {
        let mut signature = Signature::new("absolute").with("window", 256);
        signature.models.push(ModelSignature {
            id: "minilm-l6".into(),
            sha256: "ab".repeat(32),
            precision: "f16".into(),
            files: None,
        });
        signature.device = Some("flex".into());
        assert_eq!(
            signature.to_string(),
            format!(
                "absolute|device:flex|model:minilm-l6@abababababab/f16|window:256|version:rubrica-{VERSION}"
            )
        );
        assert_eq!(signature.short().len(), 12);
        let mut other = signature.clone();
        other.models[0].files = Some("cd".repeat(32));
        assert_eq!(
            signature.differences(&other),
            ["model: minilm-l6@abababababab/f16 / minilm-l6@abababababab+cdcdcdcd/f16"]
        );
    }

    #[test]
    fn differences_name_both_values() {
        let a = Signature::new("bleu").with("tok", "13a");
        let b = Signature::new("bleu").with("tok", "char");
        assert_eq!(a.differences(&b), ["opt.tok: 13a / char"]);
        assert!(a.differences(&a).is_empty());
    }

    #[test]
    fn sha256_matches_the_standard() {
        assert_eq!(
            sha256_hex(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
