//! `./x test`: everything that has to pass, as a list.

use std::path::Path;

use anyhow::{Result, bail};

use crate::repo::Repo;
use crate::shell::{self, step};
use crate::{chromium, graph, models, npm, size, wasm};

/// One thing that has to pass.
struct Step {
    name: &'static str,
    about: &'static str,
    run: fn(&Repo) -> Result<()>,
}

const STEPS: &[Step] = &[
    Step { name: "graph", about: "no forbidden edge between crates", run: graph::check },
    Step { name: "models", about: "models fetched, sha256 right", run: fetch_models },
    Step {
        name: "rust",
        about: "tests of every crate, and of the examples in the docs",
        run: rust,
    },
    Step { name: "wasm", about: "every wasm build", run: build_wasm },
    Step { name: "size", about: "every build within its budget", run: sizes },
    Step { name: "npm", about: "the npm package builds, vitest passes", run: npm_package },
    Step {
        name: "packaging",
        about: "the packed package loads in bundlers, page and Node",
        run: packaging,
    },
    Step { name: "page", about: "the page builds, browser tests pass", run: page },
];

/// Prints the steps.
pub fn list() {
    for Step { name, about, .. } in STEPS {
        println!("{name:<10} {about}");
    }
}

/// Runs all steps, or those named in `only`, in the order of the list. One that fails does not keep the
/// others from running, so that a single run tells all there is to mend.
///
/// # Errors
/// The steps that fail, and how to run them alone.
pub fn run(repo: &Repo, only: &[String]) -> Result<()> {
    if let Some(unknown) = only.iter().find(|name| STEPS.iter().all(|step| step.name != **name)) {
        let known: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        bail!("no step `{unknown}`; expected one of {}", known.join(", "));
    }
    let chosen = STEPS.iter().filter(|s| only.is_empty() || only.iter().any(|n| n == s.name));
    let (mut passed, mut failed) = (0, Vec::new());
    for Step { name, about, run } in chosen {
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
        let error = run(&repo, &["gaph".into()]).expect_err("unknown").to_string();
        assert!(error.starts_with("no step `gaph`; expected one of graph, models"), "{error}");
    }
}
