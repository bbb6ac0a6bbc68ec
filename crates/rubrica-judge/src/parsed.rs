//! What a strict parser finds in the text of a judge.

use serde::{Deserialize, Serialize};

/// A verdict read from a judge's text, or why there is none. Never a guess.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "parse", content = "value", rename_all = "snake_case")]
pub enum Parsed<T> {
    /// The verdict.
    Found(T),
    /// No verdict in the format.
    Missing,
    /// A verdict in the format, outside the scale or the labels there are.
    OutOfRange(String),
    /// Verdicts that contradict each other.
    Ambiguous(Vec<String>),
}

impl<T> Parsed<T> {
    /// The verdict, if there is one.
    pub fn found(self) -> Option<T> {
        match self {
            Self::Found(value) => Some(value),
            _ => None,
        }
    }

    /// Why there is no verdict, as the end of a sentence; `None` when there is one.
    pub fn problem(&self) -> Option<String> {
        match self {
            Self::Found(_) => None,
            Self::Missing => Some("no verdict was found".into()),
            Self::OutOfRange(found) => Some(format!("the verdict `{found}` is out of range")),
            Self::Ambiguous(found) => {
                Some(format!("the verdicts {} contradict each other", found.join(" and ")))
            }
        }
    }

    /// The verdict mapped by `f`.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Parsed<U> {
        match self {
            Self::Found(value) => Parsed::Found(f(value)),
            Self::Missing => Parsed::Missing,
            Self::OutOfRange(found) => Parsed::OutOfRange(found),
            Self::Ambiguous(found) => Parsed::Ambiguous(found),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_why_there_is_none() {
        assert_eq!(Parsed::Found(3).problem(), None);
        assert_eq!(Parsed::Found(3).map(|n| n + 1).found(), Some(4));
        let both = Parsed::<i32>::Ambiguous(vec!["A".into(), "B".into()]);
        assert_eq!(both.problem().expect("none"), "the verdicts A and B contradict each other");
        let json = serde_json::to_string(&Parsed::<i32>::OutOfRange("9".into())).expect("json");
        assert_eq!(json, r#"{"parse":"out_of_range","value":"9"}"#);
    }
}
