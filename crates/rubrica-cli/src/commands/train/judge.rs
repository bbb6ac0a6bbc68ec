//! `rubrica train judge`: fine-tune a cross-encoder on several tasks at once.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use pollster::block_on;
use rubrica::catalogue::LoadedModel;
use rubrica::core::sha256_hex;
use rubrica::data::{Shape, read_contexts, read_errors, read_pairs, read_ratings, read_support};
use rubrica::models::{
    BertConfig, CrossEncoder, CrossGolden, CrossHeads, CrossJudge, CrossVersion, EncodeOptions,
    ModelFiles, Precision, TextTokenizer, Weights, write_weights,
};
use rubrica::stats::rng::Rng;
use rubrica::train::TrainError;
use rubrica::train::cross::{
    CrossCheckpoint, CrossObserver, CrossStep, CrossValidation, calibrate, fit_cross,
};
use rubrica::training::cross::{CrossData, CrossRecipe, cross_examples};
use serde::{Deserialize, Serialize};

use super::super::Outcome;
use super::{data_file, recipe};
use crate::lines::read_text;
use crate::notes::note;
use crate::output::{Output, lock_folder, replace as write};
use crate::progress::Bar;
use crate::store::folder;

/// Fine-tune an encoder into a judge that reads criterion, instruction, reference and response
/// together.
///
/// DIR holds pairwise, rubric, segments and grounding as .jsonl or .jsonl.zst. Writes the weights
/// and a run record. A run that was stopped goes on from its last checkpoint when it is started
/// again with the same OUT, recipe and data, and takes the same steps as if it had never stopped.
#[derive(clap::Args)]
#[command(after_help = "Example:
  rubrica train judge --data data/train --recipe models/rubrica-judge-mini/recipe.toml \\
      --out target/rubrica-judge-mini")]
pub(super) struct JudgeArgs {
    /// Folder with the training files
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// What to fit on, and how (TOML)
    #[arg(long, value_name = "FILE")]
    recipe: PathBuf,
    /// Change to the recipe, a line of TOML such as `fit.frozen_layers = 6`; may be given several times.
    /// Tables merge; a weight of 0 leaves a source out and still validates on it
    #[arg(long, value_name = "TOML")]
    change: Vec<String>,
    /// Folder that gets the weights (f32 and int8), head.json, run.json, log.jsonl and, on the way,
    /// checkpoints
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// End after this step of the plan, with the rates that stand there
    #[arg(long, value_name = "STEP")]
    stop_after: Option<usize>,
    /// Folder with the models [default: the nearest `models` folder upwards from here]
    #[arg(long, value_name = "DIR", env = "RUBRICA_MODELS")]
    models: Option<PathBuf>,
}

/// What a run was made of, and how it went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct RunRecord {
    version: String,
    template: String,
    recipe: CrossRecipe,
    encoder_sha256: String,
    /// sha256 of each training file, unpacked.
    data: BTreeMap<String, String>,
    /// Rows taken, by shape and source.
    rows: BTreeMap<String, usize>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    curve: Vec<CrossValidation>,
    /// The step that was the last, where the plan had more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stopped_after: Option<usize>,
}

/// Keeps the memory of large buffers for the next of their size: layers ask for the same ones again
/// in every pass, and giving them back to the system costs more than a product of matrices.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn keep_memory() {
    // SAFETY: sets two numbers of the allocator.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, libc::c_int::MAX);
        libc::mallopt(libc::M_TRIM_THRESHOLD, libc::c_int::MAX);
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn keep_memory() {}

