//! Where things are.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::lock::Lock;

/// The folder of the npm package, which brings wasm-opt too.
pub const PACKAGE: &str = "crates/rubrica-wasm/npm";
/// The folder of the tests of the packed package.
pub const PACKAGING: &str = "crates/rubrica-wasm/npm/packaging";
/// The folder of the page.
pub const PAGE: &str = "www";

/// The checkout and its build folder.
pub struct Repo {
    /// Top of the checkout.
    pub root: PathBuf,
    /// Cargo's target folder; everything that xtask itself keeps is under `x/` in it.
    pub target: PathBuf,
    /// The workspace's packages, as cargo reads them.
    pub packages: Vec<Package>,
}

/// A workspace member with the dependencies that it declares.
#[derive(Debug, Deserialize)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// All kinds, optional ones included.
    pub dependencies: Vec<Dependency>,
}

/// A declared dependency.
#[derive(Debug, Deserialize)]
pub struct Dependency {
    /// The package's own name, also where the manifest renames it.
    pub name: String,
    /// `None` for a normal one.
    pub kind: Option<String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    target_directory: PathBuf,
    workspace_root: PathBuf,
}

impl Repo {
    /// Asks cargo about the checkout that this program is run from by `cargo run`, else was built from: they
    /// differ where checkouts share a target folder.
    pub fn find() -> Result<Self> {
        let folder = std::env::var_os("CARGO_MANIFEST_DIR").filter(|folder| !folder.is_empty());
        let folder = folder.unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let manifest = Path::new(&folder).join("../../Cargo.toml");
        let output = Command::new(cargo())
            .args(["metadata", "--format-version", "1", "--no-deps", "--manifest-path"])
            .arg(&manifest)
            .output()
            .context("cargo did not start")?;
        if !output.status.success() {
            bail!("cargo metadata failed:\n{}", String::from_utf8_lossy(&output.stderr));
        }
        let metadata: Metadata =
            serde_json::from_slice(&output.stdout).context("cargo metadata is not as expected")?;
        Ok(Self {
            root: metadata.workspace_root,
            target: metadata.target_directory,
            packages: metadata.packages,
        })
    }

    /// A path under the top of the checkout.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// A path under xtask's own folder of the target folder.
    pub fn scratch(&self, relative: &str) -> PathBuf {
        self.target.join("x").join(relative)
    }

    /// The npm package's folder.
    pub fn npm_package(&self) -> PathBuf {
        self.path(PACKAGE)
    }

    /// The file that is locked while one `./x` works.
    pub fn lock(&self) -> Result<Lock> {
        Lock::wait(&self.scratch("lock"))
    }

    /// `path` as seen from the top, for messages.
    pub fn show<'p>(&self, path: &'p Path) -> std::path::Display<'p> {
        path.strip_prefix(&self.root).unwrap_or(path).display()
    }

    /// A cargo command in the checkout. In CI the lock file is taken as it is.
    pub fn cargo(&self, subcommand: &str) -> Command {
        let mut command = Command::new(cargo());
        command.current_dir(&self.root).arg(subcommand);
        if in_ci() && subcommand != "fmt" {
            command.arg("--locked");
        }
        command
    }
}

/// The cargo that runs us, so that a toolchain chosen by `cargo +x` stays chosen.
fn cargo() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// True on a build server.
pub fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|v| !v.is_empty() && v != "false")
}
