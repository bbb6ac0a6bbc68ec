//! What the project is built with from elsewhere: licences that may be shipped, and no new crate in two versions.
//!
//! What `cargo deny` would tell, from what cargo itself says, without compiling another tool for minutes. Known
//! vulnerabilities are left out: they need RustSec's database, which a build without a network cannot reach. By
//! hand: `cargo install cargo-audit`, then `cargo audit`.

pub mod licence;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::repo::{PAGE, Repo};
use crate::shell;

/// Crates that others want in more than one version, and in how many. The list may only shrink: each costs compile
/// time, and the wasm modules carry some twice.
const DUPLICATES: &[(&str, usize)] = &[
    ("base64", 3),
    ("bit-set", 2),
    ("bit-vec", 2),
    ("convert_case", 2),
    ("darling", 3),
    ("darling_core", 3),
    ("darling_macro", 3),
    ("embedded-hal", 2),
    ("foldhash", 2),
    ("getrandom", 2),
    ("gimli", 2),
    ("hashbrown", 4),
    ("hi_sparse_bitset", 2),
    ("itertools", 2),
    ("jni-sys", 2),
    ("nb", 2),
    ("nom", 2),
    ("r-efi", 2),
    ("rand", 2),
    ("rand_core", 2),
    ("rustc-hash", 2),
    ("syn", 2),
    ("thiserror", 2),
    ("thiserror-impl", 2),
];

/// A crate in one version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Crate {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SPDX expression, or nothing.
    pub licence: String,
}

/// Checks the licences of all crates and of the npm packages that the page ships, and counts versions.
///
/// # Errors
/// Names what is not allowed, and what is allowed without need.
pub fn check(repo: &Repo) -> Result<()> {
    let everything = ["--workspace", "--all-features", "--target", "all", "-e", "normal,build,dev"];
    let crates = crates(repo, &everything)?;
    let packages = shipped_packages(repo)?;
    let mut faults = licence_faults(crates.iter().chain(&packages))?;
    for name in licence::unneeded(crates.iter().map(|one| one.name.as_str())) {
        faults.push(format!("{name}: is no longer used; take it off EXCEPTIONS"));
    }
    faults.extend(duplicate_faults(&crates, DUPLICATES));
    if !faults.is_empty() {
        bail!(
            "the dependencies are not as they should be (crates/xtask/src/dependencies.rs holds what is \
             allowed):\n  {}",
            faults.join("\n  ")
        );
    }
    println!(
        "{} crates and {} npm packages have allowed licences; {} crates come in several versions, as before",
        crates.len(),
        packages.len(),
        DUPLICATES.len()
    );
    Ok(())
}

/// The crates of others that `cargo tree` lists with `arguments`, in order.
pub fn crates(repo: &Repo, arguments: &[&str]) -> Result<BTreeSet<Crate>> {
    let mut tree = repo.cargo("tree");
    tree.args(arguments).args(["--prefix", "none", "--quiet", "--format", "{p}|{l}"]);
    parse(&shell::read(&mut tree)?)
}

/// Lines such as `syn v2.0.1 (proc-macro)|MIT`. Ours have a path in brackets.
fn parse(tree: &str) -> Result<BTreeSet<Crate>> {
    let mut crates = BTreeSet::new();
    for line in tree.lines().filter(|line| !line.is_empty()) {
        let unexpected =
            || format!("`cargo tree` prints `{line}`; expected `name vVERSION|licence`");
        let (package, licence) = line.split_once('|').with_context(unexpected)?;
        let (name, version) = package.split_once(" v").with_context(unexpected)?;
        let (version, place) = version.split_once(' ').unwrap_or((version, ""));
        if place.contains('/') || place.contains('\\') {
            continue;
        }
        crates.insert(Crate {
            name: name.to_owned(),
            version: version.to_owned(),
            licence: licence.trim_end_matches(" (*)").to_owned(),
        });
    }
    Ok(crates)
}

/// The npm packages that end in the page, from its lock file: what is not for development only.
pub fn shipped_packages(repo: &Repo) -> Result<Vec<Crate>> {
    #[derive(Deserialize)]
    struct Lock {
        packages: BTreeMap<String, Locked>,
    }
    #[derive(Deserialize)]
    struct Locked {
        #[serde(default)]
        version: String,
        #[serde(default)]
        license: String,
        #[serde(default)]
        dev: bool,
        #[serde(default)]
        link: bool,
    }
    let path = repo.path(PAGE).join("package-lock.json");
    let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let lock: Lock = serde_json::from_str(&text).with_context(|| path.display().to_string())?;
    let ours = |place: &str| !place.starts_with("node_modules/");
    Ok(lock
        .packages
        .into_iter()
        .filter(|(place, locked)| !ours(place) && !locked.dev && !locked.link)
        .map(|(place, Locked { version, license, .. })| Crate {
            name: place.rsplit_once("node_modules/").map_or(&*place, |(_, name)| name).to_owned(),
            version,
            licence: license,
        })
        .collect())
}

