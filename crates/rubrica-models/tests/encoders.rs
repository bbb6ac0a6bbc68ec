//! Every architecture and head equals `transformers` on tiny random checkpoints, whatever else stands in
//! the batch. The files are made by `tests/fixtures/encoders/make.py`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use pollster::block_on;
use rubrica_core::{ClassifierModel, Quiet, TextPair};
use rubrica_models::{
    Classifier, ClassifierOptions, Device, EncodeOptions, Encoder, EncoderConfig, HeadTask,
    ModelError, ModelFiles, ModuleFiles, NamedTensor, Precision, Truncation, Weights,
    write_weights,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    tokenizer: String,
    window: usize,
    truncation: Truncation,
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    first: String,
    second: Option<String>,
    logits: Vec<f64>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/encoders")
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The folders of fixtures, in order.
fn fixtures() -> Vec<PathBuf> {
    let folders: BTreeSet<PathBuf> = fs::read_dir(root())
        .expect("there")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.join("config.json").exists())
        .collect();
    assert!(folders.len() >= 11, "{folders:?}");
    folders.into_iter().collect()
}

/// `modules.json` and the files of its modules, by path.
type Modules = (Vec<u8>, Vec<(String, Vec<u8>)>);

struct Fixture {
    name: String,
    config: Vec<u8>,
    weights: Vec<Vec<u8>>,
    modules: Option<Modules>,
    golden: Golden,
}

impl Fixture {
    fn open(folder: &Path) -> Self {
        let weights: BTreeSet<PathBuf> = fs::read_dir(folder)
            .expect("there")
            .map(|entry| entry.expect("readable").path())
            .filter(|path| path.extension().is_some_and(|e| e == "safetensors"))
            .collect();
        Self {
            name: folder.file_name().expect("named").to_string_lossy().into_owned(),
            config: read(&folder.join("config.json")),
            weights: weights.iter().map(|path| read(path)).collect(),
            modules: folder.join("modules.json").exists().then(|| {
                let parts = ["1_Pooling", "2_Dense", "3_LayerNorm", "4_Dense"];
                let paths = parts.iter().flat_map(|part| {
                    ["config.json", "model.safetensors"].map(|f| format!("{part}/{f}"))
                });
                let files = paths.filter(|path| folder.join(path).exists());
                (
                    read(&folder.join("modules.json")),
                    files.map(|path| (path.clone(), read(&folder.join(path)))).collect(),
                )
            }),
            golden: serde_json::from_slice(&read(&folder.join("golden.json"))).expect("valid"),
        }
    }

    fn load(&self, options: ClassifierOptions) -> Classifier {
        let tokenizer = read(&root().join(format!("tokenizers/{}.json", self.golden.tokenizer)));
        let more: Vec<&[u8]> = self.weights[1..].iter().map(Vec::as_slice).collect();
        let (list, parts) = self.modules.clone().unwrap_or_default();
        let parts: Vec<(&str, &[u8])> =
            parts.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();
        let files = ModelFiles {
            modules: self.modules.as_ref().map(|_| ModuleFiles { list: &list, files: &parts }),
            id: &self.name,
            config: &self.config,
            tokenizer: &tokenizer,
            weights: &self.weights[0],
            more_weights: &more,
            ..ModelFiles::default()
        };
        block_on(Classifier::load(files, &Device::flex(), options))
            .unwrap_or_else(|e| panic!("{}: {e}", self.name))
    }

    fn options(&self) -> ClassifierOptions {
        ClassifierOptions {
            encode: EncodeOptions { window: self.golden.window, ..EncodeOptions::default() },
            truncation: self.golden.truncation,
            ..ClassifierOptions::default()
        }
    }
}

