//! The tokenizers of sacreBLEU that need no data of their own.
//!
//! `13a` is that of `mteval-v13a.pl`, `intl` that of `mteval-v14.pl --international-tokenization`.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::western::{around_marks_and_stops, pairs, unescaped};
use crate::text::{is_punctuation, is_python_space, is_symbol};

/// How BLEU parts a text into tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum BleuTokenizer {
    /// At ASCII punctuation, but not within numbers.
    #[default]
    #[serde(rename = "13a")]
    V13a,
    /// At punctuation and symbols of any script, but not within numbers.
    #[serde(rename = "intl")]
    International,
    /// Every character.
    #[serde(rename = "char")]
    Character,
    /// Every Chinese character, and the rest as `13a` without its entities.
    #[serde(rename = "zh")]
    Chinese,
    /// Only at white space.
    #[serde(rename = "none")]
    None,
}

impl BleuTokenizer {
    /// The name in sacreBLEU.
    pub fn name(self) -> &'static str {
        match self {
            Self::V13a => "13a",
            Self::International => "intl",
            Self::Character => "char",
            Self::Chinese => "zh",
            Self::None => "none",
        }
    }

    /// `text`, in small letters where asked for, with white space between its tokens and none at its
    /// end: what the metrics of machine translation count in.
    pub(crate) fn prepared(self, text: &str, lowercase: bool) -> String {
        let lower;
        let text = if lowercase {
            lower = text.to_lowercase();
            &lower
        } else {
            text
        };
        self.spaced(text.trim_end_matches(is_python_space))
    }

    /// `text` with white space between its tokens.
    fn spaced(self, text: &str) -> String {
        match self {
            Self::V13a => v13a(text),
            Self::International => international(text),
            Self::Character => text.chars().flat_map(|c| [c, ' ']).collect(),
            Self::Chinese => chinese(text),
            Self::None => text.to_owned(),
        }
    }
}

fn v13a(text: &str) -> String {
    // Most texts have none of these.
    let text = match text.bytes().any(|byte| matches!(byte, b'<' | b'\n')) {
        true => Cow::Owned(text.replace("<skipped>", "").replace("-\n", "").replace('\n', " ")),
        false => Cow::Borrowed(text),
    };
    around_marks_and_stops(&unescaped(&text), true)
}

fn international(text: &str) -> String {
    let text =
        pairs(text, |a, b| (!a.is_numeric() && is_punctuation(b)).then_some([a, ' ', b, ' ']));
    let text =
        pairs(&text, |a, b| (is_punctuation(a) && !b.is_numeric()).then_some([' ', a, ' ', b]));
    let mut spaced = String::with_capacity(text.len());
    for c in text.chars() {
        if is_symbol(c) {
            spaced.extend([' ', c, ' ']);
        } else {
            spaced.push(c);
        }
    }
    spaced
}

fn chinese(text: &str) -> String {
    let text = text.trim_matches(is_python_space);
    let mut spaced = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        if is_chinese(c) {
            spaced.extend([' ', c, ' ']);
        } else {
            spaced.push(c);
        }
    }
    around_marks_and_stops(&spaced, false)
}

/// The characters that sacreBLEU's `zh` tokenizer takes for Chinese.
///
/// sacreBLEU means to list U+20000 to U+2A6D6 and U+2F800 to U+2FA1D, but writes them with four
/// digits, so that what counts is U+2001 to U+2A6D (and nothing more for the second range). Kept for equal
/// scores.
fn is_chinese(c: char) -> bool {
    matches!(u32::from(c),
        0x3400..=0x4DB5 | 0x4E00..=0x9FBB | 0xF900..=0xFA2D | 0xFA30..=0xFA6A
        | 0xFA70..=0xFAD9 | 0xFF00..=0xFFEF | 0x2E80..=0x2EFF | 0x3000..=0x303F | 0x31C0..=0x31EF
        | 0x2F00..=0x2FDF | 0x2FF0..=0x2FFF | 0x3100..=0x312F | 0x31A0..=0x31BF | 0xFE10..=0xFE1F
        | 0xFE30..=0xFE4F | 0x2600..=0x27BF | 0x3200..=0x33FF
        | 0x2001..=0x2A6D)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(tokenizer: BleuTokenizer, text: &str, expected: &str) {
        let spaced = tokenizer.spaced(text);
        let tokens: Vec<&str> =
            spaced.split(is_python_space).filter(|token| !token.is_empty()).collect();
        assert_eq!(tokens.join(" "), expected);
    }

    #[test]
    fn western_punctuation() {
        use BleuTokenizer::V13a;
        check(V13a, "Hello, world! It's 3.14-ish.", "Hello , world ! It's 3.14 - ish .");
        check(V13a, "a &amp; b &lt;c&gt; x-\ny (z)", "a & b < c > xy ( z )");
        check(V13a, "1,000 items, and.so on 5.", "1,000 items , and . so on 5 .");
    }

    #[test]
    fn punctuation_of_any_script() {
        use BleuTokenizer::International;
        check(International, "„Hallo“, 5.000 €!", "„ Hallo “ , 5.000 € !");
        check(International, "In 1999.", "In 1999.");
    }

    #[test]
    fn characters() {
        check(BleuTokenizer::Character, "ab c", "a b c");
        check(BleuTokenizer::Chinese, "我爱Rust，对。", "我 爱 Rust ， 对 。");
        check(BleuTokenizer::None, "a,b c", "a,b c");
    }
}
