//! The subcommands, one file each.

pub(crate) mod agree;
pub(crate) mod audit;
pub(crate) mod check;
pub(crate) mod compare;
pub(crate) mod data;
pub(crate) mod eval;
pub(crate) mod generate;
pub(crate) mod metrics;
pub(crate) mod models;
mod outline;
pub(crate) mod rank;
pub(crate) mod read;
pub(crate) mod score;
pub(crate) mod serve;
pub(crate) mod support;
pub(crate) mod train;

use std::collections::HashMap;
use std::path::Path;
use std::process::ExitCode;

use rubrica::audit::Figure;
use rubrica::audit::records::{LeftOut, RowCounts};
use rubrica::stats::bootstrap::Bootstrap;

use crate::lines::name_of;
use crate::notes::note;

/// How a command ended, short of an error that stopped it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Everything worked.
    Done,
    /// A threshold was not met.
    UnderThreshold,
    /// Some rows could not be judged.
    RowsFailed,
}

impl Outcome {
    /// Failed rows weigh more than a threshold: the mean of the rest means little.
    pub(crate) fn of(failed_rows: usize, met_threshold: bool) -> Self {
        match (failed_rows, met_threshold) {
            (0, true) => Self::Done,
            (0, false) => Self::UnderThreshold,
            _ => Self::RowsFailed,
        }
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Done => 0,
            Outcome::UnderThreshold => 1,
            Outcome::RowsFailed => 3,
        })
    }
}

/// A number that is one: `nan` compares with nothing.
pub(crate) fn finite(text: &str) -> Result<f64, String> {
    match text.trim().parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        _ => Err("expected a finite number".into()),
    }
}

/// Resamples of a bootstrap.
pub(crate) fn replicates(text: &str) -> Result<usize, String> {
    let (fewest, most) = (Bootstrap::FEWEST, Bootstrap::MOST);
    match text.parse::<usize>() {
        Ok(number) if (fewest..=most).contains(&number) => Ok(number),
        _ => Err(format!("expected {fewest} to {most} resamples")),
    }
}

/// Coverage of an interval.
pub(crate) fn level(text: &str) -> Result<f64, String> {
    match finite(text) {
        Ok(level) if level > 0.0 && level < 1.0 => Ok(level),
        _ => Err("expected a number between 0 and 1, both excluded".into()),
    }
}

/// Rows of a file of records that do not count: told one by one up to a number, and counted.
pub(crate) struct LeftOutRows {
    name: String,
    broken: usize,
    missing: usize,
    seen: HashMap<String, usize>,
}

/// Rows that are named one by one.
const NAMED: usize = 10;

impl LeftOutRows {
    pub(crate) fn new(path: &Path) -> Self {
        Self { name: name_of(path), broken: 0, missing: 0, seen: HashMap::new() }
    }

    /// Takes a row that does not count.
    pub(crate) fn take(&mut self, row: LeftOut) -> rubrica::core::Result<()> {
        let id = row.id.map_or_else(String::new, |id| format!(" (id {id})"));
        let rest = row.error.to_string();
        let rest = rest.strip_prefix(&row.place).unwrap_or(&rest);
        let rest = rest.trim_start_matches([':', '.', ' ']);
        let text = format!("{}: {}{id}: {rest}", self.name, row.place);
        match row.missing {
            Some(field) => {
                self.missing += 1;
                *self.seen.entry(field).or_default() += 1;
            }
            None => {
                self.broken += 1;
                if self.broken <= NAMED {
                    note(&text);
                }
            }
        }
        Ok(())
    }

    /// Says how many rows do not count.
    pub(crate) fn finish(&self, counts: RowCounts) -> Outcome {
        let RowCounts { used, missing, broken } = counts;
        let all = used + missing + broken;
        if missing > 0 {
            let mut fields: Vec<String> =
                self.seen.iter().map(|(field, n)| format!("`{field}` in {n}")).collect();
            fields.sort();
            note(&format!(
                "{}: {missing} of {all} rows are left out as they have no value: {}",
                self.name,
                fields.join(", ")
            ));
        }
        if broken > 0 {
            note(&format!(
                "{}: {broken} of {all} rows are left out as they cannot be used",
                self.name
            ));
        }
        Outcome::of(broken, true)
    }
}

/// A table of figures with their intervals, a line each.
pub(crate) fn figures(rows: &[(String, &Figure)]) -> String {
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let line = |(name, figure): &(String, &Figure)| match figure {
        Figure::Estimate(e) => {
            let left_out = match e.left_out {
                0 => String::new(),
                n => format!("  ({n} resamples undefined and left out)"),
            };
            let [value, lower, upper] = [e.value, e.lower, e.upper].map(|x| x + 0.0);
            format!("{name:<width$}  {value:>7.3}  {lower:.3} to {upper:.3}{left_out}\n")
        }
        Figure::Undefined { error, .. } => format!("{name:<width$}        –  {}\n", error.reason),
    };
    rows.iter().map(line).collect()
}
