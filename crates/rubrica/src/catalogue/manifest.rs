//! `manifest.json` of a model.

use rubrica_core::{Error, Result, from_value, plain_message, without_mark};
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
    /// A model as it was published, with the card that says how it is asked (`card.toml`).
    Published,
}

impl ModelKind {
    /// As a manifest has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Encoder => "encoder",
            Self::Probe => "probe",
            Self::CrossEncoder => "cross_encoder",
            Self::Published => "published",
        }
    }
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
        let manifest: Self = read(bytes).map_err(|error| error.within("manifest.json"))?;
        if manifest.file(&manifest.weights).is_none() {
            let problem = format!("names `{}`, which is not among the files", manifest.weights);
            return Err(Error::invalid("manifest.json.weights", problem, "one of `files`"));
        }
        if manifest.kind == ModelKind::Probe && manifest.encoder.is_none() {
            return Err(Error::invalid("manifest.json.encoder", "is missing", "the encoder's id"));
        }
        if !is_id(&manifest.id) {
            let problem = format!("is `{}`", manifest.id);
            return Err(Error::invalid("manifest.json.id", problem, "the plain name of a folder"));
        }
        if let Some(encoder) = manifest.encoder.as_deref().filter(|id| !is_id(id)) {
            let problem = format!("is `{encoder}`");
            return Err(Error::invalid("manifest.json.encoder", problem, "the id of a model"));
        }
        for (i, file) in manifest.files.iter().enumerate() {
            if !is_plain(&file.name) {
                let path = format!("manifest.json.files[{i}].name");
                let problem = format!("is `{}`", file.name);
                return Err(Error::invalid(
                    path,
                    problem,
                    "a path below the model's folder, in plain names",
                ));
            }
            if manifest.files[..i].iter().any(|other| other.name == file.name) {
                let path = format!("manifest.json.files[{i}].name");
                let problem = format!("is `{}` a second time", file.name);
                return Err(Error::invalid(path, problem, "each file once"));
            }
        }
        Ok(manifest)
    }

    /// The entry of file `name`.
    pub fn file(&self, name: &str) -> Option<&FileEntry> {
        self.files.iter().find(|f| f.name == name)
    }

    /// Names of the files that loading needs: the weights that are used, not those stored in another
    /// precision. A published model has none that it does not use.
    pub fn needed(&self) -> impl Iterator<Item = &FileEntry> {
        let all = self.kind == ModelKind::Published;
        let used = move |f: &&FileEntry| {
            all || f.name == self.weights || !f.name.ends_with(".safetensors")
        };
        self.files.iter().filter(used)
    }
}

fn read(bytes: &[u8]) -> Result<Manifest> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| Error::Parse { path: String::new(), message: "is not UTF-8".into() })?;
    let value: serde_json::Value = serde_json::from_str(without_mark(text)).map_err(|e| {
        let message = format!("not JSON: {}", plain_message(&e.to_string()));
        Error::Parse { path: String::new(), message }
    })?;
    from_value(&value)
}

/// True for what can be the id of a model, and the name of its folder.
pub(super) fn is_id(id: &str) -> bool {
    is_plain(id) && !id.contains('/') && !id.starts_with('.')
}

/// True for names of files and folders joined by `/` that lead nowhere but down: no `..`, no drive, no root.
pub(super) fn is_plain(path: &str) -> bool {
    let odd =
        |c: char| c.is_control() || matches!(c, '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|');
    path.split('/').all(|part| !matches!(part, "" | "." | "..") && !part.contains(odd))
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
        for name in ["../a", "/etc/passwd", "a/../../b", "", "a//b", "./a", "C:\\\\a", "a\\nb"] {
            let odd = MANIFEST.replace("config.json", name);
            let error = Manifest::from_json(odd.as_bytes()).expect_err(name);
            assert_eq!(error.path(), Some("manifest.json.files[2].name"), "{error}");
        }
        for id in ["../m", "a/b", ".."] {
            let odd = MANIFEST.replace("\"id\":\"m\"", &format!("\"id\":\"{id}\""));
            let error = Manifest::from_json(odd.as_bytes()).expect_err(id);
            assert_eq!(error.path(), Some("manifest.json.id"), "{error}");
        }
        let deep = MANIFEST.replace("config.json", "1_Pooling/config.json");
        assert!(Manifest::from_json(deep.as_bytes()).is_ok());
    }
}
