//! Rows of a file, one by one, whatever it is written in.

use std::io::{self, BufRead, Read};

use rubrica_core::{Error, Id, Result, plain_message, without_mark};
use serde_json::{Map, Value};

use super::missing::{missing_field, without_bare_nan};
use super::{LeftOut, RowCounts};
use crate::shapes::spread;

/// Takes one row, with its place and its number from 1.
type Each<'e> = dyn FnMut(&str, usize, &Value) -> Result<()> + 'e;

/// Where rows come from, and what becomes of those that cannot be used.
pub(crate) struct Source<'s> {
    reader: &'s mut dyn BufRead,
    left_out: &'s mut dyn FnMut(LeftOut) -> Result<()>,
    /// Takes JSON lines that it knows, without a value being made of them.
    quick: Option<&'s mut dyn FnMut(&str) -> Result<bool>>,
    counts: RowCounts,
}

impl<'s> Source<'s> {
    pub(crate) fn new(
        reader: &'s mut dyn BufRead,
        left_out: &'s mut dyn FnMut(LeftOut) -> Result<()>,
    ) -> Self {
        Self { reader, left_out, quick: None, counts: RowCounts::default() }
    }

    /// JSON lines are first offered to `quick`, which says whether it took them.
    pub(crate) fn with_quick(self, quick: &'s mut dyn FnMut(&str) -> Result<bool>) -> Self {
        Self { quick: Some(quick), ..self }
    }

    /// The next line with its end; none at the end of the file.
    fn line(&mut self) -> Result<Option<Vec<u8>>> {
        let mut bytes = Vec::new();
        let read = self.reader.read_until(b'\n', &mut bytes).map_err(|e| unreadable(&e))?;
        Ok((read > 0).then_some(bytes))
    }

    /// Counts a row that `each` took or refused.
    fn settle(&mut self, row: &Row<'_>, result: Result<()>) -> Result<()> {
        let Err(error) = result else {
            self.counts.used += 1;
            return Ok(());
        };
        let missing = row.value.and_then(|value| missing_field(value, &error, row.empty));
        match missing {
            Some(_) => self.counts.missing += 1,
            None => self.counts.broken += 1,
        }
        let id = row.value.and_then(id_of);
        let place = row.place.clone();
        (self.left_out)(LeftOut { error: error.within(&place), place, id, missing })
    }
}

/// A row on its way, or what stands in its place.
struct Row<'v> {
    place: String,
    value: Option<&'v Value>,
    /// Columns that a table leaves empty.
    empty: &'v [&'v str],
}

/// Gives each row to `each` and counts what became of it.
///
/// # Errors
/// A file that cannot be read, a JSON array that does not parse, a header with a name twice; what the source's
/// `left_out` refuses.
pub(crate) fn read_rows(source: &mut Source<'_>, each: &mut Each<'_>) -> Result<RowCounts> {
    let mut number = 0;
    // The form shows in the first line that is not blank.
    let first = loop {
        let Some(line) = source.line()? else { return Ok(source.counts) };
        number += 1;
        let line = line.strip_prefix(b"\xef\xbb\xbf").map(<[u8]>::to_vec).unwrap_or(line);
        if !line.trim_ascii().is_empty() {
            break line;
        }
    };
    match first.trim_ascii_start()[0] {
        b'{' => lines(source, first, number, each)?,
        b'[' => array(source, first, each)?,
        _ => table(source, &first, number, each)?,
    }
    Ok(source.counts)
}

fn lines(
    source: &mut Source<'_>,
    first: Vec<u8>,
    first_number: usize,
    each: &mut Each<'_>,
) -> Result<()> {
    let mut bytes = first;
    for number in first_number.. {
        if number > first_number {
            match source.line()? {
                None => return Ok(()),
                Some(line) => bytes = line,
            }
        }
        let place = format!("line {number}");
        let bare = |value| Row { place: place.clone(), value, empty: &[] };
        let Ok(text) = std::str::from_utf8(&bytes) else {
            source.settle(&bare(None), Err(not_utf8()))?;
            continue;
        };
        let line = without_mark(text);
        if line.trim().is_empty() {
            continue;
        }
        if let Some(quick) = source.quick.as_mut().filter(|_| line.trim_start().starts_with('{')) {
            match quick(line) {
                Ok(false) => {}
                Ok(true) => {
                    source.counts.used += 1;
                    continue;
                }
                Err(error) => {
                    let value = serde_json::from_str(line).ok();
                    source.settle(&bare(value.as_ref()), Err(error))?;
                    continue;
                }
            }
        }
        let value = match parsed(line) {
            Ok(value) => value,
            Err(error) => {
                // One object may go on over many lines.
                if number == first_number && error.is_eof() {
                    let line = line.to_owned();
                    return many_lines(source, line, &error, &place, each);
                }
                source.settle(&bare(None), Err(parse(&error)))?;
                continue;
            }
        };
        let result = each(&place, number, &value);
        if number == first_number
            && result.is_err()
            && let Some(rows) = spread(&value)
        {
            return items(source, rows, &[], each);
        }
        source.settle(&bare(Some(&value)), result)?;
    }
    Ok(())
}

