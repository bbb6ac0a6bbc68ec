//! What loading says of files that are cut short, changed, or made for something else.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use pollster::block_on;
use rubrica::catalogue::{JudgeModel, LoadedModel, Manifest, load_encoder, load_judge};
use rubrica::core::{Error, sha256_hex};
use rubrica::models::{DeviceChoice, EncodeOptions, TextEncoder};
use serde_json::{Value, json};

fn folder(id: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/models").join(id)
}

fn model(id: &str) -> LoadedModel {
    let read = |name: &str| fs::read(folder(id).join(name)).expect("a fixture");
    let manifest = Manifest::from_json(&read("manifest.json")).expect("valid");
    let files: BTreeMap<String, Vec<u8>> =
        manifest.needed().map(|f| (f.name.clone(), read(&f.name))).collect();
    LoadedModel { manifest, files }
}

fn encoder(model: &LoadedModel) -> Result<TextEncoder, Error> {
    let options = EncodeOptions::default();
    block_on(load_encoder(model, DeviceChoice::Flex, options, &|| 0.0)).map(|(encoder, _)| encoder)
}

/// Replaces a file, and its hash in the manifest when `consistent`.
fn with_file(mut model: LoadedModel, name: &str, bytes: Vec<u8>, consistent: bool) -> LoadedModel {
    if consistent {
        let entry = model.manifest.files.iter_mut().find(|f| f.name == name).expect("listed");
        entry.sha256 = sha256_hex(&bytes);
    }
    model.files.insert(name.into(), bytes);
    model
}

fn refusal(model: &LoadedModel) -> (&'static str, String) {
    let error = encoder(model).expect_err("refused");
    (error.code(), error.to_string())
}

fn judge(model: &LoadedModel, encoder: Option<&LoadedModel>) -> Result<JudgeModel, Error> {
    let options = EncodeOptions::default();
    block_on(load_judge(model, encoder, DeviceChoice::Flex, options, &|| 0.0))
        .map(|(judge, _)| judge)
}

fn changed_config(change: impl FnOnce(&mut Value)) -> LoadedModel {
    let model = model("tiny-encoder");
    let mut config: Value = serde_json::from_slice(&model.files["config.json"]).expect("JSON");
    change(&mut config);
    with_file(model, "config.json", config.to_string().into_bytes(), true)
}

#[test]
fn the_fixture_itself_loads() {
    encoder(&model("tiny-encoder")).expect("loads");
    judge(&model("tiny-judge"), Some(&model("tiny-encoder"))).expect("loads");
}

#[test]
fn weights_cut_short() {
    let whole = model("tiny-encoder");
    let bytes = whole.files["model.safetensors"].clone();
    for length in [0, 7, 100, bytes.len() - 1] {
        let cut = with_file(whole.clone(), "model.safetensors", bytes[..length].to_vec(), true);
        let (code, message) = refusal(&cut);
        assert_eq!(code, "weights_truncated", "{length} bytes: {message}");
    }
}

#[test]
fn weights_with_another_hash() {
    let whole = model("tiny-encoder");
    let mut bytes = whole.files["model.safetensors"].clone();
    *bytes.last_mut().expect("not empty") ^= 1;
    let (code, message) = refusal(&with_file(whole, "model.safetensors", bytes, false));
    assert_eq!(code, "weights_hash_mismatch");
    assert!(message.contains("; expected "), "{message}");
}

#[test]
fn weights_that_compute_something_else() {
    let whole = model("tiny-encoder");
    let mut bytes = whole.files["model.safetensors"].clone();
    let end = bytes.len();
    for x in bytes[end - 512..].as_chunks_mut::<4>().0 {
        *x = (f32::from_le_bytes(*x) + 1.0).to_le_bytes();
    }
    let (code, message) = refusal(&with_file(whole, "model.safetensors", bytes, true));
    assert_eq!(code, "golden_mismatch", "{message}");
}

#[test]
fn another_architecture() {
    let (code, message) = refusal(&changed_config(|c| c["model_type"] = json!("mamba")));
    assert_eq!(code, "unknown_architecture");
    assert!(message.contains("`mamba`") && message.contains("bert"), "{message}");
}

#[test]
fn shapes_that_do_not_fit_the_weights() {
    let (code, message) = refusal(&changed_config(|c| c["hidden_size"] = json!(32)));
    assert_eq!(code, "weights_wrong_shape");
    assert!(message.contains("expected ["), "{message}");
    let (code, _) = refusal(&changed_config(|c| c["num_hidden_layers"] = json!(3)));
    assert_eq!(code, "weights_missing_tensor");
}

#[test]
fn broken_side_files() {
    let broken = |name: &str| with_file(model("tiny-encoder"), name, b"{".to_vec(), true);
    assert_eq!(refusal(&broken("config.json")).0, "model_config");
    assert_eq!(refusal(&broken("tokenizer.json")).0, "tokenizer");
    assert_eq!(refusal(&broken("golden.json")).0, "model_config");
    let mut missing = model("tiny-encoder");
    missing.files.remove("tokenizer.json");
    assert_eq!(refusal(&missing).0, "model_file_missing");
}

#[test]
fn models_of_another_kind() {
    assert_eq!(refusal(&model("tiny-judge")).0, "not_an_encoder");
    let good = model("tiny-encoder");
    let code = |model: &LoadedModel, encoder: Option<&LoadedModel>| {
        judge(model, encoder).map(|_| ()).expect_err("refused").code()
    };
    assert_eq!(code(&good, Some(&good)), "not_a_judge");
    let mut other = model("tiny-judge");
    assert_eq!(code(&other, None), "wrong_encoder");
    other.manifest.encoder = Some("minilm-l6".into());
    assert_eq!(code(&other, Some(&good)), "wrong_encoder");
    other.manifest.encoder = None;
    assert_eq!(code(&other, None), "missing_model");
}
