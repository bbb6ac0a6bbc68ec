//! What the reference code of IFEval counts, quirk by quirk.

use std::sync::LazyLock;

use regex::Regex;

use super::treebank::for_each_token;
use crate::check::json_text::{self, Grammar};
use crate::text::is_python_space;

/// White space of Python's regular expressions, for use in a pattern.
pub(super) const SPACE: &str = r"[\s\x1c-\x1f]";

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("valid pattern")
}

/// `text` without white space at its ends, as Python's `str.strip` sees it.
pub(super) fn strip(text: &str) -> &str {
    text.trim_matches(is_python_space)
}

/// Words as the `\w+` of NLTK 3.10 finds them: letters, marks, digits and underscores. (Before that
/// version, combining marks cut words, so that a Hindi word counted as several.)
pub(super) fn words(text: &str) -> usize {
    static WORD: LazyLock<Regex> = LazyLock::new(|| pattern(r"\w+"));
    WORD.find_iter(text).count()
}

/// True where a letter, digit or underscore of Python's `\w` stands on exactly one side of `at`.
fn is_boundary(text: &str, at: usize) -> bool {
    static LETTER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[\p{L}\p{N}_]"));
    let word = |c: Option<char>| match c {
        Some(c) if c.is_ascii() => c.is_ascii_alphanumeric() || c == '_',
        Some(c) => LETTER.is_match(c.encode_utf8(&mut [0; 4])),
        None => false,
    };
    word(text[..at].chars().next_back()) != word(text[at..].chars().next())
}

/// Whether `keyword` occurs as a word of its own.
pub(super) fn has_word(keyword: &Regex, text: &str) -> bool {
    let mut from = 0;
    while let Some(found) = keyword.find_at(text, from) {
        if is_boundary(text, found.start()) && is_boundary(text, found.end()) {
            return true;
        }
        let Some(next) = text[found.start()..].chars().next() else { return false };
        from = found.start() + next.len_utf8();
    }
    false
}

/// Placeholders in square brackets within one line.
pub(super) fn placeholders(text: &str) -> usize {
    static PLACEHOLDER: LazyLock<Regex> = LazyLock::new(|| pattern(r"\[.*?\]"));
    PLACEHOLDER.find_iter(text).count()
}

/// List items that start with one asterisk or with a hyphen.
pub(super) fn bullets(text: &str) -> usize {
    static STARS: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"(?m)^{SPACE}*\*[^*].*$")));
    static HYPHENS: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"(?m)^{SPACE}*-.*$")));
    STARS.find_iter(text).count() + HYPHENS.find_iter(text).count()
}

/// Highlights between asterisks; `**so**` is looked for again after `*so*`.
pub(super) fn highlights(text: &str) -> usize {
    static SINGLE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\*[^\n*]*\*"));
    static DOUBLE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\*\*[^\n*]*\*\*"));
    let count = |pattern: &Regex| {
        let found = pattern.find_iter(text);
        found.filter(|found| !strip(found.as_str().trim_matches('*')).is_empty()).count()
    };
    count(&SINGLE) + count(&DOUBLE)
}

/// Paragraphs between `***`; nothing when one between two others is empty.
pub(super) fn starred_paragraphs(text: &str) -> Option<usize> {
    static RULE: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"{SPACE}?\*\*\*{SPACE}?")));
    let parts: Vec<&str> = RULE.split(text).collect();
    let last = parts.len() - 1;
    let mut count = parts.len();
    for (i, part) in parts.iter().enumerate() {
        if strip(part).is_empty() {
            if i != 0 && i != last {
                return None;
            }
            count -= 1;
        }
    }
    Some(count)
}

