//! Adding published models to a folder of models, and taking them out.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rubrica_core::{Error, Result, sha256_hex};
use rubrica_models::{ClassGolden, DeviceChoice, EncodeOptions, JudgeCard};

use super::hub_folder::collect;
use super::manifest::is_id;
use super::published::{CARD, GOLDEN};
use super::{FileEntry, LoadedModel, Manifest, ModelFolder, ModelKind};

/// A published model that is to be added.
#[derive(Debug, Clone, Copy)]
pub struct NewModel<'a> {
    /// What it is to be called; also its folder's name.
    pub id: &'a str,
    /// The folder in the hub's layout.
    pub folder: &'a Path,
    /// Text of its card.
    pub card: &'a str,
    /// A `tokenizer.json` for a folder that has none.
    pub tokenizer: Option<&'a Path>,
    /// Whether a published model of that id is replaced.
    pub replace: bool,
}

/// Largest difference between golden logits and those of any device, as a share of the largest logit (of 1 at
/// least): what other orders of summing 32-bit floats come to, with room.
const TOLERANCE: f64 = 1e-3;

/// Copies the files that the model needs into `store`, with its card, their hashes, and the outputs for the texts
/// of the card's cases as the CPU gives them in f32. What is there before is untouched until all of that is written.
///
/// # Errors
/// An id that is no plain name or is taken; a card that is not sound or contradicts the files; whatever is wrong
/// with these, such as missing tensors or weights that are no numbers.
pub async fn add(store: &ModelFolder, new: &NewModel<'_>) -> Result<Manifest> {
    if !is_id(new.id) {
        let problem = format!("is `{}`", new.id);
        return Err(Error::invalid("id", problem, "the plain name of a folder"));
    }
    let target = store.path().join(new.id);
    check_target(store, new, &target)?;
    let card = JudgeCard::from_toml(new.card)?;
    let hub = collect(new.folder, new.tokenizer)?;
    let mut files = hub.files;
    files.insert(CARD.to_owned(), new.card.as_bytes().to_vec());
    let entries = files.iter().map(|(name, bytes)| entry(name, bytes)).collect();
    let manifest = Manifest {
        id: new.id.to_owned(),
        title: card.title.clone(),
        kind: ModelKind::Published,
        license: licence(&card),
        source: format!("a folder in the hub's layout, by the card {}", card.id),
        weights: hub.weights,
        encoder: None,
        files: entries,
    };
    let mut model = LoadedModel { manifest, files };
    let golden = golden(&model).await?;
    model.manifest.files.push(entry(GOLDEN, &golden));
    model.files.insert(GOLDEN.to_owned(), golden);
    write(store, &target, &model).map_err(|e| not_written(&target, &e))?;
    Ok(model.manifest)
}

/// Takes a published model out of `store`.
///
/// # Errors
/// [`Error::Unknown`]; a model that was not added; a folder that cannot be removed.
pub fn remove(store: &ModelFolder, id: &str) -> Result<()> {
    let manifest = store.known(id)?;
    added(&manifest)?;
    let folder = store.path().join(id);
    let away = beside(store, "removing", id);
    // At once for whoever looks, whatever comes of the files.
    let gone = fs::rename(&folder, &away).and_then(|()| fs::remove_dir_all(&away));
    gone.map_err(|e| not_written(&folder, &e))
}

fn added(manifest: &Manifest) -> Result<()> {
    if manifest.kind == ModelKind::Published {
        return Ok(());
    }
    let (id, kind) = (&manifest.id, manifest.kind.name());
    let message = format!("{id} is of kind {kind}; expected a model that `models add` made");
    Err(Error::Model { code: "not_added", message })
}

fn check_target(store: &ModelFolder, new: &NewModel<'_>, target: &Path) -> Result<()> {
    if fs::symlink_metadata(target).is_err() {
        return Ok(());
    }
    if new.replace {
        return added(&store.known(new.id)?);
    }
    let message =
        format!("{}: is there already; expected another --id, or --force", target.display());
    Err(Error::Model { code: "model_exists", message })
}

fn licence(card: &JudgeCard) -> String {
    match card.licence.verified {
        true => card.licence.name.clone(),
        false => format!("{} (not verified)", card.licence.name),
    }
}

fn entry(name: &str, bytes: &[u8]) -> FileEntry {
    FileEntry { name: name.to_owned(), sha256: sha256_hex(bytes), bytes: bytes.len() as u64 }
}

/// `golden.json`, of the CPU.
async fn golden(model: &LoadedModel) -> Result<Vec<u8>> {
    let options = EncodeOptions::default();
    let (judge, _) = model.card_judge(false, DeviceChoice::Flex, options, &|| 0.0).await?;
    let mut golden: ClassGolden = judge.golden(TOLERANCE).await?;
    let logits = || golden.rows.iter().flat_map(|row| row.logits.iter().copied());
    if let Some(broken) = logits().find(|logit| !logit.is_finite()) {
        let message = format!(
            "{}: a case of the card gives the logit {broken}; expected finite numbers",
            model.manifest.id
        );
        return Err(Error::Model { code: "not_finite", message });
    }
    let largest = logits().fold(1.0, |most: f64, logit| most.max(logit.abs()));
    golden.tolerance = TOLERANCE * largest;
    serde_json::to_vec_pretty(&golden)
        .map_err(|e| Error::Model { code: "not_finite", message: format!("{GOLDEN}: {e}") })
}

/// A folder beside the models that is none of them.
fn beside(store: &ModelFolder, what: &str, id: &str) -> PathBuf {
    store.path().join(format!(".{what}-{id}-{}", std::process::id()))
}

/// A folder that is removed unless it was given its name.
struct Fresh(PathBuf);

impl Drop for Fresh {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn write(store: &ModelFolder, target: &Path, model: &LoadedModel) -> io::Result<()> {
    let id = &model.manifest.id;
    fs::create_dir_all(store.path())?;
    let fresh = Fresh(beside(store, "adding", id));
    fs::create_dir(&fresh.0)?;
    for (name, bytes) in &model.files {
        put(&fresh.0.join(name), bytes)?;
    }
    let manifest = serde_json::to_vec_pretty(&model.manifest)?;
    put(&fresh.0.join("manifest.json"), &manifest)?;
    if !target.exists() {
        return fs::rename(&fresh.0, target);
    }
    let old = Fresh(beside(store, "replacing", id));
    fs::rename(target, &old.0)?;
    fs::rename(&fresh.0, target).inspect_err(|_| {
        // What was there stays.
        let _ = fs::rename(&old.0, target);
    })
}

fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = fs::File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn not_written(path: &Path, error: &io::Error) -> Error {
    let message = format!("{}: cannot be written ({error})", path.display());
    Error::Model { code: "model_not_written", message }
}
