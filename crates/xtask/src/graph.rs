//! The crate graph: which crate may depend on which. Any other edge is an error, and so is a circle between the
//! modules of one crate.

mod modules;
mod paths;

use anyhow::{Result, bail};

use crate::repo::{Package, Repo};

/// What each crate may depend on among ours. Lower layers first.
const ALLOWED: &[(&str, &[&str])] = &[
    ("rubrica-core", &[]),
    ("rubrica-stats", &[]),
    ("rubrica-metrics", &["rubrica-core"]),
    ("rubrica-models", &["rubrica-core"]),
    ("rubrica-judge", &["rubrica-core", "rubrica-metrics"]),
    ("rubrica-audit", &["rubrica-core", "rubrica-metrics", "rubrica-stats"]),
    ("rubrica-train", &["rubrica-core", "rubrica-models", "rubrica-stats"]),
    (
        "rubrica",
        &[
            "rubrica-audit",
            "rubrica-core",
            "rubrica-judge",
            "rubrica-metrics",
            "rubrica-models",
            "rubrica-stats",
            "rubrica-train",
        ],
    ),
    ("rubrica-wasm", &["rubrica"]),
    ("rubrica-cli", &["rubrica"]),
    ("xtask", &[]),
];

/// The crates that may see burn. Tests are no exception: a protocol that needs a tensor to be
/// tested has grown into the wrong layer.
const BURN_CRATES: &[&str] = &["rubrica-models", "rubrica-train"];
const BURN_FAMILIES: &[&str] = &["burn", "cubecl", "cubek", "wgpu"];

/// Edges of tests alone, each with its reason beside it. There are none: dev-dependencies follow
/// [`ALLOWED`] too, which keeps the tests of a crate within its own layer.
const DEV_ALLOWED: &[(&str, &str)] = &[];

/// Circles between modules that are still there, by crate. The list may only shrink.
const CIRCLES: &[(&str, &[&str])] = &[
    ("rubrica", &["scorecard", "tally"]),
    ("rubrica-models", &["cross::features", "cross::template"]),
    ("rubrica-models", &["encoder::config", "head::hub"]),
    ("rubrica-models", &["fused::attention", "fused::layer", "fused::norm"]),
    ("rubrica-models", &["head::modules", "text_encoder"]),
];

/// Compares the workspace with the graph, and looks for circles in each crate.
///
/// # Errors
/// Names every forbidden edge and every circle.
pub fn check(repo: &Repo) -> Result<()> {
    let mut faults = faults(&repo.packages);
    let mut circles = Vec::new();
    for Package { name, .. } in &repo.packages {
        let found = modules::circles(&repo.path("crates").join(name).join("src"))?;
        circles.extend(found.into_iter().map(|circle| (name.as_str(), circle)));
    }
    faults.extend(circle_faults(&circles, CIRCLES));
    if !faults.is_empty() {
        bail!(
            "the graph is broken (crates/xtask/src/graph.rs holds what is allowed):\n  {}",
            faults.join("\n  ")
        );
    }
    println!(
        "graph: {} crates, every edge is allowed; {} circles between modules, all known",
        repo.packages.len(),
        circles.len()
    );
    Ok(())
}

fn circle_faults(found: &[(&str, Vec<String>)], allowed: &[(&str, &[&str])]) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, circle) in found {
        let known = allowed.iter().any(|(other, known)| {
            other == name && circle.iter().all(|module| known.contains(&module.as_str()))
        });
        if !known {
            faults.push(format!(
                "{name}: {} use each other in a circle; move what they share into a module of its own",
                circle.join(", ")
            ));
        }
    }
    for (name, known) in allowed {
        if !found.iter().any(|(other, circle)| other == name && circle == known) {
            faults.push(format!(
                "{name}: the circle of {} is smaller or gone; say so in CIRCLES",
                known.join(", ")
            ));
        }
    }
    faults
}