pub(super) fn judge(args: &JudgeArgs) -> Result<Outcome> {
    keep_memory();
    let recipe = recipe::read(&args.recipe, &args.change)?;
    let mut data = CrossData::default();
    let mut hashes = BTreeMap::new();
    for shape in Shape::ALL {
        let path = data_file(&args.data, shape)?;
        let text = read_text(&path)?;
        hashes.insert(shape.name().to_owned(), sha256_hex(text.as_bytes()));
        let place = || path.display().to_string();
        match shape {
            Shape::Pairwise => data.pairs = read_pairs(&text).with_context(place)?,
            Shape::Rubric => data.ratings = read_ratings(shape, &text).with_context(place)?,
            Shape::Grounding => data.support = read_support(&text).with_context(place)?,
            Shape::Segments => data.errors = read_errors(&text).with_context(place)?,
        }
        if matches!(shape, Shape::Grounding | Shape::Segments) {
            data.contexts.extend(read_contexts(shape, &text).with_context(place)?);
        }
    }
    let encoder = folder(args.models.as_deref())?.load(&recipe.encoder)?;
    let tokenizer = TextTokenizer::from_bytes(&encoder.files["tokenizer.json"])?;
    let config = BertConfig::from_json(&encoder.files["config.json"])?;
    let weights = Weights::parse(&encoder.files[&encoder.manifest.weights], None, &["bert."])?;
    let (examples, rows) = cross_examples(&data, &recipe, &tokenizer)?;
    drop(data);
    let device = rubrica::models::Device::flex().with_gradients();
    let mut rng = Rng::seeded(recipe.fit.seed);
    let model = CrossEncoder {
        bert: rubrica::models::Bert::load(&config, &weights, device.burn())?,
        heads: CrossHeads::new(config.hidden_size, &mut || rng.normal(), device.burn()),
    };
    fs::create_dir_all(&args.out).with_context(|| args.out.display().to_string())?;
    let _alone = lock_folder(&args.out)?;
    let mut record = RunRecord {
        version: rubrica::core::VERSION.to_owned(),
        template: CrossVersion::LATEST.name().to_owned(),
        encoder_sha256: weights.sha256().to_owned(),
        data: hashes,
        rows,
        curve: Vec::new(),
        stopped_after: None,
        recipe,
    };
    let store = Checkpoints { folder: args.out.join("checkpoint") };
    let resume = store.read(&record)?;
    let tokens: usize =
        examples.iter().flat_map(|e| &e.sequences).map(|sequence| sequence.ids.len()).sum();
    note(&format!("{} examples, {:.2} M tokens an epoch", examples.len(), tokens as f64 / 1e6));
    if let Some(checkpoint) = &resume {
        note(&format!("goes on after step {}", checkpoint.step));
    }
    let log = fs::OpenOptions::new().create(true).append(true).open(args.out.join("log.jsonl"))?;
    let pad = tokenizer.pad();
    let fit = &record.recipe.fit;
    let finished = store.finished(&args.out, &record)?;
    let model = if let Some(curve) = finished {
        note("the fit is done; calibrating");
        record.curve = curve;
        let bytes = fs::read(args.out.join(WEIGHTS))?;
        let weights = Weights::parse(&bytes, None, &[])?;
        CrossEncoder::load(
            &config,
            &weights,
            CrossVersion::LATEST,
            rubrica::models::Device::flex().burn(),
        )?
    } else {
        let bar = Bar::new(1, "fitting");
        let mut watch = Watch {
            bar: &bar,
            log,
            store: &store,
            record: &record,
            started: Instant::now(),
            window: Window::default(),
            stop_after: args.stop_after,
        };
        let resume = resume.as_ref();
        let fitted = block_on(fit_cross(model, &examples, pad, fit, resume, &mut watch, &bar));
        bar.finish();
        let (model, curve) = fitted?;
        record.curve = curve;
        record.stopped_after = args.stop_after;
        model
    };
    let tensors = block_on(model.tensors())?;
    let calibrated = calibrate(&model, &examples, pad, &record.recipe.fit, record.recipe.window)?;
    write(&args.out.join("head.json"), pretty(&calibrated)?.as_bytes())?;
    let mut quantised = Vec::new();
    for (name, precision) in [(WEIGHTS, Precision::F32), (QUANTISED, Precision::Int8)] {
        let bytes = write_weights(&tensors, precision);
        write(&args.out.join(name), &bytes)?;
        let (length, sha256) = (bytes.len(), sha256_hex(&bytes));
        Output::standard().text(&format!("{name} {length} bytes, sha256 {sha256}\n"))?;
        quantised = bytes;
    }
    let golden = golden(&encoder, &quantised, &pretty(&calibrated)?)?;
    write(&args.out.join("golden.json"), pretty(&golden)?.as_bytes())?;
    write(&args.out.join(RECORD), pretty(&record)?.as_bytes())?;
    Ok(Outcome::Done)
}

/// What the weights make of one example, for devices to be checked against.
fn golden(encoder: &LoadedModel, weights: &[u8], head: &str) -> Result<CrossGolden> {
    let files = ModelFiles {
        id: &encoder.manifest.id,
        config: &encoder.files["config.json"],
        tokenizer: &encoder.files["tokenizer.json"],
        weights,
        head: Some(head.as_bytes()),
        ..ModelFiles::default()
    };
    let device = rubrica::models::Device::flex();
    let judge = block_on(CrossJudge::load(files, &device, EncodeOptions::default()))?;
    let mut golden = CrossGolden {
        tool: format!("rubrica {} on flex", rubrica::core::VERSION),
        criterion: "Is the answer correct and complete?".into(),
        instruction: "Why is the sky blue?".into(),
        reference: "Air scatters short, blue waves of sunlight more than long, red ones.".into(),
        response: "Sunlight meets molecules of air, which scatter blue light most.".into(),
        logits: BTreeMap::new(),
        // Devices differ in the order of their sums.
        tolerance: 1e-2,
    };
    golden.logits = block_on(judge.golden_logits(&golden))?;
    Ok(golden)
}

/// What has happened since the last line of the log.
#[derive(Default)]
struct Window {
    steps: usize,
    loss: f64,
    sequences: usize,
    tokens: usize,
}

