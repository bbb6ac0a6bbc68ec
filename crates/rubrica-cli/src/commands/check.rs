//! `rubrica check`: which requirements responses meet, without a model.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use rubrica::core::{Error, VERSION, plain_message};
use rubrica::metrics::check::{CheckedRow, RowVerdict};

use super::{Outcome, finite};
use crate::lines::{FailedRow, Lines, Tracker, name_of};
use crate::notes::note;
use crate::output::OutputArgs;

/// Check responses against verifiable requirements: instructions of IFEval, assertions of promptfoo, or
/// constraints in plain English.
///
/// A line in is one of
///   {"id", "prompt", "response", "instruction_id_list", "kwargs"},
///   {"id", "response", "assert": [{"type", "value", "threshold"?, "weight"?}], "threshold"?},
///   {"id", "response", "constraints": "no hashtags, at most 80 words"};
/// a line out is {"id", "follow_strict", "follow_loose"}, {"id", "pass", "score", "results"} or {"id", "pass",
/// "results", "unread"}, where `unread` lists the clauses that no rule understood. Totals go to standard
/// error.
#[derive(clap::Args)]
#[command(verbatim_doc_comment, after_help = EXAMPLES)]
pub(crate) struct Args {
    /// JSON lines; `-` is standard input
    input: PathBuf,
    #[command(flatten)]
    output: OutputArgs,
    /// Exit with 1 when the share of responses that meet all they have to lies under LIMIT
    #[arg(long, value_name = "LIMIT", value_parser = finite)]
    fail_under: Option<f64>,
}

const EXAMPLES: &str = "Examples:
  rubrica check responses.jsonl
  rubrica check ifeval_responses.jsonl --out verdicts.jsonl
  rubrica check assertions.jsonl --fail-under 1   # for CI";

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let lines = Lines::open(&args.input)?;
    let mut output = args.output.open(&[&args.input], &format!("check {VERSION}"))?;
    let mut done = output.done().into_iter();
    let mut tracker = Tracker::new(&args.input);
    let mut totals = Totals::default();
    for row in lines {
        let row = row?;
        tracker.row(row.number, row.id().as_ref(), &note);
        let found = row.read(|text| {
            let found = CheckedRow::read(text).and_then(|row| row.run());
            found.map_err(|error| match error {
                Error::Parse { path, message } => {
                    Error::Parse { path, message: plain_message(&message) }
                }
                other => other,
            })
        });
        // Checks are quick: rows that an earlier run wrote are counted anew, and not written again.
        let fresh = done.next().is_none();
        match found {
            Ok(found) => {
                totals.add(&found.verdict);
                if fresh {
                    output.line(&found)?;
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
    let _ = std::io::Write::write_all(&mut std::io::stderr(), totals.text().as_bytes());
    let (failed, rows) = (tracker.failed(), tracker.rows());
    if failed > 0 {
        note(&format!(
            "{}: {} of {rows} rows checked, {failed} broken",
            name_of(&args.input),
            rows - failed
        ));
    }
    let share = totals.passed.share().unwrap_or(0.0);
    let met = args.fail_under.is_none_or(|limit| share >= limit);
    if let (false, Some(limit)) = (met, args.fail_under) {
        note(&format!("the share that meets all is {share:.4}; expected at least {limit}"));
    }
    Ok(Outcome::of(failed, met))
}

/// How many of how many.
#[derive(Default)]
struct Share {
    met: usize,
    of: usize,
}

impl Share {
    fn add(&mut self, met: bool) {
        self.met += usize::from(met);
        self.of += 1;
    }

    fn share(&self) -> Option<f64> {
        (self.of > 0).then(|| self.met as f64 / self.of as f64)
    }
}

/// Sums over the rows; IFEval's four accuracies among them.
#[derive(Default)]
struct Totals {
    passed: Share,
    prompts: [Share; 2],
    instructions: [Share; 2],
    unread: usize,
}

impl Totals {
    fn add(&mut self, verdict: &RowVerdict) {
        match verdict {
            RowVerdict::Followed { strict, loose } => {
                for (kind, verdicts) in [strict, loose].into_iter().enumerate() {
                    self.prompts[kind].add(verdicts.iter().all(|met| *met));
                    verdicts.iter().for_each(|met| self.instructions[kind].add(*met));
                }
                self.passed.add(strict.iter().all(|met| *met));
            }
            RowVerdict::Asserted { pass, .. } => self.passed.add(*pass),
            RowVerdict::Constrained { pass, unread, .. } => {
                self.unread += unread.len();
                self.passed.add(*pass);
            }
        }
    }

    fn text(&self) -> String {
        let mut text = String::new();
        let mut line = |what: &str, of: &Share| {
            if let Some(share) = of.share() {
                // Writing to a string never fails.
                let _ = writeln!(text, "{what}: {} of {} ({:.1} %)", of.met, of.of, 100.0 * share);
            }
        };
        line("met all they have to", &self.passed);
        for (kind, name) in ["strict", "loose"].into_iter().enumerate() {
            line(&format!("prompts, {name}"), &self.prompts[kind]);
            line(&format!("instructions, {name}"), &self.instructions[kind]);
        }
        if self.unread > 0 {
            let _ = writeln!(text, "clauses that no rule understood: {}", self.unread);
        }
        text
    }
}
