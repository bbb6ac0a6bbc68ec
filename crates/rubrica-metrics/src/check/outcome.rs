//! What a check found.

use rubrica_core::Span;
use serde::Serialize;

/// Whether a text met a requirement, and what was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckResult {
    /// Name of the check.
    pub id: String,
    /// True when the requirement is met.
    pub passed: bool,
    /// What was found, as a clause without a full stop.
    pub found: String,
    /// Where, if it is one place of the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
    /// What would mend it, as a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
}

/// A [`CheckResult`] before it has a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    passed: bool,
    found: String,
    span: Option<Span>,
    suggestion: Option<String>,
}

impl Outcome {
    pub(super) fn pass(found: impl Into<String>) -> Self {
        Self { passed: true, found: found.into(), span: None, suggestion: None }
    }

    pub(super) fn fail(found: impl Into<String>) -> Self {
        Self { passed: false, ..Self::pass(found) }
    }

    /// A pass, or else a fail.
    pub(super) fn when(passed: bool, found: impl Into<String>) -> Self {
        Self { passed, ..Self::pass(found) }
    }

    pub(super) fn at(mut self, span: Option<Span>) -> Self {
        self.span = span;
        self
    }

    /// The outcome with a suggestion, which only a fail keeps.
    pub(super) fn suggest(mut self, suggestion: impl Into<String>) -> Self {
        self.suggestion = (!self.passed).then(|| suggestion.into());
        self
    }

    pub(super) fn named(self, id: &str) -> CheckResult {
        let Self { passed, found, span, suggestion } = self;
        CheckResult { id: id.to_owned(), passed, found, span, suggestion }
    }
}

/// `text` in backquotes, cut after 60 characters.
pub(super) fn quoted(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((cut, _)) => format!("`{}…`", &text[..cut]),
        None => format!("`{text}`"),
    }
}
