//! The bytes of a model.

use std::collections::BTreeMap;

use rubrica_core::{Error, Result};
use rubrica_models::ModelFiles;

use super::Manifest;

/// A manifest with the bytes of its files, by name.
#[derive(Debug, Clone)]
pub struct LoadedModel {
    /// The manifest.
    pub manifest: Manifest,
    /// The files.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl LoadedModel {
    pub(super) fn file(&self, name: &str) -> Option<&[u8]> {
        self.files.get(name).map(Vec::as_slice)
    }

    pub(super) fn required(&self, name: &str) -> Result<&[u8]> {
        self.file(name).ok_or_else(|| Error::Model {
            code: "model_file_missing",
            message: format!(
                "{}: {name} is missing; expected it in the model's folder",
                self.manifest.id
            ),
        })
    }

    /// The files of a model with an encoder in it.
    pub(super) fn model_files(&self) -> Result<ModelFiles<'_>> {
        let (weights, weights_sha256) = self.weights()?;
        Ok(ModelFiles {
            id: &self.manifest.id,
            config: self.required("config.json")?,
            tokenizer: self.required("tokenizer.json")?,
            weights,
            weights_sha256,
            pooling: self.file("1_Pooling/config.json"),
            head: self.file("head.json"),
            golden: self.file("golden.json"),
            ..ModelFiles::default()
        })
    }

    pub(super) fn weights(&self) -> Result<(&[u8], Option<&str>)> {
        let name = &self.manifest.weights;
        let sha256 = self.manifest.file(name).map(|f| f.sha256.as_str());
        Ok((self.required(name)?, sha256))
    }
}
