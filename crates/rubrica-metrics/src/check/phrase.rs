//! Looking for a phrase.

use std::ops::Range;

use rubrica_core::{Error, Result};

/// Longest phrase, in bytes.
const LONGEST: usize = 1_000;

/// How phrases are compared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Comparison {
    pub(super) ignore_case: bool,
    pub(super) whole_words: bool,
}

impl Comparison {
    /// The places of `phrase` in `text`, as bytes, from left to right without overlap.
    pub(super) fn places(self, phrase: &str, text: &str) -> Vec<Range<usize>> {
        if !self.ignore_case && !self.whole_words {
            return text.match_indices(phrase).map(|(at, found)| at..at + found.len()).collect();
        }
        let pattern = regex::RegexBuilder::new(&regex::escape(phrase))
            .case_insensitive(self.ignore_case)
            .build()
            .expect("an escaped phrase of limited length is a valid pattern");
        let letter = |c: char| c.is_alphanumeric() || c == '_';
        // True between two letters or digits.
        let inside_word =
            |at: usize| text[..at].ends_with(letter) && text[at..].starts_with(letter);
        let whole = |place: &Range<usize>| !inside_word(place.start) && !inside_word(place.end);
        let places = pattern.find_iter(text).map(|found| found.range());
        places.filter(|place| !self.whole_words || whole(place)).collect()
    }
}

/// Refuses phrases that are empty or very long.
pub(super) fn validate(path: &str, phrases: &[String]) -> Result<()> {
    let mut numbered = phrases.iter().enumerate();
    numbered.try_for_each(|(i, phrase)| validate_one(&format!("{path}[{i}]"), phrase))
}

/// As [`validate`], for a single phrase.
pub(super) fn validate_one(path: &str, phrase: &str) -> Result<()> {
    if phrase.is_empty() {
        return Err(Error::invalid(path, "is empty", "a phrase"));
    }
    if phrase.len() > LONGEST {
        let problem = format!("has {} bytes", phrase.len());
        return Err(Error::invalid(path, problem, format!("at most {LONGEST}")));
    }
    Ok(())
}

/// Phrases for people: `a`, `b`.
pub(super) fn list(phrases: &[&str]) -> String {
    phrases.iter().map(|phrase| super::outcome::quoted(phrase)).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_words() {
        let places = |phrase, text, ignore_case, whole_words| -> Vec<[usize; 2]> {
            let places = Comparison { ignore_case, whole_words }.places(phrase, text);
            places.into_iter().map(|place| [place.start, place.end]).collect()
        };
        assert_eq!(places("cat", "Cat cats cat", false, false), [[4, 7], [9, 12]]);
        assert_eq!(places("cat", "Cat cats cat", true, false), [[0, 3], [4, 7], [9, 12]]);
        assert_eq!(places("cat", "Cat cats cat", true, true), [[0, 3], [9, 12]]);
        assert_eq!(places("ÄRGER", "ärger", true, false), [[0, 6]]);
        assert_eq!(places("(a.b", "x(A.B", true, false), [[1, 5]]);
        assert_eq!(places("!", "Hi!", false, true), [[2, 3]]);
    }

    #[test]
    fn the_longest_phrase_compiles_without_case() {
        let phrase = "ſ".repeat(LONGEST / 2);
        let comparison = Comparison { ignore_case: true, whole_words: true };
        assert_eq!(comparison.places(&phrase, &phrase).len(), 1);
    }
}
