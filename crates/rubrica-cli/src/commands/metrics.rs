//! `rubrica metrics`: text metrics with signatures.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use pollster::block_on;
use rubrica::core::{
    EmbedModel, Error, GenerateModel, Id, Sample, Score, Tier, VERSION, from_value, read_sample,
    read_value,
};
use rubrica::metrics::{
    AnyMetric, MetricInfo, ReferenceTool, any_metric, catalogue, default_options, reference_tool,
};
use rubrica::models::{CausalLm, TextEncoder};
use rubrica::stats::bootstrap::Bootstrap;
use rubrica::{MetricRequest, MetricRows, SampleScores, Tally, WithIntervals};
use serde::Serialize;
use serde_json::Value;

use super::{Outcome, finite, replicates};
use crate::language_model;
use crate::lines::{FailedRow, Lines, Tracker, name_of, read_text};
use crate::notes::note;
use crate::output::{Output, OutputArgs};
use crate::progress::Bar;
use crate::store::folder;

/// Compute metrics: BLEU and chrF as sacreBLEU does, ROUGE, token F1, BERTScore, readability and more.
///
/// A line in: {"id"?, "response", "reference"} or "references". A line out: {"id", "scores": {...}},
/// or with --corpus one line {"corpus": {...}, "signatures": {...}, "rows": {METRIC: {"scored", "undefined",
/// "broken"}}}. Over a corpus, rows without a score are told and the exit code is 3: those that a metric named
/// with --metric is undefined for, or every metric of a family. Memory does not grow with the number of rows,
/// but by some bytes for each id, and for metrics that look at a corpus as a whole: nist, cider_d, self_bleu.
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
    #[arg(long, value_name = "N", requires = "corpus", value_parser = replicates)]
    bootstrap: Option<usize>,
    /// Seed of the resamples
    #[arg(long, value_name = "N", default_value_t = 0, requires = "bootstrap")]
    seed: u64,
    /// List the metrics there are: id, family, tier, what a row must have, name
    #[arg(long)]
    list: bool,
    /// With --list: one JSON object a metric, with range, options and reference tool
    #[arg(long, requires = "list")]
    json: bool,
    #[command(flatten)]
    output: OutputArgs,
    /// Exit with 1 when the corpus score of METRIC lies under LIMIT
    #[arg(long, value_name = "METRIC=LIMIT")]
    fail_under: Vec<String>,
    /// Folder with the models, for metrics over embeddings
    #[arg(long, value_name = "DIR", env = "RUBRICA_MODELS")]
    models: Option<PathBuf>,
    /// Encoder of metrics over embeddings
    #[arg(long, value_name = "ID", default_value = "minilm-l6")]
    encoder: String,
    /// Language model of metrics over likelihoods: a .gguf file, a folder with the hub's files, or an id
    #[arg(long, value_name = "ID|PATH")]
    model: Option<String>,
}

const EXAMPLES: &str = r#"Examples:
  rubrica metrics translations.jsonl --metric bleu,chrf --corpus
  rubrica metrics answers.jsonl --metric token_f1,rouge_l,bertscore
  rubrica metrics out.jsonl --metric chrf --corpus --fail-under chrf=55   # for CI
  rubrica metrics answers.jsonl --metric all --corpus
  rubrica metrics answers.jsonl --metric readability,surface
  rubrica metrics summaries.jsonl --metric rouge_1,rouge_l --corpus --bootstrap 1000
  rubrica metrics answers.jsonl --metric meteor --options '{"meteor": {"synonym_file": "@wordnet.txt"}}'
  rubrica metrics answers.jsonl --metric perplexity --model SmolLM2-135M-Instruct.gguf
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

