//! JSON lines in and out.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
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
