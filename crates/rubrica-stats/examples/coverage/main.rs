//! Prints how often 95 % intervals hold the truth in simulated data sets.
//!
//! ```text
//! cargo run --release -p rubrica-stats --example coverage -- [DATA SETS] [RESAMPLES] [SEED]
//! ```
//!
//! Ends with an error when an interval holds it in less than 93 or more than 97 % of the data sets.

mod simulation;

use std::error::Error;
use std::io::Write;

fn main() -> Result<(), Box<dyn Error>> {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<usize>());
    let mut next = |otherwise| numbers.next().unwrap_or(Ok(otherwise));
    let (sets, replicates, seed) = (next(2000)?, next(1000)?, next(0)? as u64);
    let mut out = std::io::stdout().lock();
    writeln!(out, "{sets} data sets a line, {replicates} resamples, seed {seed}\n")?;
    writeln!(out, "| interval | coverage | too high | too low | mean width |")?;
    writeln!(out, "|---|---|---|---|---|")?;
    let mut outside = 0;
    for scenario in simulation::scenarios(200, replicates) {
        let found = scenario.run(sets, seed)?;
        let percent = |count: usize| 100.0 * count as f64 / sets as f64;
        writeln!(
            out,
            "| {} | {:.2} % | {:.2} % | {:.2} % | {:.4} |",
            scenario.name,
            percent(found.held),
            percent(found.above),
            percent(sets - found.held - found.above),
            found.width,
        )?;
        outside += usize::from(!(0.93..=0.97).contains(&found.share()));
    }
    if outside > 0 {
        return Err(format!("{outside} intervals outside 93 to 97 %").into());
    }
    Ok(())
}
