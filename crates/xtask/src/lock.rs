//! One `./x` at a time: a file that is locked while one works, so that a second one waits.

use std::fs::{self, File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Held until it is dropped, or the process ends.
#[derive(Debug)]
pub struct Lock(File);

impl Lock {
    /// Locks the file at `path`, which need not be there; says who holds it while it waits.
    ///
    /// # Errors
    /// A file that cannot be made or locked.
    pub fn wait(path: &Path) -> Result<Self> {
        let shown = path.display();
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        }
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .with_context(|| format!("opening {shown}"))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Windows reads no locked file; the message then names nobody.
                let _ = file.read_to_string(&mut holder);
                let holder = if holder.is_empty() { "somebody" } else { holder.trim_end() };
                eprintln!(
                    "x: another ./x is at work ({holder}); waiting until it is done (lock: {shown})"
                );
                file.lock().with_context(|| format!("locking {shown}"))?;
                eprintln!("x: the other ./x is done; going on");
            }
            // Some network file systems have no locks: better to work than to refuse.
            Err(TryLockError::Error(error)) if error.kind() == std::io::ErrorKind::Unsupported => {
                eprintln!("x: {shown} cannot be locked here; run one ./x at a time");
            }
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("locking {shown}"));
            }
        }
        file.set_len(0)?;
        file.rewind()?;
        let words: Vec<String> = std::env::args().skip(1).collect();
        writeln!(file, "process {}: ./x {}", std::process::id(), words.join(" "))?;
        Ok(Self(file))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Whoever waits reads no name of a process that has ended.
        let _ = self.0.set_len(0);
        let _ = self.0.unlock();
    }
}

/// The lock for what the checkouts of one person share: the toolchain and the system's packages.
pub fn of_the_machine() -> Option<PathBuf> {
    Some(cargo_home()?.join(".rubrica-x.lock"))
}

/// Where cargo keeps what it fetches.
pub fn cargo_home() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let home = || set("HOME").or_else(|| set("USERPROFILE"));
    let cargo = set("CARGO_HOME").map(PathBuf::from);
    cargo.or_else(|| Some(PathBuf::from(home()?).join(".cargo")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_one_waits_for_the_first() {
        let path = std::env::temp_dir().join(format!("xtask-lock-{}/a/lock", std::process::id()));
        let first = Lock::wait(&path).expect("free");
        let holder = fs::read_to_string(&path).expect("written");
        assert!(holder.starts_with(&format!("process {}: ./x", std::process::id())), "{holder}");
        let (sender, receiver) = std::sync::mpsc::channel();
        let second = std::thread::spawn({
            let path = path.clone();
            move || {
                let lock = Lock::wait(&path).expect("free later");
                sender.send(()).expect("somebody listens");
                drop(lock);
            }
        });
        let early = receiver.recv_timeout(std::time::Duration::from_millis(100));
        assert!(early.is_err(), "both hold it");
        drop(first);
        receiver.recv_timeout(std::time::Duration::from_secs(20)).expect("comes to it");
        second.join().expect("ends");
        assert_eq!(fs::read_to_string(&path).expect("there"), "");
        fs::remove_dir_all(path.parent().expect("a folder")).expect("removes");
    }
}
