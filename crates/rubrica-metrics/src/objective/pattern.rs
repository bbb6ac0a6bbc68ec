//! The pattern that finds an answer, in builds that have a pattern engine.

#[cfg(feature = "checks")]
use regex::Regex;
use rubrica_core::{Error, Result};

/// A regular expression that was compiled.
#[derive(Debug, Clone)]
#[cfg(feature = "checks")]
pub(super) struct AnswerPattern(Regex);

#[cfg(feature = "checks")]
impl AnswerPattern {
    /// # Errors
    /// [`Error::Invalid`] at `extract` for a pattern that is none.
    pub(super) fn new(pattern: &str) -> Result<Self> {
        Regex::new(pattern).map(Self).map_err(|error| {
            let reason = error.to_string();
            let reason = reason.lines().last().unwrap_or_default().trim();
            let problem = format!("is no pattern ({reason})");
            Error::invalid("extract", problem, "a regular expression")
        })
    }

    /// The first group of the last match, or all of it.
    pub(super) fn last<'a>(&self, text: &'a str) -> Option<&'a str> {
        let found = self.0.captures_iter(text).last()?;
        Some(found.get(1).or(found.get(0))?.as_str())
    }
}

/// A regular expression that this build cannot compile, so that there is none.
#[derive(Debug, Clone)]
#[cfg(not(feature = "checks"))]
pub(super) enum AnswerPattern {}

#[cfg(not(feature = "checks"))]
impl AnswerPattern {
    /// # Errors
    /// `no_patterns` at `extract`.
    pub(super) fn new(pattern: &str) -> Result<Self> {
        Err(Error::Metric {
            code: "no_patterns",
            path: "extract".into(),
            message: format!(
                "is the pattern `{pattern}`; expected a build with the feature checks"
            ),
        })
    }

    /// Never called, since no pattern exists.
    pub(super) fn last<'a>(&self, _text: &'a str) -> Option<&'a str> {
        match *self {}
    }
}
