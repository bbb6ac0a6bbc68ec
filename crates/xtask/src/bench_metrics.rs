//! `./x bench metrics`: sentences per second of the metrics, native and in wasm, beside the reference
//! tools in Python and the usual npm packages, all measured in one run.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use crate::repo::Repo;
use crate::stamp::{Inputs, unless_fresh};
use crate::{files, npm, shell, wasm};

const SEGMENTS: &str = "20000";

/// Sentences per second, and the mean score.
#[derive(Deserialize, Serialize)]
struct Figures {
    per_s: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    all_cores_per_s: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    package: Option<String>,
    mean: f64,
}

type Table = BTreeMap<String, Figures>;

/// What one run found.
#[derive(Serialize)]
struct Found {
    native: Table,
    python: Table,
    wasm: Table,
    npm: Table,
}

#[derive(Deserialize)]
struct Node {
    wasm: Table,
    npm: Table,
}

/// Measures and prints sentences per second and ratios.
///
/// # Errors
/// A tool that does not run, or one whose mean score is not ours where it should be.
pub fn bench(repo: &Repo, json: bool) -> Result<()> {
    wasm::build_all(repo, true)?;
    npm::build_package(repo)?;
    let folder = repo.path("crates/rubrica-wasm/bench/metrics");
    let (python, peers) = (python(repo)?, node_peers(repo)?);
    let segments = repo.scratch("bench/segments.jsonl");
    files::write(&segments, "")?;
    let script = folder.join("peers.py");
    shell::run(Command::new(&python).arg(&script).args(["make", SEGMENTS]).arg(&segments))?;
    let example = ["--release", "-q", "-p", "rubrica-metrics", "--example", "bench_metrics", "--"];
    let mut native = repo.cargo("run");
    let mut node = Command::new("node");
    let found = Found {
        native: measured(native.args(example).arg(&segments))?,
        python: measured(Command::new(&python).arg(&script).arg("time").arg(&segments))?,
        wasm: Table::new(),
        npm: Table::new(),
    };
    let Node { wasm, npm } =
        measured(node.arg(folder.join("metrics.mjs")).arg(&segments).arg(&peers))?;
    let found = Found { wasm, npm, ..found };
    same_scores(&found)?;
    if json {
        println!("{}", serde_json::to_string(&found)?);
    } else {
        print(&found);
    }
    Ok(())
}

/// Scores that are held to the same tool have the same mean on the same segments; counts of readability
/// differ by design.
fn same_scores(found: &Found) -> Result<()> {
    for name in ["bleu", "chrf", "rouge_l", "levenshtein"] {
        let mean = |table: &Table| table.get(name).map(|figures| figures.mean);
        let ours = mean(&found.native).with_context(|| format!("{name} was not measured"))?;
        for other in [mean(&found.python), mean(&found.wasm)].into_iter().flatten() {
            ensure!(
                (ours - other).abs() < 1e-6 * ours.abs(),
                "{name} is {ours} here, {other} there"
            );
        }
    }
    Ok(())
}

fn print(found: &Found) {
    println!("sentences per second; in brackets, how many times as many as the peer beside");
    println!(
        "{:<12} {:>20} {:>12} {:>12} {:>20} {:>12}  peer",
        "", "native, one thread", "all cores", "Python", "wasm, one thread", "npm"
    );
    for (name, native) in &found.native {
        let rate = |table: &Table| table.get(name).map(|figures| figures.per_s);
        let beside = |ours: f64, peer: Option<f64>| match peer {
            Some(peer) => format!("{ours:.0} ({:.1})", ours / peer),
            None => format!("{ours:.0}"),
        };
        let shown = |value: Option<f64>| value.map_or("-".into(), |value| format!("{value:.0}"));
        let (python, npm) = (rate(&found.python), rate(&found.npm));
        let peer = found.npm.get(name).and_then(|figures| figures.package.as_deref());
        println!(
            "{name:<12} {:>20} {:>12} {:>12} {:>20} {:>12}  {}",
            beside(native.per_s, python),
            shown(native.all_cores_per_s),
            shown(python),
            rate(&found.wasm).map_or("-".into(), |ours| beside(ours, npm)),
            shown(npm),
            peer.unwrap_or("no npm package found"),
        );
    }
}

/// The Python of an environment with the peers.
fn python(repo: &Repo) -> Result<PathBuf> {
    let needs = repo.path("crates/rubrica-wasm/bench/metrics/requirements.txt");
    let environment = repo.scratch("bench/metrics-venv");
    let python = environment.join("bin/python");
    let inputs = Inputs::new().file(&needs)?.finish();
    unless_fresh(repo, "bench-metrics-python", &inputs, std::slice::from_ref(&python), || {
        shell::run(Command::new("python3").args(["-m", "venv"]).arg(&environment))?;
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
        shell::run(Command::new(&python).args(pip).arg(&needs))
    })?;
    Ok(python)
}

/// A folder outside of the sources in which the npm packages are installed.
fn node_peers(repo: &Repo) -> Result<PathBuf> {
    let sources = repo.path("crates/rubrica-wasm/bench/metrics");
    let folder = repo.scratch("bench/metrics-npm");
    fs::create_dir_all(&folder)?;
    for name in ["package.json", "package-lock.json"] {
        fs::copy(sources.join(name), folder.join(name))
            .with_context(|| format!("copying {name}"))?;
    }
    let settings = repo.path("crates/rubrica-wasm/bench/.npmrc");
    fs::copy(settings, folder.join(".npmrc")).context("copying .npmrc")?;
    npm::install(repo, &folder)?;
    Ok(folder)
}

fn measured<T: for<'de> Deserialize<'de>>(command: &mut Command) -> Result<T> {
    let text = shell::read(command)?;
    serde_json::from_str(&text).with_context(|| format!("printed {text:?}; expected JSON"))
}
