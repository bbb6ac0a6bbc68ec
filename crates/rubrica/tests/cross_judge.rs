//! A cross-encoder with random weights, driven as any judge is.

use std::path::{Path, PathBuf};

use pollster::block_on;
use proptest::prelude::*;
use rubrica::catalogue::{JudgeModel, LoadedModel, ModelFolder, load_judge};
use rubrica::core::model::JudgeInput;
use rubrica::core::{Criterion, Evidence, Quiet, RewardModel, RubricModel, Sample, Scale, Span};
use rubrica::judge::{AbsoluteOptions, PairwiseOptions, absolute, pairwise, rubrics};
use rubrica::models::{DeviceChoice, EncodeOptions};
use serde_json::Value;

fn folder() -> ModelFolder {
    let fixtures: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    ModelFolder::new(fixtures.join("models"))
}

fn judge() -> JudgeModel {
    block_on(folder().judge("tiny-cross")).expect("loads")
}

/// The error's code after `change` of one JSON file of the model.
fn code_after(file: &str, change: impl Fn(&mut Value)) -> String {
    let mut model: LoadedModel = folder().load("tiny-cross").expect("there");
    let mut json: Value = serde_json::from_slice(&model.files[file]).expect("JSON");
    change(&mut json);
    model.files.insert(file.into(), serde_json::to_vec(&json).expect("serialises"));
    model.manifest.encoder = None;
    let options = EncodeOptions::default();
    match block_on(load_judge(&model, None, DeviceChoice::Flex, options, &|| 0.0)) {
        Ok(_) => "loaded".into(),
        Err(error) => error.code().to_owned(),
    }
}

#[test]
fn bad_files_are_typed_errors() {
    assert_eq!(code_after("head.json", |_| ()), "loaded");
    assert_eq!(code_after("head.json", |head| head["template"] = "cross/0".into()), "model_config");
    assert_eq!(code_after("head.json", |head| head["more"] = 1.into()), "model_config");
    let cold = |head: &mut Value| head["temperature"] = serde_json::json!({"rubric": 0.0});
    assert_eq!(code_after("head.json", cold), "model_config");
    let other = |golden: &mut Value| golden["logits"]["reward"][0] = 9.0.into();
    assert_eq!(code_after("golden.json", other), "golden_mismatch");
    let words = |tokenizer: &mut Value| {
        let vocabulary = tokenizer["model"]["vocab"].as_object_mut().expect("a vocabulary");
        vocabulary.remove("[unused7]");
    };
    assert_eq!(code_after("tokenizer.json", words), "tokenizer");
}

#[test]
fn a_judgment_has_interval_critique_and_signature() {
    let judge = judge();
    let sample = Sample {
        context: vec!["The cat sat on the mat.".into()],
        ..Sample::new("What did the cat do?", "The cat sat. The dog ran. A cat is a cat.")
    };
    let rubric = rubrics::builtin("helpfulness").expect("built in").rubric();
    let options = AbsoluteOptions::default();
    let judgment = block_on(absolute(&judge, &sample, &rubric, &options, &Quiet)).expect("judged");
    assert!(judgment.score.value().is_some_and(|score| (1.0..=5.0).contains(&score)));
    let [low, high] = judgment.per_criterion[0].interval.expect("calibrated");
    let mean = judgment.per_criterion[0].score.value().expect("defined");
    assert!(low <= mean && mean <= high && high <= 5.0 && low >= 1.0);
    let points = &judgment.critique.points;
    assert!(points.iter().any(|p| matches!(p.evidence, Evidence::Segment { .. })), "{points:#?}");
    assert!(points.iter().any(|p| matches!(p.evidence, Evidence::Grounding { .. })), "{points:#?}");
    let signature = serde_json::to_string(&judgment.signature).expect("serialises");
    assert!(signature.contains("cross/3") && signature.contains("tiny-cross"), "{signature}");
}

#[test]
fn verdicts_turn_with_their_responses() {
    let judge = judge();
    let options = PairwiseOptions::default();
    let compare = |a: &str, b: &str| {
        let comparison = rubrica::core::Comparison::new("What is it?", a, b);
        block_on(pairwise(&judge, &comparison, &options, &Quiet)).expect("judged")
    };
    let (one, other) = (compare("a cat", "the dog ran"), compare("the dog ran", "a cat"));
    assert!((one.probability + other.probability - 1.0).abs() < 1e-9);
    assert!(one.consistent && other.consistent);
}

#[test]
fn batches_and_single_inputs_agree() {
    let judge = judge();
    let long = "the cat sat on the mat and the dog ran. ".repeat(40);
    let texts = ["", "a", "the cat sat", &long, "😀 the  dog\u{0} ran"];
    let inputs: Vec<JudgeInput<'_>> = texts
        .iter()
        .map(|text| JudgeInput { instruction: "Say it.", response: text, ..Default::default() })
        .collect();
    let criteria = [
        Criterion::new("a", "Is it good?"),
        Criterion { scale: Scale::likert(0, 10), ..Criterion::new("b", "Is it short?") },
    ];
    let rated = block_on(judge.rate(&inputs, &criteria, &Quiet)).expect("rated");
    let rewards = block_on(judge.reward(&inputs, &Quiet)).expect("rated");
    for ((input, row), reward) in inputs.iter().zip(&rated).zip(&rewards) {
        let alone = block_on(judge.rate(&[*input], &criteria, &Quiet)).expect("rated");
        for (a, b) in alone[0].iter().zip(row) {
            assert!((a.distribution.mean() - b.distribution.mean()).abs() < 1e-4);
        }
        let again = block_on(judge.reward(&[*input], &Quiet)).expect("rated");
        assert!((again[0] - reward).abs() < 1e-4);
    }
    // Every part of a long text, and one without a word, has an answer.
    let spans = [Span::new(0, 20), Span::new(700, 720), Span::new(3, 4)];
    let rows = block_on(judge.rate_without(inputs[3], &criteria, &spans, &Quiet)).expect("rated");
    assert!(rows.len() == 3 && rows.iter().flatten().all(|o| o.score.is_finite()));
    let findings = block_on(judge.findings(inputs[3], &spans, &Quiet)).expect("read");
    assert!(findings.iter().all(|f| f.part < 3));
}

#[test]
fn sentences_of_a_context_have_odds_of_their_own() {
    let JudgeModel::Cross(judge, _) = judge() else { panic!("a cross-encoder") };
    let context = ["The cat sat on the mat. The dog ran.", "A mat is a mat."].map(String::from);
    let input = JudgeInput {
        instruction: "What did the cat do?",
        response: "The cat sat.",
        context: &context,
        ..Default::default()
    };
    let spans = [Span::new(0, 23), Span::new(24, 36), Span::new(37, 52)];
    let parts = block_on(judge.context_use(&input, &spans, &Quiet)).expect("read");
    let odds: Vec<f64> = parts.iter().flat_map(|p| p.probabilities).collect();
    assert!(odds.len() == 6 && odds.iter().all(|p| (0.0..=1.0).contains(p)), "{odds:?}");
    assert!(parts[0] != parts[1] && parts[1] != parts[2]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_text_has_a_finite_reward(instruction in ".{0,200}", response in ".{0,400}") {
        let judge = judge();
        let input =
            JudgeInput { instruction: &instruction, response: &response, ..Default::default() };
        let reward = block_on(judge.reward(&[input], &Quiet)).expect("rated");
        prop_assert!(reward[0].is_finite());
    }
}
