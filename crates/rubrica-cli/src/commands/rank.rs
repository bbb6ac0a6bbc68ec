//! `rubrica rank`: a leaderboard from battles.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use rubrica::judge::leaderboard::{
    Battles, Leaderboard, RankMethod, RankOptions, RatedModel, Resamples, Unbounded, rank,
};

use super::{LeftOutRows, Outcome, finite, level, replicates};
use crate::lines::{name_of, open};
use crate::output::{Output, json_with};

/// Rank models by their battles: ratings with intervals.
///
/// JSON lines or CSV in: {"model_a", "model_b", "winner": "model_a"|"model_b"|"tie"}; or {"ranking": [best,
/// ...]} of two or more, where a list is one place; RewardBench's {"chosen_model", "rejected_model"}; ICAI's
/// annotated pairs; BenchBench's {"model", "scenario", "score"}, where the higher score wins. The winner may be named
/// too, a row counts "weight" times, and a strong verdict (A>>B) as three. Memory does not
/// grow with the number of battles, but for elo and k-sort, which go by their order.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Battles; `-` is standard input
    input: PathBuf,
    /// bradley-terry, elo, rao-kupper, davidson, rank-centrality or k-sort
    #[arg(long, short, default_value = "bradley-terry", value_parser = method)]
    method: RankMethod,
    /// Resamples of the bootstrap intervals; with 0, the sandwich interval where the method has one
    #[arg(long, value_name = "N", default_value = "0", value_parser = none_or_replicates)]
    bootstrap: usize,
    /// Coverage of the intervals [default: 0.95]
    #[arg(long, value_parser = level)]
    level: Option<f64>,
    /// Seed of the bootstrap [default: 0]
    #[arg(long, requires = "bootstrap")]
    seed: Option<u64>,
    /// rank-centrality: wins added to each model over each other [default: 0]
    #[arg(long, value_parser = finite)]
    prior: Option<f64>,
    /// elo: the greatest change in one battle [default: 4]
    #[arg(long, value_parser = finite)]
    k: Option<f64>,
    /// With --json: also wins, ties and losses of each model against each other
    #[arg(long, requires = "json")]
    matrix: bool,
    /// Also a board of each category, of rows with a `category` or `subset`
    #[arg(long)]
    by_category: bool,
    /// One JSON object instead of a table
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "Examples:
  rubrica rank battles.jsonl
  rubrica rank battles.jsonl --method bradley-terry --bootstrap 100 --seed 0 --json
  rubrica rank battles.csv --method davidson
  rubrica rank battles.jsonl --by-category";

fn method(name: &str) -> Result<RankMethod, String> {
    let known = || RankMethod::ALL.map(RankMethod::name).join(", ");
    let found = RankMethod::ALL.into_iter().find(|method| method.name() == name);
    found.ok_or_else(|| format!("expected one of {}", known()))
}

fn none_or_replicates(text: &str) -> Result<usize, String> {
    match text {
        "0" => Ok(0),
        other => replicates(other).map_err(|expected| format!("{expected}, or 0 for none")),
    }
}

/// Options that are given must be of use to the method.
fn unused(args: &Args) -> Result<()> {
    let method = args.method;
    let paired =
        matches!(method, RankMethod::BradleyTerry | RankMethod::RaoKupper | RankMethod::Davidson);
    let has_level = method != RankMethod::KSort && (paired || args.bootstrap > 0);
    for (given, used, option, with) in [
        (args.k.is_some(), method == RankMethod::Elo, "--k", "--method elo"),
        (
            args.prior.is_some(),
            method == RankMethod::RankCentrality,
            "--prior",
            "--method rank-centrality",
        ),
        (args.bootstrap > 0, method != RankMethod::KSort, "--bootstrap", "another method"),
        (
            args.level.is_some(),
            has_level,
            "--level",
            "--bootstrap or a method with a sandwich interval",
        ),
        (args.seed.is_some(), args.bootstrap > 0, "--seed", "--bootstrap"),
    ] {
        if given && !used {
            bail!("{option}: {method} does not use it here; expected it with {with} only");
        }
    }
    Ok(())
}

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    unused(args)?;
    let default = RankOptions::default();
    let options = RankOptions {
        method: args.method,
        bootstrap: args.bootstrap,
        level: args.level.unwrap_or(default.level),
        seed: args.seed.unwrap_or(default.seed),
        prior: args.prior.unwrap_or(default.prior),
        k: args.k.unwrap_or(default.k),
        matrix: args.matrix,
        by_category: args.by_category,
    };
    options.validate()?;
    let place = || name_of(&args.input);
    let mut left_out = LeftOutRows::new(&args.input);
    let read = Battles::read_with(args.method, open(&args.input)?, &mut |row| left_out.take(row));
    let (battles, counts) = read.with_context(place)?;
    let outcome = left_out.finish(counts);
    let leaderboard = rank(&battles, &options).with_context(place)?;
    let mut output = Output::standard();
    if args.json {
        output.text(&(json_with(&leaderboard, "rows", &counts)? + "\n"))?;
    } else {
        output.text(&table(&leaderboard))?;
    }
    output.finish()?;
    Ok(outcome)
}

fn table(leaderboard: &Leaderboard) -> String {
    let mut text = rows(&leaderboard.ratings);
    if let Some(Resamples { drawn, finite }) = leaderboard.resamples.filter(|r| r.finite < r.drawn)
    {
        text += &format!(
            "{} of {drawn} resamples have no finite ratings, as some models won or lost everything there:\n",
            drawn - finite
        );
        for (row, open) in
            leaderboard.ratings.iter().filter_map(|row| Some((row, row.interval?.unbounded?)))
        {
            let Unbounded { above, below, left_out } = open;
            text += &format!(
                "  {}: undefeated in {above}, without a win in {below}, not told by {left_out}\n",
                row.model
            );
        }
    }
    for (category, board) in &leaderboard.by_category {
        text += &format!("\n{category}: {} battles\n", board.n);
        match &board.error {
            Some(error) => text += &format!("{}\n", error.reason),
            None => text += &rows(&board.ratings),
        }
    }
    text + &format!("{}\n", leaderboard.signature)
}

fn rows(ratings: &[RatedModel]) -> String {
    let longest = ratings.iter().map(|r| r.model.chars().count());
    let width = longest.max().unwrap_or(0).max("model".len());
    let mut text = format!(
        "rank  {:<width$}  {:>7}  {:>17}  {:>6} {:>6} {:>6}\n",
        "model", "rating", "interval", "wins", "ties", "losses"
    );
    for row in ratings {
        let end = |end: Option<f64>, open: &str| {
            end.map_or(open.to_owned(), |x| format!("{:.1}", x + 0.0))
        };
        let interval = row.interval.map_or("–".to_owned(), |interval| {
            format!("{} to {}", end(interval.lower, "-∞"), end(interval.upper, "∞"))
        });
        text += &format!(
            "{:>4}  {:<width$}  {:>7.1}  {:>17}  {:>6} {:>6} {:>6}\n",
            row.rank, row.model, row.rating, interval, row.wins, row.ties, row.losses
        );
        if let Some(belief) = &row.belief {
            text.pop();
            text += &format!("  mean {:.3}, deviation {:.3}\n", belief.mean, belief.deviation);
        }
    }
    text
}
