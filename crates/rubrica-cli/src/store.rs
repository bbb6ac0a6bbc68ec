//! Models on disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use pollster::block_on;
use rubrica::catalogue::{JudgeModel, LoadedModel, Manifest, load_encoder, load_judge};
use rubrica::models::{DeviceChoice, EncodeOptions, TextEncoder};

/// Where models are and which one judges.
#[derive(clap::Args, Debug)]
pub(crate) struct ModelArgs {
    /// Folder with one folder a model [default: the nearest `models` folder upwards from here]
    #[arg(long, value_name = "DIR", env = "RUBRICA_MODELS")]
    models: Option<PathBuf>,
    /// Id of the judge
    #[arg(long, value_name = "ID", default_value = DEFAULT_JUDGE)]
    judge: String,
}

/// The judge that is used when none is named.
pub(crate) const DEFAULT_JUDGE: &str = "rubrica-judge-probe";

impl ModelArgs {
    pub(crate) fn store(&self) -> Result<Store> {
        Store::open(self.models.as_deref())
    }

    /// The judge, on the CPU.
    pub(crate) fn load_judge(&self) -> Result<JudgeModel> {
        let store = self.store()?;
        let model = store.load(&self.judge)?;
        let encoder = store.encoder(model.manifest.encoder.as_deref().unwrap_or(&self.judge))?;
        Ok(load_judge(&model, encoder)?)
    }

    pub(crate) fn judge_id(&self) -> &str {
        &self.judge
    }
}

/// A folder of models.
#[derive(Debug)]
pub(crate) struct Store(PathBuf);

impl Store {
    /// The folder `path`, or the nearest `models` folder that holds a manifest.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self> {
        if let Some(path) = path {
            return Ok(Self(path.to_owned()));
        }
        let here = std::env::current_dir().context("the current folder cannot be read")?;
        here.ancestors()
            .map(|folder| folder.join("models"))
            .find(|folder| folder.is_dir())
            .map(Self)
            .context("no `models` folder here or above; name one with --models DIR")
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// All manifests, by id.
    pub(crate) fn manifests(&self) -> Result<Vec<Manifest>> {
        let mut manifests = Vec::new();
        let entries = std::fs::read_dir(&self.0)
            .with_context(|| format!("{}: cannot be read", self.0.display()))?;
        for entry in entries {
            let path = entry?.path().join("manifest.json");
            if path.is_file() {
                manifests.push(manifest(&path)?);
            }
        }
        manifests.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(manifests)
    }

    /// The files of model `id`.
    pub(crate) fn load(&self, id: &str) -> Result<LoadedModel> {
        let folder = self.0.join(id);
        let path = folder.join("manifest.json");
        if !path.is_file() {
            let known: Vec<String> = self.manifests()?.into_iter().map(|m| m.id).collect();
            bail!("no model `{id}` in {}; there are: {}", self.0.display(), known.join(", "));
        }
        let manifest = manifest(&path)?;
        let mut files = BTreeMap::new();
        for entry in manifest.needed() {
            let path = folder.join(&entry.name);
            let bytes = std::fs::read(&path).with_context(|| {
                format!("{}: cannot be read; `./x models` fetches it", path.display())
            })?;
            files.insert(entry.name.clone(), bytes);
        }
        Ok(LoadedModel { manifest, files })
    }

    /// Encoder `id` on the CPU.
    pub(crate) fn encoder(&self, id: &str) -> Result<TextEncoder> {
        let model = self.load(id)?;
        let options = EncodeOptions::default();
        let loaded = block_on(load_encoder(&model, DeviceChoice::Flex, options, &|| 0.0));
        Ok(loaded?.0)
    }
}

fn manifest(path: &Path) -> Result<Manifest> {
    let bytes =
        std::fs::read(path).with_context(|| format!("{}: cannot be read", path.display()))?;
    Manifest::from_json(&bytes).with_context(|| format!("{}", path.display()))
}
