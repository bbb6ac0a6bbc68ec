//! Lines in: rows of a file, one at a time.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use anyhow::{Context, Result, bail};
use rubrica::core::{Error, Id, without_mark};
use serde::Serialize;
use serde_json::Value;

use crate::notes::note;

/// The bytes of `path`; `-` is standard input, and `.zst` files are decompressed.
pub(crate) fn open(path: &Path) -> Result<BufReader<Box<dyn Read>>> {
    let source: Box<dyn Read> = if path == Path::new("-") {
        Box::new(io::stdin())
    } else {
        let file =
            File::open(path).with_context(|| format!("{}: cannot be opened", path.display()))?;
        if path.extension().is_some_and(|e| e == "zst") {
            let decoder = ruzstd::decoding::StreamingDecoder::new(file);
            Box::new(decoder.with_context(|| format!("{}: is not zstd", path.display()))?)
        } else {
            Box::new(file)
        }
    };
    Ok(BufReader::with_capacity(1 << 16, source))
}

/// What `path` is called in messages.
pub(crate) fn name_of(path: &Path) -> String {
    if path == Path::new("-") { "standard input".into() } else { path.display().to_string() }
}

/// The text that [`open`] gives, without a byte order mark.
pub(crate) fn read_text(path: &Path) -> Result<String> {
    let name = name_of(path);
    let mut bytes = Vec::new();
    open(path)?.read_to_end(&mut bytes).with_context(|| format!("{name}: cannot be read"))?;
    let text = String::from_utf8(bytes).with_context(|| format!("{name}: is not UTF-8"))?;
    Ok(without_mark(&text).to_owned())
}

/// One row of a file.
pub(crate) struct Line {
    /// Its number, from 1.
    pub(crate) number: usize,
    /// Its text, or why it is none.
    pub(crate) text: Result<String, Error>,
}

impl Line {
    /// The id that the row gives itself, also where the rest of it makes no sense.
    pub(crate) fn id(&self) -> Option<Id> {
        let row: Value = serde_json::from_str(self.text.as_ref().ok()?).ok()?;
        Id::of(row.get("id")?)
    }

    /// What `read` makes of the row.
    pub(crate) fn read<T>(
        &self,
        read: impl FnOnce(&str) -> rubrica::core::Result<T>,
    ) -> Result<T, Error> {
        self.text.clone().and_then(|text| read(&text))
    }
}

/// The lines of a file that are not blank, one at a time. A line that is not UTF-8 is one like the others.
pub(crate) struct Lines<R> {
    source: R,
    name: String,
    number: usize,
}

impl Lines<BufReader<Box<dyn Read>>> {
    /// The lines that [`open`] gives.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        Ok(Self { source: open(path)?, name: name_of(path), number: 0 })
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = Result<Line>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let mut bytes = Vec::new();
            let read = self.source.read_until(b'\n', &mut bytes);
            match read.with_context(|| format!("{}: cannot be read", self.name)) {
                Err(error) => return Some(Err(error)),
                Ok(0) => return None,
                Ok(_) => self.number += 1,
            }
            let number = self.number;
            match String::from_utf8(bytes) {
                Err(_) => {
                    let message = "is not UTF-8".to_owned();
                    let text = Err(Error::Parse { path: String::new(), message });
                    return Some(Ok(Line { number, text }));
                }
                Ok(line) => {
                    let text = without_mark(&line);
                    if !text.trim().is_empty() {
                        return Some(Ok(Line { number, text: Ok(text.to_owned()) }));
                    }
                }
            }
        }
    }
}

/// What rows of a file are called in messages, and what became of them.
pub(crate) struct Tracker {
    name: String,
    rows: usize,
    failed: usize,
    /// The line where each id came first, by its hash.
    seen: HashMap<u64, usize>,
    again: usize,
}

/// Repeated ids that are named one by one.
const NAMED: usize = 5;

impl Tracker {
    pub(crate) fn new(path: &Path) -> Self {
        Self { name: name_of(path), rows: 0, failed: 0, seen: HashMap::new(), again: 0 }
    }

