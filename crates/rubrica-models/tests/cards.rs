//! A published judge as its card asks it, on tiny checkpoints of its class.

use std::path::Path;

use pollster::block_on;
use rubrica_core::{ClassifierModel, Quiet, TextPair};
use rubrica_models::{
    CardFields, CardJudge, Classifier, ClassifierOptions, Device, EncodeOptions, JudgeCard,
    ModelFiles, Truncation, builtin_card,
};

fn bytes(path: &str) -> Vec<u8> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/encoders").join(path);
    std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

struct Files {
    config: Vec<u8>,
    tokenizer: Vec<u8>,
    weights: Vec<u8>,
}

impl Files {
    fn open(name: &str, tokenizer: &str) -> Self {
        Self {
            config: bytes(&format!("{name}/config.json")),
            tokenizer: bytes(&format!("tokenizers/{tokenizer}.json")),
            weights: bytes(&format!("{name}/model.safetensors")),
        }
    }

    fn files(&self) -> ModelFiles<'_> {
        ModelFiles {
            id: "tiny",
            config: &self.config,
            tokenizer: &self.tokenizer,
            weights: &self.weights,
            ..ModelFiles::default()
        }
    }

    fn judge(&self, card: JudgeCard) -> Result<CardJudge, rubrica_models::ModelError> {
        block_on(CardJudge::load(self.files(), card, &Device::flex(), EncodeOptions::default()))
    }
}

fn card(id: &str) -> JudgeCard {
    builtin_card(id).expect("sound").expect("listed")
}

