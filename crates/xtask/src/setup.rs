//! What has to be on the machine once: made sure of before anything is compiled, one thing after the other, so
//! that no two builds install the same thing at once and a failure costs seconds, not the compile before it.

use std::collections::BTreeSet;

use anyhow::{Context, Result};

use crate::repo::{PACKAGE, PAGE, Repo};
use crate::{chromium, models, npm, toolchain};

/// Something that has to be there once. In this order: what is quick to fail comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// The standard library for wasm.
    Target,
    /// rustfmt and clippy.
    Components,
    /// What the `package-lock.json` of this folder says.
    NodePackages(&'static str),
    /// A Chromium, and fonts for the scripts that the tests render.
    Browser,
    /// The models, with the right sums.
    Models,
}

/// What the page needs to be built and served.
pub const SERVING: &[Need] =
    &[Need::Target, Need::NodePackages(PACKAGE), Need::NodePackages(PAGE), Need::Models];

/// Makes sure of each need once; the first that fails ends it.
///
/// # Errors
/// What could not be had, and what to do by hand.
pub fn ensure(repo: &Repo, needs: impl IntoIterator<Item = Need>) -> Result<()> {
    for need in needs.into_iter().collect::<BTreeSet<Need>>() {
        let done = match need {
            Need::Target => toolchain::ensure_target(),
            Need::Components => toolchain::ensure_components(repo),
            Need::NodePackages(folder) => npm::install(repo, &repo.path(folder)),
            Need::Browser => chromium::ensure().map(drop),
            Need::Models => models::ensure_all(repo, false),
        };
        done.context("setup stopped before anything was compiled; once it is mended, run the same command again")?;
    }
    Ok(())
}