struct Watch<'a> {
    bar: &'a Bar,
    log: fs::File,
    store: &'a Checkpoints,
    record: &'a RunRecord,
    started: Instant,
    window: Window,
    stop_after: Option<usize>,
}

/// Steps between lines of the log.
const LOG_EVERY: usize = 4;

impl CrossObserver for Watch<'_> {
    fn step(&mut self, step: CrossStep) {
        self.window.steps += 1;
        self.window.loss += step.loss;
        self.window.sequences += step.sequences;
        self.window.tokens += step.tokens;
        if self.window.steps < LOG_EVERY && step.step < step.steps {
            return;
        }
        let window = std::mem::take(&mut self.window);
        let seconds = self.started.elapsed().as_secs_f64();
        self.started = Instant::now();
        let line = serde_json::json!({
            "step": step.step,
            "steps": step.steps,
            "loss": window.loss / window.steps as f64,
            "sequences_per_second": window.sequences as f64 / seconds,
            "tokens_per_second": window.tokens as f64 / seconds,
        });
        self.bar.note(&line.to_string());
        // The log is for people; a full disk shows at the next checkpoint.
        let _ = writeln!(self.log, "{line}");
    }

    fn ends(&self, step: usize) -> bool {
        self.stop_after.is_some_and(|last| step >= last)
    }

    fn validated(&mut self, validation: &CrossValidation) {
        if let Ok(line) = serde_json::to_string(validation) {
            self.bar.note(&line);
            let _ = writeln!(self.log, "{line}");
        }
        self.started = Instant::now();
    }

    fn checkpoint(&mut self, checkpoint: CrossCheckpoint) -> Result<(), TrainError> {
        self.store
            .write(self.record, &checkpoint)
            .map_err(|e| TrainError::Checkpoint(format!("{e:#}")))
    }
}

/// The last checkpoint of a run, on disk.
struct Checkpoints {
    folder: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct Progress {
    step: usize,
    curve: Vec<CrossValidation>,
    run: RunRecord,
}

/// The weights as they were fitted.
const WEIGHTS: &str = "model.safetensors";
/// The weights as they are shipped.
const QUANTISED: &str = "model.int8.safetensors";
/// What the run was made of, and how it went.
const RECORD: &str = "run.json";

const RECORDS: [&str; 3] = ["model.bpk", "encoder-optimizer.bpk", "heads-optimizer.bpk"];

impl Checkpoints {
    /// The checkpoint there is, which must be of the run `record`.
    fn read(&self, record: &RunRecord) -> Result<Option<CrossCheckpoint>> {
        let path = self.folder.join("progress.json");
        if !path.is_file() {
            return Ok(None);
        }
        let progress: Progress =
            serde_json::from_str(&read_text(&path)?).with_context(|| path.display().to_string())?;
        if progress.run != *record {
            bail!(
                "{}: is of another run (recipe, data, encoder or version differ); expected the \
                 same, or another --out",
                self.folder.display()
            );
        }
        let read = |name: &str| {
            let path = self.folder.join(name);
            fs::read(&path).with_context(|| path.display().to_string())
        };
        let [model, encoder, heads] = RECORDS.map(read);
        let records = [model?, encoder?, heads?];
        Ok(Some(CrossCheckpoint { step: progress.step, curve: progress.curve, records }))
    }

    /// The validation curve of a fit of the run `record` that is done, with its weights in `out`.
    fn finished(&self, out: &Path, record: &RunRecord) -> Result<Option<Vec<CrossValidation>>> {
        let path = out.join(RECORD);
        if !path.is_file() || !out.join(WEIGHTS).is_file() {
            return Ok(None);
        }
        let mut done: RunRecord =
            serde_json::from_str(&read_text(&path)?).with_context(|| path.display().to_string())?;
        let curve = std::mem::take(&mut done.curve);
        done.stopped_after = None;
        Ok((done == *record).then_some(curve))
    }

    /// Replaces the checkpoint in one move, so that a run that is killed leaves a whole one.
    fn write(&self, record: &RunRecord, checkpoint: &CrossCheckpoint) -> Result<()> {
        let fresh = self.folder.with_extension("new");
        if fresh.exists() {
            fs::remove_dir_all(&fresh)?;
        }
        fs::create_dir_all(&fresh).with_context(|| fresh.display().to_string())?;
        for (name, bytes) in RECORDS.iter().zip(&checkpoint.records) {
            write(&fresh.join(name), bytes)?;
        }
        let progress = Progress {
            step: checkpoint.step,
            curve: checkpoint.curve.clone(),
            run: record.clone(),
        };
        write(&fresh.join("progress.json"), serde_json::to_string(&progress)?.as_bytes())?;
        if self.folder.exists() {
            fs::remove_dir_all(&self.folder)?;
        }
        fs::rename(&fresh, &self.folder).with_context(|| self.folder.display().to_string())
    }
}

fn pretty<T: Serialize>(value: &T) -> Result<String> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}
