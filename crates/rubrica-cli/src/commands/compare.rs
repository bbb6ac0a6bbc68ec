//! `rubrica compare`: pairwise judging.

use std::path::PathBuf;

use anyhow::Result;
use pollster::block_on;
use rubrica::catalogue::Role;
use rubrica::core::{Preference, RewardModel, VERSION, read_comparison};
use rubrica::judge::{PairwiseOptions, pairwise};

use super::{Outcome, finite};
use crate::judged::{self, Judged};
use crate::lines::{Line, Lines, Tracker, name_of};
use crate::notes::note;
use crate::output::OutputArgs;
use crate::progress::Bar;
use crate::store::ModelArgs;

/// Say which of two responses is better: preferred, probability, both orders, signature.
///
/// The judges that can be loaded read each response alone and compare two rewards, so both orders agree by
/// construction: `consistent` says something only of verdicts of a judge that reads pairs.
///
/// A line in: {"id"?, "prompt", "a", "b"}; RewardBench, JudgeBench and Chatbot Arena rows are read
/// too. A line out: one verdict, or the error of that row.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// JSON lines; `-` is standard input
    input: PathBuf,
    /// Call a tie when the probability is this close to one half
    #[arg(long, value_name = "P", default_value_t = 0.0, value_parser = margin)]
    tie_margin: f64,
    #[command(flatten)]
    output: OutputArgs,
    /// Exit with 1 when `a` wins a smaller share than this (ties count half)
    #[arg(long, value_name = "SHARE", value_parser = finite)]
    fail_under: Option<f64>,
    #[command(flatten)]
    models: ModelArgs,
}

const EXAMPLES: &str = "Examples:
  rubrica compare pairs.jsonl --tie-margin 0.05
  rubrica compare new-against-old.jsonl --fail-under 0.5   # for CI
  echo '{\"prompt\": \"Why is the sky blue?\", \"a\": \"Scattering.\", \"b\": \"Because.\"}' | rubrica compare -";

fn margin(text: &str) -> Result<f64, String> {
    finite(text).ok().filter(|m| (0.0..=0.5).contains(m)).ok_or_else(|| "expected 0 to 0.5".into())
}

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let options = PairwiseOptions { tie_margin: args.tie_margin, ..PairwiseOptions::default() };
    let rows = Lines::open(&args.input)?.collect::<Result<Vec<_>>>()?;
    let judge = args.models.load_judge(Role::Reward)?;
    let signature = &RewardModel::info(&judge).signature;
    let run = format!("compare {VERSION}\nmargin {}\njudge {signature:?}", args.tie_margin);
    let mut tracker = Tracker::new(&args.input);
    if rows.is_empty() {
        tracker.finish()?;
    }
    let output = args.output.open(&[&args.input], &run)?;
    let (mut won, mut compared) = (0.0, 0);
    let judge = |row: &Line, bar: &Bar| {
        let pair = row.read(read_comparison)?;
        block_on(pairwise(&judge, &pair, &options, bar))
    };
    judged::each(&rows, "comparing", &mut tracker, output, judge, |row| {
        let preferred = match row {
            Judged::Before(line) => serde_json::from_value(line["preferred"].clone()).ok(),
            Judged::Now(verdict) => Some(verdict.preferred),
        };
        compared += u32::from(preferred.is_some());
        won += match preferred {
            Some(Preference::A) => 1.0,
            Some(Preference::Tie) => 0.5,
            Some(Preference::B) | None => 0.0,
        };
        None
    })?;
    let (failed, rows) = (tracker.failed(), tracker.rows());
    if failed > 0 {
        note(&format!(
            "{}: {compared} of {rows} rows compared, {failed} broken",
            name_of(&args.input)
        ));
    }
    let share = won / f64::from(compared.max(1));
    let met = args.fail_under.is_none_or(|limit| compared > 0 && share >= limit);
    if let (false, Some(limit)) = (met, args.fail_under) {
        note(&format!(
            "`a` wins {share:.3} of {compared} of {rows} rows; expected at least {limit}"
        ));
    }
    Ok(Outcome::of(failed, met))
}
