//! Rows of recorded judge text, with what is read from them added.

use rubrica_core::{Error, Preference, Result, from_value, plain_message, without_mark};
use serde::Serialize;
use serde_json::{Map, Value};

use super::format::{Format, Gives, Reading, TextReading};
use super::labels::plain;
use super::ultra::{Repaired, repaired_overall};
use crate::arena::ArenaLabel;

/// A row with what was read from its texts.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadRow {
    /// The row as it came, and beside it the fields of [`read_row`].
    pub row: Map<String, Value>,
    /// Texts that were read.
    pub read: usize,
    /// Texts from which nothing was read.
    pub undefined: usize,
}

/// Where one text of a row may stand.
const TEXTS: [&str; 3] = ["text", "output", "completion"];

/// Reads the judge's text of a row (a JSON object): `text`, `output` or `completion`; or, of a judge that was
/// asked in both orders, `text_ab` (`a` shown first) and `text_ba`. The row comes back with
/// - `winner` and `verdict_ab`, `verdict_ba` for a verdict (`A>>B` to `B>>A`, all in terms of the original `a` and
///   `b`; over both orders the winner is that of the votes), the rows that `rank` and `audit judge` take;
/// - `score` or `scores` for the others; `score` of `ultrafeedback-critique` is repaired where the row has a
///   `fine_grained_score`;
/// - `value` for either where it has an `item_id`, the rows that `agree` takes;
/// - where nothing was read, null in their place and `error` (`error_ab`, `error_ba`) with code and reason.
///
/// # Errors
/// [`Error::Parse`] for a row that is no JSON object or has no text; [`Error::Invalid`] for a text that is no
/// string, texts in more than one place, both orders of a format without a verdict, and fields that are already
/// there.
pub fn read_row(line: &str, format: &Format) -> Result<ReadRow> {
    let row: Value = serde_json::from_str(without_mark(line)).map_err(|e| Error::Parse {
        path: String::new(),
        message: format!("not JSON: {}", plain_message(&e.to_string())),
    })?;
    let row: Map<String, Value> = from_value(&row)?;
    let mut read = ReadRow { row, read: 0, undefined: 0 };
    let both = read.text("text_ab")?.is_some() || read.text("text_ba")?.is_some();
    let single: Vec<&str> = TEXTS
        .into_iter()
        .filter(|field| read.row.get(*field).is_some_and(|v| !v.is_null()))
        .collect();
    match (single.as_slice(), both) {
        ([field], false) => read.single(field, format)?,
        ([], true) if format.gives == Gives::Verdict => read.both_orders(format)?,
        ([], true) => {
            let problem = format!("has no use with {}, which judges one response", format.id);
            return Err(Error::invalid("text_ab", problem, "`text`"));
        }
        ([], false) => {
            let message = "has no judge text; expected `text`, `output` or `completion`, or `text_ab` and \
                           `text_ba` of both orders";
            return Err(Error::Parse { path: String::new(), message: message.into() });
        }
        ([first, ..], _) => {
            return Err(Error::invalid(*first, "is not the only text of the row", "one of them"));
        }
    }
    Ok(read)
}

impl ReadRow {
    fn text(&self, field: &str) -> Result<Option<String>> {
        match self.row.get(field) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(Error::invalid(field, "is not a text", "a string")),
        }
    }

    /// Adds a field.
    fn put(&mut self, field: &str, value: &impl Serialize) -> Result<()> {
        if self.row.contains_key(field) {
            let expected = "a row without it, as the result goes there; give yours another name";
            return Err(Error::invalid(field, "is in the row already", expected));
        }
        let value = serde_json::to_value(value)
            .map_err(|e| Error::Parse { path: field.into(), message: e.to_string() })?;
        self.row.insert(field.to_owned(), value);
        Ok(())
    }

    /// What is read from a text, counted; why nothing was goes to `error`.
    fn reading(&mut self, text: &str, format: &Format, error: &str) -> Result<Option<Reading>> {
        match format.read(text) {
            TextReading::Defined(reading) => {
                self.read += 1;
                Ok(Some(reading))
            }
            TextReading::Undefined { error: why, .. } => {
                self.undefined += 1;
                self.put(error, &why)?;
                Ok(None)
            }
        }
    }

    fn single(&mut self, field: &str, format: &Format) -> Result<()> {
        let text = self.text(field)?.unwrap_or_default();
        let mut reading = self.reading(&text, format, "error")?;
        if format.id == super::ultra::CRITIQUE.id {
            reading = self.repair(reading)?;
        }
        match format.gives {
            Gives::Verdict => {
                let label = reading.as_ref().and_then(label);
                self.put("verdict_ab", &label)?;
                self.put("winner", &label)?;
                self.value(&label)
            }
            Gives::Score => {
                let score = match reading {
                    Some(Reading::Score { score }) => Some(score),
                    _ => None,
                };
                self.put("score", &score)?;
                self.value(&score)
            }
            Gives::Scores => {
                let scores = match reading {
                    Some(Reading::Scores { scores }) => Some(scores),
                    _ => None,
                };
                self.put("scores", &scores)
            }
        }
    }

    fn both_orders(&mut self, format: &Format) -> Result<()> {
        let mut votes: Vec<Preference> = Vec::new();
        for (order, swapped) in [("ab", false), ("ba", true)] {
            let Some(text) = self.text(&format!("text_{order}"))? else { continue };
            let reading = self.reading(&text, format, &format!("error_{order}"))?;
            let found = reading.as_ref().and_then(label);
            let found = if swapped { found.map(ArenaLabel::flipped) } else { found };
            votes.extend(found.map(ArenaLabel::preference));
            self.put(&format!("verdict_{order}"), &found)?;
        }
        let winner = (!votes.is_empty()).then(|| plain(Preference::by_votes(votes)));
        self.put("winner", &winner)?;
        self.value(&winner)
    }

    /// The rating of a row of ratings.
    fn value(&mut self, value: &impl Serialize) -> Result<()> {
        if self.row.contains_key("item_id") { self.put("value", value) } else { Ok(()) }
    }

    /// The overall score beside the mean of the aspects.
    fn repair(&mut self, reading: Option<Reading>) -> Result<Option<Reading>> {
        let mean = match self.row.get("fine_grained_score") {
            None | Some(Value::Null) => return Ok(reading),
            Some(value) => value.as_f64().ok_or_else(|| {
                Error::invalid("fine_grained_score", "is not a number", "a mean of ratings")
            })?,
        };
        let Some(Reading::Score { score }) = reading else { return Ok(reading) };
        match repaired_overall(score, mean) {
            Repaired::Score(repaired) => {
                self.put("repaired", &(repaired != score))?;
                Ok(Some(Reading::Score { score: repaired }))
            }
            Repaired::Annotate => {
                (self.read, self.undefined) = (self.read - 1, self.undefined + 1);
                let reason = format!(
                    "the overall score {score} contradicts the mean {mean} of the aspects; expected a new annotation"
                );
                let error = rubrica_core::Undefined { code: "contradiction".into(), reason };
                self.put("error", &error)?;
                Ok(None)
            }
        }
    }
}

fn label(reading: &Reading) -> Option<ArenaLabel> {
    match reading {
        Reading::Verdict { verdict } => Some(*verdict),
        _ => None,
    }
}
