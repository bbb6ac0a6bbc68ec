//! Errors of statistics as those of the vocabulary.

use rubrica_core::Error;
use rubrica_stats::StatsError;

/// The error of a statistic; [`Error::within`] adds where it is.
pub(crate) fn statistic_error(error: &StatsError) -> Error {
    let (code, message) = (error.code(), error.to_string());
    Error::Statistic { code, path: String::new(), message }
}
