//! How long a text is.

use rubrica_core::Result;
use serde::{Deserialize, Serialize};

use super::outcome::Outcome;
use super::{Requirement, check_bounds, within_bounds};
use crate::text::{paragraphs, sentences, words};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LengthUnit {
    /// Unicode scalars, without white space at the ends of the text.
    Characters,
    /// Words: see [`words`].
    Words,
    /// Sentences: see [`sentences`].
    Sentences,
    /// Paragraphs: see [`paragraphs`].
    Paragraphs,
    /// Lines that are not blank.
    Lines,
}

/// The text has from `min` to `max` of `unit`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Length {
    /// What is counted.
    pub unit: LengthUnit,
    /// Fewest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<usize>,
    /// Most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<usize>,
}

impl Requirement for Length {
    fn validate(&self) -> Result<()> {
        check_bounds(self.min, self.max)
    }

    fn run(&self, text: &str) -> Outcome {
        let (count, nouns) = match self.unit {
            LengthUnit::Characters => (text.trim().chars().count(), ["character", "characters"]),
            LengthUnit::Words => (words(text).count(), ["word", "words"]),
            LengthUnit::Sentences => (sentences(text).len(), ["sentence", "sentences"]),
            LengthUnit::Paragraphs => (paragraphs(text).len(), ["paragraph", "paragraphs"]),
            LengthUnit::Lines => {
                (text.lines().filter(|line| !line.trim().is_empty()).count(), ["line", "lines"])
            }
        };
        within_bounds(count, nouns, self.min, self.max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_and_bounds() {
        let text = " One two. Three!\n\nFour\n";
        for (unit, count) in [
            (LengthUnit::Characters, 21),
            (LengthUnit::Words, 4),
            (LengthUnit::Sentences, 3),
            (LengthUnit::Paragraphs, 2),
            (LengthUnit::Lines, 2),
        ] {
            let passes = |min, max| Length { unit, min, max }.run(text).named("").passed;
            assert!(passes(Some(count), Some(count)), "{unit:?}");
            assert!(!passes(Some(count + 1), None) && !passes(None, Some(count - 1)), "{unit:?}");
        }
        let result =
            Length { unit: LengthUnit::Words, min: None, max: Some(1) }.run(text).named("");
        assert_eq!(result.found, "the text has 4 words; expected at most 1 word");
        assert_eq!(result.suggestion.as_deref(), Some("Remove 3 words."));
    }
}
