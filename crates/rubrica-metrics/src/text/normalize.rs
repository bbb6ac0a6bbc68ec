//! Ways to make texts comparable.

use std::sync::LazyLock;

use regex::Regex;

use super::words::tokens;

/// The ASCII punctuation that Python calls `string.punctuation`.
pub(crate) fn is_ascii_punctuation(c: char) -> bool {
    c.is_ascii_punctuation()
}

/// `text` as the SQuAD evaluation reads answers: small letters, without ASCII punctuation, without
/// the articles `a`, `an` and `the`, one space between words.
///
/// Rajpurkar et al., "SQuAD: 100,000+ Questions for Machine Comprehension of Text", EMNLP 2016.
pub fn squad_normalized(text: &str) -> String {
    let text: String = text.to_lowercase().chars().filter(|c| !is_ascii_punctuation(*c)).collect();
    let text = without_articles(&text);
    tokens(&text).collect::<Vec<_>>().join(" ")
}

/// `text` with a space in place of every `a`, `an` and `the` that stands between word boundaries,
/// as Python's `re` sees them.
fn without_articles(text: &str) -> String {
    static ARTICLE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new("an|a|the").expect("valid pattern"));
    let mut kept = String::with_capacity(text.len());
    let mut from = 0;
    for found in ARTICLE.find_iter(text) {
        let before = text[..found.start()].chars().next_back();
        let after = text[found.end()..].chars().next();
        if !before.is_some_and(is_python_word) && !after.is_some_and(is_python_word) {
            kept.push_str(&text[from..found.start()]);
            kept.push(' ');
            from = found.end();
        }
    }
    kept.push_str(&text[from..]);
    kept
}

/// What `\w` of Python's `re` matches. Unlike in other engines, combining marks are not part of it.
fn is_python_word(c: char) -> bool {
    static MARK: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\p{M}$").expect("valid pattern"));
    c == '_'
        || (c.is_alphanumeric() && (c.is_ascii() || !MARK.is_match(c.encode_utf8(&mut [0; 4]))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_and_punctuation_go() {
        assert_eq!(squad_normalized("The  U.S.A., an ally; a\tfriend!"), "usa ally friend");
        assert_eq!(squad_normalized("Theory banana _a a_ 'a'"), "theory banana");
        assert_eq!(squad_normalized("the the a"), "");
        assert_eq!(squad_normalized("DÉJÀ vu — “the”"), "déjà vu — “ ”");
    }

    #[test]
    fn a_combining_mark_bounds_a_word() {
        assert_eq!(squad_normalized("a\u{301}b"), "\u{301}b");
    }
}
