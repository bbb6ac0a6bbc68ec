//! `rubrica generate`, and metrics over likelihoods, with a tiny language model.

use std::path::Path;

use serde_json::{Value, json};

use super::{lines, number, rubrica};

fn model() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/gguf");
    root.join("chat.gguf").display().to_string()
}

/// What `transformers` says of that model.
fn golden() -> Value {
    let path = Path::new(&model()).with_extension("json");
    serde_json::from_slice(&std::fs::read(path).expect("there")).expect("valid")
}

#[test]
fn chats_and_prompts_are_answered_a_line_each() {
    let golden = golden();
    let rows: Vec<Value> = golden["rows"].as_array().expect("rows").clone();
    let input: Vec<Value> = rows
        .iter()
        .enumerate()
        .map(|(id, row)| match row.get("messages") {
            Some(messages) => json!({"id": id, "messages": messages}),
            None => json!({"id": id, "prompt": row["prompt"]}),
        })
        .collect();
    let done = rubrica(
        &["generate", "-", "--model", &model(), "--max-tokens", "24", "--seed", "0"],
        &lines(&input),
    );
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert_eq!(done.lines.len(), rows.len());
    for (id, (line, row)) in done.lines.iter().zip(&rows).enumerate() {
        assert_eq!(line["id"], id);
        assert_eq!(line["text"], row["text"]);
        assert!(number(&line["tokens"]) <= 24.0);
    }
}

#[test]
fn rows_that_make_no_sense_take_no_other_with_them() {
    let input = lines(&[
        json!({"id": "both", "prompt": "a", "messages": [{"role": "user", "content": "a"}]}),
        json!({"id": "neither"}),
        json!({"id": "none", "messages": []}),
        json!({"id": "role", "messages": [{"role": "robot", "content": "a"}]}),
        json!({"id": "long", "prompt": "judge ".repeat(400)}),
        json!({"id": "sound", "prompt": "The judge"}),
    ]);
    let done = rubrica(&["generate", "-", "--model", &model(), "--max-tokens", "3"], &input);
    assert_eq!(done.code, 3, "{}", done.stderr);
    let (sound, broken) = done.lines.split_last().expect("lines");
    assert!(sound["error"].is_null() && sound["text"].is_string(), "{sound}");
    assert_eq!(broken.len(), 5);
    for (line, word) in broken.iter().zip(["both", "neither", "messages", "robot", "at most 127"]) {
        let reason = line["error"]["reason"].as_str().expect("says why");
        assert!(reason.contains(word), "{line}");
    }
    let done = rubrica(&["generate", "-", "--model", "nowhere.gguf"], &input);
    assert_eq!(done.code, 2);
    assert!(done.stderr.contains("nowhere.gguf"), "{}", done.stderr);
}

#[test]
fn perplexity_is_that_of_the_log_probability() {
    let row = golden()["likely"].as_array().expect("rows")[0].clone();
    assert_eq!(row["prompt"], "");
    let text = row["continuation"].as_str().expect("a text");
    let input = lines(&[json!({"id": 1, "response": text})]);
    let asked = ["metrics", "-", "--metric", "perplexity"];
    let done = rubrica(&[&asked[..], &["--model", &model()]].concat(), &input);
    assert_eq!(done.code, 0, "{}", done.stderr);
    let found = number(&done.lines[0]["scores"]["perplexity"]);
    let words = text.split_whitespace().count() as f64;
    let expected = (-number(&row["log_probability"]) / words).exp();
    assert!((found / expected - 1.0).abs() < 1e-3, "{found}, expected {expected}");
    let done = rubrica(&asked, &input);
    assert_eq!(done.code, 2);
    assert!(done.stderr.contains("--model"), "{}", done.stderr);
}
