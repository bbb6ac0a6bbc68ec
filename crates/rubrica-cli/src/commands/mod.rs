//! The subcommands, one file each.

pub(crate) mod compare;
pub(crate) mod eval;
pub(crate) mod metrics;
pub(crate) mod models;
pub(crate) mod score;
pub(crate) mod serve;
pub(crate) mod train;

use std::process::ExitCode;

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
