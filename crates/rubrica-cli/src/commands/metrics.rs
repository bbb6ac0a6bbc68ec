//! `rubrica metrics`: text metrics with signatures.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use pollster::block_on;
use rubrica::core::{Error, Sample, Tier, read_sample};
use rubrica::metrics::{
    AnyMetric, MetricInfo, ReferenceTool, any_metric, catalogue, default_options, reference_tool,
};
use rubrica::models::TextEncoder;
use rubrica::stats::bootstrap::Bootstrap;
use rubrica::{MetricRequest, Tally, WithIntervals};
use serde::Serialize;
use serde_json::Value;

use super::Outcome;
use crate::lines::{FailedRow, Lines, Output};
use crate::progress::Bar;
use crate::store::folder;

/// Compute metrics: BLEU and chrF as sacreBLEU does, ROUGE, token F1, BERTScore, readability and more.
///
/// A line in: {"id"?, "response", "reference"} or "references". A line out: {"id", "scores": {...}},
/// or with --corpus one line {"corpus": {...}, "signatures": {...}}. Memory does not grow with the
/// number of rows, but for metrics that look at a corpus as a whole: nist, cider_d, self_bleu.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES, after_long_help = long_help())]
pub(crate) struct Args {
    /// JSON lines; `-` is standard input
    #[arg(required_unless_present = "list")]
    input: Option<PathBuf>,
    /// Metrics by id, separated by commas; `all`, or a family, stands for those that need no model
    #[arg(long, short, value_delimiter = ',', required_unless_present = "list")]
    metric: Vec<String>,
    /// Options by metric as JSON, such as {"bleu": {"tokenize": "char"}}; a text "@FILE" in it stands for what
    /// FILE holds (its JSON, where it ends in .json), and `@FILE` alone for all of it
    #[arg(long, value_name = "JSON")]
    options: Option<String>,
    /// One line for all rows together instead of one a row
    #[arg(long)]
    corpus: bool,
    /// With --corpus: 95 % intervals from so many resamples of the rows, which are held for it
    #[arg(long, value_name = "N", requires = "corpus", value_parser = clap::value_parser!(u32).range(Bootstrap::FEWEST as i64..))]
    bootstrap: Option<u32>,
    /// Seed of the resamples
    #[arg(long, value_name = "N", default_value_t = 0, requires = "bootstrap")]
    seed: u64,
    /// List the metrics there are: id, family, tier, what a row must have, name
    #[arg(long)]
    list: bool,
    /// With --list: one JSON object a metric, with range, options and reference tool
    #[arg(long, requires = "list")]
    json: bool,
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

const EXAMPLES: &str = r#"Examples:
  rubrica metrics translations.jsonl --metric bleu,chrf --corpus
  rubrica metrics answers.jsonl --metric token_f1,rouge_l,bertscore
  rubrica metrics out.jsonl --metric chrf --corpus --fail-under chrf=55   # for CI
  rubrica metrics answers.jsonl --metric all --corpus
  rubrica metrics answers.jsonl --metric readability,surface
  rubrica metrics summaries.jsonl --metric rouge_1,rouge_l --corpus --bootstrap 1000
  rubrica metrics answers.jsonl --metric meteor --options '{"meteor": {"synonym_file": "@wordnet.txt"}}'
  rubrica metrics --list --json"#;

/// The examples, then the metrics by family.
fn long_help() -> String {
    let mut text = EXAMPLES.to_owned() + "\n\nMetrics by family:";
    let mut last = String::new();
    for info in catalogue() {
        let family = family(&info);
        text += if family == last { ", " } else { "\n  " };
        if family != last {
            text += &format!("{family}: ");
            last = family;
        }
        text += info.id;
    }
    text
}

/// Rows that are held at one time.
const CHUNK: usize = 256;

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    if args.list {
        list(args)?;
        return Ok(Outcome::Done);
    }
    let limits = args.fail_under.iter().map(|l| limit(l)).collect::<Result<Vec<_>>>()?;
    let requests = requests(args)?;
    if let Some((metric, _)) = limits.iter().find(|(m, _)| requests.iter().all(|r| r.id != *m)) {
        bail!("--fail-under {metric}: that metric is not computed");
    }
    let mut needs_encoder = false;
    for MetricRequest { id, options } in &requests {
        match any_metric(id, options)? {
            AnyMetric::Text(_) => {}
            _ if args.bootstrap.is_some() => {
                bail!("--bootstrap: {id} needs a model; expected metrics that need none")
            }
            AnyMetric::Embed(_) => needs_encoder = true,
            AnyMetric::Likelihood(_) => {}
        }
    }
    let mut held: Vec<Sample> = Vec::new();
    let encoder = needs_encoder.then(|| encoder(args)).transpose()?;
    let mut lines = Lines::open(args.input.as_deref().context("an input is required")?)?;
    let mut output = Output::open(args.out.as_deref())?;
    let mut tally = Tally::new(&requests, args.corpus || !limits.is_empty())?;
    let bar = Bar::new(1, "metrics");
    let mut failed = 0;
    loop {
        let chunk = lines.by_ref().take(CHUNK).collect::<Result<Vec<_>>>()?;
        if chunk.is_empty() {
            break;
        }
        let (mut samples, mut failures) = (Vec::new(), Vec::new());
        for (number, row) in chunk {
            match read_sample(&row).and_then(|s| s.single_response().map(|_| ()).and(Ok(s))) {
                Ok(sample) => samples.push((number, sample)),
                Err(error) => failures.push((number, error)),
            }
        }
        let (numbers, samples): (Vec<usize>, Vec<Sample>) = samples.into_iter().unzip();
        let scores = block_on(tally.add(&samples, encoder.as_ref(), &bar))?;
        // Rows are answered in their order.
        let mut failures = failures.iter().peekable();
        failed += failures.len();
        for (number, scores) in numbers.iter().zip(&scores) {
            while let Some((line, error)) = failures.next_if(|(line, _)| line < number) {
                failure(args, &mut output, *line, error)?;
            }
            if !args.corpus {
                output.line(scores)?;
            }
        }
        for (line, error) in failures {
            failure(args, &mut output, *line, error)?;
        }
        if args.bootstrap.is_some() {
            held.extend(samples);
        }
    }
    let (corpus, _) = block_on(tally.finish(encoder.as_ref(), &bar))?;
    bar.finish();
    if let Some(replicates) = args.bootstrap {
        let replicates = replicates as usize;
        let options = Bootstrap { replicates, seed: args.seed, ..Bootstrap::default() };
        let corpus = corpus.clone().unwrap_or_default();
        output.line(&WithIntervals::of(corpus, &requests, &held, &options)?)?;
    } else if args.corpus {
        output.line(&corpus)?;
    }
    let mut met = true;
    for (metric, limit) in &limits {
        let value = corpus.as_ref().and_then(|c| c.scores[metric].value());
        if value.is_none_or(|v| v < *limit) {
            met = false;
            let value = value.map_or("undefined".to_owned(), |v| format!("{v:.4}"));
            eprintln!("rubrica: {metric} is {value}, under {limit}");
        }
    }
    Ok(Outcome::of(failed, met))
}

