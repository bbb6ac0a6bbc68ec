//! Holds classifiers in the hub's layout to the logits of their `golden.json`, and prints how far off
//! they are: `cargo run --release -p rubrica-models --example real_models -- FOLDER`, where each folder
//! in `FOLDER` is a model, such as those that `tests/fixtures/real/from_onnx.py` writes.

use std::error::Error;
use std::path::Path;

use pollster::block_on;
use rubrica_core::TextPair;
use rubrica_models::{ClassGolden, Classifier, ClassifierOptions, Device, ModelFiles};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("expected a folder of models")?;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.join("config.json").exists() {
            println!("{}: {}", path.display(), compare(&path)?);
        }
    }
    Ok(())
}

fn compare(folder: &Path) -> Result<String, Box<dyn Error>> {
    let read = |name: &str| std::fs::read(folder.join(name));
    let (config, tokenizer, weights) =
        (read("config.json")?, read("tokenizer.json")?, read("model.safetensors")?);
    let golden = ClassGolden::from_json(&read("golden.json")?)?;
    let files = ModelFiles {
        id: "real",
        config: &config,
        tokenizer: &tokenizer,
        weights: &weights,
        ..ModelFiles::default()
    };
    let model = block_on(Classifier::load(files, &Device::flex(), ClassifierOptions::default()))?;
    let inputs: Vec<TextPair<'_>> = golden
        .rows
        .iter()
        .map(|row| TextPair { first: &row.first, second: row.second.as_deref() })
        .collect();
    let found = block_on(model.golden_logits(&inputs))?;
    let labels = rubrica_core::ClassifierModel::labels(&model).len();
    let (mut worst, mut sum, mut count, mut agree, mut all) = (0f64, 0.0, 0, 0, 0);
    for (row, found) in golden.rows.iter().zip(&found) {
        if row.logits.len() != found.len() {
            return Err(format!("{} logits; expected {}", found.len(), row.logits.len()).into());
        }
        for (a, b) in row.logits.iter().zip(found) {
            worst = worst.max((a - b).abs());
            sum += (a - b).abs();
            count += 1;
        }
        for (a, b) in row.logits.chunks(labels).zip(found.chunks(labels)) {
            all += 1;
            agree += usize::from(top(a) == top(b));
        }
    }
    Ok(format!(
        "{} inputs, {count} logits: off by {:.3} on average, {worst:.3} at most; {agree} of {all} first labels agree",
        inputs.len(),
        sum / count as f64
    ))
}

fn top(values: &[f64]) -> Option<usize> {
    (0..values.len()).reduce(|best, i| if values[i] > values[best] { i } else { best })
}
