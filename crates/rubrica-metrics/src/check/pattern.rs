//! Regular expressions.

use rubrica_core::{Error, Result, Span};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::outcome::{Outcome, quoted};
use super::{Requirement, check_bounds, within_bounds};

/// A regular expression in the syntax of the Rust crate `regex`, which matches in time linear in the
/// text. Flags go inside: `(?i)` ignores case, `(?m)` lets `^` and `$` match at lines, `(?s)` lets `.`
/// match line ends.
#[derive(Debug, Clone)]
pub struct Pattern(regex::Regex);

/// Bytes that a compiled pattern may take.
const SIZE_LIMIT: usize = 1 << 20;

impl Pattern {
    /// Compiles `pattern`.
    ///
    /// # Errors
    /// What is wrong with it, in words: its syntax, or its size when compiled.
    pub fn new(pattern: &str) -> Result<Self, String> {
        regex::RegexBuilder::new(pattern)
            .size_limit(SIZE_LIMIT)
            .dfa_size_limit(SIZE_LIMIT)
            .build()
            .map(Self)
            .map_err(|error| format!("invalid pattern {}: {error}", quoted(pattern)))
    }

    /// Whether it matches somewhere in `text`.
    pub fn is_match(&self, text: &str) -> bool {
        self.0.is_match(text)
    }

    /// The pattern as written.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Serialize for Pattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// `pattern` matches somewhere; or nowhere, if `absent` is set; or from `min` to `max` times.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regex {
    /// What is looked for.
    pub pattern: Pattern,
    /// Turns the requirement round.
    #[serde(default)]
    pub absent: bool,
    /// Fewest matches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<usize>,
    /// Most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<usize>,
}

impl Requirement for Regex {
    fn validate(&self) -> Result<()> {
        let counts = self.min.is_some() || self.max.is_some();
        match counts {
            true if self.absent => {
                Err(Error::invalid("absent", "is true beside a number of matches", "one of them"))
            }
            true => check_bounds(self.min, self.max),
            false => Ok(()),
        }
    }

    fn run(&self, text: &str) -> Outcome {
        let pattern = quoted(self.pattern.as_str());
        if self.min.is_some() || self.max.is_some() {
            let count = self.pattern.0.find_iter(text).count();
            let nouns = [format!("match of {pattern}"), format!("matches of {pattern}")];
            return within_bounds(count, nouns.each_ref().map(String::as_str), self.min, self.max);
        }
        let Some(found) = self.pattern.0.find(text) else {
            return Outcome::when(self.absent, format!("nothing matches {pattern}"))
                .suggest(format!("Add something that matches {pattern}."));
        };
        let place = Span::from_bytes(text, found.range());
        let what = quoted(found.as_str());
        Outcome::when(!self.absent, format!("{what} matches {pattern}"))
            .at(Some(place))
            .suggest(format!("Leave out {what}."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Check;
    use serde_json::json;

    #[test]
    fn matches_and_absence() {
        let regex = |pattern, absent| Regex {
            pattern: Pattern::new(pattern).expect("valid"),
            absent,
            min: None,
            max: None,
        };
        let result = regex(r"(?i)\bCALL\b", false).run("😀 please call").named("");
        assert_eq!((result.passed, result.span), (true, Some(Span::new(9, 13))));
        let result = regex(r"\d+", true).run("no. 42").named("");
        assert_eq!((result.passed, &*result.found), (false, r"`42` matches `\d+`"));
        assert!(regex(r"\d", true).run("none").named("").passed);
        assert!(!regex(r"\d", false).run("").named("").passed);
        let counted = json!({"kind": "regex", "pattern": r"#\w+", "min": 2, "max": 2});
        let counted = Check::from_value(&counted).expect("valid");
        assert!(counted.run("#one #two").passed && !counted.run("#one").passed);
        let both = json!({"kind": "regex", "pattern": "a", "absent": true, "max": 2});
        assert_eq!(Check::from_value(&both).expect_err("both").path(), Some("absent"));
    }

    #[test]
    fn bad_patterns_are_told_with_their_place() {
        for pattern in ["(", r"\p{Nonsense}", r"(?:\w{100}){100}", "a{2,1}"] {
            let error = Check::from_value(&json!({"kind": "regex", "pattern": pattern}))
                .expect_err(pattern);
            assert_eq!((error.code(), error.path()), ("parse_error", Some("pattern")), "{pattern}");
            assert!(error.to_string().contains("invalid pattern"), "{error}");
        }
    }
}
