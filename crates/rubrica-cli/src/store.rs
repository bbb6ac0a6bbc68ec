//! Which models a command uses.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use pollster::block_on;
use rubrica::catalogue::{JudgeModel, ModelFolder, Role};

/// Where models are and which one judges.
#[derive(clap::Args, Debug)]
pub(crate) struct ModelArgs {
    /// Folder with one folder a model [default: the nearest `models` folder upwards from here]
    #[arg(long, value_name = "DIR", env = "RUBRICA_MODELS")]
    models: Option<PathBuf>,
    /// Id of the judge; for `score` also CRITERION=ID with commas between, each criterion asking its own
    #[arg(long, value_name = "ID", default_value = DEFAULT_JUDGE)]
    judge: String,
}

/// The judge that is used when none is named.
pub(crate) const DEFAULT_JUDGE: &str = "rubrica-judge-mini";

impl ModelArgs {
    pub(crate) fn folder(&self) -> Result<ModelFolder> {
        folder(self.models.as_deref())
    }

    /// The judge, on the CPU, which has to play `role`.
    pub(crate) fn load_judge(&self, role: Role) -> Result<JudgeModel> {
        if self.judge.contains(['=', ',']) {
            bail!("--judge {}: names criteria or several judges; expected one id", self.judge);
        }
        let judge = self.load(&self.judge)?;
        judge.plays(role)?;
        Ok(judge)
    }

    /// Judge `id`, on the CPU.
    pub(crate) fn load(&self, id: &str) -> Result<JudgeModel> {
        Ok(block_on(self.folder()?.judge(id))?)
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