    /// Counts a row; a note says so when its id came before. `note` shows it.
    pub(crate) fn row(&mut self, line: usize, id: Option<&Id>, show: &dyn Fn(&str)) {
        self.rows += 1;
        let Some(id) = id else { return };
        let mut hash = DefaultHasher::new();
        id.hash(&mut hash);
        match self.seen.entry(hash.finish()) {
            Entry::Vacant(place) => {
                place.insert(line);
            }
            Entry::Occupied(first) => {
                self.again += 1;
                let first = *first.get();
                if self.again <= NAMED {
                    let name = &self.name;
                    let text = format!(
                        "{name}: line {line}: id {} is also that of line {first}; both count",
                        shown(id)
                    );
                    show(&text);
                }
            }
        }
    }

    /// Counts a row that could not be used, and says why.
    pub(crate) fn failure(
        &mut self,
        line: usize,
        id: Option<&Id>,
        error: &Error,
        show: &dyn Fn(&str),
    ) {
        self.failed += 1;
        show(&self.message(line, id, &error.to_string()));
    }

    /// Counts a row that an earlier run could not use.
    pub(crate) fn fail(&mut self) {
        self.failed += 1;
    }

    /// A message about a row.
    pub(crate) fn message(&self, line: usize, id: Option<&Id>, text: &str) -> String {
        let id = id.map_or_else(String::new, |id| format!(" (id {})", shown(id)));
        format!("{}: line {line}{id}: {text}", self.name)
    }

    pub(crate) fn failed(&self) -> usize {
        self.failed
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Ends a run over rows.
    ///
    /// # Errors
    /// An input without rows.
    pub(crate) fn finish(&self) -> Result<()> {
        if self.rows == 0 {
            bail!("{}: has no rows; expected JSON lines, one object a line", self.name);
        }
        if self.again > NAMED {
            note(&format!(
                "{}: {} rows have the id of an earlier row; all count",
                self.name, self.again
            ));
        }
        Ok(())
    }
}

/// An id as a message shows it.
fn shown(id: &Id) -> String {
    let text = serde_json::to_string(id).unwrap_or_default();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// What stands in for a row that could not be judged.
#[derive(Serialize)]
pub(crate) struct FailedRow {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<Id>,
    /// Line of the input, from 1.
    pub(crate) line: usize,
    pub(crate) score: Option<f64>,
    pub(crate) error: RowError,
}

/// Why.
#[derive(Serialize)]
pub(crate) struct RowError {
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    reason: String,
}

impl FailedRow {
    pub(crate) fn new(id: Option<Id>, line: usize, error: &Error) -> Self {
        let error = RowError {
            code: error.code(),
            path: error.path().map(str::to_owned),
            reason: error.to_string(),
        };
        Self { id, line, score: None, error }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &'static [u8]) -> Vec<Line> {
        let lines = Lines { source: bytes, name: "x".into(), number: 0 };
        lines.collect::<Result<_>>().expect("readable")
    }

    #[test]
    fn lines_are_counted_and_blank_ones_left_out() {
        let found = lines(b"a\r\n\n \nb\n\nc");
        let found: Vec<(usize, &str)> =
            found.iter().map(|l| (l.number, l.text.as_ref().expect("UTF-8").trim())).collect();
        assert_eq!(found, [(1, "a"), (4, "b"), (6, "c")]);
    }

    #[test]
    fn a_line_of_bad_bytes_is_one_line() {
        let found = lines(b"\xef\xbb\xbfa\n\xff\nb\n\xef\xbb\xbf{\"id\": 7}\n");
        let texts: Vec<Option<&str>> =
            found.iter().map(|l| l.text.as_ref().ok().map(|t| t.trim())).collect();
        assert_eq!(texts, [Some("a"), None, Some("b"), Some("{\"id\": 7}")]);
        assert_eq!(found[3].id(), Some(7.into()));
        let error = found[1].text.as_ref().expect_err("bad bytes");
        assert_eq!(error.to_string(), "is not UTF-8");
    }

    #[test]
    fn repeated_ids_are_noted() {
        let said = std::cell::RefCell::new(Vec::new());
        let show = |text: &str| said.borrow_mut().push(text.to_owned());
        let mut tracker = Tracker::new(Path::new("in.jsonl"));
        for (line, id) in
            [(1, Id::from("a")), (2, Id::from(1)), (3, Id::from("a")), (4, Id::from("1"))]
        {
            tracker.row(line, Some(&id), &show);
        }
        assert_eq!(
            *said.borrow(),
            ["in.jsonl: line 3: id \"a\" is also that of line 1; both count"]
        );
        assert!(Tracker::new(Path::new("-")).finish().is_err());
    }
}
