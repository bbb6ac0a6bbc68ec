//! From the crate to what a browser loads: the four modules as they are shipped, or one quick module in their
//! place for `./x serve`.
//!
//! Cargo itself knows what is stale, so it runs each time; bindings and wasm-opt (minutes) run only
//! when the module that cargo made, the manifest or one of the tools has changed.

mod module;

use std::cmp::Reverse;
use std::path::PathBuf;
use std::sync::Mutex;
use std::{fs, thread};

use anyhow::{Context, Error, Result, bail};

use crate::files;
use crate::manifest::{self, Build};
use crate::repo::{PACKAGE, Repo};
use crate::setup::{self, Need};
use crate::shell::{note, step};
use crate::stamp::{self, Inputs};

/// Builds that run side by side: each ends in link-time optimisation and wasm-opt, which keep one core
/// busy for minutes.
const LANES: usize = 2;

/// Name of the stamp of what the page is served with: the sources that all modules were made from.
const MODULES: &str = "modules";

/// Builds what is stale of every build in the manifest. One that fails does not keep the others from
/// being built.
pub fn build_all(repo: &Repo, optimise: bool) -> Result<()> {
    ensure_tools(repo)?;
    let mut builds: Vec<_> = manifest::read(repo)?.build.into_iter().collect();
    // The largest takes longest, so it begins.
    builds.sort_by_key(|(_, build)| Reverse(build.budget.raw));
    let sources = sources(repo)?;
    let left = Mutex::new(builds.into_iter());
    let next = || left.lock().expect("taking the next never panics").next();
    let lane = || -> Vec<Error> {
        std::iter::from_fn(next)
            .filter_map(|(name, build)| build_one(repo, &name, &build, optimise).err())
            .collect()
    };
    let failures: Vec<Error> = thread::scope(|scope| {
        let lanes: Vec<_> = (0..LANES).map(|_| scope.spawn(lane)).collect();
        let ends = lanes.into_iter().map(|lane| lane.join().expect("a build returns its errors"));
        ends.flatten().collect()
    });
    if failures.is_empty() {
        return stamp::set(repo, MODULES, &sources);
    }
    bail!("{}", failures.iter().map(|e| format!("{e:#}")).collect::<Vec<_>>().join("\n"))
}

/// Builds what is stale of one build.
pub fn build(repo: &Repo, name: &str, optimise: bool) -> Result<()> {
    let mut builds = manifest::read(repo)?.build;
    let build =
        builds.remove(name).with_context(|| format!("wasm-pack.toml has no [build.{name}]"))?;
    ensure_tools(repo)?;
    build_one(repo, name, &build, optimise)
}

/// Makes sure that the page has modules of the sources as they are: those of `./x build` where they are fresh, else
/// one quick module under the names of all.
pub fn build_for_serving(repo: &Repo) -> Result<()> {
    let manifest = manifest::read(repo)?;
    let sources = sources(repo)?;
    let outputs: Vec<PathBuf> =
        manifest.build.values().flat_map(|build| outputs(repo, build)).collect();
    stamp::unless_fresh(repo, MODULES, &sources, &outputs, || {
        ensure_tools(repo)?;
        let quick = manifest.serving()?;
        let compiled = step("wasm for serving: cargo", || module::compile(repo, "serve", &quick))?;
        let staged =
            step("wasm for serving: bindings", || module::bind(repo, "serve", &quick, &compiled))?;
        for (name, build) in &manifest.build {
            // What `./x build` made of the name is gone.
            stamp::forget(repo, name);
            let folder = manifest::folder(repo);
            module::install(repo, &staged, &quick.output, &build.output, &folder)?;
        }
        note("quick modules, to look at here; `./x build` makes those to publish");
        Ok(())
    })?;
    Ok(())
}

/// Whether [`build_for_serving`] would compile with nothing to start from.
pub fn is_cold(repo: &Repo) -> Result<bool> {
    let builds = manifest::read(repo)?.build;
    let built = builds.values().all(|build| build.module(repo).is_file());
    Ok(!built && !module::target_folder(repo, "serve").is_dir())
}

/// Once, before every lane wants them.
fn ensure_tools(repo: &Repo) -> Result<()> {
    setup::ensure(repo, [Need::Target, Need::NodePackages(PACKAGE)])
}

/// The hash of everything that the modules are made from.
fn sources(repo: &Repo) -> Result<String> {
    let mut inputs = Inputs::new().value("bindgen", module::bindgen_version(repo)?);
    for file in ["Cargo.toml", "Cargo.lock", "wasm-pack.toml"] {
        inputs = inputs.file(&repo.path(file))?;
    }
    for (name, path) in crates_of_modules(repo)? {
        inputs = inputs.value("crate", name).folder(&path, &["npm", "bench", "tests", "target"])?;
    }
    Ok(inputs.finish())
}

/// The workspace's crates that the modules are made of, and their folders.
fn crates_of_modules(repo: &Repo) -> Result<Vec<(String, PathBuf)>> {
    let mut wanted: Vec<String> = Vec::new();
    let mut open: Vec<String> =
        manifest::read(repo)?.build.into_values().map(|build| build.package).collect();
    while let Some(name) = open.pop() {
        let Some(package) = repo.packages.iter().find(|package| package.name == name) else {
            continue;
        };
        if wanted.contains(&name) {
            continue;
        }
        let built = package.dependencies.iter().filter(|d| d.kind.as_deref() != Some("dev"));
        open.extend(built.map(|dependency| dependency.name.clone()));
        wanted.push(name);
    }
    wanted.sort();
    Ok(wanted.into_iter().map(|name| (name.clone(), repo.path("crates").join(name))).collect())
}

fn outputs(repo: &Repo, build: &Build) -> [PathBuf; 3] {
    let folder = manifest::folder(repo);
    module::EXTENSIONS.map(|extension| folder.join(format!("{}.{extension}", build.output)))
}

/// Builds what is stale of one build; the tools are there.
fn build_one(repo: &Repo, name: &str, build: &Build, optimise: bool) -> Result<()> {
    let compiled = step(&format!("wasm {name}: cargo"), || module::compile(repo, name, build))?;
    let wasm_opt = repo.npm_package().join("node_modules/binaryen");
    let mut inputs = Inputs::new()
        .file(&compiled)?
        .value("manifest", serde_json::to_string(build)?)
        .value("bindgen", module::bindgen_version(repo)?)
        .value("optimise", [u8::from(optimise)]);
    if optimise {
        inputs = inputs.file(&wasm_opt.join("package.json"))?;
    }
    let worked = stamp::unless_fresh(repo, name, &inputs.finish(), &outputs(repo, build), || {
        let staged =
            step(&format!("wasm {name}: bindings"), || module::bind(repo, name, build, &compiled))?;
        if optimise {
            let module = staged.join(format!("{}.wasm", build.output));
            step(&format!("wasm {name}: wasm-opt"), || {
                module::optimise(&wasm_opt, build, &module)
            })?;
        }
        // What is served is from now on a mixture, until all builds are through.
        stamp::forget(repo, MODULES);
        module::install(repo, &staged, &build.output, &build.output, &manifest::folder(repo))
    })?;
    let size = files::human(fs::metadata(build.module(repo))?.len());
    let state = if worked { "built" } else { "fresh" };
    note(format_args!("{} is {state}, {size}", repo.show(&build.module(repo))));
    Ok(())
}
