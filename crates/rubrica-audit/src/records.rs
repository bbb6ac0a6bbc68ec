//! Recorded judgments, row by row: JSON lines, a JSON array, or CSV with a header.
//!
//! A row's type says which fields it reads; others are ignored, since such files carry many. CSV has
//! no types, so numbers of a row type should go through [`number`] and names through [`name`], which
//! also take the number 7 for the name `7`.

use std::fmt;
use std::io::BufRead;

use rubrica_core::{Error, Result};
use serde::de::{self, DeserializeOwned, Deserializer, Visitor};
use serde_json::{Map, Value};

use crate::shapes::spread;

/// Gives each row of `reader` to `each`, with its line number from 1. Only one row is in memory at a
/// time, but for a JSON array and for a file of one object whose `comparisons` (ICAI) or columns
/// (RewardBench) are the rows.
///
/// # Errors
/// [`Error::Parse`] with the line of what is not JSON, or lacks a field, or is not UTF-8; whatever
/// `each` refuses, with the line before its path.
pub fn read<T: DeserializeOwned>(
    reader: impl BufRead,
    each: impl FnMut(usize, T) -> Result<()>,
) -> Result<()> {
    read_or(reader, |_| Ok(false), each)
}

/// As [`read`], but JSON lines are first offered to `quick`, which says whether it took them.
pub(crate) fn read_or<T: DeserializeOwned>(
    mut reader: impl BufRead,
    quick: impl FnMut(&str) -> Result<bool>,
    mut each: impl FnMut(usize, T) -> Result<()>,
) -> Result<()> {
    match first_byte(&mut reader)? {
        None => Ok(()),
        Some(b'{') => lines(reader, quick, each),
        Some(b'[') => {
            let rows: Vec<Value> =
                serde_json::from_reader(reader).map_err(|e| parse(String::new(), &e))?;
            rows.into_iter().enumerate().try_for_each(|(index, row)| one(index, row, &mut each))
        }
        Some(_) => table(reader, &mut each),
    }
}

/// All rows of `reader`.
///
/// # Errors
/// As [`read`].
pub fn read_all<T: DeserializeOwned>(reader: impl BufRead) -> Result<Vec<T>> {
    let mut rows = Vec::new();
    read(reader, |_, row| {
        rows.push(row);
        Ok(())
    })?;
    Ok(rows)
}

/// The first byte that is not blank, which stays unread; a byte order mark is dropped.
fn first_byte(reader: &mut impl BufRead) -> Result<Option<u8>> {
    loop {
        let bytes = reader.fill_buf().map_err(|e| parse(String::new(), &e))?;
        if bytes.is_empty() {
            return Ok(None);
        }
        let mark = usize::from(bytes.starts_with(b"\xef\xbb\xbf")) * 3;
        let blank = bytes[mark..].iter().take_while(|b| b.is_ascii_whitespace()).count();
        let found = bytes.get(mark + blank).copied();
        // Blank lines stay where lines are counted.
        let skip = if found.is_some() && mark == 0 { 0 } else { mark + blank };
        if found.is_some() {
            reader.consume(mark);
            return Ok(found);
        }
        reader.consume(skip);
    }
}

fn lines<T: DeserializeOwned>(
    mut reader: impl BufRead,
    mut quick: impl FnMut(&str) -> Result<bool>,
    mut each: impl FnMut(usize, T) -> Result<()>,
) -> Result<()> {
    let (mut line, mut first) = (String::new(), true);
    for number in 1.. {
        let path = || format!("line {number}");
        line.clear();
        if reader.read_line(&mut line).map_err(|e| parse(path(), &e))? == 0 {
            return Ok(());
        }
        if line.trim().is_empty() {
            continue;
        }
        if !quick(&line).map_err(|e| e.within(&path()))? {
            match serde_json::from_str(&line) {
                Ok(row) => each(number, row).map_err(|e| e.within(&path()))?,
                Err(error) => {
                    let rows = if first { spread_out(&line, &mut reader, &error) } else { None };
                    return rows
                        .ok_or_else(|| parse(path(), &error))?
                        .into_iter()
                        .enumerate()
                        .try_for_each(|(index, row)| one(index, row, &mut each));
                }
            }
        }
        first = false;
    }
    Ok(())
}

/// The rows of a file that is one JSON object of a published shape: on its first line, which was no row of
/// the wanted type, or over many lines.
fn spread_out(
    first: &str,
    reader: &mut impl BufRead,
    error: &serde_json::Error,
) -> Option<Vec<Value>> {
    if !error.is_eof() {
        return spread(&serde_json::from_str(first).ok()?);
    }
    let mut text = first.to_owned();
    reader.read_to_string(&mut text).ok()?;
    spread(&serde_json::from_str(&text).ok()?)
}

/// One row of an array.
fn one<T: DeserializeOwned>(
    index: usize,
    row: Value,
    each: &mut impl FnMut(usize, T) -> Result<()>,
) -> Result<()> {
    let path = format!("[{index}]");
    let row = serde_json::from_value(row).map_err(|e| parse(path.clone(), &e))?;
    each(index + 1, row).map_err(|e| e.within(&path))
}

