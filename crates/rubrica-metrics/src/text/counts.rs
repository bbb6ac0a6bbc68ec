//! Counts of a text that readability formulas are made of.

use super::{sentence_texts, syllables, words};

/// Counts of a text, or sums of them.
///
/// Tools count differently, and the formulas inherit that. Here a word is a UAX 29 word with a letter
/// or a digit (`well-known` is two, `don't` one), a sentence is one of [`super::sentences`] (a heading or a
/// list item counts), letters and digits are counted without punctuation, and syllables are those of
/// [`syllables`](super::syllables()). `textstat` 0.7 counts `well-known` as one word, drops sentences of up to two words,
/// looks syllables up in CMUdict, and counts punctuation as characters in ARI.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Counts {
    /// Words.
    pub words: f64,
    /// Sentences that have words.
    pub sentences: f64,
    /// Syllables of all words.
    pub syllables: f64,
    /// Words of three and more syllables.
    pub polysyllables: f64,
    /// Letters of all words.
    pub letters: f64,
    /// Letters and digits of all words.
    pub characters: f64,
}

impl Counts {
    /// The counts of `text`.
    pub fn of(text: &str) -> Self {
        let mut counts = Self::default();
        for word in words(text) {
            let syllables = syllables(word);
            counts.words += 1.0;
            counts.syllables += syllables as f64;
            counts.polysyllables += f64::from(u8::from(syllables >= 3));
            counts.letters += word.chars().filter(|c| c.is_alphabetic()).count() as f64;
            counts.characters += word.chars().filter(|c| c.is_alphanumeric()).count() as f64;
        }
        let spoken = |sentence: &&str| sentence.chars().any(char::is_alphanumeric);
        counts.sentences = sentence_texts(text).iter().filter(|text| spoken(text)).count() as f64;
        counts
    }
}

/// True unless most letters of `text` are of another script than Latin.
pub(crate) fn is_mostly_latin(text: &str) -> bool {
    let (mut latin, mut other) = (0_usize, 0_usize);
    for c in text.chars().filter(|c| c.is_alphabetic()) {
        let is_latin = matches!(u32::from(c),
            0x41..=0x24F | 0x1E00..=0x1EFF | 0x2C60..=0x2C7F | 0xA720..=0xA7FF | 0xFB00..=0xFB06
            | 0xFF21..=0xFF5A);
        *(if is_latin { &mut latin } else { &mut other }) += 1;
    }
    latin >= other
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_a_text() {
        let counts = Counts::of("The cat can't sit. It's 3 well-known animals!\n");
        assert_eq!((counts.words, counts.sentences), (9.0, 2.0));
        assert_eq!((counts.syllables, counts.polysyllables), (11.0, 1.0));
        assert_eq!((counts.letters, counts.characters), (32.0, 33.0));
    }
}