/// A file whose first line is no whole object: one object of a published shape over many lines, or lines of which
/// the first is broken.
fn many_lines(
    source: &mut Source<'_>,
    first: String,
    error: &serde_json::Error,
    place: &str,
    each: &mut Each<'_>,
) -> Result<()> {
    let mut rest = Vec::new();
    source.reader.read_to_end(&mut rest).map_err(|e| unreadable(&e))?;
    let whole = std::str::from_utf8(&rest).ok().map(|rest| first.clone() + rest);
    if let Some(Ok(value)) = whole.map(|text| parsed(&text)) {
        return match spread(&value) {
            Some(rows) => items(source, rows, &[], each),
            None => {
                let row = Row { place: place.to_owned(), value: Some(&value), empty: &[] };
                let result = each(place, 1, &value);
                source.settle(&row, result)
            }
        };
    }
    let number: usize = place.trim_start_matches("line ").parse().unwrap_or(1);
    source.settle(&Row { place: place.to_owned(), value: None, empty: &[] }, Err(parse(error)))?;
    let mut rest = io::Cursor::new(rest);
    let mut after = Source {
        reader: &mut rest,
        left_out: &mut *source.left_out,
        quick: None,
        counts: source.counts,
    };
    if let Some(line) = after.line()? {
        lines(&mut after, line, number + 1, each)?;
    }
    source.counts = after.counts;
    Ok(())
}

fn array(source: &mut Source<'_>, first: Vec<u8>, each: &mut Each<'_>) -> Result<()> {
    let mut bytes = first;
    source.reader.read_to_end(&mut bytes).map_err(|e| unreadable(&e))?;
    let text = String::from_utf8_lossy(&bytes);
    let rows: Vec<Value> = match parsed(&text) {
        Ok(Value::Array(rows)) => rows,
        Ok(_) => Vec::new(),
        Err(error) => return Err(parse(&error)),
    };
    // What was no UTF-8 has marks in its place; such rows are none that anyone wrote.
    let bad: Vec<usize> = match &text {
        std::borrow::Cow::Borrowed(_) => Vec::new(),
        std::borrow::Cow::Owned(_) => {
            let marked = |row: &Value| row.to_string().contains('\u{fffd}');
            rows.iter().enumerate().filter(|(_, row)| marked(row)).map(|(at, _)| at).collect()
        }
    };
    items(source, rows, &bad, each)
}

/// Rows of an array; those at `bad` are not UTF-8.
fn items(
    source: &mut Source<'_>,
    rows: Vec<Value>,
    bad: &[usize],
    each: &mut Each<'_>,
) -> Result<()> {
    for (index, row) in rows.iter().enumerate() {
        let place = format!("[{index}]");
        let result = match bad.contains(&index) {
            true => Err(not_utf8()),
            false => each(&place, index + 1, row),
        };
        source.settle(&Row { place, value: Some(row), empty: &[] }, result)?;
    }
    Ok(())
}

fn table(
    source: &mut Source<'_>,
    first: &[u8],
    first_number: usize,
    each: &mut Each<'_>,
) -> Result<()> {
    let mut options = csv::ReaderBuilder::new();
    options.trim(csv::Trim::All).flexible(true);
    // The rest goes through the CSV reader, which borrows what the counts must not.
    let (mut used, mut settled, reader) = (0, Vec::new(), &mut *source.reader);
    let mut reader = options.from_reader(first.chain(reader));
    let header = reader.headers().map_err(|e| parse(&e).within("header"))?.clone();
    if let Some(name) = header.iter().enumerate().find_map(|(at, name)| {
        header.iter().take(at).any(|other| other == name && !name.is_empty()).then_some(name)
    }) {
        return Err(Error::invalid("header", format!("has `{name}` twice"), "each name once"));
    }
    let mut record = csv::ByteRecord::new();
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(error) => return Err(parse(&error)),
        }
        let line = record.position().map_or(0, csv::Position::line) as usize + first_number - 1;
        let place = format!("line {line}");
        let Ok(record) = csv::StringRecord::from_byte_record(record.clone()) else {
            settled.push((place, None, Vec::new(), Err(not_utf8())));
            continue;
        };
        if record.len() != header.len() {
            let problem = format!("has {} fields", record.len());
            let expected = format!("{}, as the header has", header.len());
            settled.push((place, None, Vec::new(), Err(Error::invalid("", problem, expected))));
            continue;
        }
        let named = || header.iter().zip(&record);
        // An empty field is one that is not there.
        let row: Map<String, Value> = named()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name.to_owned(), Value::from(value)))
            .collect();
        let empty = named().filter(|(_, value)| value.is_empty()).map(|(name, _)| name.to_owned());
        let (row, empty) = (Value::Object(row), empty.collect());
        match each(&place, line, &row) {
            Ok(()) => used += 1,
            refused => settled.push((place, Some(row), empty, refused)),
        }
    }
    drop(reader);
    source.counts.used += used;
    for (place, value, empty, result) in settled {
        let empty: Vec<&str> = empty.iter().map(String::as_str).collect();
        source.settle(&Row { place, value: value.as_ref(), empty: &empty }, result)?;
    }
    Ok(())
}

/// JSON; a bare `NaN` is null.
fn parsed(text: &str) -> Result<Value, serde_json::Error> {
    serde_json::from_str(text).or_else(|error| match without_bare_nan(text) {
        Some(plain) => serde_json::from_str(&plain).map_err(|_| error),
        None => Err(error),
    })
}

/// What a row calls itself.
fn id_of(row: &Value) -> Option<Id> {
    let names = ["id", "item_id", "pair_id", "question_id", "comparison_id"];
    names.iter().find_map(|name| Id::of(row.get(name)?))
}

fn not_utf8() -> Error {
    Error::Parse { path: String::new(), message: "is not UTF-8".into() }
}

fn unreadable(error: &io::Error) -> Error {
    Error::Parse { path: String::new(), message: format!("cannot be read: {error}") }
}

fn parse(error: &impl std::fmt::Display) -> Error {
    Error::Parse { path: String::new(), message: plain_message(&error.to_string()) }
}
