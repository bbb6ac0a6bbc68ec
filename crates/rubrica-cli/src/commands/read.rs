//! `rubrica read`: verdicts and scores from recorded judge text.

use std::path::PathBuf;

use anyhow::{Context, Result};
use rubrica::core::VERSION;
use rubrica::judge::reading::{Format, format, formats, read_row};

use super::Outcome;
use crate::lines::{FailedRow, Lines, Tracker, name_of};
use crate::notes::note;
use crate::output::{Output, OutputArgs};

/// Read verdicts and scores from the text of a judge: Prometheus, MT-Bench, Arena-Hard, WildBench and more.
///
/// A line in: {"id"?, "text"} (or "output", "completion"), or of a judge asked in both orders {"text_ab", "text_ba"}.
/// A line out: the row, and beside it "winner" and "verdict_ab", "verdict_ba" for a verdict, "score" or "scores" for
/// the others, and "value" where the row has an "item_id": rows that rank, audit judge and agree take. Reading is
/// strict: where a text has no verdict, one out of range or two that differ, the result is null, "error" says why,
/// the text stays, and the exit code is 3.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// JSON lines; `-` is standard input
    #[arg(required_unless_present = "list")]
    input: Option<PathBuf>,
    /// Format of the judge's text
    #[arg(long, short, required_unless_present = "list", value_parser = known)]
    format: Option<&'static Format>,
    /// List the formats there are: id, what it gives, title, source, what a text has to hold
    #[arg(long)]
    list: bool,
    /// With --list: one JSON object a format, with an example
    #[arg(long, requires = "list")]
    json: bool,
    #[command(flatten)]
    output: OutputArgs,
}

const EXAMPLES: &str = "Examples:
  rubrica read judgments.jsonl --format arena-hard --out battles.jsonl
  rubrica read judgments.jsonl --format prometheus-absolute
  rubrica read --list";

fn known(id: &str) -> Result<&'static Format, String> {
    format(id).map_err(|error| error.to_string())
}

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    if args.list {
        return list(args.json);
    }
    let input = args.input.as_deref().context("an input is required")?;
    let format = args.format.context("a format is required")?;
    let lines = Lines::open(input)?;
    let mut output = args.output.open(&[input], &format!("read {VERSION}\n{}", format.id))?;
    let mut done = output.done().into_iter();
    let mut tracker = Tracker::new(input);
    let (mut read, mut undefined) = (0, 0);
    for row in lines {
        let row = row?;
        tracker.row(row.number, row.id().as_ref(), &note);
        let found = row.read(|text| read_row(text, format));
        // Reading is quick: rows that an earlier run wrote are counted anew, and not written again.
        let fresh = done.next().is_none();
        match found {
            Ok(found) => {
                read += found.read;
                undefined += found.undefined;
                if fresh {
                    output.line(&found.row)?;
                }
            }
            Err(error) => {
                let id = row.id();
                tracker.failure(row.number, id.as_ref(), &error, &note);
                if fresh {
                    output.line(&FailedRow::new(id, row.number, &error))?;
                }
            }
        }
    }
    tracker.finish()?;
    output.finish()?;
    note(&format!(
        "{}: {} rows, {read} texts read, {undefined} undefined, {} rows broken",
        name_of(input),
        tracker.rows(),
        tracker.failed()
    ));
    Ok(Outcome::of(undefined + tracker.failed(), true))
}

fn list(json: bool) -> Result<Outcome> {
    let mut output = Output::standard();
    for format in formats() {
        if json {
            output.line(format)?;
        } else {
            output.text(&format!(
                "{}: {}\n  gives    {}\n  source   {}\n  expects  {}\n\n",
                format.id,
                format.title,
                serde_json::to_string(&format.gives)?.trim_matches('"'),
                format.source,
                format.expects
            ))?;
        }
    }
    output.finish()?;
    Ok(Outcome::Done)
}
