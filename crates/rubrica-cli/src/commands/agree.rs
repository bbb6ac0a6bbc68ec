//! `rubrica agree`: how far raters agree.

use std::path::PathBuf;

use anyhow::{Context, Result};
use rubrica::judge::audit::{AgreementOptions, AgreementReport, Figure, ItemRating, agreement};
use rubrica::stats::bootstrap::Bootstrap;

use super::{LeftOutRows, Outcome, level, replicates};
use crate::lines::{name_of, open};
use crate::output::{Output, json_with};

/// Agreement of raters: kappas, Krippendorff's alpha, Gwet's AC, intraclass and rank correlations.
///
/// JSON lines or CSV in: {"item_id", "rater_id", "value", "stratum"?}, where all values are numbers
/// or all are names. Ratings may be missing (null, empty, NA, n/a, NaN, -), which is counted. Gives every coefficient that is defined, with an
/// interval, and the reason why the others are not. Also ICAI's annotated pairs (each annotator rates), battles
/// of Chatbot Arena with a `judge`, what JudgeBench writes, and BenchBench's tables (each scenario rates).
#[derive(clap::Args)]
#[command(after_help = "Examples:
  rubrica agree ratings.jsonl
  rubrica agree ratings.csv --bootstrap 2000 --json")]
pub(crate) struct Args {
    /// Ratings; `-` is standard input
    input: PathBuf,
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

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let place = || name_of(&args.input);
    let mut left_out = LeftOutRows::new(&args.input);
    let rows = ItemRating::read(open(&args.input)?, &mut |row| left_out.take(row));
    let rows = rows.with_context(place)?;
    let outcome = left_out.finish(rows.counts);
    let bootstrap = Bootstrap {
        replicates: args.bootstrap,
        level: args.level,
        seed: args.seed,
        ..Bootstrap::default()
    };
    let report = agreement(&rows.records, &AgreementOptions { bootstrap });
    let report = report.map_err(|error| rows.locate(error)).with_context(place)?;
    let mut output = Output::standard();
    if args.json {
        output.text(&(json_with(&report, "rows", &rows.counts)? + "\n"))?;
    } else {
        output.text(&table(&report))?;
    }
    output.finish()?;
    Ok(outcome)
}

fn table(report: &AgreementReport) -> String {
    let defined = report.coefficients.iter();
    let figures: Vec<(String, Figure)> =
        defined.map(|(name, e)| ((*name).to_owned(), Figure::Estimate(e.clone()))).collect();
    let mut rows: Vec<(String, &Figure)> = figures.iter().map(|(n, f)| (n.clone(), f)).collect();
    for (stratum, found) in &report.by_stratum {
        rows.push((format!("{}, {stratum}", found.coefficient), &found.agreement));
    }
    let mut text = super::figures(&rows);
    for (name, why) in &report.undefined {
        text += &format!("{name}: undefined, {}\n", why.reason);
    }
    let AgreementReport { items, raters, ratings, signature, .. } = report;
    text + &format!("{items} items, {} raters, {ratings} ratings; {signature}\n", raters.len())
}
