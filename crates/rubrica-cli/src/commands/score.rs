//! `rubrica score`: absolute judging under a rubric.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use pollster::block_on;
use rubrica::core::{
    Rubric, RubricModel, Score, VERSION, from_value, read_rubric, read_sample, read_value,
};
use rubrica::judge::{AbsoluteOptions, absolute, rubrics};

use super::{Outcome, finite};
use crate::judged::{self, Judged};
use crate::lines::{Line, Lines, Tracker, name_of, read_text};
use crate::notes::note;
use crate::output::OutputArgs;
use crate::panel;
use crate::progress::Bar;
use crate::store::ModelArgs;

/// Judge each response under a rubric: score, distribution, critique with spans, signature.
///
/// A line in: {"id"?, "instruction"?, "response", "reference"?, "context"?}. A line out: one
/// judgment, or the error of that row.
///
/// With `--judge CRITERION=ID,...` each criterion asks the model that knows it, and the rest a judge without a
/// criterion, or the default one; `spans=ID` adds what a judge of spans finds. ID:levels asks a judge of inference
/// about each level of the criterion.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// JSON lines; `-` is standard input
    input: PathBuf,
    /// A built-in rubric by name, or a YAML or JSON file (that of Prometheus too)
    #[arg(long, short, value_name = "NAME|FILE", default_value = "helpfulness")]
    rubric: String,
    /// Options of the protocol as JSON, such as {"critique": {"occlude": false}}
    #[arg(long, value_name = "JSON")]
    options: Option<String>,
    #[command(flatten)]
    output: OutputArgs,
    /// Exit with 1 when the mean score lies under this
    #[arg(long, value_name = "SCORE", value_parser = finite)]
    fail_under: Option<f64>,
    #[command(flatten)]
    models: ModelArgs,
}

const EXAMPLES: &str = "Examples:
  rubrica score answers.jsonl --rubric helpfulness
  rubrica score essays.jsonl --rubric my-rubric.yaml --out judged.jsonl
  rubrica score answers.jsonl --rubric helpfulness --fail-under 3.5   # for CI
  rubrica score answers.jsonl --rubric r.yaml --judge faithfulness=factcg,tone=nli:levels
  echo '{\"response\": \"Water boils at 100 °C.\"}' | rubrica score - --rubric clarity";

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let rubric = rubric(&args.rubric)?;
    let options: AbsoluteOptions = match &args.options {
        Some(json) => from_value(&read_value(json).context("--options")?).context("--options")?,
        None => AbsoluteOptions::default(),
    };
    let rows = Lines::open(&args.input)?.collect::<Result<Vec<_>>>()?;
    let judge = panel::load(&args.models, &rubric)?;
    let signatures: Vec<_> = judge.infos().into_iter().map(|info| &info.signature).collect();
    let run = format!(
        "score {VERSION}\nrubric {}\noptions {}\njudge {signatures:?} {:?}",
        rubric.fingerprint(),
        serde_json::to_string(&options)?,
        judge.settings(&rubric.criteria),
    );
    let file = Path::new(&args.rubric);
    let inputs: Vec<&Path> = match is_file(file) {
        true => vec![&args.input, file],
        false => vec![&args.input],
    };
    let mut tracker = Tracker::new(&args.input);
    if rows.is_empty() {
        tracker.finish()?;
    }
    let output = args.output.open(&inputs, &run)?;
    let mut mean = Mean::default();
    let score = |row: &Line, bar: &Bar| {
        let sample = row.read(read_sample)?;
        block_on(absolute(&judge, &sample, &rubric, &options, bar))
    };
    judged::each(&rows, "scoring", &mut tracker, output, score, |row| match row {
        Judged::Before(line) => {
            mean.add(line["score"].as_f64());
            None
        }
        Judged::Now(judgment) => {
            mean.add(judgment.score.value());
            match &judgment.score {
                Score::Undefined(why) => Some(format!("has no score: {}", why.reason)),
                Score::Defined(_) => None,
            }
        }
    })?;
    let (failed, rows) = (tracker.failed() + mean.undefined, tracker.rows());
    if failed > 0 {
        note(&format!(
            "{}: {} of {rows} rows scored, {} undefined, {} broken",
            name_of(&args.input),
            mean.scored,
            mean.undefined,
            tracker.failed(),
        ));
    }
    let met = args.fail_under.is_none_or(|limit| mean.value().is_some_and(|mean| mean >= limit));
    if let (false, Some(limit)) = (met, args.fail_under) {
        let found = mean.value().map_or("undefined".to_owned(), |mean| format!("{mean:.3}"));
        note(&format!(
            "mean score over {} of {rows} rows is {found}; expected at least {limit}",
            mean.scored
        ));
    }
    Ok(Outcome::of(failed, met))
}

/// The mean of the scores that there are.
#[derive(Default)]
struct Mean {
    sum: f64,
    scored: u32,
    undefined: usize,
}

impl Mean {
    fn add(&mut self, score: Option<f64>) {
        match score {
            Some(score) => {
                self.sum += score;
                self.scored += 1;
            }
            None => self.undefined += 1,
        }
    }

    fn value(&self) -> Option<f64> {
        (self.scored > 0).then(|| self.sum / f64::from(self.scored))
    }
}

fn is_file(name: &Path) -> bool {
    name.extension().is_some() || name.is_file()
}

/// A built-in rubric, or one from a file.
fn rubric(name: &str) -> Result<Rubric> {
    if is_file(Path::new(name)) {
        let text = read_text(Path::new(name))?;
        return read_rubric(&text).with_context(|| name.to_owned());
    }
    Ok(rubrics::builtin(name)?.rubric())
}
