//! How many sequences a second a judge is fitted on: a cross-encoder of MiniLM's size with random
//! weights, steps of the whole loop (forward, backward, AdamW), all layers trained.
//!
//! `cargo run --release -p rubrica-train --example throughput [f32|mixed]`; `throughput.py` beside
//! this file measures the same steps in PyTorch.

#![allow(clippy::print_stdout, reason = "a benchmark tells its figures")]

use std::time::Instant;

use pollster::block_on;
use rubrica_core::Quiet;
use rubrica_models::{
    CrossEncoder, CrossHeads, CrossSequence, Device, Encoder, EncoderConfig, NamedTensor,
    Precision, Weights, write_weights,
};
use rubrica_stats::rng::Rng;
use rubrica_train::TrainError;
use rubrica_train::cross::{
    CrossCheckpoint, CrossExample, CrossObserver, CrossOptions, CrossStep, CrossTarget,
    CrossValidation, fit_cross,
};

const HIDDEN: usize = 384;
const INNER: usize = 1536;
const LAYERS: usize = 6;
const WORDS: usize = 2000;

struct Clock {
    started: Instant,
    steps: usize,
    sequences: usize,
}

impl CrossObserver for Clock {
    fn step(&mut self, step: CrossStep) {
        // The first step warms up.
        if step.step == 1 {
            self.started = Instant::now();
        } else {
            self.steps += 1;
            self.sequences += step.sequences;
        }
    }

    fn validated(&mut self, _: &CrossValidation) {
        let seconds = self.started.elapsed().as_secs_f64();
        println!(
            "{:.1} ms a step, {:.1} ms a sequence",
            1e3 * seconds / self.steps as f64,
            1e3 * seconds / self.sequences as f64
        );
    }

    fn checkpoint(&mut self, _: CrossCheckpoint) -> Result<(), TrainError> {
        Ok(())
    }
}

fn model() -> Result<CrossEncoder, Box<dyn std::error::Error>> {
    let mut rng = Rng::seeded(1);
    let mut tensors = Vec::new();
    let mut push = |name: String, shape: &[usize], base: f32| {
        let count = shape.iter().product();
        let values = (0..count).map(|_| base + 0.05 * rng.normal() as f32).collect();
        tensors.push(NamedTensor { name, shape: shape.to_vec(), values });
    };
    for (name, rows) in [("word", WORDS), ("position", 512), ("token_type", 2)] {
        push(format!("embeddings.{name}_embeddings.weight"), &[rows, HIDDEN], 0.0);
    }
    let mut norms = vec!["embeddings.LayerNorm".to_owned()];
    for layer in 0..LAYERS {
        let name = |part: &str| format!("encoder.layer.{layer}.{part}");
        for (part, output, input) in [
            ("attention.self.query", HIDDEN, HIDDEN),
            ("attention.self.key", HIDDEN, HIDDEN),
            ("attention.self.value", HIDDEN, HIDDEN),
            ("attention.output.dense", HIDDEN, HIDDEN),
            ("intermediate.dense", INNER, HIDDEN),
            ("output.dense", HIDDEN, INNER),
        ] {
            push(name(&format!("{part}.weight")), &[output, input], 0.0);
            push(name(&format!("{part}.bias")), &[output], 0.0);
        }
        norms.push(name("attention.output.LayerNorm"));
        norms.push(name("output.LayerNorm"));
    }
    for name in norms {
        push(format!("{name}.weight"), &[HIDDEN], 1.0);
        push(format!("{name}.bias"), &[HIDDEN], 0.0);
    }
    let config = format!(
        r#"{{"model_type":"bert","vocab_size":{WORDS},"hidden_size":{HIDDEN},
            "num_hidden_layers":{LAYERS},"num_attention_heads":12,"intermediate_size":{INNER},
            "max_position_embeddings":512}}"#
    );
    let bytes = write_weights(&tensors, Precision::F32);
    let weights = Weights::parse(&bytes, None, &[])?;
    let device = Device::flex().with_gradients();
    Ok(CrossEncoder {
        encoder: Encoder::load(
            &EncoderConfig::from_json(config.as_bytes())?,
            &weights,
            device.burn(),
        )?,
        heads: CrossHeads::new(HIDDEN, &mut || rng.normal(), device.burn()),
    })
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mixed_precision = match std::env::args().nth(1).as_deref() {
        Some("f32") => false,
        Some("mixed") | None => true,
        Some(other) => return Err(format!("`{other}`; expected f32 or mixed").into()),
    };
    for (batch, length) in [(8usize, 128usize), (32, 128), (16, 256)] {
        let mut rng = Rng::seeded(2);
        let examples: Vec<CrossExample> = (0..batch * 9)
            .map(|index| {
                let mut word = || 3 + rng.below(WORDS - 3) as u32;
                let ids: Vec<u32> = (0..length).map(|_| word()).collect();
                CrossExample {
                    sequences: vec![CrossSequence::new(ids, length / 2, 0..length / 2)],
                    spans: Vec::new(),
                    target: CrossTarget::Rating(rng.unit() as f32),
                    weight: 1.0,
                    group: index as u64,
                    source: String::new(),
                }
            })
            .collect();
        let options = CrossOptions {
            epochs: 1,
            batch_tokens: batch * length,
            accumulate: 1,
            encoder_rate: 1e-5,
            head_rate: 1e-4,
            warm_up: 0.1,
            weight_decay: 0.01,
            frozen_layers: 0,
            mixed_precision,
            task_weights: Default::default(),
            validation: 0.1,
            share: 1.0,
            validate_every: usize::MAX,
            checkpoint_every: usize::MAX,
            seed: 1,
        };
        print!("{batch} x {length}: ");
        let mut clock = Clock { started: Instant::now(), steps: 0, sequences: 0 };
        block_on(fit_cross(model()?, &examples, 0, &options, None, &mut clock, &Quiet))?;
    }
    Ok(())
}