/// Rows without a score that are named one by one, for each metric.
const NAMED: usize = 5;

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    if args.list {
        list(args)?;
        return Ok(Outcome::Done);
    }
    let limits = args.fail_under.iter().map(|l| limit(l)).collect::<Result<Vec<_>>>()?;
    let (requests, named) = requests(args)?;
    if let Some((metric, _)) = limits.iter().find(|(m, _)| requests.iter().all(|r| r.id != *m)) {
        bail!("--fail-under {metric}: that metric is not computed");
    }
    let over_corpus = args.corpus || !limits.is_empty();
    if over_corpus && args.output.resumes() {
        bail!(
            "--resume: scores over all rows start anew; expected --force, or neither --corpus nor --fail-under"
        );
    }
    let (mut needs_encoder, mut needs_writer) = (false, None);
    for MetricRequest { id, options } in &requests {
        match any_metric(id, options)? {
            AnyMetric::Text(_) => {}
            _ if args.bootstrap.is_some() => {
                bail!("--bootstrap: {id} needs a model; expected metrics that need none")
            }
            AnyMetric::Embed(_) => needs_encoder = true,
            AnyMetric::Likelihood(_) => needs_writer = Some(id.clone()),
        }
    }
    let mut held: Vec<Sample> = Vec::new();
    let encoder = needs_encoder.then(|| encoder(args)).transpose()?;
    let writer = needs_writer.map(|id| writer(args, &id)).transpose()?;
    let input = args.input.as_deref().context("an input is required")?;
    let mut lines = Lines::open(input)?;
    let asked: Vec<String> = requests.iter().map(|r| format!("{} {}", r.id, r.options)).collect();
    let model = encoder.as_ref().map(|e| format!("{:?}", EmbedModel::info(e).signature));
    let written = writer.as_ref().map(|w| format!("\n{:?}", GenerateModel::info(w).signature));
    let run = format!(
        "metrics {VERSION}\n{}\n{model:?}{}\ncorpus {}",
        asked.join("\n"),
        written.unwrap_or_default(),
        args.corpus
    );
    let mut output = args.output.open(&[input], &run)?;
    let mut done = output.done().into_iter();
    let mut tally = Tally::new(&requests, over_corpus)?;
    let mut tracker = Tracker::new(input);
    let mut gaps = Gaps { named, shown: BTreeMap::new(), rows: 0 };
    let bar = Bar::new(1, "metrics");
    let show = |text: &str| bar.note(text);
    loop {
        let chunk = lines.by_ref().take(CHUNK).collect::<Result<Vec<_>>>()?;
        if chunk.is_empty() {
            break;
        }
        let (mut places, mut samples, mut failures) = (Vec::new(), Vec::new(), Vec::new());
        for row in chunk {
            let sample =
                row.read(read_sample).and_then(|s| s.single_response().map(drop).and(Ok(s)));
            let id = match &sample {
                Ok(sample) => sample.id.clone(),
                Err(_) => row.id(),
            };
            tracker.row(row.number, id.as_ref(), &show);
            // What an earlier run wrote is not computed again.
            if let Some(line) = done.next() {
                if serde_json::from_str::<Value>(&line)?.get("line").is_some() {
                    tracker.fail();
                }
                continue;
            }
            match sample {
                Ok(sample) => {
                    places.push(row.number);
                    samples.push(sample);
                }
                Err(error) => {
                    tracker.failure(row.number, id.as_ref(), &error, &show);
                    failures.push((row.number, id, error));
                }
            }
        }
        let scores = block_on(tally.add_with(&samples, encoder.as_ref(), writer.as_ref(), &bar))?;
        // Rows are answered in their order.
        let mut failures = failures.into_iter().peekable();
        for (number, scores) in places.iter().zip(&scores) {
            while let Some((line, id, error)) = failures.next_if(|(line, ..)| line < number) {
                failure(args, &mut output, line, id, &error)?;
            }
            if over_corpus {
                gaps.look(*number, scores, &tracker, &show);
            }
            if !args.corpus {
                output.line(scores)?;
            }
        }
        for (line, id, error) in failures {
            failure(args, &mut output, line, id, &error)?;
        }
        if args.bootstrap.is_some() {
            held.extend(samples);
        }
    }
    tracker.finish()?;
    let (mut corpus, _) = block_on(tally.finish_with(encoder.as_ref(), writer.as_ref(), &bar))?;
    bar.finish();
    for rows in corpus.iter_mut().flat_map(|corpus| corpus.rows.values_mut()) {
        rows.broken = tracker.failed();
    }
    if let Some(replicates) = args.bootstrap {
        let options = Bootstrap { replicates, seed: args.seed, ..Bootstrap::default() };
        let corpus = corpus.clone().unwrap_or_default();
        output.line(&WithIntervals::of(corpus, &requests, &held, &options)?)?;
    } else if args.corpus {
        output.line(&corpus)?;
    }
    output.finish()?;
    let all = tracker.rows();
    for (metric, rows) in corpus.iter().flat_map(|corpus| &corpus.rows) {
        let MetricRows { scored, undefined, broken } = *rows;
        if undefined + broken > 0 && gaps.counts(metric) {
            note(&format!(
                "{}: {metric}: {scored} of {all} rows scored, {undefined} undefined, {broken} broken",
                name_of(input)
            ));
        }
    }
    if tracker.failed() > 0 && !over_corpus {
        note(&format!("{}: {} of {all} rows broken", name_of(input), tracker.failed()));
    }
    let mut met = true;
    for (metric, limit) in &limits {
        let value = corpus.as_ref().and_then(|c| c.scores[metric].value());
        if value.is_none_or(|v| v < *limit) {
            met = false;
            let value = value.map_or("undefined".to_owned(), |v| format!("{v:.4}"));
            note(&format!("{metric} is {value}; expected at least {limit}"));
        }
    }
    Ok(Outcome::of(tracker.failed() + gaps.rows, met))
}