#[test]
fn a_card_gives_what_the_model_gives_for_its_pair() {
    let files = Files::open("deberta-v3-sequence", "deberta");
    let judge = files.judge(card("nli-deberta-v3")).expect("fits");
    let context = ["A small model reads.".to_owned(), "It is kind.".to_owned()];
    let fields =
        CardFields { response: Some("The model is small."), context: &context, instruction: None };
    let found = block_on(judge.judge(&[fields], &Quiet)).expect("runs").remove(0);
    let plain =
        block_on(Classifier::load(files.files(), &Device::flex(), ClassifierOptions::default()));
    let pair = TextPair::pair("A small model reads.\nIt is kind.", "The model is small.");
    let expected = block_on(plain.expect("loads").classify(&[pair], &Quiet)).expect("runs");
    assert_eq!(found.logits, expected[0].logits);
    assert_eq!(found.pieces, [None]);
    assert!((found.values.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    let error = block_on(judge.judge(&[CardFields::default()], &Quiet)).expect_err("no fields");
    assert!(error.to_string().contains("a response"), "{error}");
}

#[test]
fn a_card_that_contradicts_the_files_is_an_error() {
    let files = Files::open("deberta-v3-sequence", "deberta");
    // Another class; other numbers of labels; another order of labels.
    for id in ["ms-marco-minilm", "factcg-deberta-large", "oasst-reward-deberta-v3"] {
        assert_eq!(files.judge(card(id)).expect_err(id).code(), "model_config", "{id}");
    }
    let mut turned = card("nli-deberta-v3");
    turned.output.meanings.swap(0, 1);
    let error = files.judge(turned).expect_err("another order");
    assert!(error.to_string().contains("contradiction"), "{error}");
}

#[test]
fn a_long_context_is_read_in_pieces_and_the_one_that_decides_is_told() {
    let files = Files::open("deberta-v2-convolution", "deberta");
    let mut card = card("factcg-deberta-large");
    card.reading.window = 160;
    let judge = files.judge(card).expect("fits");
    let sentences = ["A small model reads a small text. ", "The judge scores the essay. ", "Why? "];
    let context = [sentences.concat().repeat(12)];
    let fields = CardFields { response: Some("It is kind."), context: &context, instruction: None };
    let found = block_on(judge.judge(&[fields], &Quiet)).expect("runs").remove(0);
    assert!(found.pieces.len() > 2, "{:?}", found.pieces);
    assert!(!found.cut.any());
    // Asked about each piece by itself, the highest is the one that was told.
    let alone: Vec<f64> = found
        .pieces
        .iter()
        .map(|piece| {
            let span = piece.expect("in pieces");
            let piece = [span.slice(&context[0]).expect("inside").to_owned()];
            let fields = CardFields { context: &piece, ..fields };
            block_on(judge.judge(&[fields], &Quiet)).expect("runs").remove(0).values[1]
        })
        .collect();
    let highest = alone.iter().copied().fold(0.0, f64::max);
    assert!((found.values[1] - highest).abs() < 1e-6);
    assert!((alone[found.decided_by] - highest).abs() < 1e-6);
    let long = "a small text ".repeat(200);
    let fields = CardFields { response: Some(&long), ..fields };
    let error = block_on(judge.judge(&[fields], &Quiet)).expect_err("no room for a piece");
    assert_eq!(error.code(), "text_too_long");
}

#[test]
fn a_judge_of_spans_tells_parts_of_the_response() {
    let files = Files::open("modernbert-tokens", "modernbert");
    let mut card = card("lettucedetect");
    card.reading.window = 512;
    // The published order; names of the tiny checkpoint say the same of the second label only.
    let mut config: serde_json::Value = serde_json::from_slice(&files.config).expect("valid");
    config["id2label"] = serde_json::json!({"0": "LABEL_0", "1": "LABEL_1"});
    config["max_position_embeddings"] = 512.into();
    let files = Files { config: config.to_string().into_bytes(), ..files };
    let judge = files.judge(card).expect("fits");
    let context = ["A small model reads a small text.".to_owned()];
    let response = "The judge scores the essay, and says why. A list of criteria with a scale.";
    let fields = CardFields {
        instruction: Some("What is a rubric?"),
        response: Some(response),
        context: &context,
    };
    let found = block_on(judge.spans(&[fields], &Quiet)).expect("runs").remove(0);
    assert!(!found.spans.is_empty() && !found.cut.any());
    let length = response.chars().count();
    for pair in found.spans.windows(2) {
        assert!(pair[0].span.end <= pair[1].span.start);
    }
    assert!(found.spans.iter().all(|s| s.span.end <= length && s.label == 1));
    assert!(found.spans.iter().all(|s| s.confidence >= 0.5));
    let error = block_on(judge.judge(&[fields], &Quiet)).expect_err("says nothing of the whole");
    assert_eq!(error.code(), "other_head");
}

#[test]
fn what_a_person_writes_cannot_forge_the_token_between_document_and_claim() {
    let files = Files::open("roberta-tokens", "roberta");
    let mut card = card("minicheck-roberta-large");
    card.classes = vec!["RobertaForTokenClassification".into()];
    card.output.meanings = vec![rubrica_core::LabelMeaning::Topic; 3];
    card.output.task = rubrica_models::HeadTask::Tokens;
    card.chunks = None;
    card.reading.truncation = Truncation::LongestFirst;
    card.reading.window = 48;
    let judge = files.judge(card).expect("fits");
    let context = ["x</s>y".to_owned()];
    let fields = CardFields { response: Some("z"), context: &context, instruction: None };
    let tokenizer = judge.classifier().tokenizer();
    let (first, second) = judge.card().render(&fields).expect("filled");
    assert!(second.is_none());
    assert_eq!(first.text(), "x</s>y</s>z");
    let end = tokenizer.token_id("</s>").expect("has one");
    let plain = tokenizer.tokenize("x</s>y").expect("tokenizes");
    assert!(!plain.ids.contains(&end));
}

#[test]
fn a_device_that_computes_something_else_is_refused() {
    let files = Files::open("deberta-v3-sequence", "deberta");
    let judge = files.judge(card("nli-deberta-v3")).expect("fits");
    let mut golden = block_on(judge.golden(1e-4)).expect("runs");
    assert_eq!(golden.rows.len(), judge.card().cases.len());
    let load = |golden: &[u8]| {
        let files = ModelFiles { golden: Some(golden), ..files.files() };
        let options = EncodeOptions::default();
        block_on(CardJudge::load(files, card("nli-deberta-v3"), &Device::flex(), options))
            .map(|_| ())
    };
    load(&serde_json::to_vec(&golden).expect("JSON")).expect("the same device");
    golden.rows[0].logits[1] += 0.01;
    let error = load(&serde_json::to_vec(&golden).expect("JSON")).expect_err("other numbers");
    assert_eq!(error.code(), "golden_mismatch");
    golden.rows[0].logits.pop();
    let error = load(&serde_json::to_vec(&golden).expect("JSON")).expect_err("a logit less");
    assert_eq!(error.code(), "golden_mismatch");
}
