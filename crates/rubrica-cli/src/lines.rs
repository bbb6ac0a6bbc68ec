//! JSON lines in and out.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

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

/// The text that [`open`] gives.
pub(crate) fn read_text(path: &Path) -> Result<String> {
    let name = name_of(path);
    let mut bytes = Vec::new();
    open(path)?.read_to_end(&mut bytes).with_context(|| format!("{name}: cannot be read"))?;
    String::from_utf8(bytes).with_context(|| format!("{name}: is not UTF-8"))
}

/// The lines of `text` that are not blank, with their numbers from 1.
pub(crate) fn rows(text: &str) -> Vec<(usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(i, l)| (i + 1, l))
        .filter(|(_, l)| !l.trim().is_empty())
        .collect()
}

/// The lines of a file that are not blank, with their numbers from 1, one at a time.
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
    type Item = Result<(usize, String)>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let mut bytes = Vec::new();
            let read = self.source.read_until(b'\n', &mut bytes);
            match read.with_context(|| format!("{}: cannot be read", self.name)) {
                Err(error) => return Some(Err(error)),
                Ok(0) => return None,
                Ok(_) => self.number += 1,
            }
            let place = || format!("{}: line {}: is not UTF-8", self.name, self.number);
            match String::from_utf8(bytes).with_context(place) {
                Err(error) => return Some(Err(error)),
                Ok(line) if line.trim().is_empty() => {}
                Ok(line) => return Some(Ok((self.number, line))),
            }
        }
    }
}

/// Where result lines go.
pub(crate) struct Output(BufWriter<Box<dyn Write>>);

impl Output {
    /// Standard output, or a file that is replaced.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self> {
        let target: Box<dyn Write> = match path {
            None => Box::new(io::stdout().lock()),
            Some(path) => Box::new(
                File::create(path)
                    .with_context(|| format!("{}: cannot be written", path.display()))?,
            ),
        };
        Ok(Self(BufWriter::new(target)))
    }

    /// Writes one line, at once: a reader of the pipe sees rows as they are done.
    pub(crate) fn line(&mut self, row: &impl Serialize) -> Result<()> {
        serde_json::to_writer(&mut self.0, row).map_err(io::Error::from)?;
        self.0.write_all(b"\n")?;
        Ok(self.0.flush()?)
    }

    /// Writes text as it is.
    pub(crate) fn text(&mut self, text: &str) -> Result<()> {
        self.0.write_all(text.as_bytes())?;
        Ok(self.0.flush()?)
    }
}

/// True when the error is that nobody reads the output any more.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.chain().find_map(|e| e.downcast_ref::<io::Error>());
    io.is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
}

/// What stands in for a row that could not be judged.
#[derive(Serialize)]
pub(crate) struct FailedRow {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
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
    pub(crate) fn new(id: Option<String>, line: usize, error: &rubrica::core::Error) -> Self {
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

    #[test]
    fn lines_are_counted_and_blank_ones_left_out() {
        let lines = |bytes: &'static [u8]| Lines { source: bytes, name: "x".into(), number: 0 };
        let found: Vec<(usize, String)> =
            lines(b"a\r\n\n \nb\n\nc").collect::<Result<_>>().expect("UTF-8");
        let found: Vec<(usize, &str)> = found.iter().map(|(n, line)| (*n, line.trim())).collect();
        assert_eq!(found, [(1, "a"), (4, "b"), (6, "c")]);
        let error = lines(b"a\n\xff\n").nth(1).expect("a line").expect_err("no UTF-8");
        assert_eq!(error.to_string(), "x: line 2: is not UTF-8");
    }
}
