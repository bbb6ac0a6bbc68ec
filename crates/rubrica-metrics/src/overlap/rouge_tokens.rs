//! Tokens of ROUGE.

use std::borrow::Cow;

use rubrica_core::Signature;
use serde::{Deserialize, Serialize};

use crate::text::{porter_stem, words};

/// What ROUGE takes for a token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RougeTokenizer {
    /// Runs of ASCII letters and digits, as in `rouge_score`. Text of other scripts has none.
    #[default]
    Ascii,
    /// Words of any script: see [`crate::text::words`].
    Unicode,
}

/// Options of the ROUGE metrics.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RougeOptions {
    /// Compares Porter stems of words longer than three letters.
    pub use_stemmer: bool,
    /// What a token is.
    pub tokenizer: RougeTokenizer,
}

impl RougeOptions {
    /// The tokens of `text` in small letters.
    pub(super) fn tokens(self, text: &str) -> Vec<String> {
        self.tokens_of_lower(&text.to_lowercase()).into_iter().map(Cow::into_owned).collect()
    }

    /// The tokens of a text in small letters.
    pub(super) fn tokens_of_lower(self, text: &str) -> Vec<Cow<'_, str>> {
        let stem = |token| {
            // Counted in letters, though tokens are ASCII by default.
            if self.use_stemmer && str::chars(token).nth(3).is_some() {
                Cow::Owned(porter_stem(token))
            } else {
                Cow::Borrowed(token)
            }
        };
        match self.tokenizer {
            RougeTokenizer::Ascii => ascii_words(text).map(stem).collect(),
            RougeTokenizer::Unicode => words(text).map(stem).collect(),
        }
    }

    pub(super) fn sign(self, signature: Signature) -> Signature {
        let signature = signature.with("stem", if self.use_stemmer { "porter" } else { "no" });
        match self.tokenizer {
            RougeTokenizer::Ascii => signature.with("tok", "ascii"),
            RougeTokenizer::Unicode => signature.with("tok", "unicode"),
        }
    }
}

/// Runs of small ASCII letters and digits.
fn ascii_words(text: &str) -> impl Iterator<Item = &str> {
    let bytes = text.as_bytes();
    let stands = |at: usize| matches!(bytes[at], b'a'..=b'z' | b'0'..=b'9');
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() && !stands(at) {
            at += 1;
        }
        let from = at;
        while at < bytes.len() && stands(at) {
            at += 1;
        }
        (from < at).then(|| &text[from..at])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_of_both_kinds() {
        let stemmed = RougeOptions { use_stemmer: true, ..RougeOptions::default() };
        assert_eq!(
            stemmed.tokens("The Cats' naïve-running, 42x"),
            ["the", "cat", "na", "ve", "run", "42x"]
        );
        let unicode = RougeOptions { tokenizer: RougeTokenizer::Unicode, use_stemmer: false };
        assert_eq!(unicode.tokens("Naïve 你好!"), ["naïve", "你", "好"]);
        assert!(RougeOptions::default().tokens("你好!").is_empty());
    }
}