fn table<T: DeserializeOwned>(
    reader: impl BufRead,
    each: &mut impl FnMut(usize, T) -> Result<()>,
) -> Result<()> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(reader);
    let header = reader.headers().map_err(|e| parse("header".into(), &e))?.clone();
    let mut record = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => return Ok(()),
            Ok(true) => {}
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                return Err(parse(format!("line {line}"), &error));
            }
        }
        let line = record.position().map_or(0, csv::Position::line) as usize;
        let path = format!("line {line}");
        let fields = header.iter().zip(&record);
        // An empty field is one that is not there.
        let fields = fields.filter(|(_, value)| !value.is_empty());
        let row: Map<String, Value> =
            fields.map(|(name, value)| (name.to_owned(), Value::from(value))).collect();
        let row = serde_json::from_value(row.into()).map_err(|e| parse(path.clone(), &e))?;
        each(line, row).map_err(|e| e.within(&path))?;
    }
}

fn parse(path: String, error: &impl fmt::Display) -> Error {
    Error::Parse { path, message: error.to_string() }
}

/// Reads a finite number, or a text that is one.
///
/// # Errors
/// Anything else, NaN and infinities among it.
pub fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    struct Number;
    impl Visitor<'_> for Number {
        type Value = f64;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a finite number")
        }
        fn visit_f64<E: de::Error>(self, value: f64) -> Result<f64, E> {
            match value.is_finite() {
                true => Ok(value),
                false => Err(E::invalid_value(de::Unexpected::Float(value), &self)),
            }
        }
        fn visit_i64<E: de::Error>(self, value: i64) -> Result<f64, E> {
            Ok(value as f64)
        }
        fn visit_u64<E: de::Error>(self, value: u64) -> Result<f64, E> {
            Ok(value as f64)
        }
        fn visit_str<E: de::Error>(self, value: &str) -> Result<f64, E> {
            match value.trim().parse::<f64>() {
                Ok(number) if number.is_finite() => Ok(number),
                _ => Err(E::invalid_value(de::Unexpected::Str(value), &self)),
            }
        }
    }
    deserializer.deserialize_any(Number)
}

/// Reads a number that may be missing: null, or with `#[serde(default)]` no field at all.
///
/// # Errors
/// As [`number`].
pub fn optional_number<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<f64>, D::Error> {
    #[derive(serde::Deserialize)]
    struct Wrapped(#[serde(deserialize_with = "number")] f64);
    let wrapped = <Option<Wrapped> as serde::Deserialize>::deserialize(deserializer)?;
    Ok(wrapped.map(|Wrapped(number)| number))
}

/// Reads a name: a text that is not blank, or a number or truth value as it is written.
///
/// # Errors
/// Anything else.
pub fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match <Value as serde::Deserialize>::deserialize(deserializer)? {
        Value::String(text) if !text.trim().is_empty() => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(truth) => Ok(truth.to_string()),
        Value::String(_) => Err(de::Error::custom("is empty; expected a name")),
        other => Err(de::Error::custom(format!("is {other}; expected a name"))),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Row {
        #[serde(deserialize_with = "name")]
        who: String,
        #[serde(deserialize_with = "number")]
        value: f64,
        #[serde(default, deserialize_with = "optional_number")]
        extra: Option<f64>,
    }

    fn all(text: &str) -> Result<Vec<(usize, Row)>> {
        let mut rows = Vec::new();
        read(text.as_bytes(), |line, row| {
            rows.push((line, row));
            Ok(())
        })?;
        Ok(rows)
    }

    fn row(who: &str, value: f64, extra: Option<f64>) -> Row {
        Row { who: who.into(), value, extra }
    }

    #[test]
    fn three_forms_are_one() {
        let expected = [row("x", 1.5, None), row("7", -2.0, Some(3.0))];
        for text in [
            "{\"who\":\"x\",\"value\":1.5,\"more\":[]}\n\n{\"who\":7,\"value\":\"-2\",\"extra\":3}\n",
            "\u{feff}who,value,extra\nx,1.5,\n7,-2,3\n",
            " [{\"who\":\"x\",\"value\":1.5,\"extra\":null},{\"who\":\"7\",\"value\":-2,\"extra\":3}]",
        ] {
            let rows = all(text).expect("valid");
            assert_eq!(
                rows.iter().map(|(_, row)| row).collect::<Vec<_>>(),
                expected.iter().collect::<Vec<_>>()
            );
        }
        assert_eq!(all("").expect("empty"), []);
        assert_eq!(all(" \n\n").expect("blank"), []);
        let lines = all("\n{\"who\":1,\"value\":1}\n\n{\"who\":2,\"value\":2}").expect("valid");
        assert_eq!(lines.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 4]);
        let quoted = all("value,who\n2,\"a, \"\"b\"\"\"\n").expect("quoted");
        assert_eq!(quoted[0].1, row("a, \"b\"", 2.0, None));
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        for (text, place, what) in [
            ("{\"who\":\"x\",\"value\":1}\n{\"who\":\"x\"}", "line 2", "value"),
            ("{\"who\":\"x\",\"value\":1}\n{oops", "line 2", "key must be"),
            ("{\"who\":\" \",\"value\":1}", "line 1", "a name"),
            ("who,value\nx,1\ny,NaN\n", "line 3", "finite"),
            ("who,value\nx,1,2\n", "line 2", "fields"),
            ("who,value\nx,\n", "line 2", "value"),
            ("[{\"who\":\"x\",\"value\":true}]", "[0]", "finite"),
        ] {
            let error = all(text).expect_err(text);
            assert_eq!(error.path(), Some(place), "{error}");
            assert!(error.to_string().contains(what), "{error}");
        }
    }
}
