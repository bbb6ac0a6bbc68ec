//! JSON lines in and out.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

/// The text of `path`; `-` is standard input, and `.zst` files are decompressed.
pub(crate) fn read_text(path: &Path) -> Result<String> {
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        io::stdin().read_to_end(&mut bytes).context("standard input cannot be read")?;
    } else {
        let file =
            File::open(path).with_context(|| format!("{}: cannot be opened", path.display()))?;
        let mut reader: Box<dyn Read> = if path.extension().is_some_and(|e| e == "zst") {
            let decoder = ruzstd::decoding::StreamingDecoder::new(file);
            Box::new(decoder.with_context(|| format!("{}: is not zstd", path.display()))?)
        } else {
            Box::new(file)
        };
        reader
            .read_to_end(&mut bytes)
            .with_context(|| format!("{}: cannot be read", path.display()))?;
    }
    String::from_utf8(bytes).with_context(|| format!("{}: is not UTF-8", path.display()))
}

/// The lines of `text` that are not blank, with their numbers from 1.
pub(crate) fn rows(text: &str) -> Vec<(usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(i, l)| (i + 1, l))
        .filter(|(_, l)| !l.trim().is_empty())
        .collect()
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