fn faults(packages: &[Package]) -> Vec<String> {
    let mut faults = Vec::new();
    for package in packages {
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == package.name) else {
            faults.push(format!("{}: a crate that the graph does not know", package.name));
            continue;
        };
        for dependency in &package.dependencies {
            let (from, to) = (package.name.as_str(), dependency.name.as_str());
            let ours = ALLOWED.iter().any(|(name, _)| *name == to);
            let for_tests = dependency.kind.as_deref() == Some("dev");
            let excepted = for_tests && DEV_ALLOWED.contains(&(from, to));
            if ours && !allowed.contains(&to) && !excepted {
                let kind = dependency.kind.as_deref().unwrap_or("normal");
                faults.push(format!("{from} -> {to} ({kind} dependency) is not allowed"));
            }
            if is_burn(to) && !BURN_CRATES.contains(&from) {
                faults.push(format!(
                    "{from} -> {to} is not allowed: only {} see burn",
                    BURN_CRATES.join(" and ")
                ));
            }
        }
    }
    faults
}

fn is_burn(name: &str) -> bool {
    BURN_FAMILIES.iter().any(|family| {
        name.strip_prefix(family).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Dependency;

    fn package(name: &str, dependencies: &[(&str, Option<&str>)]) -> Package {
        let dependencies = dependencies
            .iter()
            .map(|(name, kind)| Dependency {
                name: (*name).to_owned(),
                kind: kind.map(str::to_owned),
            })
            .collect();
        Package { name: name.into(), dependencies }
    }

    #[test]
    fn allowed_edges_pass() {
        let packages = [
            package("rubrica-judge", &[("rubrica-core", None), ("serde", None)]),
            package("rubrica-models", &[("burn", None), ("rubrica-core", Some("dev"))]),
        ];
        assert_eq!(faults(&packages), [""; 0]);
    }

    #[test]
    fn a_forbidden_edge_is_named() {
        let packages = [package("rubrica-judge", &[("rubrica-models", None)])];
        assert_eq!(
            faults(&packages),
            ["rubrica-judge -> rubrica-models (normal dependency) is not allowed"]
        );
        for kind in ["dev", "build"] {
            let packages = [package("rubrica-core", &[("rubrica-metrics", Some(kind))])];
            assert_eq!(faults(&packages).len(), 1, "{kind}");
        }
    }

    #[test]
    fn a_circle_is_a_fault_unless_it_is_known() {
        let found = [("c", vec!["a".to_owned(), "b".to_owned()])];
        assert_eq!(circle_faults(&found, &[("c", &["a", "b"])]), [""; 0]);
        let faults = circle_faults(&found, &[]);
        assert!(faults[0].starts_with("c: a, b use each other in a circle"), "{faults:?}");
        assert_eq!(circle_faults(&found, &[("d", &["a", "b"])]).len(), 2);
        let faults = circle_faults(&found, &[("c", &["a", "b", "x"])]);
        assert_eq!(faults, ["c: the circle of a, b, x is smaller or gone; say so in CIRCLES"]);
    }

    #[test]
    fn burn_stays_below() {
        for name in ["burn", "burn-flex", "cubecl-wgpu", "wgpu"] {
            let packages = [package("rubrica", &[(name, None)])];
            assert_eq!(
                faults(&packages),
                [format!(
                    "rubrica -> {name} is not allowed: only rubrica-models and rubrica-train see burn"
                )]
            );
        }
        assert_eq!(faults(&[package("rubrica", &[("burnish", None)])]), [""; 0]);
    }

    #[test]
    fn a_new_crate_has_to_be_placed() {
        assert_eq!(
            faults(&[package("rubrica-extra", &[])]),
            ["rubrica-extra: a crate that the graph does not know"]
        );
    }

    #[test]
    fn the_graph_itself_has_no_cycle() {
        for (at, (name, allowed)) in ALLOWED.iter().enumerate() {
            for to in *allowed {
                let below = ALLOWED[..at].iter().any(|(lower, _)| lower == to);
                assert!(below, "{name} -> {to} does not point downwards");
            }
        }
    }
}
