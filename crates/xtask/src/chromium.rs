//! The browser that the tests drive.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::shell::{self, step};

const NAMES: &[&str] = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Debian's packages: the browser, and fonts for the scripts and emoji that tests render.
const PACKAGES: &[&str] =
    &["chromium", "fonts-liberation", "fonts-noto-cjk", "fonts-noto-color-emoji"];

/// Finds a Chromium, or installs Debian's where this program may.
///
/// `CHROMIUM` wins when it is set.
pub fn ensure() -> Result<PathBuf> {
    if let Some(chosen) = std::env::var_os("CHROMIUM").filter(|path| !path.is_empty()) {
        let chosen = PathBuf::from(chosen);
        if !chosen.is_file() {
            bail!("CHROMIUM is set to {}, which is not a file", chosen.display());
        }
        return Ok(chosen);
    }
    if let Some(found) = find() {
        return Ok(found);
    }
    if !shell::exists("apt-get") || !is_root() {
        bail!(
            "no Chromium found (looked for {} on the PATH). Install one (on Debian, as root: \
             apt-get install {}), or set CHROMIUM to its path",
            NAMES.join(", "),
            PACKAGES.join(" ")
        );
    }
    step("apt-get install chromium", || {
        let apt = |arguments: &[&str]| {
            let mut command = Command::new("apt-get");
            shell::run(command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
        };
        apt(&["update", "-q"])?;
        apt(&[&["install", "-q", "-y", "--no-install-recommends"], PACKAGES].concat())
    })?;
    find().ok_or_else(|| anyhow::anyhow!("apt-get installed chromium, yet it is not on the PATH"))
}

fn find() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let candidates = NAMES.iter().flat_map(|name| folders.iter().map(move |f| f.join(name)));
    candidates.into_iter().find(|candidate| candidate.is_file())
}

fn is_root() -> bool {
    shell::read(Command::new("id").arg("-u")).is_ok_and(|id| id == "0")
}
