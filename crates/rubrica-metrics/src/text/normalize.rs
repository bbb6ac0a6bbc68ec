//! Ways to make texts comparable.

use super::category::is_mark;
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
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    let mut within_word = false;
    while let Some(c) = rest.chars().next() {
        let article = ["an", "a", "the"].into_iter().find_map(|article| rest.strip_prefix(article));
        match article.filter(|after| !within_word && !after.starts_with(is_python_word)) {
            Some(after) => {
                kept.push(' ');
                rest = after;
                // An article ends in a letter.
                within_word = true;
            }
            None => {
                kept.push(c);
                rest = &rest[c.len_utf8()..];
                within_word = is_python_word(c);
            }
        }
    }
    kept
}

/// What `\w` of Python's `re` matches. Unlike in other engines, combining marks are not part of it.
fn is_python_word(c: char) -> bool {
    c == '_' || (c.is_alphanumeric() && (c.is_ascii() || !is_mark(c)))
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
