//! `./x golden`: which script makes which goldens.

use std::fs;

use anyhow::Result;

use crate::files;
use crate::repo::Repo;

/// Lists every `make*.py` under `tests/` with the first line of its description.
///
/// The scripts run the reference tools, so they need those installed; the goldens that they write
/// name tool, version and command in their head. Tests only ever read the goldens.
pub fn list(repo: &Repo) -> Result<()> {
    println!(
        "Goldens are made by these scripts, each run with python3 from the top of the checkout"
    );
    println!("(in a virtual environment that has the packages its first lines name):\n");
    for path in files::under(&repo.path("tests"), &[])? {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        if name.starts_with("make") && name.ends_with(".py") {
            let about =
                describe(&fs::read_to_string(&path)?).unwrap_or("(no description)").to_owned();
            println!("  python3 {}\n      {about}", repo.show(&path));
        }
    }
    Ok(())
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
