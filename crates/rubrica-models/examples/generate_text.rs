//! Writes with a real language model in a GGUF file, and compares with what a reference wrote.
//!
//! `cargo run --release -p rubrica-models --example generate_text -- MODEL.gguf REFERENCE.json [ROWS]`
//!
//! The reference, any part of which may be left out: `{"rows": [{"messages": [{"role", "content"}], "ids": [..], "text"}],
//! "texts": [{"text", "ids"}], "likely": [{"prompt", "continuation", "log_probability"}]}`, with greedy texts of at most 64
//! tokens. Prints what differs, and how fast it writes.
#![allow(clippy::print_stdout, reason = "a program that reports to a person")]

use std::time::Instant;
use std::{env, fs};

use pollster::block_on;
use rubrica_core::{GenerateModel, GenerateOptions, Message, Quiet};
use rubrica_models::{CausalFiles, CausalLm, Device};
use serde::Deserialize;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Reference {
    rows: Vec<Row>,
    texts: Vec<Text>,
    likely: Vec<Likely>,
}

#[derive(Deserialize)]
struct Row {
    messages: Vec<Message>,
    ids: Vec<u32>,
    text: String,
}

#[derive(Deserialize)]
struct Text {
    text: String,
    ids: Vec<u32>,
}

#[derive(Deserialize)]
struct Likely {
    prompt: String,
    continuation: String,
    log_probability: f64,
}

fn main() {
    let [model, reference, rest @ ..] = &env::args().skip(1).collect::<Vec<_>>()[..] else {
        panic!("usage: generate_text MODEL.gguf REFERENCE.json [ROWS]");
    };
    let most = rest.first().map_or(usize::MAX, |rows| rows.parse().expect("a number of rows"));
    let bytes = fs::read(model).expect("the model is there");
    let reference: Reference =
        serde_json::from_slice(&fs::read(reference).expect("the reference is there"))
            .expect("a reference");
    let start = Instant::now();
    let files = CausalFiles::gguf(model, &bytes);
    let model = block_on(CausalLm::load(files, &Device::flex())).expect("loads");
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{} in {}: loaded in {seconds:.1} s",
        model.info().signature.precision,
        model.info().device
    );
    tokens(&model, &reference.texts);
    for row in reference.likely {
        let found = block_on(model.log_probability(&row.prompt, &[&row.continuation], &Quiet));
        let found = found.expect("reads")[0];
        println!("log-probability {found:.4}, reference {:.4}", row.log_probability);
    }
    write(&model, &reference.rows[..reference.rows.len().min(most)]);
}

fn tokens(model: &CausalLm, texts: &[Text]) {
    let same = texts.iter().filter(|row| {
        let found = model.tokenizer().tokenize(&row.text).expect("reads");
        if found.ids != row.ids {
            println!("other ids: {:?}", row.text);
        }
        found.ids == row.ids
    });
    println!("tokens: {} of {} texts equal", same.count(), texts.len());
}

fn write(model: &CausalLm, rows: &[Row]) {
    let options = GenerateOptions { max_tokens: 64, ..GenerateOptions::default() };
    let (mut same, mut written, mut read, mut seconds) = (0, 0, 0, [0.0; 2]);
    for row in rows {
        let ids = model.chat_ids(&row.messages).expect("reads");
        assert_eq!(ids, row.ids, "{:?}", row.messages);
        let start = Instant::now();
        let mut first = None;
        let mut hear = |_: &str| {
            first.get_or_insert_with(|| start.elapsed().as_secs_f64());
        };
        let found = block_on(model.write(&ids, &options, &Quiet, &mut hear)).expect("writes");
        let whole = start.elapsed().as_secs_f64();
        let first = first.unwrap_or(whole);
        seconds = [seconds[0] + first, seconds[1] + whole - first];
        read += ids.len();
        written += found.tokens.saturating_sub(1);
        if found.text == row.text {
            same += 1;
        } else {
            println!("other text: {:?}\n  reference: {:?}", found.text, row.text);
        }
    }
    println!("texts: {same} of {} equal", rows.len());
    println!(
        "read {:.1} tokens/s, wrote {:.1} tokens/s",
        read as f64 / seconds[0],
        written as f64 / seconds[1]
    );
}
