//! The JavaScript side: installing and running the npm packages of the checkout.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::repo::Repo;
use crate::shell::{self, step};
use crate::stamp::{self, Inputs};
use crate::{files, manifest};

/// Folders that hold outputs, not sources.
const OUTPUTS: &[&str] = &["node_modules", "dist", "test-results"];

/// Installs what `folder/package-lock.json` says, unless that is there already. No install script
/// of any package runs.
pub fn install(repo: &Repo, folder: &Path) -> Result<()> {
    let node = shell::read(Command::new("node").arg("--version"))
        .context("Node 20 or newer is needed on the PATH")?;
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
    let inputs = Inputs::new().folder(&folder, OUTPUTS)?.finish();
    stamp::unless_fresh(repo, "npm-package", &inputs, &[folder.join("dist")], || {
        run_script(repo, &folder, "build", &[])
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
        run_script(repo, &folder, "build", &[])
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
