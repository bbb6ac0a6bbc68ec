//! Language models: a GGUF file, or a folder with one or with the hub's files.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use pollster::block_on;
use rubrica::models::{CausalFiles, CausalLm, Device, ModelFiles};

use crate::store::folder;

/// The model called `name`: a GGUF file, a folder, or an id below the folder of models.
///
/// # Errors
/// Files that are missing or cannot be read, and what loading finds wrong with them.
pub(crate) fn open(name: &str, models: Option<&Path>) -> Result<CausalLm> {
    let path = place(name, models)?;
    let id = path.file_stem().map_or_else(|| name.into(), |stem| stem.to_string_lossy());
    if path.is_file() {
        let bytes = read(&path)?;
        let loaded = block_on(CausalLm::load(CausalFiles::gguf(&id, &bytes), &Device::flex()));
        return loaded.with_context(|| path.display().to_string());
    }
    let needed = |file: &str| read(&path.join(file));
    let optional = |file: &str| path.join(file).exists().then(|| needed(file)).transpose();
    let weights = ending(&path, "safetensors")?;
    let weights = weights.iter().map(|path| read(path)).collect::<Result<Vec<_>>>()?;
    let Some((first, more)) = weights.split_first() else {
        bail!("{}: has no weights; expected a .gguf or .safetensors file", path.display());
    };
    let more: Vec<&[u8]> = more.iter().map(Vec::as_slice).collect();
    let (config, tokenizer) = (needed("config.json")?, needed("tokenizer.json")?);
    let tokenizer_config = optional("tokenizer_config.json")?;
    let generation_config = optional("generation_config.json")?;
    let template = optional("chat_template.jinja")?.map(String::from_utf8).transpose();
    let template = template.context("chat_template.jinja: is not UTF-8")?;
    let files = CausalFiles {
        model: ModelFiles {
            id: &id,
            config: &config,
            tokenizer: &tokenizer,
            weights: first,
            more_weights: &more,
            ..ModelFiles::default()
        },
        tokenizer_config: tokenizer_config.as_deref(),
        generation_config: generation_config.as_deref(),
        chat_template: template.as_deref(),
    };
    let loaded = block_on(CausalLm::load(files, &Device::flex()));
    loaded.with_context(|| path.display().to_string())
}

/// The GGUF file or folder that `name` stands for.
fn place(name: &str, models: Option<&Path>) -> Result<PathBuf> {
    let given = PathBuf::from(name);
    let is_id = given.components().count() == 1 && !name.starts_with('.') && !given.exists();
    let path = match is_id && !name.ends_with(".gguf") {
        true => folder(models)?.path().join(name),
        false => given,
    };
    if path.is_file() {
        return Ok(path);
    }
    if !path.is_dir() {
        bail!(
            "{}: is not there; expected a .gguf file, a folder with a model, or the id of one below the folder of models",
            path.display()
        );
    }
    let mut files = ending(&path, "gguf")?;
    match files.len() {
        0 => Ok(path),
        1 => Ok(files.remove(0)),
        several => {
            bail!("{}: has {several} .gguf files; expected one, or its path", path.display())
        }
    }
}

/// The files of a folder whose names end in `ending`, in order.
fn ending(folder: &Path, ending: &str) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).and_then(|entries| entries.collect::<Result<Vec<_>, _>>());
    let entries = entries.with_context(|| format!("{}: cannot be read", folder.display()))?;
    let paths = entries.into_iter().map(|entry| entry.path());
    let mut paths: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|found| found == ending)).collect();
    paths.sort();
    Ok(paths)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("{}: cannot be read", path.display()))
}