/// Rows that have no score over a corpus.
struct Gaps {
    /// For each name that was asked for, its metrics: one, or those of a family.
    named: Vec<Vec<String>>,
    /// Rows that were named already, by metric.
    shown: BTreeMap<String, usize>,
    /// Rows that some name has no score for at all.
    rows: usize,
}

impl Gaps {
    /// True for a metric that was asked for by itself.
    fn counts(&self, metric: &str) -> bool {
        self.named.iter().any(|ids| matches!(ids.as_slice(), [id] if id == metric))
            || self.shown.contains_key(metric)
    }

    fn look(&mut self, line: usize, scores: &SampleScores, tracker: &Tracker, show: &dyn Fn(&str)) {
        let without = |ids: &&Vec<String>| ids.iter().all(|id| scores.scores[id].value().is_none());
        let empty: Vec<&Vec<String>> = self.named.iter().filter(without).collect();
        self.rows += usize::from(!empty.is_empty());
        for id in empty.iter().filter_map(|ids| ids.first()) {
            let shown = self.shown.entry(id.clone()).or_default();
            *shown += 1;
            if *shown <= NAMED
                && let Score::Undefined(why) = &scores.scores[id].score
            {
                let text = format!("{id} is undefined: {}", why.reason);
                show(&tracker.message(line, scores.id.as_ref(), &text));
            }
        }
    }
}

fn failure(
    args: &Args,
    output: &mut Output,
    line: usize,
    id: Option<Id>,
    error: &Error,
) -> Result<()> {
    if args.corpus { Ok(()) } else { output.line(&FailedRow::new(id, line, error)) }
}

/// What is asked for, and the metrics that each name of it stands for.
fn requests(args: &Args) -> Result<(Vec<MetricRequest>, Vec<Vec<String>>)> {
    let mut options: BTreeMap<String, Value> = match &args.options {
        Some(json) => {
            let given = match json.starts_with('@') {
                true => Value::String(json.clone()),
                false => read_value(json).context("--options")?,
            };
            from_value(&filled(given).context("--options")?).context("--options")?
        }
        None => BTreeMap::new(),
    };
    let named: Vec<Vec<String>> = args.metric.iter().map(|name| ids(name)).collect();
    let mut all: Vec<String> = Vec::new();
    for id in named.iter().flatten() {
        if !all.contains(id) {
            all.push(id.clone());
        }
    }
    let requests = all
        .into_iter()
        .map(|id| MetricRequest { options: options.remove(&id).unwrap_or_default(), id })
        .collect();
    if let Some(id) = options.keys().next() {
        bail!("--options: `{id}` is not among the metrics asked for");
    }
    Ok((requests, named))
}

/// `value` with the contents of files in place of their names: `"@FILE"`; `"@@..."` is a text that starts
/// with `@`.
fn filled(value: Value) -> Result<Value> {
    Ok(match value {
        Value::String(text) => match text.strip_prefix('@') {
            None => Value::String(text),
            Some(rest) if rest.starts_with('@') => Value::String(rest.to_owned()),
            Some(path) => {
                let held = read_text(Path::new(path))?;
                match path.ends_with(".json") {
                    true => read_value(&held).with_context(|| path.to_owned())?,
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

/// The ids that a name stands for: an id, a family, or `all` that needs no model.
fn ids(name: &str) -> Vec<String> {
    let named = |info: &MetricInfo| name == "all" || name == family(info);
    let group = catalogue().into_iter().filter(|info| info.tier == Tier::T0 && named(info));
    let group: Vec<String> = group.map(|info| info.id.to_owned()).collect();
    if group.is_empty() { vec![name.to_owned()] } else { group }
}

/// `overlap`, `surface` and so on.
fn family(info: &MetricInfo) -> String {
    format!("{:?}", info.family).to_lowercase()
}

fn limit(text: &str) -> Result<(String, f64)> {
    let (metric, limit) = text
        .split_once('=')
        .with_context(|| format!("--fail-under {text}: expected METRIC=LIMIT"))?;
    let limit = finite(limit)
        .map_err(|expected| anyhow!("--fail-under {text}: `{limit}` is no limit; {expected}"))?;
    Ok((metric.to_owned(), limit))
}

fn encoder(args: &Args) -> Result<TextEncoder> {
    Ok(block_on(folder(args.models.as_deref())?.encoder(&args.encoder))?)
}

fn writer(args: &Args, metric: &str) -> Result<CausalLm> {
    let needed = || format!("{metric} needs a language model; expected --model ID or FILE.gguf");
    language_model::open(args.model.as_deref().with_context(needed)?, args.models.as_deref())
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
    let mut output = args.output.open(&[], "list")?;
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
    output.finish()
}
