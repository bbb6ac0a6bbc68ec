//! Licence notices of everything that page and package contain: written beside them by every build.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::dependencies::{self, Crate, licence};
use crate::lock::cargo_home;
use crate::repo::{PAGE, Repo};
use crate::toolchain::TARGET;
use crate::{files, manifest, shell};

/// Name of the file, in the folder of the page and of the package.
pub const FILE: &str = "third-party-notices.txt";

const RULE: &str =
    "--------------------------------------------------------------------------------";

/// Beginnings of the names of files that hold a licence or a notice.
const LICENCE_FILES: &[&str] = &["licen", "copying", "unlicense", "notice", "copyright"];

/// What the manifest of a crate says of it beyond its licence.
#[derive(Deserialize)]
struct Described {
    #[serde(default)]
    authors: Vec<String>,
    repository: Option<String>,
}

/// Somebody's work that is contained.
struct Part {
    what: Crate,
    source: String,
    authors: String,
    folder: PathBuf,
}

/// Prints the notices of the page, which contains what the package contains.
pub fn print(repo: &Repo) -> Result<()> {
    println!("{}", text(repo, true)?);
    Ok(())
}

/// Writes the notices into `folder`: those of the wasm modules, and for the page also those of its npm packages.
pub fn write(repo: &Repo, folder: &Path, page: bool) -> Result<()> {
    files::write(&folder.join(FILE), text(repo, page)?)
}

fn text(repo: &Repo, page: bool) -> Result<String> {
    let mut parts = crates(repo)?;
    if page {
        parts.extend(packages(repo)?);
    }
    assemble(&parts, &fs::read_to_string(repo.path("LICENSE-MIT"))?)
}

/// The crates whose code is in the wasm modules: no build scripts, no procedural macros.
fn crates(repo: &Repo) -> Result<Vec<Part>> {
    let build = manifest::read(repo)?.serving()?;
    let features = build.features.join(",");
    let linked = ["-p", &build.package, "--no-default-features", "--features", &features];
    let there = ["--target", TARGET, "-e", "normal,no-proc-macro"];
    let wanted = dependencies::crates(repo, &[&linked[..], &there[..]].concat())?;

    let sources = sources(repo, &wanted)?;
    let part = |(what, folder): (Crate, PathBuf)| -> Result<Part> {
        #[derive(Deserialize)]
        struct Manifest {
            package: Described,
        }
        let path = folder.join("Cargo.toml");
        let text =
            fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        let Manifest { package } =
            toml::from_str(&text).with_context(|| path.display().to_string())?;
        let page = format!("https://crates.io/crates/{}/{}", what.name, what.version);
        let (source, authors) = (package.repository.unwrap_or(page), package.authors.join(", "));
        Ok(Part { what, source, authors, folder })
    };
    wanted.into_iter().zip(sources).map(part).collect()
}

/// Where cargo unpacked each crate: below its home, or, where it takes them from elsewhere, as it says itself. It is not
/// asked first, since it then fetches everything that any platform or feature might want.
fn sources(repo: &Repo, wanted: &BTreeSet<Crate>) -> Result<Vec<PathBuf>> {
    let name = |one: &Crate| format!("{}-{}", one.name, one.version);
    let registries = cargo_home()
        .and_then(|home| fs::read_dir(home.join("registry/src")).ok())
        .map(|entries| entries.filter_map(|entry| Some(entry.ok()?.path())).collect::<Vec<_>>())
        .unwrap_or_default();
    let unpacked = |one: &Crate| {
        let folders = registries.iter().map(|registry| registry.join(name(one)));
        folders.into_iter().find(|folder| folder.is_dir())
    };
    if let Some(found) = wanted.iter().map(unpacked).collect::<Option<Vec<_>>>() {
        return Ok(found);
    }
    #[derive(Deserialize)]
    struct Metadata {
        packages: Vec<Listed>,
    }
    #[derive(Deserialize)]
    struct Listed {
        name: String,
        version: String,
        manifest_path: PathBuf,
    }
    let mut metadata = repo.cargo("metadata");
    let output =
        shell::read(metadata.args(["--format-version", "1", "--all-features", "--quiet"]))?;
    let Metadata { packages } = serde_json::from_str(&output).context("cargo metadata")?;
    let place = |one: &Crate| {
        let listed = packages.iter().find(|p| p.name == one.name && p.version == one.version);
        let folder = listed.and_then(|package| package.manifest_path.parent());
        folder.map(Path::to_owned).with_context(|| format!("no sources of {}", name(one)))
    };
    wanted.iter().map(place).collect()
}

fn packages(repo: &Repo) -> Result<Vec<Part>> {
    let folder = repo.path(PAGE).join("node_modules");
    let part = |what: Crate| Part {
        source: format!("https://www.npmjs.com/package/{}/v/{}", what.name, what.version),
        authors: String::new(),
        folder: folder.join(&what.name),
        what,
    };
    Ok(dependencies::shipped_packages(repo)?.into_iter().map(part).collect())
}

