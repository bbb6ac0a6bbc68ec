//! Lines out: to standard output, or to a file that is there as a whole or not at all.
//!
//! Results for `FILE` are written to `FILE.partial` and get its name at the end, so that a run that is killed
//! leaves what was there before. The partial file is locked while a run writes it, and a run that goes on
//! (`--resume`) finds in its lines how far the last one came. What the results are of stands in `FILE.run`.

mod json;
mod part;

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Serialize;

pub(crate) use json::json_with;

use crate::lines::name_of;
use crate::notes::visible;
use json::json;
use part::{Part, beside, same_as_stdout, same_file};

/// Where results go, and what may become of what is there.
#[derive(clap::Args, Debug, Clone, Default)]
pub(crate) struct OutputArgs {
    /// Write results here instead of standard output: beside it first, and under its name when all are there
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Replace what is at FILE, or what a run that did not end left there
    #[arg(long, requires = "out")]
    force: bool,
    /// Go on where a run that did not end left off: the same command with the same input
    #[arg(long, requires = "out", conflicts_with = "force")]
    resume: bool,
}

impl OutputArgs {
    pub(crate) fn resumes(&self) -> bool {
        self.resume
    }

    /// Opens the output of a run that reads `inputs`. `run` says what the results are of: a run only goes on where
    /// one with the same left off.
    ///
    /// # Errors
    /// An output that is one of the inputs, that is there already, or that another run is writing.
    pub(crate) fn open(&self, inputs: &[&Path], run: &str) -> Result<Output> {
        let standard = || -> Result<Output> {
            let stdout = io::stdout();
            for input in inputs.iter().filter(|input| **input != Path::new("-")) {
                if same_as_stdout(input) {
                    bail!(
                        "{}: is the input, and standard output goes there too; expected another file",
                        name_of(input)
                    );
                }
            }
            Ok(Output {
                target: Target::Stream(Box::new(BufWriter::new(stdout))),
                done: Vec::new(),
            })
        };
        let Some(path) = self.out.as_deref().filter(|path| *path != Path::new("-")) else {
            return standard();
        };
        for input in inputs {
            if same_file(path, input) {
                bail!(
                    "{}: is an input of this command; expected another file for --out",
                    path.display()
                );
            }
        }
        let found = fs::metadata(path).ok();
        if found.as_ref().is_some_and(|m| m.is_dir()) {
            bail!("{}: is a folder; expected a file for --out", path.display());
        }
        // A device or a pipe has no contents to lose.
        if found.as_ref().is_some_and(|m| !m.is_file()) {
            let file = OpenOptions::new().write(true).open(path);
            let file = file.with_context(|| format!("{}: cannot be written", path.display()))?;
            return Ok(Output {
                target: Target::Stream(Box::new(BufWriter::new(file))),
                done: Vec::new(),
            });
        }
        // What a link stands for is replaced, not the link.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let taken = found.is_some_and(|m| m.len() > 0);
        Part::open(&path, taken, self, inputs, run)
    }
}

/// Where result lines go.
pub(crate) struct Output {
    target: Target,
    /// Lines of an earlier run that this one goes on from.
    done: Vec<String>,
}

enum Target {
    Stream(Box<dyn Write>),
    Part(Part),
}

impl Output {
    /// Standard output.
    pub(crate) fn standard() -> Self {
        Self { target: Target::Stream(Box::new(BufWriter::new(io::stdout()))), done: Vec::new() }
    }

    /// The lines of the run that this one goes on from, in order.
    pub(crate) fn done(&mut self) -> Vec<String> {
        std::mem::take(&mut self.done)
    }

    fn writer(&mut self) -> &mut dyn Write {
        match &mut self.target {
            Target::Stream(stream) => stream,
            Target::Part(Part { file: Some(file), .. }) => file,
            // A file that has its name takes no more.
            Target::Part(_) => unreachable!("finish takes the output"),
        }
    }

    /// Writes one line, at once: a reader of the pipe sees rows as they are done.
    pub(crate) fn line(&mut self, row: &impl Serialize) -> Result<()> {
        let line = json(row)?;
        self.raw(&(line + "\n"))
    }

    /// Writes text, in which a terminal finds nothing to obey.
    pub(crate) fn text(&mut self, text: &str) -> Result<()> {
        let text = visible(text).into_owned();
        self.raw(&text)
    }

    fn raw(&mut self, text: &str) -> Result<()> {
        let writer = self.writer();
        writer
            .write_all(text.as_bytes())
            .and_then(|()| writer.flush())
            .context("the output cannot be written")
    }

    /// Gives the file its name. Without it, nothing has happened to what was there.
    pub(crate) fn finish(mut self) -> Result<()> {
        self.writer().flush().context("the output cannot be written")?;
        match &mut self.target {
            Target::Stream(_) => Ok(()),
            Target::Part(part) => part.finish(),
        }
    }
}

/// Replaces a file in one move.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let fresh = beside(path, "partial");
    let cannot = || format!("{}: cannot be written", path.display());
    let write = || -> io::Result<()> {
        let mut file = File::create(&fresh)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&fresh, path)
    };
    write().with_context(cannot)
}

/// Keeps other runs from writing into `folder` until it is dropped, where folders can be locked.
pub(crate) fn lock_folder(folder: &Path) -> Result<Option<File>> {
    let Ok(file) = File::open(folder) else { return Ok(None) };
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(fs::TryLockError::Error(_)) => Ok(None),
        Err(fs::TryLockError::WouldBlock) => {
            bail!("{}: another run is writing there; expected to be the only one", folder.display())
        }
    }
}

/// True when the error is that nobody reads the output any more.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.chain().find_map(|e| e.downcast_ref::<io::Error>());
    io.is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
}
