//! `rubrica support`: which sentences of a response rest on which passages.

use std::path::PathBuf;

use anyhow::Result;
use pollster::block_on;
use rubrica::catalogue::Role;
use rubrica::core::{SupportModel, VERSION, read_sample};
use rubrica::judge::{SupportOptions, support};

use super::{Outcome, finite};
use crate::judged::{self, Judged};
use crate::lines::{Line, Lines, Tracker, name_of};
use crate::notes::note;
use crate::output::OutputArgs;
use crate::progress::Bar;
use crate::store::ModelArgs;

/// Say for each sentence of a response how likely its passages support it, and which does.
///
/// Each passage is read by itself and the best one decides; a passage that is longer than the model's window is
/// read in pieces where the judge's card has a rule for them, and what is cut is told in `warnings`.
///
/// A line in: {"id"?, "instruction"?, "response", "context": [...]}. A line out: the share of sentences that
/// are supported, and of each its probability, its passage (from 0) and its span; or the error of that row.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// JSON lines; `-` is standard input
    input: PathBuf,
    /// Probability from which a sentence counts as supported
    #[arg(long, value_name = "P", default_value_t = 0.5, value_parser = share)]
    threshold: f64,
    #[command(flatten)]
    output: OutputArgs,
    /// Exit with 1 when the mean share of supported sentences lies under this
    #[arg(long, value_name = "SHARE", value_parser = finite)]
    fail_under: Option<f64>,
    #[command(flatten)]
    models: ModelArgs,
}

const EXAMPLES: &str = "Examples:
  rubrica support answers.jsonl --judge factcg
  rubrica support answers.jsonl --fail-under 0.9   # for CI
  echo '{\"response\": \"It is blue.\", \"context\": [\"The sky is blue.\"]}' | rubrica support -";

fn share(text: &str) -> Result<f64, String> {
    finite(text).ok().filter(|p| (0.0..=1.0).contains(p)).ok_or_else(|| "expected 0 to 1".into())
}

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let options = SupportOptions { threshold: args.threshold, ..SupportOptions::default() };
    let rows = Lines::open(&args.input)?.collect::<Result<Vec<_>>>()?;
    let judge = args.models.load_judge(Role::Support)?;
    let signature = &SupportModel::info(&judge).signature;
    let run = format!("support {VERSION}\nthreshold {}\njudge {signature:?}", args.threshold);
    let mut tracker = Tracker::new(&args.input);
    if rows.is_empty() {
        tracker.finish()?;
    }
    let output = args.output.open(&[&args.input], &run)?;
    let (mut sum, mut judged) = (0.0, 0u32);
    let judge = |row: &Line, bar: &Bar| {
        let sample = row.read(read_sample)?;
        block_on(support(&judge, &sample, &options, bar))
    };
    judged::each(&rows, "reading", &mut tracker, output, judge, |row| {
        let share = match row {
            Judged::Before(line) => line["score"].as_f64(),
            Judged::Now(found) => found.score.value(),
        };
        judged += u32::from(share.is_some());
        sum += share.unwrap_or(0.0);
        None
    })?;
    let (failed, rows) = (tracker.failed(), tracker.rows());
    if failed > 0 {
        note(&format!("{}: {judged} of {rows} rows judged, {failed} broken", name_of(&args.input)));
    }
    let mean = sum / f64::from(judged.max(1));
    let met = args.fail_under.is_none_or(|limit| judged > 0 && mean >= limit);
    if let (false, Some(limit)) = (met, args.fail_under) {
        note(&format!(
            "a share of {mean:.3} of the sentences is supported over {judged} of {rows} rows; expected at least {limit}"
        ));
    }
    Ok(Outcome::of(failed, met))
}
