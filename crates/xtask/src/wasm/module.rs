//! The three steps of one module: cargo, wasm-bindgen, wasm-opt.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::files;
use crate::manifest::Build;
use crate::repo::Repo;
use crate::shell::{self, note};
use crate::toolchain::{EXTRA_ARGS, TARGET};

/// What wasm-bindgen writes beside the module, and the module itself.
pub const EXTENSIONS: [&str; 3] = ["js", "d.ts", "wasm"];

/// Compiles the crate, and returns the module.
///
/// Each build has a target folder of its own: cargo gives a cdylib one file name whatever its
/// features, so that in one folder the builds would overwrite each other in turn.
pub fn compile(repo: &Repo, name: &str, build: &Build) -> Result<PathBuf> {
    let target = target_folder(repo, name);
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

/// Where cargo keeps what one build needs.
pub fn target_folder(repo: &Repo, name: &str) -> PathBuf {
    repo.scratch(&format!("wasm/{name}"))
}

/// Writes the JavaScript side of the module, and the module with its imports and exports renamed,
/// to a folder that it returns.
pub fn bind(repo: &Repo, name: &str, build: &Build, compiled: &Path) -> Result<PathBuf> {
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
    let glue = staged.join(format!("{}.js", build.output));
    fs::write(&glue, with_traps_caught(&fs::read_to_string(&glue)?, &build.output)?)?;
    fs::rename(
        staged.join(format!("{}_bg.wasm", build.output)),
        staged.join(format!("{}.wasm", build.output)),
    )?;
    Ok(staged)
}

/// The glue with its microtasks queued by who asks for that: a module that traps in one throws into no call, which would
/// stay open for ever. The package's `traps.ts` asks, and rejects the call.
fn with_traps_caught(glue: &str, name: &str) -> Result<String> {
    const CALL: &str = "queueMicrotask(";
    let guarded = format!(
        "(globalThis[Symbol.for(\"rubrica.microtask\")] ?? ((_, task) => queueMicrotask(task)))(\"{name}\", "
    );
    let mut out = String::with_capacity(glue.len() + guarded.len());
    let (mut rest, mut calls) = (glue, 0);
    while let Some(at) = rest.find(CALL) {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let inside_a_name = |c: char| c.is_alphanumeric() || "._$".contains(c);
        if before.ends_with(inside_a_name) || before.ends_with("function ") {
            out.push_str(CALL);
        } else {
            out.push_str(&guarded);
            calls += 1;
        }
        rest = &after[CALL.len()..];
    }
    ensure!(
        calls > 0 || !glue.contains("queueMicrotask"),
        "the bindings of {name} queue microtasks in a way that is not known here; see with_traps_caught"
    );
    Ok(out + rest)
}

/// Rewrites `module` smaller and faster with wasm-opt.
pub fn optimise(binaryen: &Path, build: &Build, module: &Path) -> Result<()> {
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

/// Gives the staged output `from` to the package under the name `to`.
pub fn install(repo: &Repo, staged: &Path, from: &str, to: &str, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    for extension in EXTENSIONS {
        let source = staged.join(format!("{from}.{extension}"));
        let output = folder.join(format!("{to}.{extension}"));
        let copied = if from == to || extension == "wasm" {
            fs::copy(&source, &output).map(drop)
        } else {
            fs::read_to_string(&source).and_then(|text| fs::write(&output, text.replace(from, to)))
        };
        copied.with_context(|| format!("writing {}", repo.show(&output)))?;
    }
    Ok(())
}

/// The version of the bindings, which must be the one that the crate is compiled with.
pub fn bindgen_version(repo: &Repo) -> Result<String> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_glue_asks_who_queues_its_microtasks() {
        let glue = "imports.wbg.__wbg_queueMicrotask_12 = function(arg0) { queueMicrotask(arg0); };\n\
                    imports.wbg.__wbg_queueMicrotask_34 = function(arg0) { return arg0.queueMicrotask; };";
        let caught = with_traps_caught(glue, "slim").expect("known");
        let call = "(globalThis[Symbol.for(\"rubrica.microtask\")] ?? ((_, task) => queueMicrotask(task)))(\"slim\", arg0);";
        assert!(caught.contains(&format!("function(arg0) {{ {call} }};")), "{caught}");
        assert!(caught.contains("return arg0.queueMicrotask;"), "{caught}");
        assert_eq!(with_traps_caught("no tasks", "slim").expect("none"), "no tasks");
        let error = with_traps_caught("const q = globalThis.queueMicrotask; q(f);", "slim");
        assert!(error.expect_err("unknown").to_string().contains("in a way that is not known"));
    }
}
