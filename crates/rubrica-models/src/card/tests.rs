use std::collections::BTreeSet;
use std::path::Path;

use super::*;

#[test]
fn every_file_is_a_card_of_its_name_that_passes_its_cases() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/cards");
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .expect("there")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .map(|path| path.file_stem().expect("named").to_string_lossy().into_owned())
        .collect();
    let listed: BTreeSet<String> = builtin_cards().iter().map(|(id, _)| (*id).to_owned()).collect();
    assert_eq!(files, listed);
    for (id, text) in builtin_cards() {
        let card = JudgeCard::from_toml(text).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(card.id, *id);
        for model in &card.models {
            assert!(model.scores.iter().all(|s| !s.source.is_empty()), "{id}");
        }
    }
    assert!(builtin_card("nothing of the kind").expect("no error").is_none());
}

const CARD: &str = r#"
id = "tiny"
title = "A judge for tests"
tells = "grounding"
classes = ["BertForSequenceClassification"]

[[models]]
repository = "nobody/nothing"
parameters = 0.01
safetensors = true

[licence]
name = "MIT"
verified = true

[[inputs]]
first = ["{context}"]
second = ["{response}"]

[reading]
window = 48

[output]
activation = "softmax"
meanings = ["contradicted", "entailed", "neutral"]

[[cases]]
context = ["a", "b"]
response = "c"
first = "a\nb"
second = "c"
"#;

#[test]
fn a_card_that_is_wrong_says_what() {
    assert!(JudgeCard::from_toml(CARD).is_ok());
    for (from, to, word) in [
        ("second = \"c\"", "second = \"d\"", "cases[0]"),
        ("activation = \"softmax\"", "activation = \"argmax\"", "argmax"),
        ("window = 48", "window = 48\nwindows = 2", "windows"),
        ("{response}", "{answer}", "answer"),
        (
            "meanings = [\"contradicted\", \"entailed\", \"neutral\"]",
            "meanings = [\"score\"]",
            "softmax",
        ),
        ("window = 48", "window = 0", "window"),
        ("classes = [\"BertForSequenceClassification\"]", "classes = []", "classes"),
        ("response = \"c\"", "", "response"),
    ] {
        let text = CARD.replacen(from, to, 1);
        assert_ne!(text, CARD);
        let error = JudgeCard::from_toml(&text).expect_err(word);
        assert_eq!(error.code(), "model_config");
        assert!(error.to_string().contains(word), "{word}: {error}");
    }
}

#[test]
fn a_card_for_another_class_is_refused() {
    let card = JudgeCard::from_toml(CARD).expect("sound");
    assert!(card.check(br#"{"architectures":["BertForSequenceClassification"]}"#).is_ok());
    let error = card.check(br#"{"architectures":["BertModel"]}"#).expect_err("another class");
    assert!(error.to_string().contains("BertModel"), "{error}");
}

#[test]
fn passages_are_numbered_and_what_they_hold_is_no_place() {
    let text = CARD.replacen("window = 48", "window = 48\npassage = \"[{n}] {passage}\"", 1);
    let text = text.replacen("first = \"a\\nb\"", "first = \"[1] a\\n[2] b\"", 1);
    let card = JudgeCard::from_toml(&text).expect("sound");
    let context = ["{n} {passage}".to_owned()];
    let fields = CardFields { response: Some("c"), context: &context, ..CardFields::default() };
    let (first, _) = card.render(&fields).expect("filled");
    assert_eq!(first.text(), "[1] {n} {passage}");
    let error = card.render(&CardFields::default()).expect_err("nothing filled");
    assert!(error.to_string().contains("a response and a context"), "{error}");
}
