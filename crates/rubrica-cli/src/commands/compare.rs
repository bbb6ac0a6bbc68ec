//! `rubrica compare`: pairwise judging.

use std::path::PathBuf;

use anyhow::Result;
use pollster::block_on;
use rubrica::core::{Preference, read_comparison};
use rubrica::judge::{PairwiseOptions, pairwise};

use super::Outcome;
use crate::lines::{FailedRow, Output, read_text, rows};
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
    #[arg(long, value_name = "P", default_value_t = 0.0)]
    tie_margin: f64,
    /// Write results here instead of standard output
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Exit with 1 when `a` wins a smaller share than this (ties count half)
    #[arg(long, value_name = "SHARE")]
    fail_under: Option<f64>,
    #[command(flatten)]
    models: ModelArgs,
}

const EXAMPLES: &str = "Examples:
  rubrica compare pairs.jsonl --tie-margin 0.05
  rubrica compare new-against-old.jsonl --fail-under 0.5   # for CI
  echo '{\"prompt\": \"Why is the sky blue?\", \"a\": \"Scattering.\", \"b\": \"Because.\"}' | rubrica compare -";

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let options = PairwiseOptions { tie_margin: args.tie_margin, ..PairwiseOptions::default() };
    let text = read_text(&args.input)?;
    let rows = rows(&text);
    let judge = args.models.load_judge()?;
    let mut output = Output::open(args.out.as_deref())?;
    let bar = Bar::new(rows.len(), "comparing");
    let (mut won, mut compared, mut failed) = (0.0, 0, 0);
    for (number, row) in rows {
        let pair = read_comparison(row);
        let id = pair.as_ref().ok().and_then(|p| p.id.clone());
        match pair.and_then(|pair| block_on(pairwise(&judge, &pair, &options, &bar))) {
            Ok(verdict) => {
                compared += 1;
                won += match verdict.preferred {
                    Preference::A => 1.0,
                    Preference::Tie => 0.5,
                    Preference::B => 0.0,
                };
                output.line(&verdict)?;
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
    let share = won / f64::from(compared.max(1));
    let met = args.fail_under.is_none_or(|limit| compared > 0 && share >= limit);
    if let (false, Some(limit)) = (met, args.fail_under) {
        eprintln!("rubrica: `a` wins {share:.3}, under {limit}");
    }
    Ok(Outcome::of(failed, met))
}
