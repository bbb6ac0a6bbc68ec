//! Doing again only what has changed: a stamp file holds the hash of what an output was made from.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::files;
use crate::repo::Repo;

/// Hash of inputs. Every part is fed with a name and a length, so that parts cannot run together.
pub struct Inputs(Sha256);

impl Inputs {
    /// No inputs yet.
    pub fn new() -> Self {
        Self(Sha256::new())
    }

    /// Adds a value by name.
    pub fn value(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        for part in [name.as_bytes(), value.as_ref()] {
            self.0.update((part.len() as u64).to_le_bytes());
            self.0.update(part);
        }
        self
    }

    /// Adds the content of a file, or the fact that it is missing.
    pub fn file(self, path: &Path) -> Result<Self> {
        let name = path.to_string_lossy().into_owned();
        match fs::read(path) {
            Ok(bytes) => Ok(self.value(&name, bytes)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(self.value(&name, "absent")),
            Err(e) => Err(e).with_context(|| format!("reading {name}")),
        }
    }

    /// Adds every file under `folder`, except below folders named in `skip`.
    pub fn folder(mut self, folder: &Path, skip: &[&str]) -> Result<Self> {
        for path in files::under(folder, skip)? {
            self = self.file(&path)?;
        }
        Ok(self)
    }

    /// The hash, lower-case hexadecimal.
    pub fn finish(self) -> String {
        files::hex(&self.0.finalize())
    }
}

/// Does `work` unless the outputs are there and were made from the same inputs.
///
/// Returns whether it worked. The stamp is taken away first, so that a broken run is not trusted.
///
/// # Errors
/// Those of `work`.
pub fn unless_fresh(
    repo: &Repo,
    name: &str,
    inputs: &str,
    outputs: &[PathBuf],
    work: impl FnOnce() -> Result<()>,
) -> Result<bool> {
    let made_from = fs::read_to_string(path(repo, name)).unwrap_or_default();
    if made_from == inputs && outputs.iter().all(|path| path.exists()) {
        return Ok(false);
    }
    forget(repo, name);
    work()?;
    for path in outputs {
        anyhow::ensure!(path.exists(), "{} was not written", repo.show(path));
    }
    set(repo, name, inputs)?;
    Ok(true)
}

/// Notes that the outputs of `name` were made from `inputs`.
pub fn set(repo: &Repo, name: &str, inputs: &str) -> Result<()> {
    files::write(&path(repo, name), inputs)
}

/// Takes the stamp away: what it stood for is no longer so.
pub fn forget(repo: &Repo, name: &str) {
    let _ = fs::remove_file(path(repo, name));
}

fn path(repo: &Repo, name: &str) -> PathBuf {
    repo.scratch(&format!("stamps/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together() {
        let one = Inputs::new().value("a", "bc").finish();
        assert_ne!(one, Inputs::new().value("ab", "c").finish());
        assert_ne!(one, Inputs::new().value("a", "b").value("", "c").finish());
        assert_eq!(one, Inputs::new().value("a", "bc").finish());
    }
}
