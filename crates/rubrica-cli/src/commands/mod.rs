//! The subcommands, one file each.

pub(crate) mod agree;
pub(crate) mod audit;
pub(crate) mod check;
pub(crate) mod compare;
pub(crate) mod data;
pub(crate) mod eval;
pub(crate) mod metrics;
pub(crate) mod models;
mod outline;
pub(crate) mod rank;
pub(crate) mod score;
pub(crate) mod serve;
pub(crate) mod train;

use std::process::ExitCode;

use rubrica::audit::Figure;

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

/// A table of figures with their intervals, a line each.
pub(crate) fn figures(rows: &[(String, &Figure)]) -> String {
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let line = |(name, figure): &(String, &Figure)| match figure {
        Figure::Estimate(e) => {
            format!("{name:<width$}  {:>7.3}  {:.3} to {:.3}\n", e.value, e.lower, e.upper)
        }
        Figure::Undefined { error, .. } => format!("{name:<width$}        –  {}\n", error.reason),
    };
    rows.iter().map(line).collect()
}
