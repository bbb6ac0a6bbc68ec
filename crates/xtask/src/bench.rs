//! `./x bench`: the encoder in the browser beside its peers, measured in one run of one Chromium.

use std::process::Command;

use anyhow::Result;

use crate::repo::Repo;
use crate::setup::{self, Need, SERVING};
use crate::{chromium, files, npm, shell, size, stamp, wasm};

/// Runs `crates/rubrica-wasm/bench/run.mjs`, with everything that it needs in the environment:
/// `CHROMIUM` (browser), `RUBRICA_MODELS` (folder of models), `BENCH_ONNX` (folder of the peer's
/// ONNX files, made here), `BENCH_SIZES` (JSON file with the sizes of both builds).
pub fn bench(repo: &Repo, json: bool) -> Result<()> {
    let folder = repo.path("crates/rubrica-wasm/bench");
    let packages = Need::NodePackages("crates/rubrica-wasm/bench");
    setup::ensure(repo, SERVING.iter().copied().chain([packages, Need::Browser]))?;
    wasm::build_all(repo, true)?;
    npm::build_package(repo)?;
    let onnx = make_onnx(repo)?;
    let sizes = repo.scratch("bench/sizes.json");
    files::write(&sizes, serde_json::to_string(&size::measure_all(repo)?)?)?;
    let mut node = Command::new("node");
    node.arg("run.mjs").current_dir(&folder);
    if json {
        node.arg("--json");
    }
    node.env("CHROMIUM", chromium::ensure()?)
        .env("RUBRICA_MODELS", repo.path("models"))
        .env("BENCH_ONNX", onnx)
        .env("BENCH_SIZES", sizes);
    shell::run(&mut node)
}

/// The model as ONNX, for the peer. Made from our own copy of the weights by a script that lies
/// beside the bench, in a Python environment of its own.
fn make_onnx(repo: &Repo) -> Result<std::path::PathBuf> {
    let folder = repo.path("crates/rubrica-wasm/bench");
    let (script, needs) = (folder.join("make_onnx.py"), folder.join("requirements.txt"));
    let model = repo.path("models/minilm-l6");
    let onnx = repo.scratch("bench/onnx");
    let inputs = stamp::Inputs::new()
        .file(&script)?
        .file(&needs)?
        .file(&model.join("manifest.json"))?
        .finish();
    let outputs = [onnx.join("model.onnx"), onnx.join("model_int8.onnx")];
    stamp::unless_fresh(repo, "bench-onnx", &inputs, &outputs, || {
        shell::step("bench: MiniLM as ONNX for the peer", || {
            let environment = repo.scratch("bench/venv");
            shell::run(Command::new("python3").args(["-m", "venv"]).arg(&environment))?;
            let python = environment.join("bin/python");
            let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
            shell::run(Command::new(&python).args(pip).arg(&needs))?;
            shell::run(Command::new(&python).arg(&script).arg(&model).arg(&onnx))
        })
    })?;
    Ok(onnx)
}
