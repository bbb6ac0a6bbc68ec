//! Makes `tests/fixtures/models`: a tiny random encoder and a tiny random judge on it, whole as
//! `models/` is, for tests that need a model but not its judgment.
//!
//! `cargo run --release -p rubrica --example tiny_models`, from the top of the checkout. The encoder
//! and what `transformers` computes with it come from `tests/fixtures/bert`.

use std::error::Error;
use std::fs;
use std::path::Path;

use rubrica::catalogue::{FileEntry, Manifest, ModelKind, write_probe};
use rubrica::core::sha256_hex;
use rubrica::judge::probe::{Dense, HeadWeights, SCALARS, reward_width, rubric_width};
use rubrica::models::{Golden, TextTokenizer};
use rubrica::stats::rng::Rng;
use serde_json::Value;

type Done<T = ()> = Result<T, Box<dyn Error>>;

const ENCODER: &str = "tiny-encoder";
const JUDGE: &str = "tiny-judge";
/// Width of the encoder's embeddings.
const DIM: usize = 16;

fn main() -> Done {
    let (from, to) = (Path::new("tests/fixtures/bert"), Path::new("tests/fixtures/models"));
    let tokenizer = fs::read(from.join("tokenizer.json"))?;
    let golden = golden(&tokenizer, &from.join("embed-gelu/golden.json"))?;
    let encoder = manifest(ENCODER, ModelKind::Encoder, "model.safetensors", None);
    let files = vec![
        ("config.json", fs::read(from.join("embed-gelu/config.json"))?),
        ("tokenizer.json", tokenizer),
        ("model.safetensors", fs::read(from.join("embed-gelu/tiny.safetensors"))?),
        ("golden.json", serde_json::to_vec_pretty(&golden)?),
    ];
    write(&to.join(ENCODER), encoder, files)?;
    let mut rng = Rng::seeded(1);
    let (rubric, reward) =
        (head(&mut rng, rubric_width(DIM), 4), head(&mut rng, reward_width(DIM), 4));
    let probe = write_probe(&rubric, &[-1.5, -0.5, 0.5, 1.5], &reward);
    let judge = manifest(JUDGE, ModelKind::Probe, "probe.safetensors", Some(ENCODER));
    write(&to.join(JUDGE), judge, vec![("probe.safetensors", probe)])
}

fn golden(tokenizer: &[u8], reference: &Path) -> Done<Golden> {
    let reference: Value = serde_json::from_slice(&fs::read(reference)?)?;
    let row = &reference["rows"][0];
    let text: String = serde_json::from_value(row["text"].clone())?;
    let tokenizer = TextTokenizer::from_bytes(tokenizer)?;
    let inner = tokenizer.tokenize(&text)?.ids;
    Ok(Golden {
        tool: serde_json::from_value(reference["tool"].clone())?,
        ids: [tokenizer.prefix(), &inner, tokenizer.suffix()].concat(),
        text,
        embedding: serde_json::from_value(row["mean"].clone())?,
        tolerance: 1e-4,
        tolerance_compressed: 1e-3,
    })
}

/// A random head of one hidden layer.
fn head(rng: &mut Rng, inputs: usize, hidden: usize) -> HeadWeights {
    let mut values = |n: usize, scale: f64| -> Vec<f32> {
        (0..n).map(|_| ((rng.unit() - 0.5) * scale) as f32).collect()
    };
    HeadWeights {
        mean: vec![0.0; SCALARS],
        std: vec![4.0; SCALARS],
        layers: vec![
            Dense { weight: values(hidden * inputs, 1.0), bias: values(hidden, 0.2) },
            Dense { weight: values(hidden, 4.0), bias: values(1, 0.2) },
        ],
    }
}

fn manifest(id: &str, kind: ModelKind, weights: &str, encoder: Option<&str>) -> Manifest {
    Manifest {
        id: id.into(),
        title: format!("{id}: random weights, for tests"),
        kind,
        license: "MIT OR Apache-2.0".into(),
        source: "random".into(),
        weights: weights.into(),
        encoder: encoder.map(str::to_owned),
        files: Vec::new(),
    }
}

fn write(folder: &Path, mut manifest: Manifest, files: Vec<(&str, Vec<u8>)>) -> Done {
    fs::create_dir_all(folder)?;
    for (name, bytes) in files {
        fs::write(folder.join(name), &bytes)?;
        let sha256 = sha256_hex(&bytes);
        manifest.files.push(FileEntry { name: name.into(), sha256, bytes: bytes.len() as u64 });
    }
    fs::write(folder.join("manifest.json"), serde_json::to_string_pretty(&manifest)? + "\n")?;
    Ok(())
}
