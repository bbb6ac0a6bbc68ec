//! `rubrica rank`: a leaderboard from battles.

use std::path::PathBuf;

use anyhow::{Context, Result};
use rubrica::audit::leaderboard::{
    Battles, Leaderboard, RankMethod, RankOptions, RatedModel, rank,
};

use super::Outcome;
use crate::lines::{Output, name_of, open};

/// Rank models by their battles: ratings with intervals.
///
/// JSON lines or CSV in: {"model_a", "model_b", "winner": "model_a"|"model_b"|"tie"}; or {"ranking": [best,
/// ...]} of two or more, where a list is one place; RewardBench's {"chosen_model", "rejected_model"}; ICAI's
/// annotated pairs; BenchBench's {"model", "scenario", "score"}, where the higher score wins. Memory does not
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
    #[arg(long, value_name = "N", default_value_t = 0)]
    bootstrap: usize,
    /// Coverage of the intervals
    #[arg(long, default_value_t = RankOptions::default().level)]
    level: f64,
    /// Seed of the bootstrap
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// rank-centrality: wins added to each model over each other
    #[arg(long, default_value_t = 0.0)]
    prior: f64,
    /// elo: the greatest change in one battle
    #[arg(long, default_value_t = RankOptions::default().k)]
    k: f64,
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

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let place = || name_of(&args.input);
    let battles = Battles::read(args.method, open(&args.input)?).with_context(place)?;
    let options = RankOptions {
        method: args.method,
        bootstrap: args.bootstrap,
        level: args.level,
        seed: args.seed,
        prior: args.prior,
        k: args.k,
        matrix: args.matrix,
        by_category: args.by_category,
    };
    let leaderboard = rank(&battles, &options).with_context(place)?;
    let mut output = Output::open(None)?;
    if args.json {
        output.line(&leaderboard)?;
    } else {
        output.text(&table(&leaderboard))?;
    }
    Ok(Outcome::Done)
}

fn table(leaderboard: &Leaderboard) -> String {
    let mut text = rows(&leaderboard.ratings);
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
        let interval = match (row.lower, row.upper) {
            (Some(lower), Some(upper)) => format!("{lower:.1} to {upper:.1}"),
            _ => "–".into(),
        };
        text += &format!(
            "{:>4}  {:<width$}  {:>7.1}  {:>17}  {:>6} {:>6} {:>6}\n",
            row.rank, row.model, row.rating, interval, row.wins, row.ties, row.losses
        );
    }
    text
}
