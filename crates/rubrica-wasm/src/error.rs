//! Errors as JavaScript sees them.

use rubrica::core::Error;
use wasm_bindgen::JsValue;

/// What a function that JavaScript calls returns on failure; `?` makes one of a [`Error`].
///
/// Thrown, it is an `Error` object with `name` `RubricaError`, a stable `code` (see
/// [`Error::code`]), and `path` into the input where there is one.
#[derive(Debug)]
pub enum Failure {
    /// One of ours.
    Rubrica(Error),
    /// A result that JavaScript cannot hold, such as a seed above 2^53.
    Unrepresentable(String),
}

impl Failure {
    /// A stable identifier for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Rubrica(error) => error.code(),
            Self::Unrepresentable(_) => "unrepresentable",
        }
    }

    fn path(&self) -> Option<&str> {
        match self {
            Self::Rubrica(error) => error.path(),
            Self::Unrepresentable(_) => None,
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Rubrica(error) => error.fmt(f),
            Self::Unrepresentable(message) => f.write_str(message),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Rubrica(error)
    }
}

impl From<Failure> for JsValue {
    fn from(failure: Failure) -> Self {
        let error = js_sys::Error::new(&failure.to_string());
        error.set_name("RubricaError");
        let set = |key: &str, value: &str| {
            js_sys::Reflect::set(&error, &key.into(), &value.into())
                .expect("a new Error object takes properties")
        };
        set("code", failure.code());
        if let Some(path) = failure.path() {
            set("path", path);
        }
        error.into()
    }
}
