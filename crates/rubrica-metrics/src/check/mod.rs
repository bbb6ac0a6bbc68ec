//! Checks: requirements that a text meets or does not meet, told without a model.
//!
//! After the verifiable instructions of Zhou et al., "Instruction-following evaluation for large
//! language models" (IFEval), 2023. A check is data, in JSON or YAML:
//!
//! ```
//! use rubrica_metrics::check::read_checks;
//!
//! let checks = read_checks(r#"
//! - kind: contains
//!   all: [refund, 14 days]
//!   ignore_case: true
//! - id: brevity
//!   kind: length
//!   unit: words
//!   max: 120
//! "#)?;
//! let results = checks.iter().map(|check| check.run("A refund takes 14 days."));
//! assert!(results.into_iter().all(|result| result.passed));
//! # Ok::<(), rubrica_core::Error>(())
//! ```

mod affix;
mod assertion;
mod constraints;
mod contains;
mod format;
pub mod ifeval;
mod json;
mod json_text;
mod language;
mod language_words;
mod length;
mod markup;
mod outcome;
mod pattern;
mod phrase;
mod read;
mod refusal;
mod repetition;
mod rows;
mod schema;
mod sql;

pub use affix::{EndsWith, StartsWith};
pub use assertion::{Assertion, AssertionResult};
pub use constraints::{Constraints, find_constraints, read_constraints};
pub use contains::{Contains, NotContains, Occurrences};
pub use format::{Bullets, Case, Highlights, LetterCase, NoCommas, Placeholders, Quoted, Title};
pub use json::Json;
pub use language::{Language, detect_language, small_word_share};
pub use length::{Length, LengthUnit};
pub use outcome::{CheckResult, Outcome};
pub use pattern::{Pattern, Regex};
pub use read::{read_checks, read_checks_value};
pub use repetition::MaxRepetition;
pub use rows::{AssertedResult, CheckedRow, RowResult, RowVerdict};

use rubrica_core::{Error, Result};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use self::ifeval::Instruction;
use crate::options;

/// What every kind of check does.
trait Requirement {
    /// Refuses options that make no sense.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the path of the option.
    fn validate(&self) -> Result<()>;

    /// Looks at `text`.
    fn run(&self, text: &str) -> Outcome;
}

/// Declares the kinds once: variants, names, reading and running.
macro_rules! kinds {
    ($($(#[$doc:meta])* $name:literal => $kind:ident,)*) => {
        /// What a check requires.
        #[derive(Debug, Clone, PartialEq, Serialize)]
        #[serde(tag = "kind")]
        #[non_exhaustive]
        pub enum CheckKind {
            $($(#[$doc])* #[serde(rename = $name)] $kind($kind),)*
        }

        impl CheckKind {
            /// The names of all kinds.
            pub const NAMES: &'static [&'static str] = &[$($name),*];

            /// Name of the kind, as in `kind: contains`.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$kind(_) => $name,)*
                }
            }

            /// The kind `name` with `options`.
            fn read(name: &str, options: &Value) -> Result<Self> {
                match name {
                    $($name => options::read_required(options).map(Self::$kind),)*
                    _ => Err(Error::Unknown {
                        path: "kind".into(),
                        what: "check",
                        name: name.to_owned(),
                        known: Self::NAMES.join(", "),
                    }),
                }
            }

            fn requirement(&self) -> &dyn Requirement {
                match self {
                    $(Self::$kind(requirement) => requirement,)*
                }
            }
        }
    };
}

kinds! {
    /// Some or all of several phrases occur.
    "contains" => Contains,
    /// None of several phrases occurs.
    "not_contains" => NotContains,
    /// A phrase occurs a number of times.
    "occurrences" => Occurrences,
    /// A regular expression matches, or does not.
    "regex" => Regex,
    /// The text is JSON, perhaps with certain members.
    "json" => Json,
    /// The text has a number of characters, words, sentences, paragraphs or lines.
    "length" => Length,
    /// The text starts with one of several phrases.
    "starts_with" => StartsWith,
    /// The text ends with one of several phrases.
    "ends_with" => EndsWith,
    /// The text has a number of list items.
    "bullets" => Bullets,
    /// The text has no comma.
    "no_commas" => NoCommas,
    /// The text has a title in double angular brackets.
    "title" => Title,
    /// All letters are small, or all are capitals.
    "case" => Case,
    /// The text has a number of placeholders in square brackets.
    "placeholders" => Placeholders,
    /// The text has a number of Markdown highlights.
    "highlights" => Highlights,
    /// The whole text stands in double quotes.
    "quoted" => Quoted,
    /// The text does not repeat itself much.
    "max_repetition" => MaxRepetition,
    /// The text is in one language.
    "language" => Language,
    /// An instruction of IFEval is followed.
    "instruction" => Instruction,
    /// An assertion by its promptfoo name holds.
    "assertion" => Assertion,
}

/// A requirement with a name.
///
/// Reads from an object with `kind`, the options of that kind beside it, and an `id` if the kind's
/// name is not enough.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Check {
    id: String,
    #[serde(flatten)]
    kind: CheckKind,
}

