//! Why there is no report.

use rubrica_core::{Error, Undefined, path_within};
use rubrica_stats::StatsError;

/// Result with [`AuditError`].
pub(crate) type Result<T, E = AuditError> = std::result::Result<T, E>;

/// Why recorded judgments give no report. What leaves the crate by name of a report is an [`Error`], which this
/// becomes with its code, path and message.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AuditError {
    /// Rows or options that do not make sense.
    #[error(transparent)]
    Input(#[from] Error),
    /// A statistic that has no value on these rows.
    #[error("{}{source}", at(.path))]
    Statistic {
        /// Where in the input; empty when it is about all of it.
        path: String,
        /// Why.
        source: StatsError,
    },
    /// Some models cannot be compared with the others, so that no finite ratings exist.
    #[error(
        "{}{} never {never} {missing}, not even through others, so there are no finite ratings; expected wins or \
         ties both ways between any two groups of models{}",
        at(.path), few(.reached), if *.ridge { ", or a ridge above 0" } else { "" }
    )]
    NotConnected {
        /// Where in the input; empty when it is about all of it.
        path: String,
        /// Models that hang together.
        reached: Vec<String>,
        /// A model outside.
        missing: String,
        /// What never happens between them: `beat or tied with`, or `lost to or tied with`.
        never: &'static str,
        /// Whether a ridge would help.
        ridge: bool,
    },
}

/// Names that a message has room for.
const FEW: usize = 5;

fn few(names: &[String]) -> String {
    let more = if names.len() > FEW { ", …" } else { "" };
    names[..names.len().min(FEW)].join(", ") + more
}

fn at(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!("{path}: ") }
}

impl From<StatsError> for AuditError {
    fn from(source: StatsError) -> Self {
        Self::Statistic { path: String::new(), source }
    }
}

impl From<AuditError> for Error {
    fn from(error: AuditError) -> Self {
        let code = error.code();
        match error {
            AuditError::Input(error) => error,
            AuditError::Statistic { path, source } => {
                Self::Statistic { code, path, message: source.to_string() }
            }
            AuditError::NotConnected { path, reached, missing, never, ridge } => {
                let bare = AuditError::NotConnected {
                    path: String::new(),
                    reached,
                    missing,
                    never,
                    ridge,
                };
                Self::Statistic { code, path, message: bare.to_string() }
            }
        }
    }
}

impl AuditError {
    /// As [`Error::invalid`].
    pub(crate) fn invalid(
        path: impl Into<String>,
        problem: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Error::invalid(path, problem, expected).into()
    }

    /// The error of a fit with names for the numbers of its models.
    pub(crate) fn of_models(error: StatsError, names: &[String], ridge: bool) -> Self {
        match error {
            StatsError::NotConnected { reached, missing, never } => Self::NotConnected {
                path: String::new(),
                reached: reached.into_iter().map(|model| names[model].clone()).collect(),
                missing: names[missing].clone(),
                never,
                ridge,
            },
            other => other.into(),
        }
    }

    /// A stable identifier for programs; that of [`Error::code`] or [`StatsError::code`].
    pub fn code(&self) -> &'static str {
        match self {
            Self::Input(error) => error.code(),
            Self::Statistic { source, .. } => source.code(),
            Self::NotConnected { .. } => "not_connected",
        }
    }

    /// Where in the input, if the error is about one place of it.
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::Input(error) => error.path(),
            Self::Statistic { path, .. } | Self::NotConnected { path, .. } => {
                (!path.is_empty()).then_some(path)
            }
        }
    }

    /// The same error with `prefix` put before its path, as [`Error::within`] does.
    #[must_use]
    pub fn within(mut self, prefix: &str) -> Self {
        match &mut self {
            Self::Input(error) => return error.clone().within(prefix).into(),
            Self::Statistic { path, .. } | Self::NotConnected { path, .. } => {
                *path = path_within(prefix, path);
            }
        }
        self
    }
}

impl From<&AuditError> for Undefined {
    fn from(error: &AuditError) -> Self {
        Self { code: error.code().to_owned(), reason: error.to_string() }
    }
}
