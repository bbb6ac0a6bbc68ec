//! Marks of form that hold in any language.

use std::sync::LazyLock;

use rubrica_core::{Result, Span};
use serde::{Deserialize, Serialize};

use super::outcome::{Outcome, quoted};
use super::{Requirement, check_bounds, within_bounds};
use crate::text::is_bullet;

/// The text has from `min` to `max` lines that start with a bullet (`-`, `*`, `+`, `•`, ...).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bullets {
    /// Fewest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<usize>,
    /// Most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<usize>,
}

impl Requirement for Bullets {
    fn validate(&self) -> Result<()> {
        check_bounds(self.min, self.max)
    }

    fn run(&self, text: &str) -> Outcome {
        let count = text.lines().filter(|line| is_bullet(line)).count();
        within_bounds(count, ["bullet point", "bullet points"], self.min, self.max)
    }
}

/// The text has no comma of any script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoCommas {}

impl Requirement for NoCommas {
    fn validate(&self) -> Result<()> {
        Ok(())
    }

    fn run(&self, text: &str) -> Outcome {
        let comma = |c| matches!(c, ',' | '，' | '、' | '､' | '،' | '﹐' | '﹑' | '՝' | '፣' | '᠂');
        match text.match_indices(comma).next() {
            None => Outcome::pass("the text has no comma"),
            Some((at, found)) => Outcome::fail("the text has a comma")
                .at(Some(Span::from_bytes(text, at..at + found.len())))
                .suggest("Write without commas."),
        }
    }
}

/// Some line has a title in double angular brackets: `<<title>>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Title {}

impl Requirement for Title {
    fn validate(&self) -> Result<()> {
        Ok(())
    }

    fn run(&self, text: &str) -> Outcome {
        static TITLE: LazyLock<regex::Regex> = LazyLock::new(|| {
            regex::Regex::new(r"<<[^\n<>]*[^\s<>][^\n<>]*>>").expect("valid pattern")
        });
        match TITLE.find(text) {
            Some(found) => Outcome::pass(format!("the title is {}", quoted(found.as_str())))
                .at(Some(Span::from_bytes(text, found.range()))),
            None => Outcome::fail("there is no title in double angular brackets")
                .suggest("Add a title, such as `<<A title>>`."),
        }
    }
}

/// A letter case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterCase {
    /// Small letters.
    Lower,
    /// Capitals.
    Upper,
}

/// Every letter that has a case has this one, and there is such a letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The case wanted.
    pub case: LetterCase,
}

impl Requirement for Case {
    fn validate(&self) -> Result<()> {
        Ok(())
    }

    fn run(&self, text: &str) -> Outcome {
        let lower = self.case == LetterCase::Lower;
        let (wanted, instead) = if lower { ("small", "capital") } else { ("capital", "small") };
        let wrong = |c: char| if lower { c.is_uppercase() } else { c.is_lowercase() };
        let right = |c: char| if lower { c.is_lowercase() } else { c.is_uppercase() };
        match text.match_indices(wrong).next() {
            Some((at, letter)) => {
                Outcome::fail(format!("{} is a {instead} letter", quoted(letter)))
                    .at(Some(Span::from_bytes(text, at..at + letter.len())))
                    .suggest(format!("Write in {wanted} letters only."))
            }
            None if text.contains(right) => {
                Outcome::pass(format!("all letters are {wanted} letters"))
            }
            None => Outcome::fail("the text has no letters that have a case"),
        }
    }
}

/// The text has from `min` to `max` placeholders in square brackets, such as `[name]`; links do not
/// count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Placeholders {
    /// Fewest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<usize>,
    /// Most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<usize>,
}

impl Requirement for Placeholders {
    fn validate(&self) -> Result<()> {
        check_bounds(self.min, self.max)
    }

    fn run(&self, text: &str) -> Outcome {
        static PLACEHOLDER: LazyLock<regex::Regex> =
            LazyLock::new(|| regex::Regex::new(r"\[[^\[\]\n]+\]").expect("valid pattern"));
        let link = |end: usize| text[end..].starts_with(['(', ':']);
        let count = PLACEHOLDER.find_iter(text).filter(|found| !link(found.end())).count();
        within_bounds(count, ["placeholder", "placeholders"], self.min, self.max)
    }
}

