//! `./x test`: everything that has to pass, as a list.

use std::path::Path;

use anyhow::{Result, bail};

use crate::repo::{PACKAGE, PACKAGING, PAGE, Repo};
use crate::setup::{self, Need};
use crate::shell::{self, step};
use crate::{chromium, dependencies, graph, models, npm, scaffold, size, wasm};

/// One thing that has to pass.
struct Step {
    name: &'static str,
    about: &'static str,
    needs: &'static [Need],
    run: fn(&Repo) -> Result<()>,
}

/// What fails within seconds stands first.
const STEPS: &[Step] = &[
    Step {
        name: "graph",
        about: "no forbidden edge between crates, no new circle between modules",
        needs: &[],
        run: graph::check,
    },
    Step {
        name: "format",
        about: "every Rust file as rustfmt writes it",
        needs: &[Need::Components],
        run: format,
    },
    Step {
        name: "dependencies",
        about: "allowed licences, no new crate in two versions",
        needs: &[],
        run: dependencies::check,
    },
    Step {
        name: "typescript",
        about: "no warning of the TypeScript linter",
        needs: &[Need::NodePackages(PAGE)],
        run: lint_typescript,
    },
    Step {
        name: "models",
        about: "models fetched, sha256 right",
        needs: &[Need::Models],
        run: fetch_models,
    },
    Step {
        name: "rust",
        about: "tests of every crate, and of the examples in the docs",
        needs: &[Need::Models],
        run: rust,
    },
    Step {
        name: CLIPPY,
        about: "no warning of clippy in any target",
        needs: &[Need::Components],
        run: clippy,
    },
    Step {
        name: SCAFFOLD,
        about: "what ./x new-metric and ./x new-report write compiles",
        needs: &[],
        run: scaffold::check,
    },
    Step {
        name: "wasm",
        about: "every wasm build",
        needs: &[Need::Target, Need::NodePackages(PACKAGE)],
        run: build_wasm,
    },
    Step {
        name: "size",
        about: "every build within its budget",
        needs: &[Need::Target, Need::NodePackages(PACKAGE)],
        run: sizes,
    },
    Step {
        name: "npm",
        about: "the npm package builds, vitest passes",
        needs: &[Need::NodePackages(PACKAGE), Need::Browser, Need::Models],
        run: npm_package,
    },
    Step {
        name: "packaging",
        about: "the packed package loads in bundlers, page and Node",
        needs: &[Need::NodePackages(PACKAGING), Need::Browser, Need::Models],
        run: packaging,
    },
    Step {
        name: "page",
        about: "the page builds, browser tests pass",
        needs: &[Need::NodePackages(PAGE), Need::Browser, Need::Models],
        run: page,
    },
];

const CLIPPY: &str = "clippy";
const SCAFFOLD: &str = "scaffold";

/// What compiles much once more: run by `./x test --all`, or by name, so that the rest stays under an hour on two cores.
const COSTLY: &[&str] = &[CLIPPY, SCAFFOLD];

/// What `./x ready` runs: what needs neither a browser nor a wasm module.
const READY: &[&str] = &["graph", "format", "dependencies", "typescript", "rust", CLIPPY];

/// Makes sure of everything that the steps need.
///
/// # Errors
/// The first thing that could not be had.
pub fn setup(repo: &Repo) -> Result<()> {
    setup::ensure(repo, STEPS.iter().flat_map(|step| step.needs).copied())?;
    println!("everything that ./x needs is there");
    Ok(())
}

