//! The JavaScript side: installing and running the npm packages of the checkout.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::repo::Repo;
use crate::shell::{self, step};
use crate::stamp::{self, Inputs};
use crate::{files, manifest, notices};

/// The oldest that Vite runs on.
const OLDEST_NODE: (u32, u32) = (20, 19);

/// Folders that hold outputs, not sources.
const OUTPUTS: &[&str] = &["node_modules", "dist", "test-results"];

/// Installs what `folder/package-lock.json` says, unless that is there already. No install script
/// of any package runs.
pub fn install(repo: &Repo, folder: &Path) -> Result<()> {
    let node = node_version()?;
    let inputs = Inputs::new()
        .value("node", node)
        .file(&folder.join("package.json"))?
        .file(&folder.join("package-lock.json"))?
        .file(&folder.join(".npmrc"))?
        .finish();
    let name = format!("npm-{}", slug(repo, folder));
    stamp::unless_fresh(repo, &name, &inputs, &[folder.join("node_modules")], || {
        step(&format!("npm ci in {}", repo.show(folder)), || {
            let flags = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
            shell::run(Command::new("npm").args(flags).current_dir(folder))
        })
    })?;
    Ok(())
}

/// Asked once, as several folders are installed one after the other.
fn node_version() -> Result<String> {
    static ASKED: OnceLock<String> = OnceLock::new();
    if let Some(known) = ASKED.get() {
        return Ok(known.clone());
    }
    let (major, minor) = OLDEST_NODE;
    let wanted = || format!("Node {major}.{minor} or newer is needed on the PATH, with npm");
    let found = shell::read(Command::new("node").arg("--version")).with_context(wanted)?;
    let mut numbers = found.trim_start_matches('v').split('.').map_while(|n| n.parse::<u32>().ok());
    let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    ensure!(version >= OLDEST_NODE, "node is {found}; {}", wanted());
    Ok(ASKED.get_or_init(|| found).clone())
}

/// Installs the dependencies of `folder` and runs one of its scripts.
pub fn run_script(
    repo: &Repo,
    folder: &Path,
    script: &str,
    settings: &[(&str, &Path)],
) -> Result<()> {
    install(repo, folder)?;
    ensure!(
        has_script(folder, script)?,
        "{} has no script `{script}`",
        repo.show(&folder.join("package.json"))
    );
    step(&format!("npm run {script} in {}", repo.show(folder)), || {
        let mut npm = Command::new("npm");
        npm.args(["run", "--silent", script]).current_dir(folder);
        shell::run(npm.envs(settings.iter().copied()))
    })
}

/// Builds the npm package when its sources or the wasm modules have changed.
pub fn build_package(repo: &Repo) -> Result<()> {
    let folder = repo.npm_package();
    let dist = folder.join("dist");
    // The notices name the crates that are locked.
    let lock = repo.path("Cargo.lock");
    let inputs = Inputs::new().folder(&folder, OUTPUTS)?.file(&lock)?.finish();
    stamp::unless_fresh(repo, "npm-package", &inputs, &[dist.join(notices::FILE)], || {
        run_script(repo, &folder, "build", &[])?;
        notices::write(repo, &dist, false)
    })?;
    Ok(())
}

/// Builds the page when its sources, the npm package or a model have changed.
pub fn build_page(repo: &Repo) -> Result<()> {
    let folder = repo.path("www");
    let mut inputs = Inputs::new()
        .folder(&folder, OUTPUTS)?
        .folder(&repo.npm_package().join("dist"), &[])?
        .folder(&manifest::folder(repo), &[])?;
    // The weights' sums are in the manifests; the other files of a model are small.
    for path in files::under(&repo.path("models"), &[])? {
        if path.extension().is_some_and(|e| e == "json" || e == "md") {
            inputs = inputs.file(&path)?;
        }
    }
    stamp::unless_fresh(repo, "page", &inputs.finish(), &[page(repo)], || {
        run_script(repo, &folder, "build", &[])?;
        notices::write(repo, &page(repo), true)
    })?;
    Ok(())
}

/// The built page.
pub fn page(repo: &Repo) -> PathBuf {
    repo.path("www/dist")
}

fn has_script(folder: &Path, script: &str) -> Result<bool> {
    let path = folder.join("package.json");
    let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let package: Value = serde_json::from_str(&text).with_context(|| path.display().to_string())?;
    Ok(package["scripts"][script].is_string())
}

fn slug(repo: &Repo, folder: &Path) -> String {
    repo.show(folder).to_string().replace(['/', '\\'], "-")
}