fn logits(model: &Classifier, inputs: &[TextPair<'_>]) -> Vec<Vec<f64>> {
    block_on(model.golden_logits(inputs)).expect("runs")
}

/// The classes of a family: those whose folders begin with `family`.
fn equals_transformers_in_any_batch(family: &str) {
    let of_family = |folder: &PathBuf| {
        folder.file_name().is_some_and(|name| name.to_string_lossy().starts_with(family))
    };
    let folders: Vec<PathBuf> = fixtures().into_iter().filter(of_family).collect();
    assert!(!folders.is_empty(), "{family}");
    for folder in folders {
        let fixture = Fixture::open(&folder);
        let name = &fixture.name;
        let model = fixture.load(fixture.options());
        let rows = &fixture.golden.rows;
        let mut inputs: Vec<TextPair<'_>> = rows
            .iter()
            .map(|row| TextPair { first: &row.first, second: row.second.as_deref() })
            .collect();
        let alone: Vec<Vec<f64>> =
            inputs.iter().flat_map(|input| logits(&model, std::slice::from_ref(input))).collect();
        // One batch of all, whatever their lengths, in the other order.
        let mut wide = fixture.options();
        wide.encode.batch_tokens = usize::MAX;
        inputs.reverse();
        let mut together = logits(&fixture.load(wide), &inputs);
        together.reverse();
        for (index, row) in rows.iter().enumerate() {
            for (way, found) in [("alone", &alone[index]), ("together", &together[index])] {
                assert_eq!(found.len(), row.logits.len(), "{name} {way} `{}`", row.first);
                for (ours, theirs) in found.iter().zip(&row.logits) {
                    assert!(
                        (ours - theirs).abs() < 1e-4,
                        "{name} {way} row {index}: {ours}, expected {theirs}"
                    );
                }
            }
        }
    }
}

/// One test a family, as they run side by side.
macro_rules! families {
    ($($test:ident: $family:literal,)+) => {
        const FAMILIES: &[&str] = &[$($family),+];

        $(#[test]
        fn $test() {
            equals_transformers_in_any_batch($family);
        })+
    };
}

families! {
    bert: "bert",
    roberta: "roberta",
    xlm_roberta: "xlm-roberta",
    distilbert: "distilbert",
    electra: "electra",
    mpnet: "mpnet",
    deberta: "deberta",
    modernbert: "modernbert",
    t5: "t5",
    decoder: "decoder",
}

#[test]
fn no_fixture_is_left_out() {
    for folder in fixtures() {
        let name = folder.file_name().expect("named").to_string_lossy().into_owned();
        assert!(FAMILIES.iter().any(|family| name.starts_with(family)), "{name}");
    }
}

fn encoder(config: &[u8], weights: &[u8]) -> Result<Encoder, ModelError> {
    let config = EncoderConfig::from_json(config)?;
    let weights = Weights::parse(weights, None, config.prefixes())?;
    Encoder::load(&config, &weights, Device::flex().burn())
}

fn saved(encoder: &Encoder) -> Vec<NamedTensor> {
    block_on(encoder.tensors()).expect("read back")
}

#[test]
fn what_is_saved_is_what_was_loaded() {
    for folder in fixtures() {
        let fixture = Fixture::open(&folder);
        let config = EncoderConfig::from_json(&fixture.config).expect("valid");
        let files: Vec<&[u8]> = fixture.weights.iter().map(Vec::as_slice).collect();
        let weights = Weights::parse_files(&files, None, config.prefixes()).expect("whole");
        let loaded = Encoder::load(&config, &weights, Device::flex().burn()).expect("loads");
        let tensors = saved(&loaded);
        for tensor in &tensors {
            let values = weights.values(&tensor.name, &tensor.shape).expect("under that name");
            assert_eq!(values, tensor.values, "{} {}", fixture.name, tensor.name);
        }
        // Nothing that belongs to the encoder was left in the file.
        let left: Vec<String> = weights.unused();
        let of_encoder = |name: &&String| {
            config.prefixes().iter().any(|prefix| name.starts_with(prefix))
                && !name.contains("pooler.")
        };
        assert_eq!(left.iter().find(of_encoder), None, "{}", fixture.name);
        let again = encoder(&fixture.config, &write_weights(&tensors, Precision::F32));
        assert_eq!(saved(&again.expect("loads")), tensors, "{}", fixture.name);
    }
}

#[test]
fn hostile_configurations_and_weights_are_typed_errors() {
    for name in [
        "bert-tokens",
        "distilbert-tokens",
        "mpnet-tokens",
        "deberta-v3-tokens",
        "modernbert-sequence",
        "t5-tokens",
        "decoder-llama-sequence",
        "decoder-gemma3-sequence",
    ] {
        let fixture = Fixture::open(&root().join(name));
        let json: serde_json::Value = serde_json::from_slice(&fixture.config).expect("valid");
        let with = |field: &str, value: serde_json::Value| {
            let mut json = json.clone();
            json[field] = value;
            encoder(json.to_string().as_bytes(), &fixture.weights[0]).err()
        };
        let layers = ["num_hidden_layers", "n_layers", "num_layers"];
        let layers = layers.into_iter().find(|f| json.get(f).is_some()).expect("has layers");
        let depth = json[layers].as_u64().expect("a number");
        for many in [1_000_000_000u64, u64::MAX, 0] {
            let error = with(layers, many.into()).expect("not so many");
            assert_eq!(error.code(), "model_config", "{name} {many}: {error}");
        }
        let error = with(layers, (depth + 1).into()).expect("one is missing");
        assert_eq!(error.code(), "weights_missing_tensor", "{name}");
        let error = with("vocab_size", 1_000_000.into()).expect("not so many");
        assert_eq!(error.code(), "weights_wrong_shape", "{name}");
        // Any number that is none, in any tensor.
        let sound = saved(&encoder(&fixture.config, &fixture.weights[0]).expect("loads"));
        for index in 0..sound.len() {
            let mut poisoned = sound.clone();
            *poisoned[index].values.last_mut().expect("some") = f32::NAN;
            let bytes = write_weights(&poisoned, Precision::F32);
            let error = encoder(&fixture.config, &bytes).expect_err("not finite");
            assert_eq!(error.code(), "weights_not_finite", "{name} {}", sound[index].name);
        }
    }
}

#[test]
fn what_does_not_fit_is_counted() {
    let fixture = Fixture::open(&root().join("bert-sequence"));
    let model = fixture.load(fixture.options());
    let long = "small text ".repeat(60);
    let inputs = [TextPair::single(&long), TextPair::pair("a", &long), TextPair::pair("a", "b")];
    let found = block_on(model.classify(&inputs, &Quiet)).expect("runs");
    assert!(found[0].cut.first > 0 && found[0].cut.second == 0);
    assert!(found[1].cut.first == 0 && found[1].cut.second > 0);
    assert!(!found[2].cut.any());
}

#[test]
fn a_head_says_only_what_it_knows() {
    let sequence = Fixture::open(&root().join("bert-sequence"));
    let model = sequence.load(sequence.options());
    assert_eq!(model.task(), HeadTask::Sequence);
    let error = block_on(model.label_tokens(&[TextPair::single("a")], &Quiet)).expect_err("whole");
    assert_eq!(error.code(), "other_head");
    let tokens = Fixture::open(&root().join("bert-tokens"));
    let model = tokens.load(tokens.options());
    let error = block_on(model.classify(&[TextPair::single("a")], &Quiet)).expect_err("tokens");
    assert_eq!(error.code(), "other_head");
    let found = block_on(model.label_tokens(&[TextPair::pair("ab cd", "the text")], &Quiet));
    let found = found.expect("runs").remove(0);
    let last = found.tokens.last().expect("some").span;
    assert_eq!(last.end, 8);
    assert!(found.tokens.iter().all(|t| (t.values.iter().sum::<f64>() - 1.0).abs() < 1e-9));
}

#[test]
fn labels_mean_what_their_names_say_and_a_card_may_not_contradict_them() {
    use rubrica_core::LabelMeaning::{Contradicted, Entailed, Neutral, Supported};
    let fixture = Fixture::open(&root().join("bert-sequence"));
    let model = fixture.load(fixture.options());
    assert_eq!(model.label_of(Entailed).expect("named"), 1);
    let error = model.label_of(Supported).expect_err("no such label");
    assert_eq!(error.code(), "unnamed_labels");
    let tokenizer = read(&root().join("tokenizers/bert.json"));
    let files = ModelFiles {
        config: &fixture.config,
        tokenizer: &tokenizer,
        weights: &fixture.weights[0],
        ..ModelFiles::default()
    };
    for meanings in [vec![Entailed, Neutral, Contradicted], vec![Entailed]] {
        let options = ClassifierOptions { meanings: Some(meanings), ..fixture.options() };
        let error = block_on(Classifier::load(files, &Device::flex(), options)).err();
        assert_eq!(error.expect("contradicts").code(), "model_config");
    }
}
