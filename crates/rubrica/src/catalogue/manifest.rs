//! `manifest.json` of a model.

use rubrica_core::{Error, Result};
use serde::{Deserialize, Serialize};

/// What a model is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ModelKind {
    /// A sentence encoder.
    Encoder,
    /// Heads on the frozen features of an encoder.
    Probe,
    /// A fine-tuned encoder that reads all fields together.
    CrossEncoder,
}

/// One file of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Path inside the model's folder.
    pub name: String,
    /// sha256, lower-case hexadecimal.
    pub sha256: String,
    /// Length.
    pub bytes: u64,
}

/// A model's files and licence. Fields that only the fetching tool reads are ignored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Catalogue id; also the folder's name.
    pub id: String,
    /// One line for people.
    pub title: String,
    /// What it is for.
    pub kind: ModelKind,
    /// SPDX expression, or a plain statement.
    pub license: String,
    /// Where it comes from.
    #[serde(default)]
    pub source: String,
    /// Name of the weights file to load, one of `files`.
    pub weights: String,
    /// Id of the encoder that a probe was fitted on, or that goes with a cross-encoder for metrics
    /// that compare embeddings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoder: Option<String>,
    /// All files.
    pub files: Vec<FileEntry>,
}

impl Manifest {
    /// Reads `manifest.json`.
    ///
    /// # Errors
    /// [`Error::Parse`] with the path of the field; [`Error::Invalid`] for weights that are not
    /// among the files, or a probe without encoder.
    pub fn from_json(bytes: &[u8]) -> Result<Self> {
        let manifest: Self = serde_json::from_slice(bytes)
            .map_err(|e| Error::Parse { path: "manifest.json".into(), message: e.to_string() })?;
        if manifest.file(&manifest.weights).is_none() {
            let problem = format!("names `{}`, which is not among the files", manifest.weights);
            return Err(Error::invalid("manifest.json.weights", problem, "one of `files`"));
        }
        if manifest.kind == ModelKind::Probe && manifest.encoder.is_none() {
            return Err(Error::invalid("manifest.json.encoder", "is missing", "the encoder's id"));
        }
        Ok(manifest)
    }

    /// The entry of file `name`.
    pub fn file(&self, name: &str) -> Option<&FileEntry> {
        self.files.iter().find(|f| f.name == name)
    }

    /// Names of the files that loading needs: the weights that are used, not those stored in another
    /// precision.
    pub fn needed(&self) -> impl Iterator<Item = &FileEntry> {
        self.files.iter().filter(|f| f.name == self.weights || !f.name.ends_with(".safetensors"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = r#"{"id":"m","title":"t","kind":"encoder","license":"MIT","weights":"b.safetensors",
        "files":[{"name":"a.safetensors","sha256":"0","bytes":1,"origin":"x"},
                 {"name":"b.safetensors","sha256":"1","bytes":1},{"name":"config.json","sha256":"2","bytes":1}]}"#;

    #[test]
    fn needed_files_leave_other_precisions_out() {
        let manifest = Manifest::from_json(MANIFEST.as_bytes()).expect("valid");
        let names: Vec<&str> = manifest.needed().map(|f| f.name.as_str()).collect();
        assert_eq!(names, ["b.safetensors", "config.json"]);
    }

    #[test]
    fn mistakes_are_named() {
        let other = MANIFEST.replace("\"weights\":\"b.", "\"weights\":\"c.");
        let error = Manifest::from_json(other.as_bytes()).expect_err("no such file");
        assert_eq!(error.path(), Some("manifest.json.weights"));
        let probe = MANIFEST.replace("encoder", "probe");
        let error = Manifest::from_json(probe.as_bytes()).expect_err("no encoder");
        assert_eq!(error.path(), Some("manifest.json.encoder"));
        assert!(Manifest::from_json(b"{}").is_err());
    }
}
