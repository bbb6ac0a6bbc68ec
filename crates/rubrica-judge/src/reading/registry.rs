//! All formats by name. To add one, write a [`Format`] beside those like it and add it to the list.

use rubrica_core::{Error, Result};

use super::format::Format;
use super::{choices, labels, ratings, ultra};

const FORMATS: &[Format] = &[
    labels::ALIGN_BENCH,
    labels::ALPACA_EVAL,
    labels::ARENA_HARD,
    choices::COMPASS_JUDGER,
    choices::FOFO,
    labels::JUDGE_BENCH,
    ratings::LIKERT_10,
    ratings::LIKERT_5,
    labels::MT_BENCH_PAIR,
    ratings::MT_BENCH_SINGLE,
    ratings::NUMBER_10,
    ratings::NUMBER_5,
    ratings::NUMBER_UNIT,
    ratings::PROMETHEUS_ABSOLUTE,
    labels::PROMETHEUS_RELATIVE,
    ultra::ASPECT,
    ultra::CRITIQUE,
    choices::WILD_BENCH_PAIR,
    choices::OPEN_COMPASS_PAIR,
    choices::WILD_BENCH_SCORE,
];

/// All formats, by name.
pub fn formats() -> &'static [Format] {
    FORMATS
}

/// The format `id`.
///
/// # Errors
/// [`Error::Unknown`] with the names that there are.
pub fn format(id: &str) -> Result<&'static Format> {
    FORMATS.iter().find(|format| format.id == id).ok_or_else(|| Error::Unknown {
        path: String::new(),
        what: "format",
        name: id.into(),
        known: FORMATS.iter().map(|format| format.id).collect::<Vec<_>>().join(", "),
    })
}
