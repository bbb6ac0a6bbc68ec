//! Files: reading trees, writing with folders, sums.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// Every file under `folder` in a fixed order, except below folders named in `skip`. A folder that
/// is not there has none.
pub fn under(folder: &Path, skip: &[&str]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        if !folder.is_dir() {
            continue;
        }
        for entry in
            fs::read_dir(&folder).with_context(|| format!("listing {}", folder.display()))?
        {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_file() {
                found.push(entry.path());
            } else if kind.is_dir() && !skip.iter().any(|name| entry.file_name() == *name) {
                open.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Writes `content`, making the folders that lead there.
pub fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    }
    fs::write(path, content).with_context(|| format!("writing {}", path.display()))
}

/// sha256 of a file, lower-case hexadecimal.
pub fn sha256(path: &Path) -> Result<String> {
    let mut file = File::open(path).with_context(|| format!("opening {}", path.display()))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let n = file.read(&mut buffer).with_context(|| format!("reading {}", path.display()))?;
        if n == 0 {
            return Ok(hex(&hasher.finalize()));
        }
        hasher.update(&buffer[..n]);
    }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes in a form for people.
pub fn human(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.2} MB", bytes as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_skip_by_name_and_are_sorted() {
        let top = std::env::temp_dir().join(format!("xtask-files-{}", std::process::id()));
        for path in ["b/two", "a", "node_modules/dep/file", "b/node_modules/x"] {
            write(&top.join(path), path).expect("writes");
        }
        let found = under(&top, &["node_modules"]).expect("lists");
        fs::remove_dir_all(&top).expect("removes");
        assert_eq!(found, [top.join("a"), top.join("b/two")]);
        assert!(under(&top, &[]).expect("nothing there").is_empty());
    }

    #[test]
    fn sizes_are_readable() {
        assert_eq!(human(999), "999 B");
        assert_eq!(human(1_500), "1.5 kB");
        assert_eq!(human(16_700_000), "16.70 MB");
    }
}