/// Parts with the same licence text share it.
fn assemble(parts: &[Part], our_mit: &str) -> Result<String> {
    let mut texts: BTreeMap<String, Vec<&Part>> = BTreeMap::new();
    for part in parts {
        texts.entry(licence_text(part, our_mit)?).or_default().push(part);
    }
    let mut sections: Vec<(Vec<&Part>, String)> =
        texts.into_iter().map(|(text, parts)| (parts, text)).collect();
    sections.sort_by(|a, b| a.0[0].what.cmp(&b.0[0].what));
    let mut out = format!(
        "Third-party notices\n\nRubrica contains the work of others, {} parts in all, each unchanged and under the \
         licence named here.\nThe models have licences of their own, in the manifest.json of each.\n",
        parts.len()
    );
    for (parts, text) in sections {
        let _ = writeln!(out, "\n{RULE}");
        for part in parts {
            let Crate { name, version, licence } = &part.what;
            let _ = writeln!(out, "{name} {version} ({licence}), {}", part.source);
        }
        let _ = writeln!(out, "\n{text}");
    }
    Ok(out)
}

/// What the licence asks to be handed on: its text from the part itself. Of several licences to choose from, MIT.
fn licence_text(part: &Part, our_mit: &str) -> Result<String> {
    let mut found: Vec<(String, PathBuf)> = Vec::new();
    let entries =
        fs::read_dir(&part.folder).with_context(|| format!("listing {}", part.folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().to_ascii_lowercase();
        if entry.file_type()?.is_file() && LICENCE_FILES.iter().any(|begin| name.starts_with(begin))
        {
            found.push((name, entry.path()));
        }
    }
    found.sort();
    let offers_mit = licence::offers(&part.what.licence, "MIT");
    if offers_mit && found.iter().any(|(name, _)| name.contains("mit")) {
        found.retain(|(name, _)| name.contains("mit") || name.starts_with("notice"));
    }
    let mut texts = Vec::new();
    for (_, path) in &found {
        let bytes = fs::read(path).with_context(|| format!("reading {}", path.display()))?;
        texts.push(String::from_utf8_lossy(&bytes).replace("\r\n", "\n").trim().to_owned());
    }
    if texts.is_empty() {
        texts.push(without_file(part, our_mit, offers_mit));
    }
    Ok(texts.join("\n\n"))
}

/// For a part that brings no text: who made it, and MIT's terms where it is under them.
fn without_file(part: &Part, our_mit: &str, mit: bool) -> String {
    let Crate { name, licence, .. } = &part.what;
    let authors = if part.authors.is_empty() { "its authors" } else { &part.authors };
    let holder = format!("Copyright (c) {authors} ({name}, whose package brings no licence text)");
    match our_mit.split_once("Permission is hereby granted") {
        Some((_, terms)) if mit => {
            format!("{holder}\n\nPermission is hereby granted{}", terms.trim_end())
        }
        _ => format!("{holder}\n\nUnder {licence}: https://spdx.org/licenses/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_is_named_with_its_text_once() {
        let top = std::env::temp_dir().join(format!("xtask-notices-{}", std::process::id()));
        let part = |name: &str, licence: &str, texts: &[(&str, &str)]| {
            let folder = top.join(name);
            fs::create_dir_all(&folder).expect("makes");
            for (file, text) in texts {
                files::write(&folder.join(file), text).expect("writes");
            }
            let what =
                Crate { name: name.into(), version: "1.0.0".into(), licence: licence.into() };
            Part { what, source: format!("https://x/{name}"), authors: "Ada".into(), folder }
        };
        let both = "MIT OR Apache-2.0";
        let parts = [
            part("a", both, &[("LICENSE-MIT", "terms of m\n"), ("LICENSE-APACHE", "terms of ap")]),
            part("b", "MIT", &[("LICENSE", "terms of m\r\n")]),
            part("c", "Apache-2.0", &[("LICENSE", "terms of ap"), ("NOTICE", "heed")]),
            part("d", "MIT", &[("README.md", "no terms")]),
            part("e", "MPL-2.0", &[]),
        ];
        let ours = "MIT License\n\nPermission is hereby granted, freely.\n";
        let text = assemble(&parts, ours).expect("reads");
        fs::remove_dir_all(&top).expect("removes");
        assert!(text.contains(
            "a 1.0.0 (MIT OR Apache-2.0), https://x/a\nb 1.0.0 (MIT), https://x/b\n\nterms of m\n"
        ));
        assert_eq!(text.matches("terms of m\n").count(), 1, "{text}");
        assert!(text.contains("terms of ap\n\nheed\n"), "{text}");
        assert!(text.contains("Copyright (c) Ada (d, whose package brings no licence text)\n\nPermission is hereby granted, freely."));
        assert!(text.contains("Under MPL-2.0: "), "{text}");
    }
}
