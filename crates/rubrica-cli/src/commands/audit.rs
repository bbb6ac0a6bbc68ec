//! `rubrica audit`: what recorded judgments say about judges, models, benchmarks and people.

mod report;

use std::collections::HashSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Subcommand;
use rubrica::judge::audit::{JudgeAudit, JudgeAuditOptions, JudgedPair, VerdictTerms, audit_judge};
use rubrica::stats::bootstrap::Bootstrap;

use super::{LeftOutRows, Outcome, level, replicates};
use crate::lines::{name_of, open};
use crate::notes::note;
use crate::output::{Output, json_with};

/// Audit judges, models, benchmarks and raters by recorded judgments.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    Judge(JudgeArgs),
    /// Name the reports that there are, with the rows and options of each
    List(report::ListArgs),
    /// `REPORT INPUT`: one of the reports that `list` names
    #[command(external_subcommand)]
    Report(Vec<OsString>),
}

/// A judge of pairs against labels: accuracy, consistency, position and length bias.
///
/// JSON lines or CSV in: {"id", "label", "verdict_ab", "verdict_ba", "len_a"?, "len_b"?, "probability"?,
/// "source"?, "own"?, "style_a"?, "style_b"?},
/// where labels and verdicts are A, B, tie, or A>B and the like, a verdict may be null, `own` is the response
/// that the judge wrote, and styles are {name: count}. Also what JudgeBench writes (pair_id, label, judgments),
/// RewardBench's scores (id, scores_chosen, scores_rejected, subset) and ICAI's annotated pairs.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
struct JudgeArgs {
    /// Judged pairs; `-` is standard input
    input: PathBuf,
    /// In whose terms verdict_ba is told: of the same A and B as verdict_ab, or as they were shown
    #[arg(long, value_enum, default_value_t = Terms::Original)]
    verdicts: Terms,
    /// ICAI: the annotator that is the judge
    #[arg(long, value_name = "NAME")]
    annotator: Option<String>,
    /// ICAI: the annotator that is right; the file's default without it
    #[arg(long, value_name = "NAME")]
    gold: Option<String>,
    /// Resamples of the bootstrap intervals
    #[arg(long, value_name = "N", default_value_t = Bootstrap::default().replicates, value_parser = replicates)]
    bootstrap: usize,
    /// Coverage of the intervals
    #[arg(long, default_value_t = Bootstrap::default().level, value_parser = level)]
    level: f64,
    /// Seed of the bootstrap
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// One JSON object instead of a table
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Terms {
    Original,
    Shown,
}

const EXAMPLES: &str = "Examples:
  rubrica audit judge verdicts.jsonl
  rubrica audit judge judgebench.jsonl --verdicts shown --json
  rubrica audit list
  rubrica audit wb-reward verdicts.jsonl --set k=500
  rubrica audit benchmark-agreement boards.csv --set bootstrap.seed=1 --json";

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    match &args.what {
        What::Judge(args) => judge(args),
        What::List(args) => report::list(args),
        What::Report(words) => report::run(words),
    }
}

fn judge(args: &JudgeArgs) -> Result<Outcome> {
    let place = || name_of(&args.input);
    let options = JudgeAuditOptions {
        verdicts: match args.verdicts {
            Terms::Original => VerdictTerms::Original,
            Terms::Shown => VerdictTerms::Shown,
        },
        bootstrap: Bootstrap {
            replicates: args.bootstrap,
            level: args.level,
            seed: args.seed,
            ..Bootstrap::default()
        },
        annotator: args.annotator.clone(),
        gold: args.gold.clone(),
    };
    let mut left_out = LeftOutRows::new(&args.input);
    let pairs = JudgedPair::read(open(&args.input)?, &options, &mut |row| left_out.take(row));
    let pairs = pairs.with_context(place)?;
    let outcome = left_out.finish(pairs.counts);
    repeated(&args.input, pairs.records.iter().map(|pair| pair.id.as_str()));
    let audit = audit_judge(&pairs.records, &options);
    let audit = audit.map_err(|error| pairs.locate(error)).with_context(place)?;
    let mut output = Output::standard();
    if args.json {
        output.text(&(json_with(&audit, "rows", &pairs.counts)? + "\n"))?;
    } else {
        output.text(&table(&audit))?;
    }
    output.finish()?;
    Ok(outcome)
}

/// Notes ids that come more than once: all their rows count.
fn repeated<'i>(input: &Path, ids: impl Iterator<Item = &'i str>) {
    let (mut seen, mut again) = (HashSet::new(), Vec::new());
    for id in ids {
        if !seen.insert(id) {
            again.push(id);
        }
    }
    if let Some(first) = again.first() {
        let (name, n) = (name_of(input), again.len());
        note(&format!(
            "{name}: {n} rows have the id of an earlier row, the first of them `{first}`; all count"
        ));
    }
}

fn table(audit: &JudgeAudit) -> String {
    let position = &audit.position;
    let mut rows = vec![
        ("accuracy (votes)".to_owned(), &audit.accuracy),
        ("consistent accuracy".into(), &audit.consistent_accuracy),
        ("accuracy, a first".into(), &audit.accuracy_ab),
        ("accuracy, b first".into(), &audit.accuracy_ba),
        ("consistency".into(), &audit.consistency),
        ("Cohen's kappa".into(), &audit.kappa),
        ("winner stood first".into(), &position.prefers_first),
        ("first wins both times".into(), &position.first_both_times),
        ("second wins both times".into(), &position.second_both_times),
    ];
    if let Some(length) = &audit.length {
        rows.extend([
            ("winner is longer".to_owned(), &length.prefers_longer),
            ("labelled winner is longer".into(), &length.label_longer),
            ("  difference".into(), &length.excess),
            ("accuracy, longer is better".into(), &length.accuracy_longer_better),
            ("accuracy, shorter is better".into(), &length.accuracy_shorter_better),
        ]);
    }
    let own = audit.self_preference.iter().map(|own| ("is its own".to_owned(), own));
    let style = audit.style.iter().map(|(name, style)| (format!("has more {name}"), style));
    for (what, leaning) in own.chain(style) {
        rows.extend([
            (format!("winner {what}"), &leaning.prefers),
            (format!("labelled winner {what}"), &leaning.label),
            ("  difference".into(), &leaning.excess),
        ]);
    }
    if let Some(calibration) = &audit.calibration {
        rows.push(("Brier score".to_owned(), &calibration.brier));
        rows.push(("calibration error".into(), &calibration.ece));
    }
    rows.extend(audit.by_source.iter().map(|(name, s)| (format!("accuracy, {name}"), &s.accuracy)));
    super::figures(&rows) + &format!("{} pairs; {}\n", audit.n, audit.signature)
}
