//! Every decoder equals `transformers` on tiny random checkpoints: read as a whole, in pieces and beside
//! others. The files are made by `tests/fixtures/decoders/make.py`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use burn::tensor::{Int, Tensor, TensorData};
use rubrica_models::{CausalDecoder, DecoderCache, DecoderConfig, Device, ModelError, Weights};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    ids: Vec<u32>,
    /// After each token, `[ids][vocab]`.
    logits: Vec<f32>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/decoders")
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The folders of checkpoints, in order.
fn fixtures() -> Vec<PathBuf> {
    let folders: BTreeSet<PathBuf> = fs::read_dir(root())
        .expect("there")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.join("config.json").exists())
        .collect();
    assert!(folders.len() >= 5, "{folders:?}");
    folders.into_iter().collect()
}

fn load(config: &[u8], weights: &[u8]) -> Result<CausalDecoder, ModelError> {
    let config = DecoderConfig::from_json(config)?;
    let weights = Weights::parse(weights, None, config.prefixes())?;
    let decoder = CausalDecoder::load(&config, &weights, &Device::flex())?;
    assert_eq!(weights.unused(), Vec::<String>::new());
    Ok(decoder)
}

fn open(folder: &Path) -> (CausalDecoder, Vec<Row>) {
    let golden: Golden = serde_json::from_slice(&read(&folder.join("golden.json"))).expect("valid");
    let decoder =
        load(&read(&folder.join("config.json")), &read(&folder.join("model.safetensors")));
    (decoder.unwrap_or_else(|e| panic!("{}: {e}", folder.display())), golden.rows)
}

/// Logits after each token of rows of equal length.
fn logits(decoder: &CausalDecoder, rows: &[&[u32]], cache: &mut DecoderCache) -> Vec<f32> {
    let ids: Vec<i32> = rows.iter().flat_map(|row| row.iter().map(|&id| id as i32)).collect();
    let shape = [rows.len(), rows[0].len()];
    let ids = Tensor::<2, Int>::from_data(TensorData::new(ids, shape), Device::flex().burn());
    let logits = decoder.logits(decoder.decoder().forward(ids, cache));
    logits.into_data().try_into_vec::<f32>().expect("f32")
}

#[track_caller]
fn assert_close(found: &[f32], expected: &[f32], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (index, (ours, theirs)) in found.iter().zip(expected).enumerate() {
        assert!((ours - theirs).abs() < 1e-4, "{what} at {index}: {ours}, expected {theirs}");
    }
}

fn name(folder: &Path) -> String {
    folder.file_name().expect("named").to_string_lossy().into_owned()
}

#[test]
fn the_whole_sequence_equals_transformers() {
    for folder in fixtures() {
        let (decoder, rows) = open(&folder);
        for row in rows {
            let found = logits(&decoder, &[&row.ids], &mut DecoderCache::default());
            assert_close(&found, &row.logits, &format!("{} {}", name(&folder), row.ids.len()));
        }
    }
}

#[test]
fn pieces_of_any_length_give_what_the_whole_gives() {
    for folder in fixtures() {
        let (decoder, rows) = open(&folder);
        for row in rows {
            for piece in [1, 2, 5, 11] {
                let mut cache = DecoderCache::default();
                let pieces = row.ids.chunks(piece);
                let found: Vec<f32> =
                    pieces.flat_map(|ids| logits(&decoder, &[ids], &mut cache)).collect();
                assert_eq!(cache.len(), row.ids.len());
                let what = format!("{} {} in pieces of {piece}", name(&folder), row.ids.len());
                assert_close(&found, &row.logits, &what);
            }
        }
    }
}

#[test]
fn neither_padding_nor_other_rows_have_an_influence() {
    for folder in fixtures() {
        let (decoder, rows) = open(&folder);
        let longest = rows.iter().map(|row| row.ids.len()).max().expect("some");
        let padded: Vec<Vec<u32>> = rows
            .iter()
            .rev()
            .map(|row| [row.ids.clone(), vec![3; longest - row.ids.len()]].concat())
            .collect();
        let padded: Vec<&[u32]> = padded.iter().map(Vec::as_slice).collect();
        let found = logits(&decoder, &padded, &mut DecoderCache::default());
        let each = found.len() / rows.len();
        for (row, found) in rows.iter().rev().zip(found.chunks_exact(each)) {
            let what = format!("{} {} of {longest}", name(&folder), row.ids.len());
            assert_close(&found[..row.logits.len()], &row.logits, &what);
        }
    }
}

#[test]
fn many_go_on_from_one_beginning_that_was_read_once() {
    for folder in fixtures() {
        let (decoder, rows) = open(&folder);
        let row = rows.last().expect("some");
        let (start, rest) = row.ids.split_at(row.ids.len() - 4);
        let mut cache = DecoderCache::default();
        logits(&decoder, &[start], &mut cache);
        let mut many = cache.repeat(3);
        let other = [rest[0], rest[2], rest[1], rest[3]];
        let found = logits(&decoder, &[&other, rest, &other], &mut many);
        let each = found.len() / 3;
        let expected = &row.logits[row.logits.len() - each..];
        assert_close(&found[each..2 * each], expected, &name(&folder));
        // The one that they went on from is as it was.
        assert_close(&logits(&decoder, &[rest], &mut cache), expected, &name(&folder));
    }
}

#[test]
fn hostile_configurations_are_typed_errors() {
    for folder in fixtures() {
        let json: serde_json::Value =
            serde_json::from_slice(&read(&folder.join("config.json"))).expect("valid");
        let weights = read(&folder.join("model.safetensors"));
        let with = |field: &str, value: serde_json::Value| {
            let mut json = json.clone();
            json[field] = value;
            load(json.to_string().as_bytes(), &weights).err()
        };
        for (field, value) in [
            ("num_hidden_layers", 1_000_000_000u64.into()),
            ("num_hidden_layers", u64::MAX.into()),
            ("num_hidden_layers", 0.into()),
            ("num_attention_heads", 0.into()),
            ("num_attention_heads", 3.into()),
            ("num_key_value_heads", 0.into()),
            ("head_dim", 3.into()),
            ("hidden_size", u64::MAX.into()),
            ("vocab_size", u64::MAX.into()),
            ("sliding_window", 0.into()),
            ("rms_norm_eps", (-1.0).into()),
            ("attn_logit_softcapping", 50.0.into()),
            ("rope_parameters", serde_json::json!({"rope_type": "yarn"})),
            ("rope_parameters", serde_json::json!({"rope_type": "linear", "factor": 0})),
            ("rope_parameters", serde_json::json!({"rope_theta": -1.0})),
            ("layer_types", serde_json::json!(["full_attention"])),
        ] {
            let error = with(field, value.clone()).expect(field);
            assert_eq!(error.code(), "model_config", "{} {field} {value}", name(&folder));
        }
        let error = with("vocab_size", 41.into()).expect("one more");
        assert_eq!(error.code(), "weights_wrong_shape");
        let error = with("model_type", "mamba".into()).expect("another");
        assert_eq!(error.code(), "unknown_architecture");
    }
}
