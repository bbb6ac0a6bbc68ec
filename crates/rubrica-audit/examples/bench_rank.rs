//! Times a leaderboard of the battles in a file: `bench_rank BATTLES.jsonl BOOTSTRAP`.
//!
//! Prints `{"battles", "models", "read_ms", "rank_ms", "first"}`: the time to read and count the file, the time
//! from numbered battles in memory to ratings with intervals, and the best rating. `./x bench rank` runs it.

use std::collections::HashMap;
use std::error::Error;
use std::fs::File;
use std::io::{BufReader, Write};
use std::time::Instant;

use rubrica_audit::leaderboard::{Battles, NamedBattle, RankMethod};
use rubrica_audit::records;
use rubrica_core::Preference;
use rubrica_stats::ranking::{Battle, Outcome, PairedModel, WinMatrix};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("which file?")?;
    let bootstrap = arguments.next().ok_or("how many resamples?")?.parse()?;
    let start = Instant::now();
    let battles = Battles::read(RankMethod::BradleyTerry, BufReader::new(File::open(&path)?))?;
    let read = start.elapsed();
    let rows: Vec<NamedBattle> = records::read_all(BufReader::new(File::open(path)?))?;
    assert_eq!(battles.len(), rows.len(), "both ways of reading see every battle");
    let mut names: Vec<&str> =
        rows.iter().flat_map(|row| [row.model_a.as_str(), row.model_b.as_str()]).collect();
    names.sort_unstable();
    names.dedup();
    let number: HashMap<&str, usize> = names.iter().enumerate().map(|(i, n)| (*n, i)).collect();
    let coded: Vec<Battle> = rows
        .iter()
        .map(|row| Battle {
            first: number[row.model_a.as_str()],
            second: number[row.model_b.as_str()],
            outcome: match row.winner {
                Preference::A => Outcome::First,
                Preference::B => Outcome::Second,
                Preference::Tie => Outcome::Tie,
            },
        })
        .collect();
    let start = Instant::now();
    let counts = WinMatrix::new(names.len(), coded)?;
    let fit = PairedModel::BradleyTerry.fit(&counts)?;
    fit.bootstrap(&counts, bootstrap, 0.95, 0)?;
    let ranked = start.elapsed();
    let best = fit.ratings().into_iter().fold(f64::NEG_INFINITY, f64::max);
    let report = serde_json::json!({
        "battles": rows.len(),
        "models": names.len(),
        "read_ms": 1e3 * read.as_secs_f64(),
        "rank_ms": 1e3 * ranked.as_secs_f64(),
        "first": best,
    });
    writeln!(std::io::stdout(), "{report}")?;
    Ok(())
}
