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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_the_crate_keeps_code_place_and_words() {
        let none = StatsError::TooFew { what: "rows", found: 0, needed: 1 };
        let places = |error: AuditError| {
            let (own, code) = (error.to_string(), error.code());
            let path = error.path().map(str::to_owned);
            let error = Error::from(error);
            assert_eq!((error.to_string(), error.code()), (own.clone(), code));
            assert_eq!(error.path(), path.as_deref());
            own
        };
        assert_eq!(places(none.clone().into()), none.to_string());
        let placed = AuditError::from(none.clone()).within("gate").within("options");
        assert_eq!(placed.path(), Some("options.gate"));
        assert_eq!(places(placed), format!("options.gate: {none}"));
        let input = AuditError::invalid("[2].score", "is 7", "1 to 5").within("rows");
        assert_eq!(places(input), "rows[2].score: is 7; expected 1 to 5");
    }

    #[test]
    fn models_are_called_by_their_names() {
        let names: Vec<String> = (0..8).map(|m| format!("m{m}")).collect();
        let apart = |reached: &[usize], ridge| {
            let reached = reached.to_vec();
            let error =
                StatsError::NotConnected { reached, missing: 7, never: "beat or tied with" };
            AuditError::of_models(error, &names, ridge)
        };
        let few = apart(&[0, 2], false).within("battles");
        assert_eq!(few.code(), "not_connected");
        assert!(
            few.to_string().starts_with("battles: m0, m2 never beat or tied with m7,"),
            "{few}"
        );
        assert!(!few.to_string().contains("ridge"));
        let many = apart(&[0, 1, 2, 3, 4, 5], true).to_string();
        assert!(
            many.starts_with("m0, m1, m2, m3, m4, … never") && many.ends_with("a ridge above 0")
        );
        assert_eq!(Error::from(few.clone()).to_string(), few.to_string());
        let other = AuditError::of_models(StatsError::Constant { what: "x" }, &names, true);
        assert_eq!(other.code(), "constant_input");
    }
}
