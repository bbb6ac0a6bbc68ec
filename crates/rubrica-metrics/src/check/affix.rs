//! How a text starts and ends.

use rubrica_core::{Error, Result, Span};
use serde::{Deserialize, Serialize};

use super::Requirement;
use super::outcome::Outcome;
use super::phrase::{self, Comparison};

/// The text, without white space before it, starts with one of `phrases`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StartsWith {
    /// Phrases of which one must start the text.
    pub phrases: Vec<String>,
    /// Takes capitals and small letters for the same.
    #[serde(default)]
    pub ignore_case: bool,
}

impl Requirement for StartsWith {
    fn validate(&self) -> Result<()> {
        validate(&self.phrases)
    }

    fn run(&self, text: &str) -> Outcome {
        let start = text.len() - text.trim_start().len();
        let comparison = Comparison { ignore_case: self.ignore_case, whole_words: false };
        let found = self.phrases.iter().find_map(|phrase| {
            // One place suffices, and a long text is not searched to its end for it.
            let near = head(&text[start..], phrase);
            comparison.places(phrase, near).into_iter().find(|place| place.start == 0)
        });
        let list = list(&self.phrases);
        match found {
            Some(place) => Outcome::pass(format!("the text starts with {list}"))
                .at(Some(Span::from_bytes(text, start..start + place.end))),
            None => Outcome::fail(format!("the text does not start with {list}"))
                .suggest(format!("Start with {list}.")),
        }
    }
}

/// The text, without white space after it, ends with one of `phrases`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndsWith {
    /// Phrases of which one must end the text.
    pub phrases: Vec<String>,
    /// Takes capitals and small letters for the same.
    #[serde(default)]
    pub ignore_case: bool,
}

impl Requirement for EndsWith {
    fn validate(&self) -> Result<()> {
        validate(&self.phrases)
    }

    fn run(&self, text: &str) -> Outcome {
        let text = text.trim_end();
        let found = self.phrases.iter().find_map(|phrase| {
            // From the right, as many scalars as the phrase has: case changes no number of scalars
            // in a comparison of single characters.
            let scalars = phrase.chars().count();
            let start = text.char_indices().rev().nth(scalars.saturating_sub(1))?.0;
            let comparison = Comparison { ignore_case: self.ignore_case, whole_words: false };
            let whole = 0..text.len() - start;
            comparison.places(phrase, &text[start..]).contains(&whole).then_some(start)
        });
        let list = list(&self.phrases);
        match found {
            Some(start) => Outcome::pass(format!("the text ends with {list}"))
                .at(Some(Span::from_bytes(text, start..text.len()))),
            None => Outcome::fail(format!("the text does not end with {list}"))
                .suggest(format!("End with {list}.")),
        }
    }
}

fn validate(phrases: &[String]) -> Result<()> {
    if phrases.is_empty() {
        return Err(Error::invalid("phrases", "is empty", "at least one phrase"));
    }
    phrase::validate("phrases", phrases)
}

/// The first scalars of `text`, as many as `phrase` has.
fn head<'a>(text: &'a str, phrase: &str) -> &'a str {
    let end = text.char_indices().nth(phrase.chars().count()).map_or(text.len(), |(at, _)| at);
    &text[..end]
}

fn list(phrases: &[String]) -> String {
    let list = phrase::list(&phrases.iter().map(String::as_str).collect::<Vec<_>>());
    if phrases.len() > 1 { format!("one of {list}") } else { list }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_around_the_text_does_not_count() {
        let phrases = vec!["Dear".to_owned(), "HÉLLO".to_owned()];
        let starts = StartsWith { phrases: phrases.clone(), ignore_case: true };
        let result = starts.run(" \nhéllo you").named("");
        assert_eq!((result.passed, result.span), (true, Some(Span::new(2, 7))));
        assert!(!starts.run("I say hello").named("").passed);
        assert!(!starts.run("").named("").passed);
        let ends = EndsWith { phrases, ignore_case: true };
        let result = ends.run("😀 my dear \n").named("");
        assert_eq!((result.passed, result.span), (true, Some(Span::new(5, 9))));
        let result = ends.run("dear me").named("");
        assert_eq!(result.found, "the text does not end with one of `Dear`, `HÉLLO`");
        assert!(!ends.run("r").named("").passed);
    }
}