/// The number of paragraphs between blank lines that are not empty, and the first word of the one at
/// position `nth`, empty ones counted, in small letters up to its first mark.
pub(super) fn first_word(text: &str, nth: usize) -> (usize, Option<String>) {
    let parts: Vec<&str> = text.split("\n\n").collect();
    let count = parts.iter().filter(|part| !strip(part).is_empty()).count();
    let part = parts.get(nth - 1).filter(|_| nth <= count);
    let word = part.and_then(|part| part.split(is_python_space).find(|word| !word.is_empty()));
    let word = word.map(|word| {
        let word = word.trim_start_matches('\'').trim_start_matches('"');
        let end = word.find(['.', ',', '?', '!', '\'', '"']).unwrap_or(word.len());
        word[..end].chars().flat_map(char::to_lowercase).collect()
    });
    (count, word)
}

/// Whether `text` is two different texts with `******` between them.
pub(super) fn is_two_responses(text: &str) -> bool {
    let parts: Vec<&str> = text.split("******").map(strip).collect();
    let inner = parts.get(1..parts.len() - 1).unwrap_or_default();
    let full: Vec<&&str> = parts.iter().filter(|part| !part.is_empty()).collect();
    inner.iter().all(|part| !part.is_empty()) && full.len() == 2 && full[0] != full[1]
}

/// Whether `text` is JSON, perhaps within three backticks.
pub(super) fn is_json(text: &str) -> bool {
    let mut body = strip(text);
    for fence in ["```json", "```Json", "```JSON", "```"] {
        body = body.strip_prefix(fence).unwrap_or(body);
    }
    let body = strip(body.strip_suffix("```").unwrap_or(body));
    json_text::is_json(body, Grammar::Python)
}

/// Whether some line has a title between double angular brackets.
pub(super) fn has_title(text: &str) -> bool {
    static TITLE: LazyLock<Regex> = LazyLock::new(|| pattern(r"<<[^\n]+>>"));
    TITLE.find_iter(text).any(|found| {
        let title = found.as_str().trim_start_matches('<').trim_end_matches('>');
        !strip(title).is_empty()
    })
}

/// Words in capitals.
pub(super) fn capital_words(text: &str) -> usize {
    let mut count = 0;
    for_each_token(text, |token| count += usize::from(is_upper(token)));
    count
}

/// Python's `str.isupper`: some letter is a capital, and none is small or a title letter.
pub(super) fn is_upper(text: &str) -> bool {
    text.contains(char::is_uppercase) && !text.contains(|c: char| c.is_lowercase() || is_title(c))
}

/// Python's `str.islower`.
pub(super) fn is_lower(text: &str) -> bool {
    text.contains(char::is_lowercase) && !text.contains(|c: char| c.is_uppercase() || is_title(c))
}

/// Letters such as `ǅ` that are a capital and a small letter at once.
fn is_title(c: char) -> bool {
    !c.is_uppercase() && !c.is_lowercase() && !c.to_lowercase().eq([c])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quirks() {
        assert_eq!(words("don't re-do 3.14 हिन्दी"), 7);
        assert_eq!(bullets("* a\n*b\n** c\n- d\n  -e\n*\nf"), 5);
        assert_eq!(highlights("*a* **b** * * ** **"), 2);
        assert_eq!(starred_paragraphs("a\n***\nb\n***\n"), Some(2));
        assert_eq!(starred_paragraphs("a\n***\n \n***\nb"), None);
        assert_eq!(first_word("\n\n\"It's\n\nb", 2), (2, Some("it".into())));
        assert_eq!(first_word("a", 2), (1, None));
        assert!(is_two_responses("a\n******\nb") && !is_two_responses("a ****** a"));
        assert!(!is_two_responses("a ****** ****** b") && !is_two_responses("a"));
        assert!(is_json("```json\n{\"a\": 1e999}```") && !is_json("a"));
        assert!(is_json("{\"a\": NaN, \"b\": \"\\ud83d\"}") && !is_json("nan"));
        assert!(has_title("<<<a>>") && !has_title("<<>>") && !has_title("<< >>"));
        assert_eq!(capital_words("I CAN'T, X1 ok A. 12"), 5);
        assert!(is_upper("A1!") && !is_upper("1") && !is_upper("Aǅ") && is_lower("aß"));
    }
}
