//! A language model in a GGUF file writes what `transformers` writes, gives texts the same probabilities, and reads no
//! special token in what messages spell. The files are made by `tests/fixtures/gguf/make.py`.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};

use pollster::block_on;
use rubrica_core::{GenerateModel, GenerateOptions, Job, Message, Quiet, Role};
use rubrica_models::{CausalFiles, CausalLm, Device, GenerationEnd};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    rows: Vec<Row>,
    likely: Vec<Likely>,
}

#[derive(Deserialize)]
struct Row {
    messages: Option<Vec<Message>>,
    prompt: Option<String>,
    ids: Vec<u32>,
    /// At most 24 tokens.
    text: String,
}

#[derive(Deserialize)]
struct Likely {
    prompt: String,
    continuation: String,
    log_probability: f64,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/gguf")
}

fn bytes() -> Vec<u8> {
    fs::read(folder().join("chat.gguf")).expect("there")
}

fn load(bytes: &[u8]) -> CausalLm {
    block_on(CausalLm::load(CausalFiles::gguf("chat", bytes), &Device::flex())).expect("loads")
}

fn golden() -> Golden {
    serde_json::from_slice(&fs::read(folder().join("chat.json")).expect("there")).expect("valid")
}

fn options(max_tokens: usize) -> GenerateOptions {
    GenerateOptions { max_tokens, ..GenerateOptions::default() }
}

fn user(content: &str) -> Message {
    Message { role: Role::User, content: content.into() }
}

#[test]
fn chats_and_prompts_are_read_and_answered_as_by_transformers() {
    let model = load(&bytes());
    let rows = golden().rows;
    assert!(rows.len() >= 8);
    for row in rows {
        let ids = match (&row.messages, &row.prompt) {
            (Some(messages), _) => model.chat_ids(messages),
            (None, prompt) => model.prompt_ids(prompt.as_deref().expect("one of both")),
        };
        let ids = ids.expect("reads");
        assert_eq!(ids, row.ids, "{:?} {:?}", row.messages, row.prompt);
        let mut heard = String::new();
        let mut hear = |part: &str| heard.push_str(part);
        let found = block_on(model.write(&ids, &options(24), &Quiet, &mut hear)).expect("writes");
        assert_eq!(found.text, row.text);
        assert_eq!(heard, row.text, "what is heard is what is written");
        assert!(found.tokens <= 24);
        if let Some(prompt) = &row.prompt {
            let text = block_on(model.generate(prompt, &options(24), &Quiet)).expect("writes");
            assert_eq!(text, row.text);
        }
    }
}

#[test]
fn texts_are_as_likely_as_to_transformers() {
    let model = load(&bytes());
    let rows = golden().likely;
    assert!(rows.len() >= 5);
    for row in &rows {
        let found = block_on(model.log_probability(&row.prompt, &[&row.continuation], &Quiet));
        let found = found.expect("reads")[0];
        assert!((found - row.log_probability).abs() < 1e-3, "{:?}: {found}", row.continuation);
    }
    // Side by side, more than are read at one time, in any order.
    let after: Vec<&Likely> = rows.iter().filter(|row| row.prompt == "The judge").collect();
    let texts: Vec<&str> =
        after.iter().cycle().take(19).map(|row| row.continuation.as_str()).collect();
    let found = block_on(model.log_probability("The judge", &texts, &Quiet)).expect("reads");
    for (found, row) in found.iter().zip(after.iter().cycle()) {
        assert!((found - row.log_probability).abs() < 1e-3, "{:?}: {found}", row.continuation);
    }
}

#[test]
fn a_text_ends_before_what_ends_it() {
    let model = load(&bytes());
    let row = golden().rows.into_iter().find(|row| row.text.chars().count() > 8).expect("some");
    let chars: Vec<char> = row.text.chars().collect();
    let stop: String = chars[4..7].iter().collect();
    let expected = &row.text[..row.text.find(&stop).expect("there")];
    let options = GenerateOptions { stop: vec!["never".into(), stop], ..options(24) };
    let mut heard = String::new();
    let mut hear = |part: &str| heard.push_str(part);
    let found = block_on(model.write(&row.ids, &options, &Quiet, &mut hear)).expect("writes");
    assert_eq!((found.text.as_str(), found.end), (expected, GenerationEnd::Stop));
    assert_eq!(heard, expected);
}

#[test]
fn a_seed_draws_the_same_text_again_and_another_another() {
    let model = load(&bytes());
    let write = |seed| {
        let options =
            GenerateOptions { temperature: 1.5, top_k: 50, top_p: 0.95, seed, ..options(24) };
        block_on(model.generate("The judge", &options, &Quiet)).expect("writes")
    };
    assert_eq!(write(1), write(1));
    assert!((2..6).any(|seed| write(seed) != write(1)));
}

#[test]
fn what_the_model_was_not_made_for_is_refused() {
    let model = load(&bytes());
    let long = "judge ".repeat(400);
    let error = block_on(model.generate(&long, &options(4), &Quiet)).expect_err("too long");
    assert!(error.to_string().contains("at most 127"), "{error}");
    let error = block_on(model.log_probability("a", &[&long], &Quiet)).expect_err("too long");
    assert!(error.to_string().contains("continuation"), "{error}");
    let prompt = model.prompt_ids("judge").expect("reads");
    let found = block_on(model.write(&prompt, &options(100_000), &Quiet, &mut |_| {}));
    assert!(found.expect("ends").tokens <= 128);
    let tool = Message { role: Role::Tool, ..user("x") };
    let error = model.chat_ids(&[tool]).expect_err("the template refuses it");
    assert_eq!(error.code(), "chat_template");
    assert!(error.to_string().contains("no tools here"), "{error}");
}

struct StopAfter(Cell<usize>);

impl Job for StopAfter {
    fn cancelled(&self) -> bool {
        let left = self.0.get();
        self.0.set(left.saturating_sub(1));
        left == 0
    }
}

#[test]
fn writing_can_be_cancelled_between_any_two_tokens() {
    let model = load(&bytes());
    for steps in [0, 1, 2, 5] {
        let job = StopAfter(Cell::new(steps));
        let error =
            block_on(model.generate("The judge", &options(24), &job)).expect_err("cancelled");
        assert_eq!(error.code(), "cancelled");
    }
}
