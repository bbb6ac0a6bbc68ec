//! `./x new-metric` and `./x new-report`: everything that a new one needs, in every file.
//!
//! What is written compiles and says that it computes nothing yet; the tests pass only once the golden holds
//! numbers of a reference tool. `./x test --only scaffold` compiles it in a copy of the checkout.

mod copy;
mod metric;
mod report;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::files;
use crate::repo::Repo;

pub use copy::check;
pub use metric::new_metric;
pub use report::new_report;

/// Files with their new text, written together once all of them are known.
#[derive(Default)]
struct Edits(Vec<(PathBuf, String)>);

impl Edits {
    /// A file that must not be there yet.
    fn make(&mut self, repo: &Repo, path: PathBuf, text: String) -> Result<()> {
        ensure!(!path.exists(), "{} is there already", repo.show(&path));
        self.0.push((path, text));
        Ok(())
    }

    /// A file that is there; `change` gives nothing where it is not laid out as expected.
    fn change(
        &mut self,
        repo: &Repo,
        path: PathBuf,
        change: impl FnOnce(&str) -> Option<String>,
    ) -> Result<()> {
        let before =
            fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        let after = change(&before)
            .with_context(|| format!("{} is not laid out as expected", repo.show(&path)))?;
        self.0.push((path, after));
        Ok(())
    }

    /// Writes them, and lists them with what to do `then`.
    fn write(self, repo: &Repo, then: &str) -> Result<()> {
        println!("written, for you to fill in:");
        for (path, text) in self.0 {
            files::write(&path, text)?;
            println!("  {}", repo.show(&path));
        }
        println!("then: {then}");
        Ok(())
    }
}

/// Refuses an id that is not lower-case words joined by `joint`.
fn ensure_id(id: &str, joint: char, example: &str) -> Result<()> {
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == joint;
    let begins = id.starts_with(|c: char| c.is_ascii_lowercase());
    ensure!(
        begins && id.chars().all(letters) && !id.ends_with(joint),
        "id is `{id}`; expected lower-case words, such as {example}"
    );
    Ok(())
}

/// Puts `line` among the lines that begin with `prefix`, in their order. One that begins with it may go on over
/// several lines, up to a `;`.
fn insert_sorted(text: &str, prefix: &str, line: &str) -> Option<String> {
    let mut lines: Vec<&str> = text.lines().collect();
    let last = lines.iter().rposition(|other| other.starts_with(prefix))?;
    let end = last + lines[last..].iter().position(|other| other.ends_with(';'))?;
    let at = lines.iter().position(|other| other.starts_with(prefix) && *other > line);
    lines.insert(at.unwrap_or(end + 1), line);
    Some(lines.join("\n") + "\n")
}

/// Puts `text` before the first place of `whole` after `begin` where `is_later` holds of a line, else before `end`.
fn insert_before(
    whole: &str,
    begin: &str,
    end: &str,
    is_later: impl Fn(&str) -> bool,
    text: &str,
) -> Option<String> {
    let from = whole.find(begin)? + begin.len();
    let stop = from + whole[from..].find(end)?;
    let mut at = from;
    for line in whole[from..stop].split_inclusive('\n') {
        if is_later(line) {
            return Some(format!("{}{text}{}", &whole[..at], &whole[at..]));
        }
        at += line.len();
    }
    Some(format!("{}{text}{}", &whole[..stop], &whole[stop..]))
}

/// `token_f1` or `token-f1` as `TokenF1`.
fn type_name(id: &str) -> String {
    let upper = |word: &str| word[..1].to_uppercase() + &word[1..];
    id.split(['_', '-']).filter(|word| !word.is_empty()).map(upper).collect()
}

/// A path as people read it.
fn under(repo: &Repo, folder: &str, name: &str) -> PathBuf {
    Path::new(&repo.root).join(folder).join(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_types() {
        assert_eq!(type_name("token_f1"), "TokenF1");
        assert_eq!(type_name("win-rate"), "WinRate");
        assert_eq!(type_name("overlap"), "Overlap");
    }

    #[test]
    fn ids_are_lower_case_words() {
        for id in ["a", "token_f1", "a2"] {
            ensure_id(id, '_', "token_f1").expect(id);
        }
        for id in ["", "A", "1a", "a-b", "a_", "é"] {
            let error = ensure_id(id, '_', "token_f1").expect_err(id).to_string();
            assert!(error.ends_with("expected lower-case words, such as token_f1"), "{error}");
        }
    }

    #[test]
    fn a_line_goes_between_its_neighbours_or_behind_the_last() {
        let text = "pub use a::A;\npub use c::{\n    C, D,\n};\n\nfn f() {}\n";
        let between = insert_sorted(text, "pub use ", "pub use b::B;").expect("laid out");
        assert!(between.starts_with("pub use a::A;\npub use b::B;\npub use c"), "{between}");
        let behind = insert_sorted(text, "pub use ", "pub use d::D;").expect("laid out");
        assert!(behind.contains("};\npub use d::D;\n\nfn f"), "{behind}");
        assert_eq!(insert_sorted(text, "mod ", "mod d;"), None);
    }

    #[test]
    fn text_goes_before_the_first_later_line() {
        let text = "list [\n  a\n  c\n]\n";
        let before = |line: &'static str| {
            insert_before(
                text,
                "[\n",
                "]",
                move |other| other.trim() > line,
                &format!("  {line}\n"),
            )
        };
        assert_eq!(before("b").as_deref(), Some("list [\n  a\n  b\n  c\n]\n"));
        assert_eq!(before("d").as_deref(), Some("list [\n  a\n  c\n  d\n]\n"));
        assert_eq!(insert_before(text, "{", "]", |_| true, "x"), None);
    }
}
