//! `./x ready`: the quick checks before a commit.

use anyhow::Result;

use crate::graph;
use crate::repo::Repo;
use crate::shell::{run, step};

/// Format, lints, crate graph, Rust tests.
///
/// # Errors
/// The first that fails.
pub fn ready(repo: &Repo) -> Result<()> {
    step("cargo fmt --check", || run(repo.cargo("fmt").args(["--all", "--check"])))?;
    step("crate graph", || graph::check(repo))?;
    step("cargo clippy", || {
        let workspace = ["--release", "--workspace", "--all-targets"];
        run(repo.cargo("clippy").args(workspace).args(["--", "-D", "warnings"]))
    })?;
    step("cargo doc", || {
        let mut doc = repo.cargo("doc");
        doc.args(["--release", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings");
        run(&mut doc)
    })?;
    step("cargo test", || run(repo.cargo("test").args(["--release", "--workspace"])))
}