fn licence_faults<'c>(crates: impl Iterator<Item = &'c Crate>) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for Crate { name, version, licence } in crates {
        if licence.is_empty() {
            faults.push(format!("{name} {version}: says no licence"));
        } else if !licence::is_allowed(name, licence).with_context(|| name.clone())? {
            faults.push(format!("{name} {version}: licence is {licence}, which is not allowed"));
        }
    }
    Ok(faults)
}

fn duplicate_faults(crates: &BTreeSet<Crate>, allowed: &[(&str, usize)]) -> Vec<String> {
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for one in crates {
        versions.entry(&one.name).or_default().push(&one.version);
    }
    let mut faults = Vec::new();
    for (name, found) in &versions {
        let limit = allowed.iter().find(|(other, _)| other == name).map_or(1, |(_, count)| *count);
        if found.len() > limit {
            faults.push(format!(
                "{name}: comes in {} versions ({}); expected at most {limit}. `cargo tree -i {name}@{}` says \
                 who wants it",
                found.len(),
                found.join(", "),
                found[0]
            ));
        }
    }
    for (name, count) in allowed {
        let found = versions.get(name).map_or(0, Vec::len);
        if found < *count {
            faults.push(format!(
                "{name}: comes in {found} versions, not {count}; lower it in DUPLICATES"
            ));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(crates: &[(&str, &str)]) -> BTreeSet<Crate> {
        let make = |(name, version): &(&str, &str)| Crate {
            name: (*name).to_owned(),
            version: (*version).to_owned(),
            licence: "MIT".to_owned(),
        };
        crates.iter().map(make).collect()
    }

    #[test]
    fn lines_of_cargo_tree_are_read() {
        let tree = "ours v0.1.0 (/somewhere/ours)|MIT\nsyn v2.0.1 (proc-macro)|MIT/Apache-2.0\n\na v1.0.0|MIT (*)\n";
        let crates = parse(tree).expect("as expected");
        let found: Vec<String> =
            crates.iter().map(|c| format!("{} {} {}", c.name, c.version, c.licence)).collect();
        assert_eq!(found, ["a 1.0.0 MIT", "syn 2.0.1 MIT/Apache-2.0"]);
        assert!(parse("nonsense").is_err());
    }

    #[test]
    fn a_new_version_beside_an_old_one_is_named() {
        let crates = some(&[("a", "1.0.0"), ("a", "2.0.0"), ("b", "1.0.0"), ("c", "1.0.0")]);
        let faults = duplicate_faults(&crates, &[("b", 2)]);
        assert_eq!(faults.len(), 2);
        assert!(faults[0].starts_with("a: comes in 2 versions (1.0.0, 2.0.0); expected at most 1"));
        assert_eq!(faults[1], "b: comes in 1 versions, not 2; lower it in DUPLICATES");
        assert_eq!(duplicate_faults(&crates, &[("a", 2)]), [""; 0]);
    }

    #[test]
    fn a_licence_that_asks_for_more_is_named() {
        let mut crates = some(&[("a", "1.0.0")]);
        crates.insert(Crate {
            name: "b".into(),
            version: "2.0.0".into(),
            licence: "GPL-3.0".into(),
        });
        crates.insert(Crate { name: "c".into(), version: "3.0.0".into(), licence: String::new() });
        let faults = licence_faults(crates.iter()).expect("SPDX");
        assert_eq!(
            faults,
            ["b 2.0.0: licence is GPL-3.0, which is not allowed", "c 3.0.0: says no licence"]
        );
    }

    #[test]
    fn what_the_page_ships_is_found() {
        let packages = shipped_packages(&Repo::find().expect("in the checkout")).expect("a lock");
        let names: Vec<&str> = packages.iter().map(|package| package.name.as_str()).collect();
        assert!(names.contains(&"preact") && names.contains(&"@preact/signals"), "{names:?}");
        assert!(!names.contains(&"vite") && !names.contains(&"rubrica"), "{names:?}");
    }
}
