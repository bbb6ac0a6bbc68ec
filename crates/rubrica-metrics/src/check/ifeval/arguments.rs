//! Arguments of an instruction.

use regex::{Regex, RegexBuilder};
use rubrica_core::{Error, Result};
use serde_json::{Map, Value};

/// Bytes that a compiled keyword may take.
const SIZE_LIMIT: usize = 1 << 20;

/// A lower or upper bound of a count.
#[derive(Debug, Clone, Copy)]
pub(super) enum Bound {
    LessThan(usize),
    AtLeast(usize),
}

impl Bound {
    pub(super) fn holds(self, count: usize) -> bool {
        match self {
            Self::LessThan(limit) => count < limit,
            Self::AtLeast(limit) => count >= limit,
        }
    }

    /// For people: `at least 3 words`.
    pub(super) fn of(self, things: &str) -> String {
        match self {
            Self::LessThan(limit) => format!("less than {limit} {things}"),
            Self::AtLeast(limit) => format!("at least {limit} {things}"),
        }
    }
}

/// Arguments by name, of which `null` ones count as missing.
pub(super) struct Arguments<'a> {
    values: &'a Map<String, Value>,
    read: Vec<&'static str>,
}

impl<'a> Arguments<'a> {
    pub(super) fn new(values: &'a Map<String, Value>) -> Self {
        Self { values, read: Vec::new() }
    }

    fn get<T>(
        &mut self,
        name: &'static str,
        expected: &str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<T> {
        self.read.push(name);
        match self.values.get(name) {
            None | Some(Value::Null) => Err(Error::invalid(name, "is missing", expected)),
            Some(value) => {
                read(value).ok_or_else(|| Error::invalid(name, format!("is `{value}`"), expected))
            }
        }
    }

    /// A count; `3.0` is one too, as tables of numbers write it.
    pub(super) fn count(&mut self, name: &'static str) -> Result<usize> {
        self.get(name, "a whole number, at least 0", |value| {
            let whole = |number: &f64| number.fract() == 0.0 && (0.0..=1e15).contains(number);
            value.as_f64().filter(whole).map(|number| number as usize)
        })
    }

    /// A text that is more than white space.
    pub(super) fn text(&mut self, name: &'static str) -> Result<&'a str> {
        self.get(name, "a text", |value| value.as_str().filter(|text| !text.trim().is_empty()))
    }

    /// A single character.
    pub(super) fn letter(&mut self, name: &'static str) -> Result<char> {
        self.get(name, "a single character", |value| {
            let mut chars = value.as_str()?.trim().chars();
            chars.next().filter(|_| chars.next().is_none())
        })
    }

    /// The bound that a relation and a count say.
    pub(super) fn bound(&mut self, relation: &'static str, count: &'static str) -> Result<Bound> {
        let less =
            self.get(relation, "`less than` or `at least`", |value| match value.as_str()? {
                "less than" => Some(true),
                "at least" => Some(false),
                _ => None,
            })?;
        let limit = self.count(count)?;
        Ok(if less { Bound::LessThan(limit) } else { Bound::AtLeast(limit) })
    }

    /// A keyword: a regular expression that ignores case, or a text if it is no valid one.
    pub(super) fn keyword(&mut self, name: &'static str) -> Result<Regex> {
        let text = self.text(name)?.trim();
        pattern(text).ok_or_else(|| too_large(name))
    }

    /// At least one keyword.
    pub(super) fn keywords(&mut self, name: &'static str) -> Result<Vec<Regex>> {
        let expected = "a list of texts that are not empty, at least one";
        let texts: Vec<&str> = self.get(name, expected, |value| {
            let texts: Option<Vec<&str>> = value.as_array()?.iter().map(Value::as_str).collect();
            texts.filter(|texts| !texts.is_empty() && texts.iter().all(|text| !text.is_empty()))
        })?;
        texts.into_iter().map(|text| pattern(text).ok_or_else(|| too_large(name))).collect()
    }

    /// Refuses arguments that nobody asked for.
    pub(super) fn finish(self) -> Result<()> {
        let left = self
            .values
            .iter()
            .find(|(name, value)| !value.is_null() && !self.read.contains(&name.as_str()));
        match left {
            None => Ok(()),
            Some((name, _)) => {
                let expected = match self.read.join("`, `") {
                    names if names.is_empty() => "no arguments".to_owned(),
                    names => format!("`{names}` only"),
                };
                Err(Error::invalid(name, "is no argument of this instruction", expected))
            }
        }
    }
}

/// `text` as a pattern without case, or as it is written; nothing when it is too large.
pub(super) fn pattern(text: &str) -> Option<Regex> {
    let build = |text: &str| {
        RegexBuilder::new(text)
            .case_insensitive(true)
            .size_limit(SIZE_LIMIT)
            .dfa_size_limit(SIZE_LIMIT)
            .build()
    };
    build(text).or_else(|_| build(&regex::escape(text))).ok()
}

fn too_large(name: &str) -> Error {
    Error::invalid(name, "has a keyword that is too large", "a shorter one")
}
