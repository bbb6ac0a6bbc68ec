//! Which models a command uses.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use pollster::block_on;
use rubrica::catalogue::{JudgeModel, ModelFolder};

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
const DEFAULT_JUDGE: &str = "rubrica-judge-mini";

impl ModelArgs {
    pub(crate) fn folder(&self) -> Result<ModelFolder> {
        folder(self.models.as_deref())
    }

    /// The judge, on the CPU.
    pub(crate) fn load_judge(&self) -> Result<JudgeModel> {
        Ok(block_on(self.folder()?.judge(&self.judge))?)
    }

    pub(crate) fn judge_id(&self) -> &str {
        &self.judge
    }
}

/// The folder `path`, or the nearest one called `models`.
pub(crate) fn folder(path: Option<&Path>) -> Result<ModelFolder> {
    if let Some(path) = path {
        return Ok(ModelFolder::new(path));
    }
    let here = std::env::current_dir().context("the current folder cannot be read")?;
    ModelFolder::nearest(&here)
        .context("no `models` folder here or above; name one with --models DIR")
}
