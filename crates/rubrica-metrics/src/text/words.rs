//! Words and tokens.

use rubrica_core::Span;
use unicode_segmentation::UnicodeSegmentation;

use super::spans_of;

/// The words of `text` by Unicode Standard Annex 29: segments that hold a letter or a digit.
///
/// Punctuation and emoji are no words, `can't` and `3.14` are one word each, a Han ideograph is a
/// word of its own.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.unicode_words()
}

/// The places of [`words`].
pub fn word_spans(text: &str) -> Vec<Span> {
    let ranges: Vec<_> =
        text.unicode_word_indices().map(|(at, word)| at..at + word.len()).collect();
    spans_of(text, &ranges)
}

/// The parts of `text` between white space, where white space is what Python's `str.split` splits
/// at: Unicode white space and the separators U+001C to U+001F.
///
/// The reference tools of most metrics are written in Python, so their tokens end here too.
pub fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < text.len() && space_at(text, at) > 0 {
            at += space_at(text, at);
        }
        let from = at;
        while at < text.len() && space_at(text, at) == 0 {
            at += 1;
        }
        (from < at).then(|| &text[from..at])
    })
}

/// Bytes of the white space that starts at the byte `at`, as [`tokens`] has it; 0 for anything else.
#[inline]
fn space_at(text: &str, at: usize) -> usize {
    match text.as_bytes()[at] {
        b'\t'..=b'\r' | 0x1c..=b' ' => 1,
        // What other white space begins with: U+0085, U+00A0; U+1680; U+2000 to U+205F; U+3000.
        0xc2 | 0xe1..=0xe3 => {
            let first = text[at..].chars().next();
            first.filter(|c| is_python_space(*c)).map_or(0, char::len_utf8)
        }
        _ => 0,
    }
}

/// What Python's `str.isspace` holds for white space.
pub(crate) fn is_python_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_letters_and_digits() {
        let found: Vec<&str> = words("Can't stop 3.14, e.g. 🎉 naïve re-do 你好!").collect();
        assert_eq!(found, ["Can't", "stop", "3.14", "e.g", "naïve", "re", "do", "你", "好"]);
        assert_eq!(words("🎉 ... --").count(), 0);
    }

    #[test]
    fn tokens_end_at_every_white_space() {
        for c in (0..=u32::from(char::MAX)).filter_map(char::from_u32) {
            let text = format!("a{c}é {c}{c}");
            let expected: Vec<&str> =
                text.split(is_python_space).filter(|token| !token.is_empty()).collect();
            assert!(tokens(&text).eq(expected), "{c:?}");
        }
    }

    #[test]
    fn word_places_count_scalars() {
        assert_eq!(word_spans("é, 😀 ab"), [Span::new(0, 1), Span::new(5, 7)]);
    }

    #[test]
    fn tokens_split_as_python_does() {
        let found: Vec<&str> = tokens(" a\u{1c}b\u{a0}c\u{200b}d\u{3000}e\n").collect();
        assert_eq!(found, ["a", "b", "c\u{200b}d", "e"]);
    }
}
