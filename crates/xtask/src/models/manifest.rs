//! What a model folder holds, and where each file comes from.

use std::path::{Component, Path};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

/// `models/<id>/manifest.json`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Name of the folder, and of the model everywhere.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// SPDX expression.
    pub license: String,
    /// Where it comes from, in words.
    pub source: String,
    /// What it is for: `encoder`, or `probe` (heads on the features of an encoder).
    pub kind: String,
    /// `model_type` of its config; absent for a probe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub architecture: Option<String>,
    /// The weights file that is loaded, one of `files`.
    pub weights: String,
    /// The encoder that a probe was fitted on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoder: Option<String>,
    /// In the order in which they are made.
    pub files: Vec<File>,
}

/// One file of a model.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Path in the model's folder, with `/`.
    pub name: String,
    /// Lower-case hexadecimal.
    pub sha256: String,
    /// Size.
    pub bytes: u64,
    /// Where it comes from; in git when nothing is said, as training leaves it.
    #[serde(default)]
    pub origin: Origin,
}

/// Where a file comes from.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    untagged,
    deny_unknown_fields,
    expecting = "expected {\"pypi\", \"member\"}, {\"committed\": true} or {\"convert\", \"from\"}"
)]
pub enum Origin {
    /// A member of a wheel.
    Pypi {
        /// `name==version`.
        pypi: String,
        /// Path in the wheel.
        member: String,
    },
    /// In git.
    Committed {
        /// Always true.
        committed: bool,
    },
    /// Made from a file before it in the list.
    Convert {
        /// How.
        convert: Conversion,
        /// The file that it is made from.
        from: String,
    },
}

impl Default for Origin {
    fn default() -> Self {
        Self::Committed { committed: true }
    }
}

/// How a file is made from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conversion {
    /// safetensors with every f32 tensor rounded to f16.
    F16,
}

impl Manifest {
    /// The text of the file.
    pub fn to_json(&self) -> Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    fn validate(&self, folder: Option<&str>) -> Result<()> {
        ensure!(
            folder == Some(self.id.as_str()),
            "id is `{}`; expected the name of the folder, {}",
            self.id,
            folder.unwrap_or("which has none")
        );
        ensure!(
            self.files.iter().any(|file| file.name == self.weights),
            "weights is `{}`; expected one of the files",
            self.weights
        );
        for (at, file) in self.files.iter().enumerate() {
            let place = format!("files[{at}] ({})", file.name);
            let inside = |c: Component| matches!(c, Component::Normal(_));
            ensure!(
                !file.name.is_empty() && Path::new(&file.name).components().all(inside),
                "{place}: name leads out of the folder"
            );
            let hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
            ensure!(
                file.sha256.len() == 64 && file.sha256.chars().all(hex),
                "{place}: sha256 is `{}`; expected 64 lower-case hexadecimal digits",
                file.sha256
            );
            if let Origin::Convert { from, .. } = &file.origin {
                let before = self.files[..at].iter().any(|other| other.name == *from);
                ensure!(
                    before,
                    "{place}: made from `{from}`; expected a file before it in the list"
                );
            }
        }
        Ok(())
    }
}

/// Reads and checks a manifest.
pub fn read(path: &Path) -> Result<Manifest> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str());
    parse(&text, folder).with_context(|| path.display().to_string())
}

fn parse(text: &str, folder: Option<&str>) -> Result<Manifest> {
    let manifest: Manifest = serde_json::from_str(text)?;
    manifest.validate(folder)?;
    Ok(manifest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(name: &str, sha256: &str, origin: &str) -> String {
        format!(
            r#"{{"id": "m", "title": "M", "license": "MIT", "source": "s", "kind": "encoder", "architecture": "bert", "weights": "{name}",
                "files": [{{"name": "{name}", "sha256": "{sha256}", "bytes": 1, "origin": {origin}}}]}}"#
        )
    }

    #[test]
    fn origins_are_told_apart() {
        let sum = "0".repeat(64);
        let manifest = parse(&text("a/b", &sum, r#"{"pypi": "p==1", "member": "x"}"#), Some("m"))
            .expect("valid");
        let origin = Origin::Pypi { pypi: "p==1".into(), member: "x".into() };
        assert_eq!(manifest.files[0].origin, origin);
        let again = parse(&manifest.to_json().expect("json"), Some("m")).expect("valid");
        assert_eq!(again.files[0].origin, origin);
        parse(&text("a", &sum, r#"{"committed": true}"#), Some("m")).expect("valid");
    }

    #[test]
    fn faults_are_named() {
        let sum = "0".repeat(64);
        for (text, folder, fault) in [
            (text("a", &sum, r#"{"url": "x"}"#), "m", "expected {\"pypi\""),
            (text("../a", &sum, r#"{"committed": true}"#), "m", "leads out of the folder"),
            (text("/a", &sum, r#"{"committed": true}"#), "m", "leads out of the folder"),
            (text("a", "ABC", r#"{"committed": true}"#), "m", "sha256 is `ABC`"),
            (text("a", &sum, r#"{"convert": "f16", "from": "b"}"#), "m", "made from `b`"),
            (text("a", &sum, r#"{"committed": true}"#), "n", "expected the name of the folder, n"),
        ] {
            let error = format!("{:#}", parse(&text, Some(folder)).expect_err(fault));
            assert!(error.contains(fault), "{error}");
        }
    }
}
