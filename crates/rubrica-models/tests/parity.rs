//! Equality with `transformers`: tiny random BERTs for every head and pooling, and the real
//! all-MiniLM-L6-v2. The files are made by `tests/fixtures/bert/make.py` and
//! `tests/golden/models/make_minilm.py`; `./x models` fetches the real weights.

use std::path::{Path, PathBuf};

use pollster::block_on;
use rubrica_core::{ClassifierModel, EmbedModel, Quiet, TextPair};
use rubrica_models::{
    Classifier, ClassifierOptions, Device, EncodeOptions, ModelFiles, TextEncoder, TextTokenizer,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn bytes(path: &str) -> Vec<u8> {
    let path = root().join(path);
    std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e} (run ./x models)", path.display()))
}

fn json<T: DeserializeOwned>(path: &str) -> T {
    serde_json::from_slice(&bytes(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

fn worst<T: Copy + Into<f64>>(ours: &[T], reference: &[T]) -> f64 {
    assert_eq!(ours.len(), reference.len());
    let gaps = ours.iter().zip(reference).map(|(a, b)| ((*a).into() - (*b).into()).abs());
    gaps.fold(0.0, f64::max)
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| -> f64 {
        a.iter().zip(b).map(|(x, y)| f64::from(*x) * f64::from(*y)).sum()
    };
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

#[derive(Deserialize)]
struct EmbedGolden {
    rows: Vec<EmbedRow>,
}

#[derive(Deserialize)]
struct EmbedRow {
    text: String,
    mean: Vec<f32>,
    cls: Vec<f32>,
    last: Vec<f32>,
    layer1: Vec<f32>,
}

#[test]
fn tiny_encoders_equal_transformers_in_every_pooling() {
    let tokenizer = bytes("tests/fixtures/bert/tokenizer.json");
    for act in ["gelu", "gelu-new", "relu"] {
        let folder = format!("tests/fixtures/bert/embed-{act}");
        let (config, weights) =
            (bytes(&format!("{folder}/config.json")), bytes(&format!("{folder}/tiny.safetensors")));
        let golden: EmbedGolden = json(&format!("{folder}/golden.json"));
        for pooling in ["mean", "cls", "last"] {
            let flag = if pooling == "last" { "lasttoken" } else { pooling };
            let flag = if pooling == "mean" { "mean_tokens" } else { flag };
            let flag = if pooling == "cls" { "cls_token" } else { flag };
            let modes = format!("{{\"pooling_mode_{flag}\": true}}");
            let files = ModelFiles {
                id: "tiny",
                config: &config,
                tokenizer: &tokenizer,
                weights: &weights,
                pooling: Some(modes.as_bytes()),
                ..ModelFiles::default()
            };
            let encoder =
                block_on(TextEncoder::load(files, &Device::flex(), EncodeOptions::default()))
                    .expect("loads");
            let texts: Vec<&str> = golden.rows.iter().map(|r| r.text.as_str()).collect();
            let ours = block_on(encoder.embed(&texts, &Quiet)).expect("embeds");
            for (row, ours) in golden.rows.iter().zip(&ours) {
                let reference = match pooling {
                    "mean" => &row.mean,
                    "cls" => &row.cls,
                    _ => &row.last,
                };
                assert!(worst(ours, reference) < 1e-5, "{act} {pooling} `{}`", row.text);
            }
            let layer1 = block_on(encoder.embed_tokens(&texts, Some(1), &Quiet)).expect("embeds");
            for (row, ours) in golden.rows.iter().zip(&layer1) {
                assert!(worst(&ours.vectors, &row.layer1) < 1e-4, "{act} layer 1 `{}`", row.text);
            }
        }
    }
}

#[derive(Deserialize)]
struct HeadGolden {
    rows: Vec<HeadRow>,
}

#[derive(Deserialize)]
struct HeadRow {
    a: String,
    b: Option<String>,
    logits: Vec<f64>,
    values: Vec<f64>,
    ordinal: Option<Vec<f64>>,
}

#[test]
fn tiny_heads_equal_transformers() {
    let ordinal = br#"{"pooling": "cls", "activation": "ordinal", "labels": ["1","2","3","4","5"],
        "layers": [{"name": "pooler.dense", "activation": "tanh"}, {"name": "classifier"}]}"#;
    let tokenizer = bytes("tests/fixtures/bert/tokenizer.json");
    for (name, head) in [
        ("softmax", None),
        ("sigmoid", None),
        ("regression", None),
        ("regression", Some(&ordinal[..])),
    ] {
        let folder = format!("tests/fixtures/bert/head-{name}");
        let (config, weights) =
            (bytes(&format!("{folder}/config.json")), bytes(&format!("{folder}/tiny.safetensors")));
        let files = ModelFiles {
            config: &config,
            tokenizer: &tokenizer,
            weights: &weights,
            head,
            ..ModelFiles::default()
        };
        let options = ClassifierOptions::default();
        let model = block_on(Classifier::load(files, &Device::flex(), options)).expect("loads");
        let golden: HeadGolden = json(&format!("{folder}/golden.json"));
        let inputs: Vec<TextPair<'_>> =
            golden.rows.iter().map(|r| TextPair { first: &r.a, second: r.b.as_deref() }).collect();
        let ours = block_on(model.classify(&inputs, &Quiet)).expect("runs");
        for (row, ours) in golden.rows.iter().zip(&ours) {
            assert!(worst(&ours.logits, &row.logits) < 1e-4, "{name} `{}` {:?}", row.a, row.b);
            let reference = if head.is_some() {
                row.ordinal.as_ref().expect("in the golden")
            } else {
                &row.values
            };
            assert!(worst(&ours.values, reference) < 1e-5, "{name} `{}`", row.a);
        }
    }
}

#[derive(Deserialize)]
struct MiniLmGolden {
    tokens: Vec<TokenRow>,
    embeddings: Vec<MiniLmRow>,
}

#[derive(Deserialize)]
struct TokenRow {
    name: String,
    text: String,
    plain: Tokens,
    special: Tokens,
}

#[derive(Deserialize)]
struct Tokens {
    ids: Vec<u32>,
    spans: Vec<[usize; 2]>,
}

#[derive(Deserialize)]
struct MiniLmRow {
    text: String,
    embedding: Vec<f32>,
    layer3_token1: Vec<f32>,
}

#[test]
fn tokenizer_gives_identical_ids_and_offsets() {
    let golden: MiniLmGolden = json("tests/golden/models/minilm.json");
    let plain =
        TextTokenizer::from_bytes(&bytes("models/minilm-l6/tokenizer.json")).expect("loads");
    let special = plain.clone().with_special_tokens_in_text();
    for row in &golden.tokens {
        for (tokenizer, expected) in [(&plain, &row.plain), (&special, &row.special)] {
            let ours = tokenizer.tokenize(&row.text).expect("tokenizes");
            assert_eq!(ours.ids, expected.ids, "{}", row.name);
            let spans: Vec<[usize; 2]> = ours.spans.iter().map(|s| [s.start, s.end]).collect();
            assert_eq!(spans, expected.spans, "{}", row.name);
        }
    }
}

fn minilm(weights: &[u8]) -> TextEncoder {
    let config = bytes("models/minilm-l6/config.json");
    let tokenizer = bytes("models/minilm-l6/tokenizer.json");
    let golden = bytes("models/minilm-l6/golden.json");
    let files = ModelFiles {
        id: "minilm-l6",
        config: &config,
        tokenizer: &tokenizer,
        weights,
        golden: Some(&golden),
        ..ModelFiles::default()
    };
    block_on(TextEncoder::load(files, &Device::flex(), EncodeOptions::default())).expect("loads")
}

#[test]
fn minilm_equals_transformers() {
    let encoder = minilm(&bytes("models/minilm-l6/model.safetensors"));
    let golden: MiniLmGolden = json("tests/golden/models/minilm.json");
    let texts: Vec<&str> = golden.embeddings.iter().map(|r| r.text.as_str()).collect();
    let ours = block_on(encoder.embed(&texts, &Quiet)).expect("embeds");
    let layer3 = block_on(encoder.embed_tokens(&texts, Some(3), &Quiet)).expect("embeds");
    for ((row, ours), layer3) in golden.embeddings.iter().zip(&ours).zip(&layer3) {
        let start: String = row.text.chars().take(20).collect();
        assert!(worst(ours, &row.embedding) < 1e-4, "`{start}`");
        assert!(cosine(ours, &row.embedding) > 0.99999, "`{start}`");
        assert!(worst(&layer3.row(0)[..8], &row.layer3_token1) < 1e-3, "`{start}` layer 3");
    }
}