/// The text has from `min` to `max` Markdown highlights: `*so*`, `**so**`, `_so_` or `__so__`, each
/// within one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Highlights {
    /// Fewest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<usize>,
    /// Most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<usize>,
}

impl Requirement for Highlights {
    fn validate(&self) -> Result<()> {
        check_bounds(self.min, self.max)
    }

    fn run(&self, text: &str) -> Outcome {
        static HIGHLIGHT: LazyLock<regex::Regex> = LazyLock::new(|| {
            let pattern =
                r"\*{1,3}[^\s*](?:[^*\n]*[^\s*])?\*{1,3}|\b_{1,2}[^\s_](?:[^_\n]*[^\s_])?_{1,2}\b";
            regex::Regex::new(pattern).expect("valid pattern")
        });
        let count = HIGHLIGHT.find_iter(text).count();
        within_bounds(count, ["highlight", "highlights"], self.min, self.max)
    }
}

/// The whole text, but for white space around it, stands in double quotes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quoted {}

impl Requirement for Quoted {
    fn validate(&self) -> Result<()> {
        Ok(())
    }

    fn run(&self, text: &str) -> Outcome {
        let body = text.trim();
        let pairs = [('"', '"'), ('“', '”'), ('„', '“'), ('«', '»'), ('「', '」'), ('『', '』')];
        let inside = |(open, close)| {
            let inside: &str = body.strip_prefix(open)?.strip_suffix(close)?;
            (!inside.trim().is_empty()).then_some(())
        };
        if pairs.into_iter().find_map(inside).is_some() {
            Outcome::pass("the text stands in double quotes")
        } else {
            Outcome::fail("the text does not stand in double quotes")
                .suggest("Put the whole text in double quotes.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Check;
    use serde_json::{Value, json};

    #[track_caller]
    fn check(options: Value, passing: &[&str], failing: &[&str]) {
        let check = Check::from_value(&options).expect("valid");
        for text in passing {
            assert!(check.run(text).passed, "{options} should accept {text:?}");
        }
        for text in failing {
            assert!(!check.run(text).passed, "{options} should refuse {text:?}");
        }
    }

    #[test]
    fn lists() {
        let options = json!({"kind": "bullets", "min": 2, "max": 2});
        check(options, &["- a\n* b", "x\n  • a\n\n+ b"], &["- a", "1. a\n2. b", "**a**\n- b", ""]);
    }

    #[test]
    fn commas() {
        check(json!({"kind": "no_commas"}), &["a; b", ""], &["a, b", "你，好", "a، b"]);
        let result = Check::from_value(&json!({"kind": "no_commas"})).expect("valid").run("😀, a");
        assert_eq!(result.span, Some(Span::new(1, 2)));
    }

    #[test]
    fn titles() {
        check(
            json!({"kind": "title"}),
            &["<<A b>>\nx", "x <<y>>"],
            &["<< >>", "<A>", "<<a\nb>>", ""],
        );
    }

    #[test]
    fn letter_cases() {
        check(
            json!({"kind": "case", "case": "lower"}),
            &["all été 1", "ß"],
            &["A", "é É", "1", ""],
        );
        check(json!({"kind": "case", "case": "upper"}), &["ALL ÉTÉ 1"], &["Aa", "你好"]);
    }

    #[test]
    fn marks() {
        let placeholders = json!({"kind": "placeholders", "min": 1});
        check(placeholders, &["Dear [name],"], &["[a](b)", "[]", "[a\nb]", ""]);
        let highlights = json!({"kind": "highlights", "min": 2, "max": 2});
        check(
            highlights,
            &["*a* and **b c**", "_a_ __b__"],
            &["* a * b", "snake_case_name", "*a*", ""],
        );
        check(
            json!({"kind": "quoted"}),
            &[" \"a\" ", "“a”", "「a」"],
            &["a", "\"a", "\"", "\"\"", ""],
        );
    }
}
