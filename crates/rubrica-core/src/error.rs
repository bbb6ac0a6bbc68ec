//! The one error type that crosses crate and language boundaries.

/// Result with [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, where, and what was expected.
///
/// Every variant has a stable [`Error::code`] for programs and an optional [`Error::path`] into the
/// input (`criteria[2].weight`), which both reach JavaScript as properties of a real `Error`.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A value that parsed but does not make sense.
    #[error("{}{problem}; expected {expected}", at(.path))]
    Invalid {
        /// Where in the input, as `criteria[2].weight`.
        path: String,
        /// What is there, with the value.
        problem: String,
        /// What would be right.
        expected: String,
    },
    /// Text that is not the JSON or YAML that was expected.
    #[error("{}{message}", at(.path))]
    Parse {
        /// Where in the input; empty when the text as a whole does not parse.
        path: String,
        /// The parser's message, with line and column where it has them.
        message: String,
    },
    /// A text that must not be empty is.
    #[error("{path}: text is empty; expected at least one visible character")]
    EmptyText {
        /// Which field.
        path: String,
    },
    /// A text over the limit of the protocol that reads it.
    #[error("{path}: text has {length} characters; expected at most {limit}")]
    TextTooLong {
        /// Which field.
        path: String,
        /// Unicode scalars in the text.
        length: usize,
        /// The limit in Unicode scalars.
        limit: usize,
    },
    /// A JavaScript string with a lone surrogate, which no UTF-8 text can hold.
    #[error(
        "{path}: lone surrogate at UTF-16 index {index}; expected well-formed text (see String.prototype.toWellFormed)"
    )]
    LoneSurrogate {
        /// Which field.
        path: String,
        /// UTF-16 index of the surrogate.
        index: usize,
    },
    /// A name that no catalogue entry has.
    #[error("{}unknown {what} `{name}`; expected one of {known}", at(.path))]
    Unknown {
        /// Where in the input; empty when the name is all there is.
        path: String,
        /// What kind of thing: metric, model, rubric, check.
        what: &'static str,
        /// The name given.
        name: String,
        /// The names there are, joined by `, `.
        known: String,
    },
    /// A protocol that needs a model was called without it.
    #[error("{protocol} needs {needs}, and no such model is loaded")]
    MissingModel {
        /// The protocol.
        protocol: &'static str,
        /// The capability that is missing.
        needs: &'static str,
    },
    /// The caller cancelled.
    #[error("cancelled by the caller after {done} of {total} {unit}")]
    Cancelled {
        /// Units of work finished.
        done: usize,
        /// Units of work asked for.
        total: usize,
        /// What is counted.
        unit: &'static str,
    },
    /// A model could not be loaded or run. `code` is one of the model crate's stable codes.
    #[error("{message}")]
    Model {
        /// Stable code, such as `weights_truncated` or `device_lost`.
        code: &'static str,
        /// What, where, expected.
        message: String,
    },
    /// A metric or check refused its input or options. `code` is one of the metric crate's codes.
    #[error("{}{message}", at(.path))]
    Metric {
        /// Stable code, such as `missing_reference`.
        code: &'static str,
        /// Where in the input, if known.
        path: String,
        /// What, where, expected.
        message: String,
    },
    /// A statistic that has no value on these data. `code` is one of the statistics crate's codes.
    #[error("{}{message}", at(.path))]
    Statistic {
        /// Stable code, such as `too_few_values` or `not_connected`.
        code: &'static str,
        /// Where in the input, if known.
        path: String,
        /// What, where, expected.
        message: String,
    },
}

/// The place of `path` within `prefix`: `rubric` + `criteria[0].id`, `line 3` + `score`. Either may be empty.
pub fn path_within(prefix: &str, path: &str) -> String {
    match path.chars().next() {
        None => prefix.to_owned(),
        // A line is a place outside the JSON.
        Some(_) if prefix.starts_with("line ") || path.starts_with("line ") => {
            format!("{prefix}: {path}")
        }
        Some('[') => format!("{prefix}{path}"),
        Some(_) => format!("{prefix}.{path}"),
    }
}

fn at(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!("{path}: ") }
}

impl Error {
    /// A value at `path` that parsed but is wrong.
    pub fn invalid(
        path: impl Into<String>,
        problem: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self::Invalid { path: path.into(), problem: problem.into(), expected: expected.into() }
    }

    /// A stable identifier for programs. Codes are never reused for another meaning.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Invalid { .. } => "invalid_input",
            Self::Parse { .. } => "parse_error",
            Self::EmptyText { .. } => "empty_text",
            Self::TextTooLong { .. } => "text_too_long",
            Self::LoneSurrogate { .. } => "lone_surrogate",
            Self::Unknown { .. } => "unknown_name",
            Self::MissingModel { .. } => "missing_model",
            Self::Cancelled { .. } => "cancelled",
            Self::Model { code, .. } | Self::Metric { code, .. } | Self::Statistic { code, .. } => {
                code
            }
        }
    }

    /// Where in the input, if the error is about one place of it.
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::Invalid { path, .. }
            | Self::Parse { path, .. }
            | Self::EmptyText { path }
            | Self::TextTooLong { path, .. }
            | Self::LoneSurrogate { path, .. }
            | Self::Unknown { path, .. }
            | Self::Metric { path, .. }
            | Self::Statistic { path, .. } => (!path.is_empty()).then_some(path),
            Self::MissingModel { .. } | Self::Cancelled { .. } | Self::Model { .. } => None,
        }
    }

    /// The same error with another path.
    #[must_use]
    pub fn with_path(mut self, new: impl Into<String>) -> Self {
        if let Self::Invalid { path, .. }
        | Self::Parse { path, .. }
        | Self::EmptyText { path }
        | Self::TextTooLong { path, .. }
        | Self::LoneSurrogate { path, .. }
        | Self::Unknown { path, .. }
        | Self::Metric { path, .. }
        | Self::Statistic { path, .. } = &mut self
        {
            *path = new.into();
        }
        self
    }

    /// The same error with `prefix` put before its path: `rubric` + `criteria[0].id`.
    #[must_use]
    pub fn within(self, prefix: &str) -> Self {
        let path = path_within(prefix, self.path().unwrap_or(""));
        self.with_path(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_says_what_where_expected() {
        let error = Error::invalid("criteria[2].weight", "weight is negative (-0.5)", ">= 0");
        assert_eq!(
            error.to_string(),
            "criteria[2].weight: weight is negative (-0.5); expected >= 0"
        );
        assert_eq!(error.code(), "invalid_input");
    }

    #[test]
    fn within_prefixes_paths() {
        let error = Error::invalid("criteria[0].id", "is empty", "a name").within("rubric");
        assert_eq!(error.path(), Some("rubric.criteria[0].id"));
        let error = Error::EmptyText { path: String::new() }.within("sample");
        assert_eq!(error.path(), Some("sample"));
        let error = Error::EmptyText { path: "[3]".into() }.within("samples");
        assert_eq!(error.path(), Some("samples[3]"));
    }
}
