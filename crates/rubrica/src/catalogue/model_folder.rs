//! Models on disk: a folder with one folder a model.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rubrica_core::{Error, Result};
use rubrica_models::{DeviceChoice, EncodeOptions, TextEncoder};

use super::{JudgeModel, LoadedModel, Manifest, load_encoder, load_judge};

/// A folder that holds models, such as the checkout's `models/`.
#[derive(Debug, Clone)]
pub struct ModelFolder(PathBuf);

impl ModelFolder {
    /// The folder `path`. Nothing is read yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// The nearest folder called `models`, in `start` or above it.
    pub fn nearest(start: &Path) -> Option<Self> {
        start.ancestors().map(|folder| folder.join("models")).find(|f| f.is_dir()).map(Self)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// All manifests, by id.
    ///
    /// # Errors
    /// `model_file_missing` for a folder that cannot be read; as [`Manifest::from_json`].
    pub fn manifests(&self) -> Result<Vec<Manifest>> {
        let entries = fs::read_dir(&self.0).map_err(|e| unreadable(&self.0, &e))?;
        let mut manifests = Vec::new();
        for entry in entries {
            let path = entry.map_err(|e| unreadable(&self.0, &e))?.path().join("manifest.json");
            if path.is_file() {
                manifests.push(Manifest::from_json(&read(&path)?)?);
            }
        }
        manifests.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(manifests)
    }

    /// The files of model `id` that loading needs.
    ///
    /// # Errors
    /// [`Error::Unknown`], listing the models there are; `model_file_missing`.
    pub fn load(&self, id: &str) -> Result<LoadedModel> {
        let folder = self.0.join(id);
        let path = folder.join("manifest.json");
        if !path.is_file() {
            let known: Vec<String> = self.manifests()?.into_iter().map(|m| m.id).collect();
            let known = known.join(", ");
            let (path, name) = (String::new(), id.into());
            return Err(Error::Unknown { path, what: "model", name, known });
        }
        let manifest = Manifest::from_json(&read(&path)?)?;
        let mut files = BTreeMap::new();
        for entry in manifest.needed() {
            files.insert(entry.name.clone(), read(&folder.join(&entry.name))?);
        }
        Ok(LoadedModel { manifest, files })
    }

    /// Encoder `id` on the CPU.
    ///
    /// # Errors
    /// As [`ModelFolder::load`] and [`load_encoder`].
    pub async fn encoder(&self, id: &str) -> Result<TextEncoder> {
        let options = EncodeOptions::default();
        // Only a choice between devices needs the time.
        let loaded = load_encoder(&self.load(id)?, DeviceChoice::Flex, options, &|| 0.0).await?;
        Ok(loaded.0)
    }

    /// Judge `id` on the CPU, with the encoder that its manifest names, if it names one.
    ///
    /// # Errors
    /// As [`ModelFolder::load`] and [`load_judge`].
    pub async fn judge(&self, id: &str) -> Result<JudgeModel> {
        let model = self.load(id)?;
        let encoder = model.manifest.encoder.as_deref().map(|id| self.load(id)).transpose()?;
        let options = EncodeOptions::default();
        let encoder = encoder.as_ref();
        Ok(load_judge(&model, encoder, DeviceChoice::Flex, options, &|| 0.0).await?.0)
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|e| unreadable(path, &e))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    let message =
        format!("{}: cannot be read ({error}); `./x models` fetches models", path.display());
    Error::Model { code: "model_file_missing", message }
}
