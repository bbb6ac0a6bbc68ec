//! Models on disk: a folder with one folder a model.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rubrica_core::{Error, Result, sha256_hex};
use rubrica_models::{DeviceChoice, EncodeOptions, TextEncoder};

use super::manifest::is_id;
use super::{JudgeModel, LoadedModel, Manifest, ModelKind, load_encoder, load_judge};

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

    /// All manifests, by id. One that is broken does not hide the others: it comes with the name of its folder.
    ///
    /// # Errors
    /// `model_file_missing` for a folder that cannot be read.
    pub fn manifests(&self) -> Result<Vec<(String, Result<Manifest>)>> {
        let entries = fs::read_dir(&self.0).map_err(|e| unreadable(&self.0, &e))?;
        let mut manifests = Vec::new();
        for entry in entries {
            let path = entry.map_err(|e| unreadable(&self.0, &e))?.path();
            // A name with a dot is that of a model on its way in or out.
            if path.join("manifest.json").is_file()
                && let Some(id) = path.file_name().map(|name| name.to_string_lossy().into_owned())
                && !id.starts_with('.')
            {
                let manifest = self.manifest(&id);
                manifests.push((id, manifest));
            }
        }
        manifests.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(manifests)
    }

    /// The manifest of model `id`.
    fn manifest(&self, id: &str) -> Result<Manifest> {
        let folder = self.0.join(id);
        let path = inside(&folder, "manifest.json")?;
        let within = |error: Error| error.within(&format!("{}", folder.display()));
        let manifest = Manifest::from_json(&read(&path)?).map_err(within)?;
        if manifest.id != id {
            let problem = format!("is `{}`", manifest.id);
            let expected = format!("`{id}`, as its folder is called");
            return Err(within(Error::invalid("manifest.json.id", problem, expected)));
        }
        Ok(manifest)
    }

    /// The manifest of model `id`, which has to be there.
    ///
    /// # Errors
    /// [`Error::Unknown`], listing the models there are; as [`Manifest::from_json`].
    pub fn known(&self, id: &str) -> Result<Manifest> {
        if is_id(id) && self.0.join(id).join("manifest.json").is_file() {
            return self.manifest(id);
        }
        let known: Vec<String> = self.manifests()?.into_iter().map(|(id, _)| id).collect();
        let known = known.join(", ");
        Err(Error::Unknown { path: String::new(), what: "model", name: id.into(), known })
    }

    /// Where file `name` of model `id` is.
    ///
    /// # Errors
    /// `model_file_missing` for a file that is not there; [`Error::Invalid`] for one that a link leads out of the
    /// model's folder to.
    pub fn file(&self, id: &str, name: &str) -> Result<PathBuf> {
        inside(&self.0.join(id), name)
    }

    /// The files of model `id` that loading needs, each with the hash that its manifest has.
    ///
    /// # Errors
    /// [`Error::Unknown`], listing the models there are; `model_file_missing`; `file_hash_mismatch` for a file
    /// other than the manifest's; as [`Manifest::from_json`].
    pub fn load(&self, id: &str) -> Result<LoadedModel> {
        let manifest = self.known(id)?;
        let mut files = BTreeMap::new();
        for entry in manifest.needed() {
            let bytes = read(&self.file(id, &entry.name)?)?;
            let found = sha256_hex(&bytes);
            // The weights are hashed once more where they are read, with an error of their own.
            if found != entry.sha256
                && (entry.name != manifest.weights || manifest.kind == ModelKind::Published)
            {
                let message = format!(
                    "{id}: {}: sha256 is {found}; expected {}, as the manifest has",
                    entry.name, entry.sha256
                );
                return Err(Error::Model { code: "file_hash_mismatch", message });
            }
            files.insert(entry.name.clone(), bytes);
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

/// The file `name` below `folder`, wherever links lead, as long as they stay there.
fn inside(folder: &Path, name: &str) -> Result<PathBuf> {
    let path = folder.join(name);
    let real = |path: &Path| fs::canonicalize(path).map_err(|e| unreadable(path, &e));
    let (root, found) = (real(folder)?, real(&path)?);
    match found.starts_with(&root) {
        true => Ok(found),
        false => {
            let path = path.display().to_string();
            Err(Error::invalid(path, "leads out of the model's folder", "a file below it"))
        }
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
