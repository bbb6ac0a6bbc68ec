//! Recorded judgments, row by row: JSON lines, a JSON array, or CSV with a header.
//!
//! A row's type says which fields it reads; others are ignored, since such files carry many. CSV has
//! no types, so numbers of a row type should go through [`number`] and names through [`name`], which
//! also take the number 7 for the name `7`.
//!
//! Rows are read one by one, and one that cannot be used takes no other with it: it is handed to whoever
//! reads, who counts or refuses it ([`LeftOut`]). A row whose rating is missing (see [`is_missing`]) is left
//! out too, but is no mistake.

mod fields;
mod missing;
mod rows;
mod spread;
mod values;

use std::io::BufRead;

use rubrica_core::{Error, Id, Result, from_value};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub(crate) use fields::{count, optional_name, optional_truth, truth};
pub use missing::is_missing;
pub(crate) use missing::without_gaps;
pub(crate) use rows::{Source, read_rows};
pub use values::{name, number, optional_number};

/// A row that does not count.
#[derive(Debug, Clone, PartialEq)]
pub struct LeftOut {
    /// Where it stands: `line 7`, or `[3]` in a JSON array.
    pub place: String,
    /// What it calls itself, if it does.
    pub id: Option<Id>,
    /// The field in which there is no value. None for a row that cannot be used at all.
    pub missing: Option<String>,
    /// What is wrong; its path begins with the place.
    pub error: Error,
}

impl LeftOut {
    /// Passes over rows whose rating is missing, and refuses the others.
    ///
    /// # Errors
    /// What is wrong with a row that cannot be used.
    pub fn only_missing(self) -> Result<()> {
        if self.missing.is_some() { Ok(()) } else { Err(self.error) }
    }
}

/// Rows by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct RowCounts {
    /// Rows that count.
    pub used: usize,
    /// Rows without a rating.
    pub missing: usize,
    /// Rows that could not be read.
    pub broken: usize,
}

/// What was read of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows<T> {
    /// The records; one row may hold several.
    pub records: Vec<T>,
    /// Where the row of each record stands, such as `line 7`.
    pub places: Vec<String>,
    /// Rows by what became of them.
    pub counts: RowCounts,
}

impl<T> Rows<T> {
    /// Reads what `of_row` makes of each row.
    ///
    /// # Errors
    /// A file that cannot be read; what `left_out` refuses.
    pub(crate) fn read(
        reader: &mut dyn BufRead,
        left_out: &mut dyn FnMut(LeftOut) -> Result<()>,
        mut of_row: impl FnMut(&Value, &mut Vec<T>) -> Result<()>,
    ) -> Result<Self> {
        let (mut records, mut places) = (Vec::new(), Vec::new());
        let counts = read_rows(&mut Source::new(reader, left_out), &mut |place, _, row| {
            of_row(row, &mut records)?;
            places.resize(records.len(), place.to_owned());
            Ok(())
        })?;
        Ok(Self { records, places, counts })
    }

    /// `error`, with the place in the file where it is about the record of a number: `[3].len` becomes
    /// `line 7: len`.
    pub fn locate(&self, error: impl Into<Error>) -> Error {
        let error = error.into();
        let moved = error.path().and_then(|path| {
            let (number, rest) = path.strip_prefix('[')?.split_once(']')?;
            let place = self.places.get(number.parse::<usize>().ok()?)?;
            let rest = rest.strip_prefix('.').unwrap_or(rest);
            Some(match (rest, place.starts_with('[')) {
                ("", _) => place.clone(),
                (rest, true) => format!("{place}.{rest}"),
                (rest, false) => format!("{place}: {rest}"),
            })
        });
        match moved {
            Some(path) => error.with_path(path),
            None => error,
        }
    }
}