fn failure(args: &Args, output: &mut Output, line: usize, error: &Error) -> Result<()> {
    eprintln!("rubrica: line {line}: {error}");
    if args.corpus { Ok(()) } else { output.line(&FailedRow::new(None, line, error)) }
}

fn requests(args: &Args) -> Result<Vec<MetricRequest>> {
    let mut options: BTreeMap<String, Value> = match &args.options {
        Some(json) => {
            let given = match json.starts_with('@') {
                true => Value::String(json.clone()),
                false => serde_json::from_str(json).context("--options")?,
            };
            serde_json::from_value(filled(given).context("--options")?).context("--options")?
        }
        None => BTreeMap::new(),
    };
    let requests = ids(&args.metric)
        .into_iter()
        .map(|id| MetricRequest { options: options.remove(&id).unwrap_or_default(), id })
        .collect();
    if let Some(id) = options.keys().next() {
        bail!("--options: `{id}` is not among the metrics asked for");
    }
    Ok(requests)
}

/// `value` with the contents of files in place of their names: `"@FILE"`; `"@@..."` is a text that starts
/// with `@`.
fn filled(value: Value) -> Result<Value> {
    Ok(match value {
        Value::String(text) => match text.strip_prefix('@') {
            None => Value::String(text),
            Some(rest) if rest.starts_with('@') => Value::String(rest.to_owned()),
            Some(path) => {
                let held =
                    fs::read_to_string(path).with_context(|| format!("cannot read {path}"))?;
                match path.ends_with(".json") {
                    true => serde_json::from_str(&held).with_context(|| path.to_owned())?,
                    false => Value::String(held),
                }
            }
        },
        Value::Array(list) => Value::Array(list.into_iter().map(filled).collect::<Result<_>>()?),
        Value::Object(map) => {
            let filled = map.into_iter().map(|(key, value)| Ok((key, filled(value)?)));
            Value::Object(filled.collect::<Result<_>>()?)
        }
        other => other,
    })
}

/// The ids that `names` stand for, each once: an id, a family, or `all` that needs no model.
fn ids(names: &[String]) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for name in names {
        let named = |info: &MetricInfo| name == "all" || *name == family(info);
        let group = catalogue().into_iter().filter(|info| info.tier == Tier::T0 && named(info));
        let group: Vec<String> = group.map(|info| info.id.to_owned()).collect();
        let group = if group.is_empty() { vec![name.clone()] } else { group };
        for id in group {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
    }
    ids
}

/// `overlap`, `surface` and so on.
fn family(info: &MetricInfo) -> String {
    format!("{:?}", info.family).to_lowercase()
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

/// A metric, as `--list --json` tells it.
#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    info: MetricInfo,
    /// Lowest and highest score, where there is one.
    range: [Option<f64>; 2],
    /// The tool that the metric is held to case by case, and its version.
    reference_tool: Option<ReferenceTool>,
    /// Options with their defaults.
    options: Value,
}

fn list(args: &Args) -> Result<()> {
    let mut output = Output::open(args.out.as_deref())?;
    for info in catalogue() {
        if args.json {
            output.line(&Listed {
                info,
                range: [info.low, info.high],
                reference_tool: reference_tool(info.id),
                options: default_options(info.id)?,
            })?;
        } else {
            let needs = format!("{:?}", info.needs).to_lowercase();
            let family = family(&info);
            let line =
                format!("{:<24} {family:<12} {:?}  {needs:<12} {}", info.id, info.tier, info.title);
            output.text(&(line + "\n"))?;
        }
    }
    Ok(())
}
