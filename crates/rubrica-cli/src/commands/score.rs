//! `rubrica score`: absolute judging under a rubric.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use pollster::block_on;
use rubrica::core::{Rubric, read_rubric, read_sample};
use rubrica::judge::{AbsoluteOptions, absolute, rubrics};

use super::Outcome;
use crate::lines::{FailedRow, Output, read_text, rows};
use crate::progress::Bar;
use crate::store::ModelArgs;

/// Judge each response under a rubric: score, distribution, critique with spans, signature.
///
/// A line in: {"id"?, "instruction"?, "response", "reference"?, "context"?}. A line out: one
/// judgment, or the error of that row.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// JSON lines; `-` is standard input
    input: PathBuf,
    /// A built-in rubric by name, or a YAML or JSON file (Prometheus rubrics too)
    #[arg(long, short, value_name = "NAME|FILE", default_value = "helpfulness")]
    rubric: String,
    /// Options of the protocol as JSON, such as {"critique": {"occlude": false}}
    #[arg(long, value_name = "JSON")]
    options: Option<String>,
    /// Write results here instead of standard output
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Exit with 1 when the mean score lies under this
    #[arg(long, value_name = "SCORE")]
    fail_under: Option<f64>,
    #[command(flatten)]
    models: ModelArgs,
}

const EXAMPLES: &str = "Examples:
  rubrica score answers.jsonl --rubric helpfulness
  rubrica score essays.jsonl --rubric my-rubric.yaml --out judged.jsonl
  rubrica score answers.jsonl --rubric helpfulness --fail-under 3.5   # for CI
  echo '{\"response\": \"Water boils at 100 °C.\"}' | rubrica score - --rubric clarity";

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let rubric = rubric(&args.rubric)?;
    let options: AbsoluteOptions = match &args.options {
        Some(json) => serde_json::from_str(json).context("--options")?,
        None => AbsoluteOptions::default(),
    };
    let text = read_text(&args.input)?;
    let rows = rows(&text);
    let judge = args.models.load_judge()?;
    let mut output = Output::open(args.out.as_deref())?;
    let bar = Bar::new(rows.len(), "scoring");
    let (mut sum, mut scored, mut failed) = (0.0, 0, 0);
    for (number, row) in rows {
        let sample = read_sample(row);
        let id = sample.as_ref().ok().and_then(|s| s.id.clone());
        let judgment =
            sample.and_then(|sample| block_on(absolute(&judge, &sample, &rubric, &options, &bar)));
        match judgment {
            Ok(judgment) => {
                if let Some(score) = judgment.score.value() {
                    sum += score;
                    scored += 1;
                }
                output.line(&judgment)?;
            }
            Err(error) => {
                failed += 1;
                output.line(&FailedRow::new(id, number, &error))?;
                bar.note(&format!("line {number}: {error}"));
            }
        }
        bar.advance();
    }
    bar.finish();
    let met = args.fail_under.is_none_or(|limit| scored > 0 && sum / f64::from(scored) >= limit);
    if let (false, Some(limit)) = (met, args.fail_under) {
        eprintln!("rubrica: mean score {:.3} is under {limit}", sum / f64::from(scored.max(1)));
    }
    Ok(Outcome::of(failed, met))
}

/// A built-in rubric, or one from a file.
fn rubric(name: &str) -> Result<Rubric> {
    let looks_like_file = Path::new(name).extension().is_some() || Path::new(name).is_file();
    if looks_like_file {
        let text = read_text(Path::new(name))?;
        return read_rubric(&text).with_context(|| name.to_owned());
    }
    Ok(rubrics::builtin(name)?.rubric())
}