/// Gives each row of `reader` to `each`, with its line number from 1. Only one row is in memory at a
/// time, but for a JSON array and for a file of one object whose `comparisons` (ICAI) or columns
/// (RewardBench) are the rows.
///
/// # Errors
/// [`Error::Parse`] with the line of what is not JSON, or lacks a field, or is not UTF-8; whatever
/// `each` refuses, with the line before its path. Rows without a rating are passed over.
pub fn read<T: DeserializeOwned>(
    mut reader: impl BufRead,
    mut each: impl FnMut(usize, T) -> Result<()>,
) -> Result<()> {
    let mut left_out = LeftOut::only_missing;
    let mut source = Source::new(&mut reader, &mut left_out);
    read_rows(&mut source, &mut |_, number, row| each(number, typed(row)?)).map(drop)
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

/// A row of the type that is wanted. Where it does not fit, what stands for a missing value is taken for null.
///
/// # Errors
/// As [`from_value`].
pub(crate) fn typed<T: DeserializeOwned>(row: &Value) -> Result<T> {
    from_value(row).or_else(|error| match without_gaps(row) {
        Some(plain) => from_value(&plain).map_err(|_| error),
        None => Err(error),
    })
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    /// Line numbers, rows that count, and what was left out.
    fn usable(text: &[u8]) -> (Vec<(usize, Row)>, Vec<LeftOut>, RowCounts) {
        let (mut rows, mut left_out) = (Vec::new(), Vec::new());
        let mut text = text;
        let mut keep = |row| {
            left_out.push(row);
            Ok(())
        };
        let mut source = Source::new(&mut text, &mut keep);
        let mut each = |_: &str, number: usize, row: &Value| {
            rows.push((number, typed(row)?));
            Ok(())
        };
        let counts = read_rows(&mut source, &mut each).expect("readable");
        (rows, left_out, counts)
    }

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
            ("{\"who\":\"x\",\"value\":1}\n{\"who\":\"x\"}", "line 2", "field `value`"),
            ("{\"who\":\"x\",\"value\":1}\n{oops", "line 2", "key must be"),
            ("{\"who\":[],\"value\":1}", "line 1: who", "a name"),
            ("who,value\nx,1\ny,inf\n", "line 3: value", "finite"),
            ("who,value\nx,1,2\n", "line 2", "fields"),
            ("who,who\nx,1\n", "header", "twice"),
            ("[{\"who\":\"x\",\"value\":true}]", "[0].value", "finite"),
            ("{\"who\":\"x\",\"value\":1}\n[\"x\", 1]", "line 2", "is a list; expected an object"),
        ] {
            let error = all(text).expect_err(text);
            assert_eq!(error.path(), Some(place), "{error}");
            assert!(error.to_string().contains(what), "{error}");
        }
    }

    #[test]
    fn one_bad_row_takes_no_other_with_it() {
        let lines: &[u8] = b"{\"who\":\"a\",\"value\":1}\n{\"who\":\"\xff\",\"value\":2}\n{cut\n\
            \xef\xbb\xbf{\"who\":\"b\",\"value\":3}\n{\"id\":7,\"who\":\"c\"}\n";
        let array: &[u8] = b"[{\"who\":\"a\",\"value\":1},{\"who\":\"\xff\",\"value\":2},\
            {\"id\":7,\"who\":\"c\"},{\"who\":\"b\",\"value\":3},[\"d\",4]]";
        let table: &[u8] = b"\xef\xbb\xbfwho,value\na,1\n\xff,2\nc\nd,4,5\nb,3\n";
        for (text, places) in [
            (lines, ["line 2", "line 3", "line 5"]),
            (array, ["[1]", "[2]", "[4]"]),
            (table, ["line 3", "line 4", "line 5"]),
        ] {
            let (rows, left_out, counts) = usable(text);
            let rows: Vec<&Row> = rows.iter().map(|(_, row)| row).collect();
            assert_eq!(rows, [&row("a", 1.0, None), &row("b", 3.0, None)]);
            let found: Vec<&str> = left_out.iter().map(|row| row.place.as_str()).collect();
            assert_eq!(found, places);
            assert_eq!(counts, RowCounts { used: 2, missing: 0, broken: 3 });
            assert!(
                left_out
                    .iter()
                    .all(|row| row.error.path().is_some_and(|p| p.starts_with(&row.place)))
            );
        }
        assert_eq!(usable(lines).1[2].id, Some(7.into()));
        assert!(read_all::<Row>(lines).is_err());
    }

    #[test]
    fn a_missing_rating_is_no_mistake() {
        let mut lines = String::from("{\"who\":\"a\",\"value\":1}\n");
        for gap in ["null", "\"\"", "\"NA\"", "\"n/a\"", "\"NaN\"", "\"-\"", "NaN", "\" \""] {
            lines += &format!("{{\"who\":\"b\",\"value\":{gap}}}\n");
        }
        let (rows, left_out, counts) = usable(lines.as_bytes());
        assert_eq!(counts, RowCounts { used: 1, missing: 8, broken: 0 }, "{left_out:?}");
        assert_eq!(rows.len(), 1);
        assert!(left_out.iter().all(|row| row.missing.as_deref() == Some("value")));
        let table = "who,value,extra\na,1,-\nb,,2\nc,NA,\nd,n/a,\ne,-,\nf,nan,\n";
        let (rows, _, counts) = usable(table.as_bytes());
        assert_eq!(counts, RowCounts { used: 1, missing: 5, broken: 0 });
        assert_eq!(rows[0].1, row("a", 1.0, None));
        assert_eq!(read_all::<Row>(table.as_bytes()).expect("no mistakes").len(), 1);
        // A name that reads like a gap is a name, and a field that is not there is a mistake.
        let (rows, left_out, _) = usable(b"{\"who\":\"NA\",\"value\":1}\n{\"who\":\"x\"}\n");
        assert_eq!((rows[0].1.who.as_str(), &left_out[0].missing), ("NA", &None));
    }
}
