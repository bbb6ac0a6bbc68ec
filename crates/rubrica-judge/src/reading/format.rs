//! What a format is, and what is read from a text.

use rubrica_core::Undefined;
use serde::Serialize;

use crate::arena::ArenaLabel;
use crate::parsed::Parsed;

/// What a format gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Gives {
    /// Which of two responses is better.
    Verdict,
    /// One score.
    Score,
    /// One score a response, in the order in which they were shown.
    Scores,
}

/// What was read from a text.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Reading {
    /// A verdict on two responses in the order in which they were shown.
    Verdict {
        /// The verdict, with its strength where the format has one.
        verdict: ArenaLabel,
    },
    /// A score on the scale of the format.
    Score {
        /// The score.
        score: f64,
    },
    /// Scores of several responses; none where the judge says that it does not apply.
    Scores {
        /// In the order in which the responses were shown.
        scores: Vec<Option<f64>>,
    },
}

/// What a text comes to.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum TextReading {
    /// What was read.
    Defined(Reading),
    /// Nothing was read.
    Undefined {
        /// Why: `no_verdict`, `out_of_range` or `ambiguous_verdict`.
        error: Undefined,
        /// The text, as it came.
        text: String,
    },
}

impl TextReading {
    /// What was read, if anything was.
    pub fn reading(&self) -> Option<&Reading> {
        match self {
            Self::Defined(reading) => Some(reading),
            Self::Undefined { .. } => None,
        }
    }
}

/// A format in which a judge answers.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Format {
    /// Its name.
    pub id: &'static str,
    /// What it is.
    pub title: &'static str,
    /// Where it comes from.
    pub source: &'static str,
    /// What it gives.
    pub gives: Gives,
    /// What a text has to hold.
    pub expects: &'static str,
    /// A text in the format.
    pub example: &'static str,
    /// What is read from the example, as JSON.
    pub expected: &'static str,
    #[serde(skip)]
    pub(super) parse: fn(&str) -> Parsed<Reading>,
}

impl Format {
    /// Reads a judge's text.
    pub fn read(&self, text: &str) -> TextReading {
        let parsed = (self.parse)(text);
        let code = match &parsed {
            Parsed::Found(_) | Parsed::Missing => "no_verdict",
            Parsed::OutOfRange(_) => "out_of_range",
            Parsed::Ambiguous(_) => "ambiguous_verdict",
        };
        match parsed.problem() {
            Some(problem) => {
                let reason = format!("{problem}; expected {}", self.expects);
                let error = Undefined { code: code.into(), reason };
                TextReading::Undefined { error, text: text.to_owned() }
            }
            None => TextReading::Defined(parsed.found().expect("no problem, so it was found")),
        }
    }
}

/// A verdict as what was read.
pub(super) fn verdict(verdict: ArenaLabel) -> Reading {
    Reading::Verdict { verdict }
}

/// A score as what was read.
pub(super) fn score(score: f64) -> Reading {
    Reading::Score { score }
}

/// The one text among `found`, which may come again.
pub(super) fn only<T: AsRef<str>>(found: impl IntoIterator<Item = T>) -> Parsed<T> {
    let mut different: Vec<T> = Vec::new();
    for text in found {
        if different.iter().all(|known| known.as_ref() != text.as_ref()) {
            different.push(text);
        }
    }
    match different.len() {
        0 => Parsed::Missing,
        1 => Parsed::Found(different.remove(0)),
        _ => Parsed::Ambiguous(different.iter().map(|text| shown(text.as_ref())).collect()),
    }
}

/// What `read` makes of the text that was found; a text of which it makes nothing is out of range.
pub(super) fn ranged<S: AsRef<str>, T>(
    found: Parsed<S>,
    read: impl FnOnce(&str) -> Option<T>,
) -> Parsed<T> {
    match found {
        Parsed::Found(text) => match read(text.as_ref()) {
            Some(value) => Parsed::Found(value),
            None => Parsed::OutOfRange(shown(text.as_ref())),
        },
        Parsed::Missing => Parsed::Missing,
        Parsed::OutOfRange(text) => Parsed::OutOfRange(text),
        Parsed::Ambiguous(texts) => Parsed::Ambiguous(texts),
    }
}

/// A number written with digits, perhaps a point and a sign, in `low..=high`.
pub(super) fn number(text: &str, low: f64, high: f64) -> Option<f64> {
    let plain = text.chars().all(|c| c.is_ascii_digit() || c == '.' || c == '-');
    let value: f64 = text.parse().ok().filter(|_| plain)?;
    (low <= value && value <= high).then_some(value)
}

/// A text short enough for a message.
fn shown(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
