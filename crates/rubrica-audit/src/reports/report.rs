//! What a report is: a type that says its name, its question and where it comes from, what rows it reads and
//! what options it takes, gives rows to try it on, and is made of them.

use crate::error::Result;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A report that can be asked for by name. The type is what it finds; it stands in the list of
/// [`registry`](super::registry).
pub(super) trait Report: Serialize + Send + Sync + Sized + 'static {
    /// Its name.
    const NAME: &'static str;
    /// The question that it answers.
    const QUESTION: &'static str;
    /// Where it comes from.
    const SOURCE: &'static str;
    /// Fields of a row; those with `?` may be missing.
    const ROW: &'static str;
    /// Options and rows that it has something to say about.
    const EXAMPLE: Example;
    /// One row.
    type Row: DeserializeOwned;
    /// What can be chosen.
    type Options: DeserializeOwned + Default + Serialize + Send + Sync + 'static;

    /// Makes the report.
    ///
    /// # Errors
    /// Rows that do not go together; options out of range.
    fn run(rows: Vec<Self::Row>, options: &Self::Options) -> Result<Self>;
}

/// Options and rows to try a report on, as a user writes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Example {
    /// A JSON object.
    pub options: &'static str,
    /// JSON lines.
    pub rows: &'static str,
}
