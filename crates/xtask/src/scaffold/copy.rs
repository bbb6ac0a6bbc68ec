//! Whether what is written compiles: in a copy of the checkout.

use std::fs;

use anyhow::{Context, Result};

use super::{new_metric, new_report};
use crate::repo::Repo;
use crate::{files, shell};

/// Folders that take no part in compiling the crates that are checked.
const LEFT_OUT: &[&str] = &["node_modules", "dist", "wasm", "npm", "bench", "target"];

/// A metric of each family, and reports that come first, in between and last.
const METRICS: &[(&str, &str)] =
    &[("overlap", "scaffolded_overlap"), ("surface", "scaffolded_surface")];
const REPORTS: &[&str] = &["a-first-report", "made-by-scaffold", "zz-last-report"];

/// Writes metrics and reports into a copy of the checkout, and has cargo check it with its tests. What the
/// copy needs of others is there from clippy, in the same target folder.
///
/// # Errors
/// A layout that the scaffold does not know any more; what does not compile.
pub fn check(repo: &Repo) -> Result<()> {
    let root = repo.scratch("scaffold");
    let _ = fs::remove_dir_all(&root);
    for folder in ["crates", "tests/golden"] {
        for path in files::under(&repo.path(folder), LEFT_OUT)? {
            let target = root.join(path.strip_prefix(&repo.root)?);
            fs::create_dir_all(target.parent().context("a file lies in a folder")?)?;
            fs::copy(&path, &target).with_context(|| format!("copying {}", repo.show(&path)))?;
        }
    }
    for name in ["Cargo.toml", "Cargo.lock"] {
        fs::copy(repo.path(name), root.join(name)).with_context(|| format!("copying {name}"))?;
    }
    let copy = Repo { root, target: repo.target.clone(), packages: Vec::new() };
    for (family, id) in METRICS {
        new_metric(&copy, family, id)?;
    }
    for id in REPORTS {
        new_report(&copy, id)?;
    }
    let mut check = copy.cargo("check");
    check.args(["--release", "-p", "rubrica-metrics", "-p", "rubrica-audit", "--lib", "--tests"]);
    shell::run(check.arg("--target-dir").arg(&repo.target))
}
