//! The files of a model in the hub's layout that loading needs, out of all that its folder may hold.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use rubrica_core::{Error, Result};
use serde_json::Value;

use super::manifest::is_plain;

/// Files with the name of the weights among them; of weights in several files the first.
#[derive(Debug)]
pub(super) struct HubFiles {
    pub(super) files: BTreeMap<String, Vec<u8>>,
    pub(super) weights: String,
}

const WEIGHTS: &str = "model.safetensors";
const MODULES: &str = "modules.json";
const INDEX: &str = "model.safetensors.index.json";
/// Texts of licences, if they are there.
const LICENCES: [&str; 4] = ["LICENSE", "LICENSE.txt", "LICENSE.md", "NOTICE"];
/// No configuration is longer, and no tokenizer or list of tensors.
const MOST_SETTINGS: u64 = 4 << 20;
const MOST_TABLE: u64 = 256 << 20;

/// Reads them. `tokenizer` stands in for a `tokenizer.json` that the folder lacks.
///
/// # Errors
/// `model_file_missing`; `weights_format` for a folder without safetensors, with what is there instead;
/// `model_config` for a list of files that makes no sense, or names one outside the folder.
pub(super) fn collect(folder: &Path, tokenizer: Option<&Path>) -> Result<HubFiles> {
    if !folder.is_dir() {
        return Err(missing(folder, "is no folder", "one with config.json and model.safetensors"));
    }
    let mut files = BTreeMap::new();
    files.insert("config.json".to_owned(), read(&folder.join("config.json"), MOST_SETTINGS)?);
    let own = folder.join("tokenizer.json");
    let tokenizer = tokenizer.unwrap_or(&own);
    if !tokenizer.exists() {
        let expected = "it in the folder, or another model's with --tokenizer FILE (vocab.txt, merges.txt and spm.model alone are not read)";
        return Err(missing(tokenizer, "is missing", expected));
    }
    files.insert("tokenizer.json".to_owned(), read(tokenizer, MOST_TABLE)?);
    let shards = shards(folder)?;
    for name in &shards {
        files.insert(name.clone(), read(&folder.join(name), u64::MAX)?);
    }
    if folder.join(MODULES).exists() {
        let list = read(&folder.join(MODULES), MOST_SETTINGS)?;
        modules(folder, &list, &mut files)?;
        files.insert(MODULES.to_owned(), list);
    }
    for name in LICENCES.into_iter().filter(|name| folder.join(name).is_file()) {
        files.insert(name.to_owned(), read(&folder.join(name), MOST_SETTINGS)?);
    }
    let weights = shards.into_iter().next().expect("weights are one file at least");
    Ok(HubFiles { files, weights })
}

/// Names of the files with the weights, in order.
fn shards(folder: &Path) -> Result<Vec<String>> {
    if folder.join(WEIGHTS).exists() {
        return Ok(vec![WEIGHTS.to_owned()]);
    }
    let index = folder.join(INDEX);
    if !index.exists() {
        return Err(other_weights(folder));
    }
    let table: Value = parse(INDEX, &read(&index, MOST_TABLE)?)?;
    let places = table["weight_map"].as_object().filter(|map| !map.is_empty());
    let places =
        places.ok_or_else(|| config(INDEX, "has no weight_map", "names with their files"))?;
    let mut names = BTreeSet::new();
    for (tensor, file) in places {
        let sound = file
            .as_str()
            .filter(|name| is_plain(name) && !name.contains('/') && name.ends_with(".safetensors"));
        let name = sound.ok_or_else(|| {
            let problem = format!("weight_map.{tensor} is {file}");
            config(INDEX, &problem, "a safetensors file beside it")
        })?;
        names.insert(name.to_owned());
    }
    Ok(names.into_iter().collect())
}

/// What the folder has for weights instead.
fn other_weights(folder: &Path) -> Error {
    let known = [".bin", ".pt", ".pth", ".gguf", ".onnx", ".h5", ".msgpack", ".safetensors"];
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut found: Vec<String> =
        names.filter(|name| known.iter().any(|ending| name.ends_with(ending))).collect();
    found.sort();
    found.truncate(5);
    let there = match found.as_slice() {
        [] => "no weights of any kind are there".to_owned(),
        found => format!("it has {}", found.join(", ")),
    };
    let message = format!(
        "{}: has no safetensors ({there}); expected {WEIGHTS}, or {INDEX} with its files (`save_pretrained` of transformers writes them)",
        folder.display()
    );
    Error::Model { code: "weights_format", message }
}

/// The files of the modules that `list` names.
fn modules(folder: &Path, list: &[u8], files: &mut BTreeMap<String, Vec<u8>>) -> Result<()> {
    let entries: Value = parse(MODULES, list)?;
    let entries = entries.as_array().filter(|list| list.len() <= 64);
    let entries = entries.ok_or_else(|| config(MODULES, "is no list", "at most 64 modules"))?;
    for (index, entry) in entries.iter().enumerate() {
        let path = entry["path"].as_str().filter(|path| path.is_empty() || is_plain(path));
        let path = path.ok_or_else(|| {
            let problem = format!("[{index}].path is {}", entry["path"]);
            config(MODULES, &problem, "a folder below the model's")
        })?;
        if path.is_empty() {
            continue;
        }
        for (name, most) in [("config.json", MOST_SETTINGS), (WEIGHTS, u64::MAX)] {
            let place = format!("{path}/{name}");
            if folder.join(&place).exists() {
                files.insert(place.clone(), read(&folder.join(&place), most)?);
            }
        }
    }
    Ok(())
}

fn parse(name: &str, bytes: &[u8]) -> Result<Value> {
    serde_json::from_slice(bytes).map_err(|e| config(name, &format!("is not JSON ({e})"), "JSON"))
}

fn config(name: &str, problem: &str, expected: &str) -> Error {
    let message = format!("{name}: {problem}; expected {expected}");
    Error::Model { code: "model_config", message }
}

fn missing(path: &Path, problem: &str, expected: &str) -> Error {
    let message = format!("{}: {problem}; expected {expected}", path.display());
    Error::Model { code: "model_file_missing", message }
}

/// A file of no more than `most` bytes. Links are followed: the hub's own store is made of them.
fn read(path: &Path, most: u64) -> Result<Vec<u8>> {
    let found = fs::metadata(path)
        .map_err(|e| missing(path, &format!("cannot be read ({e})"), "a file"))?;
    if !found.is_file() {
        return Err(missing(path, "is no file", "a file"));
    }
    if found.len() > most {
        let problem = format!("has {} bytes", found.len());
        return Err(config(&path.display().to_string(), &problem, &format!("at most {most}")));
    }
    fs::read(path).map_err(|e| missing(path, &format!("cannot be read ({e})"), "a file"))
}
