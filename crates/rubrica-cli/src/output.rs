//! Lines out: to standard output, or to a file that is there as a whole or not at all.
//!
//! Results for `FILE` are written to `FILE.partial` and get its name at the end, so that a run that is killed
//! leaves what was there before. The partial file is locked while a run writes it, and a run that goes on
//! (`--resume`) finds in its lines how far the last one came. What the results are of stands in `FILE.run`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use rubrica::core::sha256_hex;
use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter};

use crate::lines::name_of;
use crate::notes::{is_active, visible};

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

/// A file that is being written.
struct Part {
    /// None once it has its name.
    file: Option<BufWriter<File>>,
    /// Where it is, and where it will be.
    partial: PathBuf,
    path: PathBuf,
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
        if let Target::Part(part) = &mut self.target
            && let Some(file) = part.file.take()
        {
            let (partial, path) = (&part.partial, &part.path);
            let cannot = || format!("{}: cannot be written", partial.display());
            let file =
                file.into_inner().map_err(io::IntoInnerError::into_error).with_context(cannot)?;
            file.sync_all().with_context(cannot)?;
            fs::rename(partial, path).with_context(|| {
                format!("{}: cannot be renamed to {}", partial.display(), path.display())
            })?;
            let _ = fs::remove_file(beside(path, "run"));
        }
        Ok(())
    }
}

/// A row as JSON text without a `-0.0`, and without what a terminal would obey.
pub(crate) fn json(row: &(impl Serialize + ?Sized)) -> Result<String> {
    let mut bytes = Vec::new();
    row.serialize(&mut serde_json::Serializer::with_formatter(
        &mut bytes,
        Plain(CompactFormatter),
    ))?;
    Ok(String::from_utf8(bytes)?)
}

/// An object as JSON text with one more member at its end.
pub(crate) fn json_with(
    row: &(impl Serialize + ?Sized),
    name: &str,
    member: &impl Serialize,
) -> Result<String> {
    let text = json(row)?;
    Ok(match text.strip_suffix('}') {
        Some("{") => format!("{{{}:{}}}", json(name)?, json(member)?),
        Some(members) => format!("{members},{}:{}}}", json(name)?, json(member)?),
        None => text,
    })
}

struct Plain(CompactFormatter);

impl Formatter for Plain {
    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        // The one sum that changes nothing but the sign of a negative zero.
        self.0.write_f64(writer, value + 0.0)
    }

    fn write_f32<W: ?Sized + Write>(&mut self, writer: &mut W, value: f32) -> io::Result<()> {
        self.0.write_f32(writer, value + 0.0)
    }

    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if fragment.is_ascii() && !fragment.contains('\u{7f}') {
            return writer.write_all(fragment.as_bytes());
        }
        let mut from = 0;
        for (at, mark) in fragment.char_indices().filter(|(_, mark)| is_active(*mark)) {
            writer.write_all(&fragment.as_bytes()[from..at])?;
            write!(writer, "\\u{:04x}", u32::from(mark))?;
            from = at + mark.len_utf8();
        }
        writer.write_all(&fragment.as_bytes()[from..])
    }
}

/// `FILE.ENDING`.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

