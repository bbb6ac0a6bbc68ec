//! Makes `tests/fixtures/models`: a tiny random encoder and tiny random judges, whole as
//! `models/` is, for tests that need a model but not its judgment.
//!
//! `cargo run --release -p rubrica --example tiny_models`, from the top of the checkout. The encoder
//! and what `transformers` computes with it come from `tests/fixtures/bert`.

use std::error::Error;
use std::fs;
use std::path::Path;

use pollster::block_on;
use rubrica::catalogue::{FileEntry, Manifest, ModelKind, write_probe};
use rubrica::core::sha256_hex;
use rubrica::judge::probe::{Dense, HeadWeights, SCALARS, reward_width, rubric_width};
use rubrica::models::{
    CONTEXT_KINDS, CROSS_COSINES, CROSS_FEATURES, CROSS_HIDDEN, CrossConfig, CrossGolden,
    CrossJudge, Device, ERROR_KINDS, EncodeOptions, Golden, ModelFiles, NamedTensor, Precision,
    SUPPORT_KINDS, TextTokenizer, write_weights,
};
use rubrica::stats::rng::Rng;
use serde_json::Value;

type Done<T = ()> = Result<T, Box<dyn Error>>;

const ENCODER: &str = "tiny-encoder";
const JUDGE: &str = "tiny-judge";
const CROSS: &str = "tiny-cross";
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
    write(&to.join(JUDGE), judge, vec![("probe.safetensors", probe)])?;
    let files = cross(&mut rng, &fs::read(from.join("tokenizer.json"))?)?;
    let judge = manifest(CROSS, ModelKind::CrossEncoder, "model.safetensors", Some(ENCODER));
    write(&to.join(CROSS), judge, files)
}

/// A random cross-encoder of one layer, with the tokens that its template needs.
fn cross(rng: &mut Rng, tokenizer: &[u8]) -> Done<Vec<(&'static str, Vec<u8>)>> {
    let mut tokenizer: Value = serde_json::from_slice(tokenizer)?;
    let vocabulary = tokenizer["model"]["vocab"].as_object_mut().ok_or("no vocabulary")?;
    let words = vocabulary.len() + 8;
    for unused in 0..8 {
        vocabulary.insert(format!("[unused{unused}]"), (vocabulary.len()).into());
    }
    let tokenizer = serde_json::to_vec_pretty(&tokenizer)?;
    let config = serde_json::to_vec_pretty(&serde_json::json!({
        "model_type": "bert", "vocab_size": words, "hidden_size": DIM, "num_hidden_layers": 1,
        "num_attention_heads": 2, "intermediate_size": 2 * DIM, "max_position_embeddings": 64,
    }))?;
    let weights = write_weights(&cross_tensors(rng, words), Precision::F32);
    let mut head = CrossConfig::new(64);
    head.interval = Some(0.4);
    head.tie_margin = 0.01;
    // Random logits lie around even odds; some sentences are to be found faulty.
    head.finding_threshold = 0.2;
    let head = serde_json::to_vec_pretty(&head)?;
    let files = ModelFiles {
        id: CROSS,
        config: &config,
        tokenizer: &tokenizer,
        weights: &weights,
        head: Some(&head),
        ..ModelFiles::default()
    };
    let judge = block_on(CrossJudge::load(files, &Device::flex(), EncodeOptions::default()))?;
    let mut golden = CrossGolden {
        tool: format!("rubrica {} on flex", rubrica::core::VERSION),
        criterion: "Is it true?".into(),
        instruction: "Say what you see.".into(),
        reference: "A cat sat on the mat.".into(),
        response: "The cat sat.".into(),
        logits: Default::default(),
        tolerance: 1e-3,
    };
    golden.logits = block_on(judge.golden_logits(&golden))?;
    let golden = serde_json::to_vec_pretty(&golden)?;
    Ok(vec![
        ("config.json", config),
        ("tokenizer.json", tokenizer),
        ("model.safetensors", weights),
        ("head.json", head),
        ("golden.json", golden),
    ])
}

fn cross_tensors(rng: &mut Rng, words: usize) -> Vec<NamedTensor> {
    let mut tensors = Vec::new();
    let mut push = |name: String, shape: &[usize], base: f32, scale: f64| {
        let count = shape.iter().product();
        let values = (0..count).map(|_| base + (scale * rng.normal()) as f32).collect();
        tensors.push(NamedTensor { name, shape: shape.to_vec(), values });
    };
    for (name, rows) in [("word", words), ("position", 64), ("token_type", 2)] {
        push(format!("embeddings.{name}_embeddings.weight"), &[rows, DIM], 0.0, 0.5);
    }
    let layer = |part: &str| format!("encoder.layer.0.{part}");
    for (part, output, input) in [
        ("attention.self.query", DIM, DIM),
        ("attention.self.key", DIM, DIM),
        ("attention.self.value", DIM, DIM),
        ("attention.output.dense", DIM, DIM),
        ("intermediate.dense", 2 * DIM, DIM),
        ("output.dense", DIM, 2 * DIM),
    ] {
        push(layer(&format!("{part}.weight")), &[output, input], 0.0, 0.3);
        push(layer(&format!("{part}.bias")), &[output], 0.0, 0.1);
    }
    for norm in [
        "embeddings.LayerNorm".to_owned(),
        layer("attention.output.LayerNorm"),
        layer("output.LayerNorm"),
    ] {
        push(format!("{norm}.weight"), &[DIM], 1.0, 0.1);
        push(format!("{norm}.bias"), &[DIM], 0.0, 0.1);
    }
    for (head, outputs) in [
        ("rubric", 1),
        ("reward", 1),
        ("grounding", SUPPORT_KINDS.len()),
        ("errors", ERROR_KINDS.len()),
        ("context", CONTEXT_KINDS.len()),
    ] {
        push(
            format!("heads.{head}.dense.weight"),
            &[CROSS_HIDDEN, 2 * DIM + CROSS_FEATURES + CROSS_COSINES],
            0.0,
            0.2,
        );
        push(format!("heads.{head}.dense.bias"), &[CROSS_HIDDEN], 0.0, 0.1);
        push(format!("heads.{head}.output.weight"), &[outputs, CROSS_HIDDEN], 0.0, 0.1);
        push(format!("heads.{head}.output.bias"), &[outputs], 0.0, 0.1);
    }
    let cuts = vec![-1.5, 0.0, 0.0, 0.0];
    tensors.push(NamedTensor { name: "heads.cuts".into(), shape: vec![4], values: cuts });
    tensors
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
