//! Errors of this crate, all told as [`rubrica_core::Error`]: one constructor a stable code.

use rubrica_core::Error;

/// A metric that compares with a reference got none.
pub(crate) fn missing_reference(metric: &str) -> Error {
    Error::Metric {
        code: "missing_reference",
        path: "reference".into(),
        message: format!("{metric} got no reference; expected at least one"),
    }
}

/// A metric that looks at what the response answers got no instruction.
pub(crate) fn missing_instruction(metric: &str) -> Error {
    Error::Metric {
        code: "missing_instruction",
        path: "instruction".into(),
        message: format!("{metric} got no instruction; expected one"),
    }
}

/// A metric that compares with a source got none.
pub(crate) fn missing_context(metric: &str) -> Error {
    Error::Metric {
        code: "missing_context",
        path: "context".into(),
        message: format!("{metric} got no context; expected at least one passage"),
    }
}

/// A comparison whose cost grows with the product of two lengths would take too long.
pub(crate) fn texts_too_long(metric: &str, unit: &str, lengths: [usize; 2], limit: u64) -> Error {
    Error::Metric {
        code: "texts_too_long",
        path: "response".into(),
        message: format!(
            "{metric} of {} against {} {unit} takes over {limit} steps; expected shorter texts",
            lengths[0], lengths[1]
        ),
    }
}

/// The embeddings handed to a metric do not fit the texts that they stand for.
pub(crate) fn embedding_shape(metric: &str, problem: impl Into<String>) -> Error {
    Error::Metric {
        code: "embedding_shape",
        path: String::new(),
        message: format!("{metric}: {}", problem.into()),
    }
}

/// A language model's log-probabilities do not fit what it was asked.
pub(crate) fn bad_likelihood(metric: &str, problem: impl Into<String>) -> Error {
    Error::Metric {
        code: "bad_likelihood",
        path: String::new(),
        message: format!("{metric}: {}", problem.into()),
    }
}

/// A text is not of the form that a metric over lists, numbers or answers reads.
pub(crate) fn bad_form(metric: &str, path: &str, problem: &str, expected: &str) -> Error {
    Error::Metric {
        code: "bad_form",
        path: path.into(),
        message: format!("{metric}: {problem}; expected {expected}"),
    }
}
