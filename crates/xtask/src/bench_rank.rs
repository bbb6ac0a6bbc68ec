//! `./x bench rank`: a leaderboard of a million battles, native, in wasm, and in NumPy and SciPy.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::repo::Repo;
use crate::{files, shell, wasm};

const BATTLES: &str = "1000000";
const MODELS: &str = "200";
const BOOTSTRAP: &str = "100";
/// Each is run so often, in turn, and the median counts.
const RUNS: usize = 5;

#[derive(Deserialize)]
struct Native {
    read_ms: f64,
    rank_ms: f64,
    first: f64,
}

#[derive(Deserialize)]
struct Wasm {
    total_ms: f64,
    first: f64,
}

#[derive(Deserialize)]
struct Peer {
    rank_ms: f64,
    first: f64,
}

/// Measures and prints milliseconds and ratios.
pub fn bench(repo: &Repo, json: bool) -> Result<()> {
    let folder = repo.path("crates/rubrica-wasm/bench");
    wasm::build(repo, "statistics", true)?;
    let environment = repo.scratch("bench/rank-venv");
    let python = environment.join("bin/python");
    if !python.is_file() {
        shell::run(Command::new("python3").args(["-m", "venv"]).arg(&environment))?;
    }
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    shell::run(Command::new(&python).args(pip).args(["numpy==2.4.1", "scipy==1.17.1"]))?;
    let battles = repo.scratch("bench/battles.jsonl");
    files::write(&battles, "")?;
    let peer = folder.join("rank_peer.py");
    let make = ["make", BATTLES, MODELS];
    shell::run(Command::new(&python).arg(&peer).args(make).arg(&battles))?;
    let example = ["--release", "-q", "-p", "rubrica-audit", "--example", "bench_rank"];
    shell::run(Command::new("cargo").arg("build").args(example).current_dir(repo.path(".")))?;
    let (mut native, mut wasm, mut numpy) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let mut run = Command::new("cargo");
        run.arg("run").args(example).arg("--").current_dir(repo.path("."));
        native.push(measured::<Native>(run.arg(&battles).arg(BOOTSTRAP))?);
        let mut run = Command::new("node");
        run.arg(folder.join("rank.mjs"));
        wasm.push(measured::<Wasm>(run.arg(&battles).arg(BOOTSTRAP))?);
        numpy.push(measured::<Peer>(one_thread(&python, &peer).arg(&battles).arg(BOOTSTRAP))?);
    }
    for (a, b) in [(native[0].first, numpy[0].first), (native[0].first, wasm[0].first)] {
        ensure!((a - b).abs() < 1e-2, "best rating is {a} here and {b} there");
    }
    let native_ms = median(native.iter().map(|n| n.rank_ms));
    let read_ms = median(native.iter().map(|n| n.read_ms));
    let wasm_ms = median(wasm.iter().map(|w| w.total_ms));
    let numpy_ms = median(numpy.iter().map(|p| p.rank_ms));
    let ratio = numpy_ms / native_ms;
    if json {
        let report = serde_json::json!({
            "battles": BATTLES, "models": MODELS, "bootstrap": BOOTSTRAP, "native_ms": native_ms,
            "native_read_ms": read_ms, "wasm_with_reading_ms": wasm_ms, "numpy_ms": numpy_ms,
            "numpy_over_native": ratio,
        });
        println!("{report}");
    } else {
        println!(
            "Bradley-Terry, {BATTLES} battles of {MODELS} models, {BOOTSTRAP} resamples, one thread"
        );
        println!("native, from battles in memory  {native_ms:8.0} ms");
        println!("native, reading the file        {read_ms:8.0} ms more");
        println!("wasm, from text to ratings      {wasm_ms:8.0} ms");
        println!(
            "NumPy and SciPy, from arrays    {numpy_ms:8.0} ms, {ratio:.1} times the native time"
        );
    }
    Ok(())
}

fn one_thread(python: &Path, script: &Path) -> Command {
    let mut run = Command::new(python);
    run.arg(script).arg("time");
    for library in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"] {
        run.env(library, "1");
    }
    run
}

fn measured<T: for<'de> Deserialize<'de>>(command: &mut Command) -> Result<T> {
    let text = shell::read(command)?;
    serde_json::from_str(&text).with_context(|| format!("printed {text:?}; expected JSON"))
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}