/// The steps of [`READY`], and the documentation.
///
/// # Errors
/// The steps that fail.
pub fn ready(repo: &Repo) -> Result<()> {
    run(repo, &READY.iter().map(|&name| name.to_owned()).collect::<Vec<_>>(), false)?;
    step("cargo doc", || {
        let mut doc = repo.cargo("doc");
        doc.args(["--release", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings");
        shell::run(&mut doc)
    })
}

/// Prints the steps.
pub fn list() {
    for Step { name, about, .. } in STEPS {
        let when = if COSTLY.contains(name) { " (with --all)" } else { "" };
        println!("{name:<10} {about}{when}");
    }
}

/// Runs all steps but the costly ones, `all` of them, or those named in `only`, in the order of the list, after what they need has been set up. One
/// that fails does not keep the others from running, so that a single run tells all there is to mend.
///
/// # Errors
/// A setup that fails, before any step runs; the steps that fail, and how to run them alone.
pub fn run(repo: &Repo, only: &[String], all: bool) -> Result<()> {
    if let Some(unknown) = only.iter().find(|name| STEPS.iter().all(|step| step.name != **name)) {
        let known: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        bail!("no step `{unknown}`; expected one of {}", known.join(", "));
    }
    let chosen = STEPS.iter().filter(|s| match only {
        [] => all || !COSTLY.contains(&s.name),
        only => only.iter().any(|name| name == s.name),
    });
    setup::ensure(repo, chosen.clone().flat_map(|step| step.needs).copied())?;
    let (mut passed, mut failed) = (0, Vec::new());
    for Step { name, about, run, .. } in chosen {
        match step(&format!("test {name}: {about}"), || run(repo)) {
            Ok(()) => passed += 1,
            Err(error) => {
                eprintln!("{error:#}");
                failed.push(*name);
            }
        }
    }
    if !failed.is_empty() {
        let again: Vec<String> = failed.iter().map(|name| format!("--only {name}")).collect();
        let (failed, again) = (failed.join(", "), again.join(" "));
        bail!("{passed} steps passed, failed: {failed}; run these alone: ./x test {again}");
    }
    println!("\n./x test: {passed} steps passed");
    Ok(())
}

fn format(repo: &Repo) -> Result<()> {
    shell::run(repo.cargo("fmt").args(["--all", "--check"]))
}

/// In the profile of the tests: build scripts and procedural macros are there already, so that only metadata
/// of the libraries is left to make, without any machine code.
fn clippy(repo: &Repo) -> Result<()> {
    let workspace = ["--release", "--workspace", "--all-targets"];
    shell::run(repo.cargo("clippy").args(workspace).args(["--", "-D", "warnings"]))
}

/// Page and package share one configuration and one binary, which the page brings.
fn lint_typescript(repo: &Repo) -> Result<()> {
    npm::run_script(repo, &repo.path(PAGE), "lint", &[])
}

fn fetch_models(repo: &Repo) -> Result<()> {
    models::ensure_all(repo, false)
}

/// One profile for everything, so that burn is compiled once and `cargo run --release` finds it. Property
/// tests draw the same cases every time; `cargo test` without the variable draws new ones.
fn rust(repo: &Repo) -> Result<()> {
    const SEED: &str = "PROPTEST_RNG_SEED";
    let seed = std::env::var(SEED).unwrap_or_else(|_| "1".into());
    let tests = ["--release", "--workspace", "--no-fail-fast"];
    shell::run(repo.cargo("test").args(tests).env(SEED, seed))
}

fn build_wasm(repo: &Repo) -> Result<()> {
    wasm::build_all(repo, true)
}

fn sizes(repo: &Repo) -> Result<()> {
    size::report(repo, false)
}

fn npm_package(repo: &Repo) -> Result<()> {
    npm::build_package(repo)?;
    js_tests(repo, &repo.npm_package())
}

fn packaging(repo: &Repo) -> Result<()> {
    js_tests(repo, &repo.npm_package().join("packaging"))
}

fn page(repo: &Repo) -> Result<()> {
    npm::build_page(repo)?;
    js_tests(repo, &repo.path("www"))
}

/// Runs a package's tests. They find the browser in `CHROMIUM` and the models in `RUBRICA_MODELS`.
fn js_tests(repo: &Repo, folder: &Path) -> Result<()> {
    let chromium = chromium::ensure()?;
    let models = repo.path("models");
    npm::run_script(repo, folder, "test", &[("CHROMIUM", &chromium), ("RUBRICA_MODELS", &models)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        for (at, step) in STEPS.iter().enumerate() {
            assert!(STEPS[..at].iter().all(|other| other.name != step.name), "{}", step.name);
        }
    }

    #[test]
    fn an_unknown_step_is_refused() {
        let repo = Repo::find().expect("in the checkout");
        let error = run(&repo, &["gaph".into()], false).expect_err("unknown").to_string();
        assert!(error.starts_with("no step `gaph`; expected one of graph, format"), "{error}");
    }

    #[test]
    fn what_ready_runs_are_steps_that_need_no_browser() {
        for name in READY {
            let step = STEPS.iter().find(|step| step.name == *name).expect(name);
            assert!(!step.needs.contains(&Need::Browser) && !step.needs.contains(&Need::Target));
        }
    }
}
