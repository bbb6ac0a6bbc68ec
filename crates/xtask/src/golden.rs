//! `./x golden`: makes goldens anew with the reference tools, and tells what drifted.

mod drift;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::repo::Repo;
use crate::shell::{note, run, step};
use crate::stamp::{Inputs, unless_fresh};
use crate::{files, golden::drift::Drift};

/// Scripts that run in the virtual environment: `make_NAME.py` beside the pinned requirements.
const FOLDER: &str = "tests/golden";

/// Lists every `make*.py` under `tests/` with the first line of its description.
///
/// Tests only ever read the goldens; those name tool, version and command in their head.
pub fn list(repo: &Repo) -> Result<()> {
    println!(
        "Goldens and fixtures are made by these scripts. `./x golden` runs the first ones; the"
    );
    println!("others need a model or a package that their first lines name:\n");
    for path in files::under(&repo.path("tests"), &[])? {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        if name.starts_with("make") && name.ends_with(".py") {
            let about =
                describe(&fs::read_to_string(&path)?).unwrap_or("(no description)").to_owned();
            let by = if path.parent() == Some(&repo.path(FOLDER)) {
                let name = name.trim_start_matches("make_").trim_end_matches(".py");
                format!("./x golden {name}")
            } else {
                format!("python3 {}", repo.show(&path))
            };
            println!("  {by}\n      {about}");
        }
    }
    Ok(())
}

/// Runs the scripts `wanted` (all without any) in a virtual environment with pinned packages, and
/// compares what they write with the goldens. With `write`, the goldens are replaced.
///
/// # Errors
/// An unknown script, one that fails; without `write`, a golden that drifted.
pub fn regenerate(repo: &Repo, wanted: &[String], write: bool) -> Result<()> {
    let scripts = scripts(repo, wanted)?;
    let python = step("Python packages of the reference tools", || environment(repo))?;
    let (scratch, folder) = (repo.scratch("golden"), repo.path(FOLDER));
    let mut drifted = 0;
    for name in &scripts {
        let file = format!("make_{name}.py");
        if needs_data(&fs::read_to_string(folder.join(&file))?, &file) {
            note(format!("{file} needs data that the checkout has not: see its first lines"));
            continue;
        }
        let mut made = Vec::new();
        step(&file, || {
            if scratch.exists() {
                fs::remove_dir_all(&scratch).context("clearing old goldens")?;
            }
            fs::create_dir_all(&scratch)?;
            // A script may read what lies beside it, and writes into folders named as here.
            for entry in fs::read_dir(&folder)? {
                let entry = entry?;
                let copy = scratch.join(entry.file_name());
                if entry.file_type()?.is_file() {
                    fs::copy(entry.path(), copy)?;
                } else {
                    fs::create_dir_all(&copy)?;
                    made.push(copy);
                }
            }
            run(Command::new(&python).current_dir(&scratch).arg(&file))
        })?;
        let mut count = 0;
        for made in &made {
            let kept = folder.join(made.strip_prefix(&scratch)?);
            count += files::under(made, &[])?.len();
            drifted += report(repo, made, &kept, write)?;
            // Of a folder that is named as its script, it makes all.
            if made.ends_with(name) {
                drifted += unmade(repo, made, &kept)?;
            }
        }
        ensure!(count > 0, "{file} wrote nothing into {}", scratch.display());
    }
    match (drifted, write) {
        (0, _) => note("no golden drifted"),
        (_, true) => note(format!("{drifted} goldens replaced; see git diff")),
        (_, false) => bail!("{drifted} goldens drifted; `./x golden --write` replaces them"),
    }
    Ok(())
}

fn scripts(repo: &Repo, wanted: &[String]) -> Result<Vec<String>> {
    let mut known = Vec::new();
    for entry in fs::read_dir(repo.path(FOLDER))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let script = name.strip_prefix("make_").and_then(|name| name.strip_suffix(".py"));
        known.extend(script.map(str::to_owned));
    }
    known.sort();
    if let Some(unknown) = wanted.iter().find(|name| !known.contains(name)) {
        bail!("script is `{unknown}`; expected one of {}", known.join(", "));
    }
    Ok(if wanted.is_empty() { known } else { wanted.to_vec() })
}

/// The Python of a virtual environment with the pinned packages, made anew when they change.
fn environment(repo: &Repo) -> Result<PathBuf> {
    let folder = repo.scratch("golden-python");
    let [all, alone] =
        ["requirements.txt", "requirements-alone.txt"].map(|name| repo.path(FOLDER).join(name));
    let bin = if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" };
    let python = folder.join(bin);
    let inputs = Inputs::new().file(&all)?.file(&alone)?.finish();
    unless_fresh(repo, "golden-python", &inputs, std::slice::from_ref(&python), || {
        if folder.exists() {
            fs::remove_dir_all(&folder).context("clearing the old environment")?;
        }
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        for (options, list) in [(&[][..], &all), (&["--no-deps"][..], &alone)] {
            let pip = ["-m", "pip", "install", "--quiet"];
            run(Command::new(&python).args(pip).args(options).arg("-r").arg(list))?;
        }
        Ok(())
    })?;
    Ok(python)
}

/// Whether a script reads a folder from elsewhere, as the command in its description says.
fn needs_data(script: &str, file: &str) -> bool {
    script.contains(&format!("{file} FOLDER\n"))
}

/// Tells how each file of `made` differs from its namesake in `kept`, and how many do.
fn report(repo: &Repo, made: &Path, kept: &Path, write: bool) -> Result<usize> {
    let mut drifted = 0;
    for file in &files::under(made, &[])? {
        let (new, place) = (fs::read_to_string(file)?, kept.join(file.strip_prefix(made)?));
        let old = fs::read_to_string(&place).unwrap_or_default();
        if let Some(drift) = Drift::between(&old, &new)? {
            drifted += 1;
            note(format!("{}: {drift}", repo.show(&place)));
            if write {
                files::write(&place, new)?;
            }
        }
    }
    Ok(drifted)
}

/// Tells which files of `kept` are not in `made`, and how many.
fn unmade(repo: &Repo, made: &Path, kept: &Path) -> Result<usize> {
    let mut count = 0;
    for file in files::under(kept, &[])? {
        if !made.join(file.strip_prefix(kept)?).exists() {
            count += 1;
            note(format!("{}: no script makes it", repo.show(&file)));
        }
    }
    Ok(count)
}

/// First line of a Python file's docstring, or its first comment.
fn describe(source: &str) -> Option<&str> {
    let line = source.lines().find(|line| !line.is_empty() && !line.starts_with("#!"))?;
    let text = line.trim_start_matches(['"', '#', 'r', ' ']).trim_end_matches('"').trim();
    (line.starts_with(['"', '#', 'r']) && !text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_are_found() {
        assert_eq!(
            describe("#!/usr/bin/env python3\n\"\"\"Makes it.\n\nMore.\"\"\"\n"),
            Some("Makes it.")
        );
        assert_eq!(describe("# Makes it.\nimport os\n"), Some("Makes it."));
        assert_eq!(describe("import os\n"), None);
    }
}
