//! `rubrica train`: fit a judge on labelled data.

mod judge;
mod recipe;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use pollster::block_on;
use rubrica::catalogue::write_probe;
use rubrica::core::sha256_hex;
use rubrica::data::{Shape, read_pairs, read_ratings};
use rubrica::training::{ProbeRecipe, Remembering, train_probe};
use serde::Serialize;

use super::Outcome;
use crate::lines::read_text;
use crate::notes::note;
use crate::output::{Output, lock_folder, replace};
use crate::progress::Bar;
use crate::store::folder;

/// Fit a judge on labelled data.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    Probe(ProbeArgs),
    Judge(judge::JudgeArgs),
}

/// Fit the heads of the probe judge on frozen features of an encoder.
///
/// DIR holds pairwise, rubric, segments and grounding as .jsonl or .jsonl.zst. Writes the weights
/// and a run record (recipe, data hashes, losses).
#[derive(clap::Args)]
#[command(after_help = "Example:
  rubrica train probe --data data/train --recipe models/rubrica-judge-probe/recipe.toml \\
      --out models/rubrica-judge-probe --cache target/embeddings.bin")]
struct ProbeArgs {
    /// Folder with the training files
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// What to fit on, and how (TOML)
    #[arg(long, value_name = "FILE")]
    recipe: PathBuf,
    /// Folder that gets probe.safetensors and run.json
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Encoder to read texts with
    #[arg(long, value_name = "ID", default_value = "minilm-l6")]
    encoder: String,
    /// Keep embeddings here, for the next run
    #[arg(long, value_name = "FILE")]
    cache: Option<PathBuf>,
    /// Folder with the models [default: the nearest `models` folder upwards from here]
    #[arg(long, value_name = "DIR", env = "RUBRICA_MODELS")]
    models: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    match &args.what {
        What::Probe(args) => probe(args),
        What::Judge(args) => judge::judge(args),
    }
}

/// What a run was made of.
#[derive(Serialize)]
struct RunRecord<'a> {
    version: &'a str,
    recipe: &'a ProbeRecipe,
    encoder_sha256: &'a str,
    data: Vec<DataFile>,
    #[serde(flatten)]
    report: &'a rubrica::training::ProbeReport,
}

#[derive(Serialize)]
struct DataFile {
    name: String,
    sha256: String,
}

fn probe(args: &ProbeArgs) -> Result<Outcome> {
    let recipe: ProbeRecipe = toml::from_str(&read_text(&args.recipe)?)
        .with_context(|| args.recipe.display().to_string())?;
    let mut data = Vec::new();
    let (mut ratings, mut pairs) = (Vec::new(), Vec::new());
    for shape in Shape::ALL {
        let path = data_file(&args.data, shape)?;
        let text = read_text(&path)?;
        data.push(DataFile { name: shape.name().into(), sha256: sha256_hex(text.as_bytes()) });
        let place = || path.display().to_string();
        match shape {
            Shape::Pairwise => pairs = read_pairs(&text).with_context(place)?,
            _ => ratings.extend(read_ratings(shape, &text).with_context(place)?),
        }
    }
    let encoder = block_on(folder(args.models.as_deref())?.encoder(&args.encoder))?;
    let encoder = Remembering::new(encoder);
    restore(&encoder, args.cache.as_deref())?;
    let bar = Bar::new(1, "fitting");
    let trained = block_on(train_probe(&encoder, &ratings, &pairs, &recipe, &bar));
    // What has been read is kept even when the fit failed.
    save(&encoder, args.cache.as_deref())?;
    let trained = trained?;
    bar.finish();
    std::fs::create_dir_all(&args.out).with_context(|| args.out.display().to_string())?;
    let _alone = lock_folder(&args.out)?;
    let weights = write_probe(&trained.rubric, &trained.thresholds, &trained.reward);
    let path = args.out.join("probe.safetensors");
    replace(&path, &weights)?;
    use rubrica::core::EmbedModel;
    let record = RunRecord {
        version: rubrica::core::VERSION,
        recipe: &recipe,
        encoder_sha256: &encoder.info().signature.sha256,
        data,
        report: &trained.report,
    };
    let path = args.out.join("run.json");
    replace(&path, (serde_json::to_string_pretty(&record)? + "\n").as_bytes())?;
    for (name, curve) in
        [("rubric", &trained.report.rubric_curve), ("reward", &trained.report.reward_curve)]
    {
        for epoch in curve {
            note(&format!(
                "{name} head, epoch {:>2}: loss {:.4}, validation {:.4}",
                epoch.epoch, epoch.train, epoch.validation
            ));
        }
    }
    let mut output = Output::standard();
    let (bytes, sha256) = (weights.len(), sha256_hex(&weights));
    output.text(&format!("probe.safetensors {bytes} bytes, sha256 {sha256}\n"))?;
    output.finish()?;
    Ok(Outcome::Done)
}

/// `shape.jsonl`, or `shape.jsonl.zst`.
pub(crate) fn data_file(folder: &Path, shape: Shape) -> Result<PathBuf> {
    let plain = folder.join(format!("{}.jsonl", shape.name()));
    let packed = folder.join(format!("{}.jsonl.zst", shape.name()));
    [&plain, &packed]
        .into_iter()
        .find(|p| p.is_file())
        .cloned()
        .with_context(|| format!("{}: is missing (or .zst)", plain.display()))
}

/// Reads the memory of an earlier run, if there is one.
pub(crate) fn restore<E: rubrica::core::EmbedModel>(
    encoder: &Remembering<E>,
    cache: Option<&Path>,
) -> Result<()> {
    if let Some(path) = cache.filter(|p| p.is_file()) {
        let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
        encoder.restore(&bytes).with_context(|| path.display().to_string())?;
    }
    Ok(())
}

/// Writes the memory for the next run, if anything is new.
pub(crate) fn save<E: rubrica::core::EmbedModel>(
    encoder: &Remembering<E>,
    cache: Option<&Path>,
) -> Result<()> {
    if let Some(path) = cache.filter(|_| encoder.fresh() > 0) {
        replace(path, &encoder.save())?;
    }
    Ok(())
}
