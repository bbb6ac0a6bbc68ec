//! `rubrica eval`: measure a judge on labelled data.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use pollster::block_on;
use rubrica::catalogue::{JudgeModel, LoadedModel, ModelKind, load_judge, read_probe};
use rubrica::core::EmbedModel;
use rubrica::data::{Shape, read_pairs, read_ratings};
use rubrica::evaluation::{
    Blind, Cosine, CrossScorer, EvaluationData, JudgeScorer, Length, Lexical, Scorer, evaluate,
};
use rubrica::judge::probe::{OcclusionBudget, ProbeJudge};
use rubrica::models::{DeviceChoice, EncodeOptions};
use rubrica::stats::bootstrap::Bootstrap;
use rubrica::training::Remembering;

use super::train::{data_file, restore, save};
use super::{Outcome, replicates};
use crate::lines::read_text;
use crate::notes::note;
use crate::output::Output;
use crate::progress::Bar;
use crate::store::ModelArgs;

/// Measure a judge on labelled data, with bootstrap intervals and baselines.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    Judge(JudgeArgs),
}

/// Pearson, Spearman, Kendall's tau-b, pairwise accuracy, AUROC and balanced accuracy by data set.
///
/// DIR/SPLIT holds some of pairwise, rubric, segments and grounding as .jsonl or .jsonl.zst. Intervals are 95 %
/// percentile bootstrap intervals over prompts.
#[derive(clap::Args)]
#[command(after_help = "Example:
  rubrica eval judge --split heldout_public --data data --json > report.json")]
struct JudgeArgs {
    /// Folder with one folder a split
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Folder of the split inside it
    #[arg(long, default_value = "heldout_public")]
    split: String,
    /// Print JSON instead of Markdown
    #[arg(long)]
    json: bool,
    /// Bootstrap resamples
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = replicates)]
    replicates: usize,
    /// Measure the judge alone, without the baselines
    #[arg(long)]
    no_baselines: bool,
    /// Measure the judge beside itself with prompt, criterion, reference and context taken away
    #[arg(long)]
    blind: bool,
    /// Let a cross-encoder take products of bfloat16 numbers on a CPU with a matrix unit (AMX)
    #[arg(long)]
    mixed_precision: bool,
    /// Keep embeddings here, for the next run
    #[arg(long, value_name = "FILE")]
    cache: Option<PathBuf>,
    #[command(flatten)]
    models: ModelArgs,
}

/// The judge that every other one is measured against.
const PROBE: &str = "rubrica-judge-probe";

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    match &args.what {
        What::Judge(args) => judge(args),
    }
}

fn judge(args: &JudgeArgs) -> Result<Outcome> {
    let folder = args.data.join(&args.split);
    let mut data = EvaluationData::default();
    let mut missing = Vec::new();
    for shape in Shape::ALL {
        let file = match data_file(&folder, shape) {
            Ok(file) => file,
            Err(error) => {
                missing.push(error.to_string());
                continue;
            }
        };
        let place = || file.display().to_string();
        let text = read_text(&file)?;
        match shape {
            Shape::Pairwise => data.pairs = read_pairs(&text).with_context(place)?,
            _ => data.ratings.extend(read_ratings(shape, &text).with_context(place)?),
        }
    }
    if missing.len() == Shape::ALL.len() {
        bail!("{}: holds no labelled data; {}", folder.display(), missing.join("; "));
    }
    missing.iter().for_each(|file| note(&format!("left out: {file}")));
    if data.pairs.is_empty() && data.ratings.is_empty() {
        bail!("{}: has no labelled rows in any of its files", folder.display());
    }
    let store = args.models.folder()?;
    let model = store.load(args.models.judge_id())?;
    let simple = match model.manifest.kind {
        ModelKind::Probe => model.clone(),
        ModelKind::CrossEncoder => store.load(PROBE)?,
        _ => bail!("{} is no judge; expected a probe or a cross-encoder", model.manifest.id),
    };
    let encoder_id = simple.manifest.encoder.as_deref().context("the probe names no encoder")?;
    let encoder = Remembering::new(block_on(store.encoder(encoder_id))?);
    restore(&encoder, args.cache.as_deref())?;
    let probe = |model: &LoadedModel| -> Result<ProbeJudge<_>> {
        let weights = &model.files[&model.manifest.weights];
        let heads = read_probe(&model.manifest.id, weights, None, encoder.dim())?;
        Ok(ProbeJudge::new(&encoder, heads, OcclusionBudget::default())?)
    };
    let scorer = |judge| JudgeScorer { judge, tie_margin: 0.0, thresholds: |_| Some(0.5) };
    let cosine = Cosine { encoder: &encoder };
    let bootstrap = Bootstrap { replicates: args.replicates, ..Bootstrap::default() };
    let bar = Bar::new(1, "measuring");
    let report = if model.manifest.kind == ModelKind::CrossEncoder {
        let options =
            EncodeOptions { mixed_precision: args.mixed_precision, ..EncodeOptions::default() };
        let loaded = load_judge(&model, None, DeviceChoice::Flex, options, &|| 0.0);
        let (JudgeModel::Cross(judge, _), _) = block_on(loaded)? else {
            bail!("{}: its manifest says that it is a cross-encoder", model.manifest.id)
        };
        let simple = probe(&simple)?;
        let simple = scorer(&simple);
        let judge = CrossScorer { judge: &judge };
        let blind = Blind(&judge);
        let simpler: [&dyn Scorer; 4] = [&Length, &Lexical, &cosine, &simple];
        let mut baselines: Vec<&dyn Scorer> = Vec::new();
        if args.blind {
            baselines.push(&blind);
        }
        if !args.no_baselines {
            baselines.extend(simpler);
        }
        block_on(evaluate(&judge, &baselines, &data, &bootstrap, &bar))
    } else {
        let judge = probe(&simple)?;
        let judge = scorer(&judge);
        let blind = Blind(&judge);
        let simpler: [&dyn Scorer; 3] = [&Length, &Lexical, &cosine];
        let mut baselines: Vec<&dyn Scorer> = Vec::new();
        if args.blind {
            baselines.push(&blind);
        }
        if !args.no_baselines {
            baselines.extend(simpler);
        }
        block_on(evaluate(&judge, &baselines, &data, &bootstrap, &bar))
    };
    bar.finish();
    save(&encoder, args.cache.as_deref())?;
    let report = report?;
    let mut output = Output::standard();
    if args.json {
        output.line(&report)?;
    } else {
        output.text(&(report.to_markdown() + "\n"))?;
    }
    output.finish()?;
    Ok(Outcome::Done)
}