impl Part {
    fn open(
        path: &Path,
        taken: bool,
        args: &OutputArgs,
        inputs: &[&Path],
        run: &str,
    ) -> Result<Output> {
        let partial = beside(path, "partial");
        let shown = partial.display();
        for input in inputs {
            if same_file(&partial, input) {
                bail!(
                    "{shown}: is an input of this command, and results would be written there; expected another file for --out"
                );
            }
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut file =
            options.open(&partial).with_context(|| format!("{shown}: cannot be written"))?;
        // The lock ends with the process, however that ends.
        let locked = file.try_lock().is_ok();
        // Another run may have given the file its name in the meantime.
        if !locked || !is_still(&file, &partial) {
            bail!("{}: another run is writing it; expected to be the only one", path.display());
        }
        let length = file.metadata().with_context(|| format!("{shown}: cannot be read"))?.len();
        let record = beside(path, "run");
        let run = format!("{run}\ninputs {}\n", fingerprint(inputs)?);
        let mut done = Vec::new();
        if args.resume {
            if length > 0 {
                match fs::read_to_string(&record) {
                    Ok(found) if found == run => {}
                    _ => bail!(
                        "{shown}: is of another command, input or version; expected the same for --resume (--force starts anew)"
                    ),
                }
                done =
                    whole_lines(&mut file).with_context(|| format!("{shown}: cannot be read"))?;
            } else if taken {
                // Done already, or not ours: either way nothing to go on from.
                remove_empty(&partial, &record);
                bail!(
                    "{}: is there as a whole; nothing to resume (--force replaces it)",
                    path.display()
                );
            }
        } else if args.force {
            file.set_len(0).with_context(|| format!("{shown}: cannot be written"))?;
        } else if length > 0 {
            bail!(
                "{shown}: holds what a run that did not end has written; --resume goes on from there, --force starts anew"
            );
        } else if taken {
            remove_empty(&partial, &record);
            bail!(
                "{}: is there already; --force replaces it, or name another file",
                path.display()
            );
        }
        fs::write(&record, &run)
            .with_context(|| format!("{}: cannot be written", record.display()))?;
        file.seek(io::SeekFrom::End(0)).with_context(|| format!("{shown}: cannot be written"))?;
        let part = Self { file: Some(BufWriter::new(file)), partial, path: path.to_owned() };
        Ok(Output { target: Target::Part(part), done })
    }
}

impl Drop for Part {
    /// A run that fails before its first row leaves nothing.
    fn drop(&mut self) {
        if self.file.is_some() && fs::metadata(&self.partial).is_ok_and(|m| m.len() == 0) {
            remove_empty(&self.partial, &beside(&self.path, "run"));
        }
    }
}

/// Takes away a partial file that nothing was written to.
fn remove_empty(partial: &Path, record: &Path) {
    let _ = fs::remove_file(partial);
    let _ = fs::remove_file(record);
}

/// The whole lines of a file, which is cut after the last of them.
fn whole_lines(file: &mut File) -> io::Result<Vec<String>> {
    file.rewind()?;
    let (mut lines, mut length) = (Vec::new(), 0u64);
    let mut reader = BufReader::new(&*file);
    loop {
        let mut line = Vec::new();
        let read = reader.read_until(b'\n', &mut line)?;
        if read == 0 || line.pop() != Some(b'\n') {
            break;
        }
        let Ok(line) = String::from_utf8(line) else { break };
        length += read as u64;
        lines.push(line);
    }
    file.set_len(length)?;
    Ok(lines)
}

/// What inputs hold, so that a run only goes on with the same.
fn fingerprint(inputs: &[&Path]) -> Result<String> {
    let mut all = Vec::new();
    for input in inputs {
        if *input == Path::new("-") {
            all.push("standard input".to_owned());
            continue;
        }
        let name = name_of(input);
        let mut file = File::open(input).with_context(|| format!("{name}: cannot be opened"))?;
        let is_file = file.metadata().is_ok_and(|m| m.is_file());
        if !is_file {
            all.push(name);
            continue;
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).with_context(|| format!("{name}: cannot be read"))?;
        all.push(sha256_hex(&bytes));
    }
    Ok(all.join(" "))
}

#[cfg(unix)]
fn identity(found: &fs::Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (found.dev(), found.ino())
}

/// True when `file` is what `path` leads to.
fn is_still(file: &File, path: &Path) -> bool {
    #[cfg(unix)]
    if let (Ok(one), Ok(other)) = (file.metadata(), fs::metadata(path)) {
        return identity(&one) == identity(&other);
    }
    let _ = file;
    path.exists()
}

/// True when both lead to one file, also by links.
fn same_file(one: &Path, other: &Path) -> bool {
    if other == Path::new("-") {
        return false;
    }
    let (Ok(a), Ok(b)) = (fs::metadata(one), fs::metadata(other)) else {
        return one == other;
    };
    if !a.is_file() || !b.is_file() {
        return false;
    }
    #[cfg(unix)]
    if identity(&a) == identity(&b) {
        return true;
    }
    matches!((fs::canonicalize(one), fs::canonicalize(other)), (Ok(a), Ok(b)) if a == b)
}

/// True when standard output goes to the file `path`.
fn same_as_stdout(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::fd::AsFd;
        let stdout = io::stdout().as_fd().try_clone_to_owned().map(File::from);
        let found = stdout.and_then(|file| file.metadata());
        if let (Ok(a), Ok(b)) = (found, fs::metadata(path)) {
            return a.is_file() && b.is_file() && identity(&a) == identity(&b);
        }
    }
    let _ = path;
    false
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lines_have_no_negative_zero_and_nothing_for_a_terminal() {
        let row = json!({"a": -0.0, "b": "\u{9b}2J é \u{202e}", "c": -0.5, "d": "\u{1b}\u{7f}"});
        let text = json(&row).expect("JSON");
        assert_eq!(text, r#"{"a":0.0,"b":"\u009b2J é \u202e","c":-0.5,"d":"\u001b\u007f"}"#);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).expect("JSON")["b"], row["b"]);
        assert_eq!(json_with(&json!({"a": 1}), "rows", &2).expect("JSON"), r#"{"a":1,"rows":2}"#);
        assert_eq!(json_with(&json!({}), "rows", &2).expect("JSON"), r#"{"rows":2}"#);
    }
}
