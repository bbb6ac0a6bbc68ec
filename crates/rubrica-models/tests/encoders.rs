//! Every architecture and head equals `transformers` on tiny random checkpoints, whatever else stands in
//! the batch. The files are made by `tests/fixtures/encoders/make.py`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use pollster::block_on;
use rubrica_core::{ClassifierModel, Quiet, TextPair};
use rubrica_models::{
    Classifier, ClassifierOptions, Device, EncodeOptions, HeadTask, ModelFiles, Truncation,
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

struct Fixture {
    name: String,
    config: Vec<u8>,
    weights: Vec<Vec<u8>>,
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
            golden: serde_json::from_slice(&read(&folder.join("golden.json"))).expect("valid"),
        }
    }

    fn load(&self, options: ClassifierOptions) -> Classifier {
        let tokenizer = read(&root().join(format!("tokenizers/{}.json", self.golden.tokenizer)));
        let more: Vec<&[u8]> = self.weights[1..].iter().map(Vec::as_slice).collect();
        let files = ModelFiles {
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

#[test]
fn every_class_equals_transformers_in_any_batch() {
    for folder in fixtures() {
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
