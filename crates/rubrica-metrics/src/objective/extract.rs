//! The answer that a response gives.
//!
//! Tags and boxes as in LiveBench (White et al., ICLR 2025); the words "the answer is" as in
//! BIG-Bench Hard (Suzgun et al., ACL Findings 2023).

use rubrica_core::Result;
use serde::{Deserialize, Serialize};

use super::pattern::AnswerPattern;

/// Where the answer of a response stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extract {
    /// The first of `solution`, `boxed` and `answer_is` that finds one, else the whole response.
    #[default]
    Auto,
    /// The whole response.
    Whole,
    /// Between the last `<solution>` and its end.
    Solution,
    /// In the last `\boxed{...}` or `\fbox{...}`.
    Boxed,
    /// After the last "answer is", "answer:" or `####`, up to the end of the line.
    AnswerIs,
    /// After the first "the answer is ", up to the end of the line, less one full stop: what the
    /// official scores of BIG-Bench Hard are computed with, down to "24. Also".
    Bbh,
    /// The last line that is not blank.
    LastLine,
    /// The last match of a pattern: its first group, or all of it. Matching takes linear time.
    Regex(String),
}

/// Finds answers.
#[derive(Debug, Clone)]
pub struct Extractor {
    kind: Extract,
    pattern: Option<AnswerPattern>,
}

impl Extractor {
    /// An extractor for `kind`.
    ///
    /// # Errors
    /// [`rubrica_core::Error::Invalid`] at `extract` for a pattern that is none; `no_patterns` in a build
    /// without the feature `checks`.
    pub fn new(kind: Extract) -> Result<Self> {
        let pattern = match &kind {
            Extract::Regex(pattern) => Some(AnswerPattern::new(pattern)?),
            _ => None,
        };
        Ok(Self { kind, pattern })
    }

    /// Name of the rule in signatures.
    pub fn name(&self) -> String {
        match &self.kind {
            Extract::Auto => "auto".into(),
            Extract::Whole => "whole".into(),
            Extract::Solution => "solution".into(),
            Extract::Boxed => "boxed".into(),
            Extract::AnswerIs => "answer_is".into(),
            Extract::Bbh => "bbh".into(),
            Extract::LastLine => "last_line".into(),
            Extract::Regex(pattern) => format!("regex[{pattern}]"),
        }
    }

    /// The answer in `response` without white space at its ends; `None` where there is none.
    pub fn answer<'a>(&self, response: &'a str) -> Option<&'a str> {
        let answer = match &self.kind {
            Extract::Auto => solution(response)
                .or_else(|| boxed(response))
                .or_else(|| answer_is(response))
                .unwrap_or(response),
            Extract::Whole => response,
            Extract::Solution => solution(response)?,
            Extract::Boxed => boxed(response)?,
            Extract::AnswerIs => answer_is(response)?,
            Extract::Bbh => bbh(response)?,
            Extract::LastLine => response.lines().rev().find(|line| !line.trim().is_empty())?,
            Extract::Regex(_) => self.pattern.as_ref()?.last(response)?,
        };
        Some(answer.trim())
    }
}

fn solution(text: &str) -> Option<&str> {
    let (_, body) = text.rsplit_once("<solution>")?;
    Some(body.split_once("</solution>").map_or(body, |(inside, _)| inside))
}

fn boxed(text: &str) -> Option<&str> {
    let boxes = ["\\boxed{", "\\fbox{"].iter();
    let start = boxes.filter_map(|tag| text.rfind(tag).map(|at| at + tag.len())).max()?;
    let mut depth = 1;
    for (at, c) in text[start..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(&text[start..start + at]);
        }
    }
    None
}

fn answer_is(text: &str) -> Option<&str> {
    // Only ASCII letters change, so that places stay.
    let lower = text.to_ascii_lowercase();
    let marks = ["answer is", "answer:", "answer**:", "####"].iter();
    let start = marks.filter_map(|mark| lower.rfind(mark).map(|at| at + mark.len())).max()?;
    let line = text[start..].lines().next()?;
    let answer = line.trim().trim_start_matches([':', '*', '=', ' ']).trim_end_matches(['*', ' ']);
    let answer = answer.strip_suffix('.').unwrap_or(answer).trim_end_matches(['*', ' ']);
    let in_math = answer.strip_prefix('$').and_then(|inside| inside.strip_suffix('$'));
    let answer = in_math.unwrap_or(answer);
    (!answer.is_empty()).then_some(answer)
}

fn bbh(text: &str) -> Option<&str> {
    let (_, answer) = text.split_once("the answer is ")?;
    let answer = answer.split('\n').next().unwrap_or(answer).trim();
    Some(answer.strip_suffix('.').unwrap_or(answer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: Extract, text: &str, expected: Option<&str>) {
        assert_eq!(Extractor::new(kind).expect("valid").answer(text), expected, "{text}");
    }

    #[test]
    fn tags_and_boxes() {
        check(Extract::Solution, "<solution>a</solution> <solution> b </solution> c", Some("b"));
        check(Extract::Solution, "<solution>cut off", Some("cut off"));
        check(Extract::Solution, "none", None);
        check(Extract::Boxed, r"so \boxed{1} and \boxed{\frac{1}{2}} end", Some(r"\frac{1}{2}"));
        check(Extract::Boxed, r"\fbox{yes}", Some("yes"));
        check(Extract::Boxed, r"\boxed{open", None);
    }

    #[test]
    fn words() {
        check(Extract::AnswerIs, "The answer is 3. No:\nthe Answer is: **4**.", Some("4"));
        check(Extract::AnswerIs, "**Answer:** B\nmore", Some("B"));
        check(Extract::AnswerIs, "sum\n#### 42", Some("42"));
        check(Extract::AnswerIs, "The answer is $x^2$.", Some("x^2"));
        check(Extract::AnswerIs, "no such thing", None);
        check(Extract::Bbh, "So the answer is (B).", Some("(B)"));
        check(Extract::Bbh, "the answer is 24. Also\nthe answer is 5", Some("24. Also"));
        check(Extract::LastLine, "a\n b \n \n", Some("b"));
    }

    #[test]
    fn patterns_and_the_automatic_order() {
        check(Extract::Regex(r"(\d+) apples".into()), "3 apples, 4 apples", Some("4"));
        let error = Extractor::new(Extract::Regex("(".into())).expect_err("unclosed");
        assert_eq!(error.path(), Some("extract"));
        check(Extract::Auto, r"the answer is 1, \boxed{2}", Some("2"));
        check(Extract::Auto, "<solution>3</solution> \\boxed{2}", Some("3"));
        check(Extract::Auto, " just this ", Some("just this"));
    }
}
