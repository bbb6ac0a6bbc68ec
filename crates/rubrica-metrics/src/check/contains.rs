//! Phrases that must or must not occur.

use rubrica_core::{Error, Result, Span};
use serde::{Deserialize, Serialize};

use super::outcome::{Outcome, quoted};
use super::phrase::{self, Comparison};
use super::{Requirement, check_bounds, within_bounds};

/// All of `all` occur, and at least one of `any` unless there are none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Contains {
    /// Phrases that must all occur.
    pub all: Vec<String>,
    /// Phrases of which one must occur.
    pub any: Vec<String>,
    /// Takes capitals and small letters for the same.
    pub ignore_case: bool,
    /// Finds a phrase only where no letter or digit goes on at its ends.
    pub whole_words: bool,
}

impl Requirement for Contains {
    fn validate(&self) -> Result<()> {
        if self.all.is_empty() && self.any.is_empty() {
            return Err(Error::invalid("all", "is empty, as is any", "at least one phrase"));
        }
        phrase::validate("all", &self.all)?;
        phrase::validate("any", &self.any)
    }

    fn run(&self, text: &str) -> Outcome {
        let comparison =
            Comparison { ignore_case: self.ignore_case, whole_words: self.whole_words };
        let place = |phrase: &String| comparison.places(phrase, text).into_iter().next();
        let missing: Vec<&str> =
            self.all.iter().filter(|p| place(p).is_none()).map(String::as_str).collect();
        if !missing.is_empty() {
            let list = phrase::list(&missing);
            return Outcome::fail(format!("{list} does not occur"))
                .suggest(format!("Mention {list}."));
        }
        let found = self.any.iter().chain(&self.all).find_map(|p| Some((p, place(p)?)));
        match found {
            Some((phrase, place)) if self.any.is_empty() || self.any.contains(phrase) => {
                Outcome::pass(format!("{} occurs", quoted(phrase)))
                    .at(Some(Span::from_bytes(text, place)))
            }
            _ => {
                let list = phrase::list(&self.any.iter().map(String::as_str).collect::<Vec<_>>());
                Outcome::fail(format!("none of {list} occurs"))
                    .suggest(format!("Mention one of {list}."))
            }
        }
    }
}

/// None of `phrases` occurs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotContains {
    /// Phrases that must not occur.
    pub phrases: Vec<String>,
    /// Takes capitals and small letters for the same.
    #[serde(default)]
    pub ignore_case: bool,
    /// Finds a phrase only where no letter or digit goes on at its ends.
    #[serde(default)]
    pub whole_words: bool,
}

impl Requirement for NotContains {
    fn validate(&self) -> Result<()> {
        if self.phrases.is_empty() {
            return Err(Error::invalid("phrases", "is empty", "at least one phrase"));
        }
        phrase::validate("phrases", &self.phrases)
    }

    fn run(&self, text: &str) -> Outcome {
        let comparison =
            Comparison { ignore_case: self.ignore_case, whole_words: self.whole_words };
        let found = self
            .phrases
            .iter()
            .filter_map(|phrase| {
                Some((phrase, comparison.places(phrase, text).into_iter().next()?))
            })
            .min_by_key(|(_, place)| place.start);
        match found {
            None => Outcome::pass("no such phrase occurs"),
            Some((phrase, place)) => Outcome::fail(format!("{} occurs", quoted(phrase)))
                .at(Some(Span::from_bytes(text, place)))
                .suggest(format!("Leave out {}.", quoted(phrase))),
        }
    }
}

/// `phrase` occurs from `min` to `max` times, without overlap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Occurrences {
    /// What is counted.
    pub phrase: String,
    /// Fewest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<usize>,
    /// Most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<usize>,
    /// Takes capitals and small letters for the same.
    #[serde(default)]
    pub ignore_case: bool,
    /// Finds the phrase only where no letter or digit goes on at its ends.
    #[serde(default)]
    pub whole_words: bool,
}

impl Requirement for Occurrences {
    fn validate(&self) -> Result<()> {
        check_bounds(self.min, self.max)?;
        phrase::validate_one("phrase", &self.phrase)
    }

    fn run(&self, text: &str) -> Outcome {
        let comparison =
            Comparison { ignore_case: self.ignore_case, whole_words: self.whole_words };
        let places = comparison.places(&self.phrase, text);
        let phrase = quoted(&self.phrase);
        let nouns = [format!("occurrence of {phrase}"), format!("occurrences of {phrase}")];
        within_bounds(places.len(), nouns.each_ref().map(String::as_str), self.min, self.max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrases(phrases: &[&str]) -> Vec<String> {
        phrases.iter().map(|phrase| (*phrase).to_owned()).collect()
    }

    #[test]
    fn all_and_any() {
        let check =
            Contains { all: phrases(&["b"]), any: phrases(&["x", "c"]), ..Contains::default() };
        let result = check.run("😀 b c").named("");
        assert_eq!((result.passed, result.span), (true, Some(Span::new(4, 5))));
        let result = check.run("b").named("");
        assert_eq!((result.passed, &*result.found), (false, "none of `x`, `c` occurs"));
        let result = check.run("c").named("");
        assert_eq!(result.suggestion.as_deref(), Some("Mention `b`."));
        assert!(!check.run("").named("").passed);
    }

    #[test]
    fn the_first_forbidden_phrase_is_shown() {
        let check = NotContains {
            phrases: phrases(&["bad", "worse"]),
            ignore_case: true,
            whole_words: true,
        };
        let result = check.run("é Worse, badly. Bad").named("");
        assert_eq!((result.passed, result.span), (false, Some(Span::new(2, 7))));
        assert!(check.run("badly").named("").passed);
    }

    #[test]
    fn occurrences_are_counted() {
        let check = Occurrences {
            phrase: "ha".into(),
            min: Some(2),
            max: Some(2),
            ignore_case: false,
            whole_words: false,
        };
        assert!(check.run("haha").named("").passed);
        let result = check.run("ha").named("");
        assert_eq!(
            result.found,
            "the text has 1 occurrence of `ha`; expected 2 occurrences of `ha`"
        );
        assert_eq!(result.suggestion.as_deref(), Some("Add 1 occurrence of `ha`."));
    }
}
