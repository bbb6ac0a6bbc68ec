//! Times the encoder on this machine: `cargo run --release -p rubrica-models --example time_encoder`.
//!
//! Prints the median milliseconds of a forward pass of all-MiniLM-L6-v2 at several shapes.
#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use std::path::Path;
use std::time::Instant;

use pollster::block_on;
use rubrica_core::{EmbedModel, Quiet};
use rubrica_models::{Device, EncodeOptions, ModelFiles, TextEncoder};

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/minilm-l6");
    let read = |name: &str| std::fs::read(folder.join(name)).expect("run ./x models first");
    let (config, tokenizer, weights) =
        (read("config.json"), read("tokenizer.json"), read("model.safetensors"));
    let files = ModelFiles {
        config: &config,
        tokenizer: &tokenizer,
        weights: &weights,
        ..ModelFiles::default()
    };
    let options = EncodeOptions { batch_tokens: 1 << 20, ..EncodeOptions::default() };
    let encoder = block_on(TextEncoder::load(files, &Device::flex(), options)).expect("loads");
    for (batch, seq, repeats) in
        [(1, 32, 30), (1, 128, 20), (1, 256, 15), (1, 512, 10), (16, 128, 5)]
    {
        let text = "word ".repeat(seq - 2);
        let texts = vec![text.as_str(); batch];
        let mut times: Vec<f64> = (0..repeats + 2)
            .map(|_| {
                let start = Instant::now();
                block_on(encoder.embed(&texts, &Quiet)).expect("embeds");
                start.elapsed().as_secs_f64() * 1e3
            })
            .skip(2)
            .collect();
        times.sort_by(f64::total_cmp);
        println!(
            "{batch:>3} x {seq:<4} median {:8.2} ms  min {:8.2} ms",
            times[times.len() / 2],
            times[0]
        );
    }
}
