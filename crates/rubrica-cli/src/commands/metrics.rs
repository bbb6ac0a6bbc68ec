//! `rubrica metrics`: text metrics with signatures.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use pollster::block_on;
use rubrica::core::{Sample, read_sample};
use rubrica::metrics::{AnyMetric, any_metric, catalogue};
use rubrica::models::TextEncoder;
use rubrica::{MetricRequest, scorecard};
use serde_json::Value;

use super::Outcome;
use crate::lines::{FailedRow, Output, read_text, rows};
use crate::progress::Bar;
use crate::store::folder;

/// Compute metrics: BLEU and chrF as sacreBLEU does, ROUGE, token F1, BERTScore, readability and more.
///
/// A line in: {"id"?, "response", "reference"} or "references". A line out: {"id", "scores": {...}},
/// or with --corpus one line {"corpus": {...}, "signatures": {...}}.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// JSON lines; `-` is standard input
    #[arg(required_unless_present = "list")]
    input: Option<PathBuf>,
    /// Metrics by id, separated by commas
    #[arg(long, short, value_delimiter = ',', required_unless_present = "list")]
    metric: Vec<String>,
    /// Options by metric as JSON, such as {"bleu": {"tokenize": "char"}}
    #[arg(long, value_name = "JSON")]
    options: Option<String>,
    /// One line for all rows together instead of one a row
    #[arg(long)]
    corpus: bool,
    /// List the metrics there are
    #[arg(long)]
    list: bool,
    /// Write results here instead of standard output
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Exit with 1 when the corpus score of METRIC lies under LIMIT
    #[arg(long, value_name = "METRIC=LIMIT")]
    fail_under: Vec<String>,
    /// Folder with the models, for metrics over embeddings
    #[arg(long, value_name = "DIR", env = "RUBRICA_MODELS")]
    models: Option<PathBuf>,
    /// Encoder of metrics over embeddings
    #[arg(long, value_name = "ID", default_value = "minilm-l6")]
    encoder: String,
}

const EXAMPLES: &str = "Examples:
  rubrica metrics translations.jsonl --metric bleu,chrf --corpus
  rubrica metrics answers.jsonl --metric token_f1,rouge_l,bertscore
  rubrica metrics out.jsonl --metric chrf --corpus --fail-under chrf=55   # for CI
  rubrica metrics --list";

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    if args.list {
        list();
        return Ok(Outcome::Done);
    }
    let limits = args.fail_under.iter().map(|l| limit(l)).collect::<Result<Vec<_>>>()?;
    let requests = requests(args)?;
    if let Some((metric, _)) = limits.iter().find(|(m, _)| !args.metric.contains(m)) {
        bail!("--fail-under {metric}: that metric is not computed");
    }
    let mut needs_encoder = false;
    for MetricRequest { id, options } in &requests {
        needs_encoder |= matches!(any_metric(id, options)?, AnyMetric::Embed(_));
    }
    let encoder = needs_encoder.then(|| encoder(args)).transpose()?;
    let text = read_text(args.input.as_deref().context("an input is required")?)?;
    let mut output = Output::open(args.out.as_deref())?;
    let mut failed = 0;
    let mut samples: Vec<Sample> = Vec::new();
    for (number, row) in rows(&text) {
        match read_sample(row).and_then(|s| s.single_response().map(|_| ()).and(Ok(s))) {
            Ok(sample) => samples.push(sample),
            Err(error) => {
                failed += 1;
                eprintln!("rubrica: line {number}: {error}");
                if !args.corpus {
                    output.line(&FailedRow::new(None, number, &error))?;
                }
            }
        }
    }
    let bar = Bar::new(1, "metrics");
    let corpus = args.corpus || !limits.is_empty();
    let card = block_on(scorecard(&samples, &requests, corpus, encoder.as_ref(), &bar));
    bar.finish();
    let card = card?;
    if args.corpus {
        output.line(&card.corpus)?;
    } else {
        for row in &card.samples {
            output.line(row)?;
        }
    }
    let mut met = true;
    for (metric, limit) in &limits {
        let value = card.corpus.as_ref().and_then(|c| c.corpus[metric]);
        if value.is_none_or(|v| v < *limit) {
            met = false;
            let value = value.map_or("undefined".to_owned(), |v| format!("{v:.4}"));
            eprintln!("rubrica: {metric} is {value}, under {limit}");
        }
    }
    Ok(Outcome::of(failed, met))
}

fn requests(args: &Args) -> Result<Vec<MetricRequest>> {
    let mut options: BTreeMap<String, Value> = match &args.options {
        Some(json) => serde_json::from_str(json).context("--options")?,
        None => BTreeMap::new(),
    };
    let requests = args
        .metric
        .iter()
        .map(|id| MetricRequest { id: id.clone(), options: options.remove(id).unwrap_or_default() })
        .collect();
    if let Some(id) = options.keys().next() {
        bail!("--options: `{id}` is not among the metrics asked for");
    }
    Ok(requests)
}

fn limit(text: &str) -> Result<(String, f64)> {
    let (metric, limit) = text
        .split_once('=')
        .with_context(|| format!("--fail-under {text}: expected METRIC=LIMIT"))?;
    let limit = limit.parse().with_context(|| format!("--fail-under {text}: not a number"))?;
    Ok((metric.to_owned(), limit))
}

fn encoder(args: &Args) -> Result<TextEncoder> {
    Ok(block_on(folder(args.models.as_deref())?.encoder(&args.encoder))?)
}

fn list() {
    for info in catalogue() {
        let needs = format!("{:?}", info.needs).to_lowercase();
        println!("{:<24} {:?}  needs {needs:<10} {}", info.id, info.tier, info.title);
    }
}
