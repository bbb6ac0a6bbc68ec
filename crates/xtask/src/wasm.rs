//! From the crate to what a browser loads: cargo, wasm-bindgen, wasm-opt.
//!
//! Cargo itself knows what is stale, so it runs each time; bindings and wasm-opt (minutes) run only
//! when the module that cargo made, the manifest or one of the tools has changed.

use std::cmp::Reverse;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::{fs, thread};

use anyhow::{Context, Error, Result, bail, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::manifest::{self, Build};
use crate::repo::Repo;
use crate::shell::{self, note, step};
use crate::stamp::{self, Inputs};
use crate::{files, npm};

const TARGET: &str = "wasm32-unknown-unknown";

/// Extra arguments for cargo's wasm builds, split at blanks; setting it also skips the check for
/// the target. For toolchains that are not rustup's.
const EXTRA_ARGS: &str = "X_WASM_CARGO_ARGS";

/// Builds that run side by side: each ends in link-time optimisation and wasm-opt, which keep one core
/// busy for minutes.
const LANES: usize = 2;

/// Builds what is stale of every build in the manifest. One that fails does not keep the others from
/// being built.
pub fn build_all(repo: &Repo, optimise: bool) -> Result<()> {
    let mut builds: Vec<_> = manifest::read(repo)?.into_iter().collect();
    // The largest takes longest, so it begins.
    builds.sort_by_key(|(_, build)| Reverse(build.budget.raw));
    if optimise {
        // Once, before every lane wants it.
        npm::install(repo, &repo.npm_package())?;
    }
    let left = Mutex::new(builds.into_iter());
    let next = || left.lock().expect("taking the next never panics").next();
    let lane = || -> Vec<Error> {
        std::iter::from_fn(next)
            .filter_map(|(name, _)| build(repo, &name, optimise).err())
            .collect()
    };
    let failures: Vec<Error> = thread::scope(|scope| {
        let lanes: Vec<_> = (0..LANES).map(|_| scope.spawn(lane)).collect();
        let ends = lanes.into_iter().map(|lane| lane.join().expect("a build returns its errors"));
        ends.flatten().collect()
    });
    if failures.is_empty() {
        return Ok(());
    }
    bail!("{}", failures.iter().map(|e| format!("{e:#}")).collect::<Vec<_>>().join("\n"))
}

/// Builds what is stale of one build.
pub fn build(repo: &Repo, name: &str, optimise: bool) -> Result<()> {
    let mut builds = manifest::read(repo)?;
    let build =
        builds.remove(name).with_context(|| format!("wasm-pack.toml has no [build.{name}]"))?;
    ensure_target()?;
    if optimise {
        npm::install(repo, &repo.npm_package())?;
    }
    let compiled = step(&format!("wasm {name}: cargo"), || compile(repo, name, &build))?;

    let wasm_opt = repo.npm_package().join("node_modules/binaryen");
    let mut inputs = Inputs::new()
        .file(&compiled)?
        .value("manifest", serde_json::to_string(&build)?)
        .value("bindgen", bindgen_version(repo)?)
        .value("optimise", [u8::from(optimise)]);
    if optimise {
        inputs = inputs.file(&wasm_opt.join("package.json"))?;
    }
    let folder = manifest::folder(repo);
    let outputs = ["js", "d.ts", "wasm"].map(|e| folder.join(format!("{}.{e}", build.output)));
    let worked = stamp::unless_fresh(repo, name, &inputs.finish(), &outputs, || {
        let staged =
            step(&format!("wasm {name}: bindings"), || bind(repo, name, &build, &compiled))?;
        let module = staged.join(format!("{}.wasm", build.output));
        if optimise {
            step(&format!("wasm {name}: wasm-opt"), || run_optimiser(&wasm_opt, &build, &module))?;
        }
        fs::create_dir_all(&folder)?;
        for output in &outputs {
            let name = output.file_name().context("outputs are files")?;
            fs::copy(staged.join(name), output)
                .with_context(|| format!("writing {}", repo.show(output)))?;
        }
        Ok(())
    })?;
    let size = files::human(fs::metadata(build.module(repo))?.len());
    let state = if worked { "built" } else { "fresh" };
    note(format_args!("{} is {state}, {size}", repo.show(&build.module(repo))));
    Ok(())
}

/// Makes sure that rustc has the standard library for wasm.
fn ensure_target() -> Result<()> {
    if std::env::var_os(EXTRA_ARGS).is_some() {
        return Ok(());
    }
    let mut rustc = Command::new("rustc");
    let folder = shell::read(rustc.args(["--print", "target-libdir", "--target", TARGET]))?;
    if Path::new(&folder).is_dir() {
        return Ok(());
    }
    if shell::exists("rustup") {
        return step(&format!("rustup target add {TARGET}"), || {
            shell::run(Command::new("rustup").args(["target", "add", TARGET]))
        });
    }
    bail!(
        "rustc has no standard library for {TARGET}, and there is no rustup to add it.\n\
         With rustup: rustup target add {TARGET}\n\
         On Debian without it (as root; not tried by our tests):\n  \
         apt-get install rustc-web cargo-web rust-web-src lld-19\n  \
         export RUSTC_BOOTSTRAP=1 {EXTRA_ARGS}='-Zbuild-std=std,panic_abort \
         --config target.{TARGET}.linker=\"wasm-ld-19\"'\n\
         then run the same command again"
    )
}

/// Compiles the crate, and returns the module.
///
/// Each build has a target folder of its own: cargo gives a cdylib one file name whatever its
/// features, so that in one folder the two builds would overwrite each other in turn.
fn compile(repo: &Repo, name: &str, build: &Build) -> Result<PathBuf> {
    let target = repo.scratch(&format!("wasm/{name}"));
    let mut cargo = repo.cargo("build");
    cargo
        .args(["--package", &build.package, "--lib", "--target", TARGET])
        .args(["--profile", &build.profile, "--no-default-features"])
        .args(["--features", &build.features.join(",")])
        .arg("--target-dir")
        .arg(&target)
        .args(std::env::var(EXTRA_ARGS).unwrap_or_default().split_whitespace())
        // Only the wasm target gets the flags, and nobody else's flags get in.
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", build.rustc_flags())
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    shell::run(&mut cargo)?;
    let file = format!("{}.wasm", build.package.replace('-', "_"));
    Ok(target.join(TARGET).join(&build.profile).join(file))
}

/// Writes the JavaScript side of the module, and the module with its imports and exports renamed,
/// to a folder that it returns.
fn bind(repo: &Repo, name: &str, build: &Build, compiled: &Path) -> Result<PathBuf> {
    let staged = repo.scratch(&format!("bindings/{name}"));
    let _ = fs::remove_dir_all(&staged);
    fs::create_dir_all(&staged)?;
    Bindgen::new()
        .input_path(compiled)
        .out_name(&build.output)
        .web(true)?
        .typescript(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        // The package says where its module is; a URL in the glue would make bundlers copy it.
        .omit_default_module_path(true)
        .generate(&staged)?;
    fs::rename(
        staged.join(format!("{}_bg.wasm", build.output)),
        staged.join(format!("{}.wasm", build.output)),
    )?;
    Ok(staged)
}

fn run_optimiser(binaryen: &Path, build: &Build, module: &Path) -> Result<()> {
    let before = fs::metadata(module)?.len();
    let optimised = module.with_extension("opt.wasm");
    shell::run(
        Command::new("node")
            .arg(binaryen.join("bin/wasm-opt"))
            .args(build.optimiser_flags())
            .arg(module)
            .arg("-o")
            .arg(&optimised),
    )?;
    fs::rename(&optimised, module)?;
    let after = fs::metadata(module)?.len();
    note(format_args!("{} -> {}", files::human(before), files::human(after)));
    Ok(())
}

/// The version of the bindings, which must be the one that the crate is compiled with.
fn bindgen_version(repo: &Repo) -> Result<String> {
    #[derive(serde::Deserialize)]
    struct Lock {
        package: Vec<Locked>,
    }
    #[derive(serde::Deserialize)]
    struct Locked {
        name: String,
        version: String,
    }
    let lock: Lock = toml::from_str(&fs::read_to_string(repo.path("Cargo.lock"))?)?;
    let version = |name: &str| {
        let found = lock.package.iter().find(|package| package.name == name);
        found.map(|package| package.version.clone()).with_context(|| format!("no {name} locked"))
    };
    let (ours, theirs) = (version("wasm-bindgen-cli-support")?, version("wasm-bindgen")?);
    ensure!(
        ours == theirs,
        "Cargo.lock has wasm-bindgen {theirs} but wasm-bindgen-cli-support {ours}; expected the \
         same version of both (see [workspace.dependencies])"
    );
    Ok(ours)
}
