//! The paths that a Rust source names: enough of the language for that, and no more.

/// What one file names and defines.
#[derive(Debug, Default, PartialEq)]
pub struct Source {
    /// Paths that begin with `crate`, `super` or `self`, and those of `use`.
    pub paths: Vec<Vec<String>>,
    /// Names that `pub use` gives away, each with its path. A glob has the name `*`.
    pub exports: Vec<(String, Vec<String>)>,
    /// Names of the items that are defined here.
    pub items: Vec<String>,
}

const ITEMS: &[&str] = &["struct", "enum", "union", "fn", "trait", "type", "const", "static"];

impl Source {
    /// Reads `text` up to its unit tests.
    pub fn read(text: &str) -> Self {
        let words = words(text);
        let mut source = Self::default();
        let mut at = 0;
        while at < words.len() {
            let before = at.checked_sub(1).map_or("", |i| &words[i]);
            match words[at].as_str() {
                "use" => {
                    let exported = before == "pub" || before == ")";
                    let mut found = Vec::new();
                    at = tree(&words, at + 1, &[], &mut found);
                    for (path, name) in found {
                        if exported {
                            source.exports.push((name, path.clone()));
                        }
                        source.paths.push(path);
                    }
                }
                "crate" | "super" | "self"
                    if before != "::" && words.get(at + 1).is_some_and(|next| next == "::") =>
                {
                    let mut found = Vec::new();
                    at = tree(&words, at, &[], &mut found);
                    source.paths.extend(found.into_iter().map(|(path, _)| path));
                }
                keyword if ITEMS.contains(&keyword) => {
                    source.items.extend(words.get(at + 1).cloned());
                    at += 1;
                }
                _ => at += 1,
            }
        }
        source
    }
}

/// Reads one tree of paths at `at`: `a::b`, `a::{b, c as d}`, `a::*`. Returns where it ends.
fn tree(
    words: &[String],
    mut at: usize,
    prefix: &[String],
    found: &mut Vec<(Vec<String>, String)>,
) -> usize {
    let mut path = prefix.to_vec();
    loop {
        match words.get(at).map(String::as_str) {
            Some("{") => {
                at += 1;
                while words.get(at).is_some_and(|word| word != "}") {
                    let next = tree(words, at, &path, found);
                    at = if next == at { at + 1 } else { next };
                    if words.get(at).is_some_and(|word| word == ",") {
                        at += 1;
                    }
                }
                return at + 1;
            }
            Some("*") if !path.is_empty() => {
                found.push((path, "*".to_owned()));
                return at + 1;
            }
            Some("::") => at += 1,
            Some(word) if is_name(word) => {
                // `a::{self}` is `a`.
                if word != "self" || path.is_empty() {
                    path.push(word.to_owned());
                }
                at += 1;
                if words.get(at).is_none_or(|next| next != "::") {
                    let mut name = path.last().cloned().unwrap_or_default();
                    if words.get(at).is_some_and(|next| next == "as") {
                        name = words.get(at + 1).cloned().unwrap_or_default();
                        at += 2;
                    }
                    found.push((path, name));
                    return at;
                }
            }
            _ => return at,
        }
    }
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// The words of a source without comments, strings, characters and lifetimes, up to `#[cfg(test)]` before `mod tests {`.
fn words(text: &str) -> Vec<String> {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text);
    let chars: Vec<char> = text.chars().collect();
    let mut words = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let two = (chars[at], chars.get(at + 1).copied().unwrap_or(' '));
        match two {
            ('/', '/') => at = after(&chars, at, |c| c == '\n'),
            ('/', '*') => {
                at += 2;
                while at < chars.len() && !(chars[at] == '*' && chars.get(at + 1) == Some(&'/')) {
                    at += 1;
                }
                at += 2;
            }
            ('"', _) => at = after_string(&chars, at + 1),
            ('r', '"' | '#') => match raw_string(&chars, at + 1) {
                Some(end) => at = end,
                // A raw name, such as `r#type`.
                None => at += 2,
            },
            ('\'', '\\') => at = after(&chars, at + 3, |c| c == '\''),
            ('\'', _) if chars.get(at + 2) == Some(&'\'') => at += 3,
            ('\'', _) => at += 1,
            (':', ':') => {
                words.push("::".to_owned());
                at += 2;
            }
            (c, _) if c.is_alphanumeric() || c == '_' => {
                let begin = at;
                while at < chars.len() && (chars[at].is_alphanumeric() || chars[at] == '_') {
                    at += 1;
                }
                words.push(chars[begin..at].iter().collect());
            }
            (c, _) => {
                if !c.is_whitespace() {
                    words.push(c.to_string());
                }
                at += 1;
            }
        }
    }
    words
}

fn after(chars: &[char], from: usize, is_end: impl Fn(char) -> bool) -> usize {
    let found = chars.iter().skip(from).position(|&c| is_end(c));
    found.map_or(chars.len(), |distance| from + distance + 1)
}

fn after_string(chars: &[char], mut at: usize) -> usize {
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

/// Where a raw string ends whose hashes begin at `at`.
fn raw_string(chars: &[char], at: usize) -> Option<usize> {
    let hashes = chars[at..].iter().take_while(|&&c| c == '#').count();
    if chars.get(at + hashes) != Some(&'"') {
        return None;
    }
    let mut end = at + hashes + 1;
    while end < chars.len() {
        let closing = chars[end] == '"'
            && chars[end + 1..].iter().take(hashes).filter(|&&c| c == '#').count() == hashes;
        if closing {
            return Some(end + 1 + hashes);
        }
        end += 1;
    }
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(text: &str) -> Vec<String> {
        Source::read(text).paths.iter().map(|path| path.join("::")).collect()
    }

    #[test]
    fn trees_are_taken_apart() {
        assert_eq!(
            paths("use crate::{a::{self, B as C}, d::*};\nuse std::fs;"),
            ["crate::a", "crate::a::B", "crate::d", "std::fs"]
        );
        assert_eq!(
            paths("fn f() -> super::g::H<crate::I> { self::k(self.l) }"),
            ["super::g::H", "crate::I", "self::k"]
        );
    }

    #[test]
    fn what_is_no_code_is_left_out() {
        let text = "// use crate::a;\n/* use crate::b; */ const T: &str = \"use crate::c;\";\n\
                    const R: &str = r#\"crate::d \"quoted\" crate::e\"#; const Q: char = '\"'; \
                    fn f<'a>(x: &'a crate::g::H) {}\n#[cfg(test)]\nmod tests {\n use crate::i;\n}";
        assert_eq!(paths(text), ["crate::g::H"]);
    }

    #[test]
    fn exports_and_items_are_known() {
        let source = Source::read(
            "mod a;\npub use a::{A, B as C};\npub(crate) use super::d::*;\nuse e::E;\npub struct F;\nfn g() {}",
        );
        let exports: Vec<(&str, String)> =
            source.exports.iter().map(|(name, path)| (name.as_str(), path.join("::"))).collect();
        assert_eq!(
            exports,
            [("A", "a::A".to_owned()), ("C", "a::B".to_owned()), ("*", "super::d".to_owned())]
        );
        assert_eq!(source.items, ["F", "g"]);
    }
}
