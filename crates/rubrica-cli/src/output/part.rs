//! A file that is written beside the one that it becomes.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use rubrica::core::sha256_hex;

use super::{Output, OutputArgs, Target};
use crate::lines::name_of;

/// A file that is being written.
pub(super) struct Part {
    /// None once it has its name.
    pub(super) file: Option<BufWriter<File>>,
    /// Where it is, and where it will be.
    partial: PathBuf,
    path: PathBuf,
}

impl Part {
    /// Gives the file its name.
    pub(super) fn finish(&mut self) -> Result<()> {
        let Some(file) = self.file.take() else { return Ok(()) };
        let (partial, path) = (&self.partial, &self.path);
        let cannot = || format!("{}: cannot be written", partial.display());
        let file =
            file.into_inner().map_err(io::IntoInnerError::into_error).with_context(cannot)?;
        file.sync_all().with_context(cannot)?;
        fs::rename(partial, path).with_context(|| {
            format!("{}: cannot be renamed to {}", partial.display(), path.display())
        })?;
        let _ = fs::remove_file(beside(path, "run"));
        Ok(())
    }

    pub(super) fn open(
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

/// `FILE.ENDING`.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
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
pub(super) fn same_file(one: &Path, other: &Path) -> bool {
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
pub(super) fn same_as_stdout(path: &Path) -> bool {
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