impl Check {
    /// A check named `id`.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the path of an option that makes no sense.
    pub fn new(id: impl Into<String>, kind: CheckKind) -> Result<Self> {
        let id = id.into();
        if id.trim().is_empty() {
            return Err(Error::invalid("id", "is empty", "a name"));
        }
        kind.requirement().validate()?;
        Ok(Self { id, kind })
    }

    /// A check from a JSON value.
    ///
    /// # Errors
    /// [`Error::Parse`], [`Error::Unknown`] or [`Error::Invalid`] with the path of the option.
    pub fn from_value(value: &Value) -> Result<Self> {
        let Value::Object(map) = value else {
            let message = format!("check is `{value}`; expected an object with `kind`");
            return Err(Error::Parse { path: String::new(), message });
        };
        let text = |field: &str| match map.get(field) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(other) => Err(Error::invalid(field, format!("is `{other}`"), "a string")),
        };
        let kind = text("kind")?.ok_or_else(|| {
            let known = CheckKind::NAMES.join(", ");
            Error::invalid("kind", "is missing", format!("one of {known}"))
        })?;
        let mut rest = map.clone();
        rest.retain(|field, _| field != "kind" && field != "id");
        let id = text("id")?.unwrap_or_else(|| kind.clone());
        Self::new(id, CheckKind::read(&kind, &Value::Object(rest))?)
    }

    /// Name of the check in results.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What is required.
    pub fn kind(&self) -> &CheckKind {
        &self.kind
    }

    /// Looks at `text`. Never fails: a text that is empty or hostile meets the requirement or not.
    pub fn run(&self, text: &str) -> CheckResult {
        self.kind.requirement().run(text).named(&self.id)
    }
}

impl<'de> Deserialize<'de> for Check {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Self::from_value(&value).map_err(serde::de::Error::custom)
    }
}

/// Refuses bounds that nothing can meet, or that say nothing.
fn check_bounds(min: Option<usize>, max: Option<usize>) -> Result<()> {
    match (min, max) {
        (None, None) => Err(Error::invalid("min", "is missing, as is max", "one of them")),
        (Some(min), Some(max)) if min > max => {
            Err(Error::invalid("max", format!("is {max}, below min {min}"), "at least min"))
        }
        _ => Ok(()),
    }
}

/// The outcome of counting `count` things, named in the singular and in the plural.
fn within_bounds(
    count: usize,
    nouns: [&str; 2],
    min: Option<usize>,
    max: Option<usize>,
) -> Outcome {
    let things = |n: usize| format!("{n} {}", nouns[usize::from(n != 1)]);
    let expected = match (min, max) {
        (Some(min), Some(max)) if min == max => things(min),
        (Some(min), Some(max)) => format!("{min} to {}", things(max)),
        (Some(min), None) => format!("at least {}", things(min)),
        (None, Some(max)) => format!("at most {}", things(max)),
        (None, None) => "any number".into(),
    };
    let found = format!("the text has {}; expected {expected}", things(count));
    if let Some(min) = min.filter(|min| count < *min) {
        Outcome::fail(found).suggest(format!("Add {}.", things(min - count)))
    } else if let Some(max) = max.filter(|max| count > *max) {
        Outcome::fail(found).suggest(format!("Remove {}.", things(count - max)))
    } else {
        Outcome::pass(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_check_survives_json() {
        let value = json!({"id": "x", "kind": "length", "unit": "words", "min": 2, "max": 3});
        let check = Check::from_value(&value).expect("valid");
        assert_eq!((check.id(), check.kind().name()), ("x", "length"));
        let written = serde_json::to_value(&check).expect("json");
        assert_eq!(Check::from_value(&written).expect("as written"), check);
        assert_eq!(serde_json::from_value::<Check>(value).expect("serde"), check);
    }

    #[test]
    fn mistakes_name_their_place() {
        let error = |value: Value| Check::from_value(&value).expect_err("a mistake");
        assert_eq!(error(json!("x")).code(), "parse_error");
        assert_eq!(error(json!({})).path(), Some("kind"));
        assert_eq!(error(json!({"kind": 3})).path(), Some("kind"));
        let unknown = error(json!({"kind": "contians"}));
        assert_eq!((unknown.code(), unknown.path()), ("unknown_name", Some("kind")));
        let misspelt = error(json!({"kind": "length", "unit": "words", "maximum": 3}));
        assert_eq!(misspelt.path(), Some("maximum"));
        let unit = error(json!({"kind": "length", "unit": "pages", "max": 3}));
        assert_eq!(unit.path(), Some("unit"));
        let deep = error(json!({"kind": "contains", "any": ["a", 1]}));
        assert_eq!(deep.path(), Some("any[1]"));
        let empty = error(json!({"id": " ", "kind": "no_commas"}));
        assert_eq!(empty.path(), Some("id"));
        let bounds = error(json!({"kind": "bullets", "min": 3, "max": 2}));
        assert_eq!(bounds.path(), Some("max"));
        let unbound = error(json!({"kind": "bullets"}));
        assert_eq!(unbound.path(), Some("min"));
    }
}
