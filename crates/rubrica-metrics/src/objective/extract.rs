//! The answer that a response gives.
//!
//! Tags and boxes as in LiveBench (White et al., ICLR 2025); the words "the answer is" as in
//! BIG-Bench Hard (Suzgun et al., ACL Findings 2023).

use std::borrow::Cow;

use rubrica_core::Result;
use serde::{Deserialize, Serialize};

use super::cues::{Cued, concluded, cued_answers};
use super::math::{group, unwrapped};
use super::pattern::AnswerPattern;
use crate::text::without_reasoning;

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
    /// The sentence after the last "answer is", "answer:", "option is", "I choose B", `####` and the like;
    /// on the next line where the cue ends its own.
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

    /// The answer in `response` without white space at its ends; `None` where there is none. Reasoning
    /// between tags such as `<think>` is no part of it: see [`without_reasoning`].
    pub fn answer<'a>(&self, response: &'a str) -> Option<Cow<'a, str>> {
        match without_reasoning(response)? {
            Cow::Borrowed(text) => Some(Cow::Borrowed(self.candidates(text).first()?.answer)),
            Cow::Owned(text) => Some(Cow::Owned(self.candidates(&text).first()?.answer.to_owned())),
        }
    }

    /// As [`Extractor::answer`], with all lines of a list; empty where there is none.
    pub(super) fn list<'a>(&self, response: &'a str) -> Cow<'a, str> {
        let first = |text| self.candidates(text).first().map(|candidate| candidate.block);
        match without_reasoning(response) {
            None => Cow::Borrowed(""),
            Some(Cow::Borrowed(text)) => Cow::Borrowed(first(text).unwrap_or_default()),
            Some(Cow::Owned(text)) => {
                let list = self.candidates(&text).first().map(|found| found.block.to_owned());
                Cow::Owned(list.unwrap_or_default())
            }
        }
    }

    /// What `read` makes of the first answer from which it makes something: a cue that leads to nothing
    /// of the kind does not hide an earlier one. `read` is given an answer and what marks it as one.
    pub(super) fn read<T>(
        &self,
        response: &str,
        read: &dyn Fn(&str, Mark) -> Option<T>,
    ) -> Option<T> {
        let text = without_reasoning(response)?;
        self.candidates(&text).into_iter().find_map(|candidate| {
            let mark = candidate.mark;
            read(candidate.answer, mark).or_else(|| read(candidate.line, mark))
        })
    }

    /// Whether answers are looked for by tags, boxes or cues, and not by a line or a pattern.
    pub(super) fn finds_marks(&self) -> bool {
        use Extract::{AnswerIs, Auto, Boxed, Solution};
        matches!(self.kind, Auto | Solution | Boxed | AnswerIs)
    }

    /// Whether `accept` accepts the answer of `response`, its first sentence or all of its line; `None`
    /// where there is no answer.
    pub(super) fn accepts(&self, response: &str, accept: &dyn Fn(&str) -> bool) -> Option<bool> {
        let text = without_reasoning(response)?;
        let first = self.candidates(&text).into_iter().next()?;
        Some(accept(first.answer) || first.line != first.answer && accept(first.line))
    }

    /// What may be the answer, the likeliest first.
    fn candidates<'a>(&self, text: &'a str) -> Vec<Candidate<'a>> {
        let marked = |answer: &'a str| Candidate::of(answer.trim(), Mark::Form);
        let cued = |cued: Cued<'a>| Candidate {
            answer: cued.answer,
            line: cued.line,
            block: cued.block,
            mark: Mark::Cue,
        };
        let whole = Candidate::of(text.trim(), Mark::None);
        match &self.kind {
            Extract::Auto => {
                if let Some(solution) = solution(text) {
                    return vec![marked(solution)];
                }
                let boxes: Vec<_> =
                    boxes(text).into_iter().map(|inside| marked(unwrapped(inside))).collect();
                let boxed = !boxes.is_empty();
                let cues = cued_answers(text).into_iter().map(cued);
                let mut found: Vec<_> = boxes.into_iter().chain(cues).collect();
                if !boxed {
                    found.extend(concluded(text).filter(|_| found.is_empty()).map(cued));
                    found.push(whole);
                }
                found
            }
            Extract::Whole => vec![whole],
            Extract::Solution => solution(text).map(marked).into_iter().collect(),
            Extract::Boxed => {
                boxes(text).into_iter().map(|inside| marked(unwrapped(inside))).collect()
            }
            Extract::AnswerIs => cued_answers(text).into_iter().map(cued).collect(),
            Extract::Bbh => bbh(text).map(marked).into_iter().collect(),
            Extract::LastLine => {
                let line = text.lines().rev().find(|line| !line.trim().is_empty());
                line.map(|line| Candidate::of(line.trim(), Mark::None)).into_iter().collect()
            }
            Extract::Regex(_) => {
                let found = self.pattern.as_ref().and_then(|pattern| pattern.last(text));
                found.map(marked).into_iter().collect()
            }
        }
    }
}

/// What may be the answer.
#[derive(Debug, Clone, Copy)]
struct Candidate<'a> {
    answer: &'a str,
    /// The line in which the answer stands, where that is longer.
    line: &'a str,
    /// All lines of the answer, where it is a list.
    block: &'a str,
    mark: Mark,
}

/// What says that a text is the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// Nothing.
    None,
    /// A tag, a box or a pattern around it.
    Form,
    /// Words before it.
    Cue,
}

impl<'a> Candidate<'a> {
    fn of(answer: &'a str, mark: Mark) -> Self {
        Self { answer, line: answer, block: answer, mark }
    }
}

fn solution(text: &str) -> Option<&str> {
    let (_, body) = text.rsplit_once("<solution>")?;
    Some(body.split_once("</solution>").map_or(body, |(inside, _)| inside))
}

/// Boxes that are looked at, the last ones of a text.
const MOST_BOXES: usize = 16;

/// The insides of all boxes, the last one first; one that is not closed is none. TeX allows a space
/// before the brace, and a single character without one.
fn boxes(text: &str) -> Vec<&str> {
    let mut places: Vec<usize> = ["\\boxed", "\\fbox", "\\framebox"]
        .iter()
        .flat_map(|name| text.match_indices(name).map(|(at, _)| at + name.len()))
        .collect();
    places.sort_unstable();
    let last = places.into_iter().rev().take(MOST_BOXES);
    last.filter_map(|at| {
        let body = text[at..].trim_start();
        let bare = || {
            let end = body.find(|c: char| c.is_whitespace() || "$.,;\\)".contains(c));
            let inside = &body[..end.unwrap_or(body.len())];
            (inside.starts_with(char::is_alphanumeric)).then_some(inside)
        };
        if body.starts_with('{') { group(body).map(|(inside, _)| inside) } else { bare() }
    })
    .collect()
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
        let extractor = Extractor::new(kind).expect("valid");
        assert_eq!(extractor.answer(text).as_deref(), expected, "{text}");
    }

    #[test]
    fn tags_and_boxes() {
        check(Extract::Solution, "<solution>a</solution> <solution> b </solution> c", Some("b"));
        check(Extract::Solution, "<solution>cut off", Some("cut off"));
        check(Extract::Solution, "none", None);
        check(Extract::Boxed, r"so \boxed{1} and \boxed{\frac{1}{2}} end", Some(r"\frac{1}{2}"));
        check(Extract::Boxed, r"\fbox{yes}", Some("yes"));
        check(Extract::Boxed, r"\boxed{open", None);
        check(Extract::Boxed, r"So \boxed{42}. Let me restate: \boxed{4", Some("42"));
        check(Extract::Boxed, r"\boxed {42} by step 2", Some("42"));
        check(Extract::Boxed, r"$\boxed 7$", Some("7"));
        check(Extract::Boxed, r"\boxed{\text{Sunday}}", Some("Sunday"));
        check(Extract::Boxed, r"\boxed{\textbf{(C)}}", Some("(C)"));
        check(Extract::Auto, r"The answer is \boxed{42", Some("42"));
    }

    #[test]
    fn words() {
        check(Extract::AnswerIs, "The answer is 3. No:\nthe Answer is: **4**.", Some("4"));
        check(Extract::AnswerIs, "**Answer:** B\nmore", Some("B"));
        check(Extract::AnswerIs, "sum\n#### 42", Some("42"));
        check(Extract::AnswerIs, "The answer is $x^2$.", Some("x^2"));
        check(Extract::AnswerIs, "no such thing", None);
        for (text, expected) in [
            ("Answer:\n42\n\nExplanation: it took 3 steps.", "42"),
            ("The answer is 42.\n#### Notes\nnone", "42"),
            ("Final Answer: The final answer is $42$. I hope it is correct.", "42"),
            ("Answer = 7", "7"),
            ("**Answer: B**\n\n#### Explanation\nOption C is wrong.", "B"),
            ("The correct option is B. C is close, but wrong.", "B"),
            ("I choose B, not C.", "B, not C"),
            ("The answer is as follows:\n\n**Paris**", "Paris"),
            ("## Answer\n\nParis\n", "Paris"),
            ("**Final answer**\n`x`", "x"),
            ("{\"answer\": \"Paris\"}", "Paris"),
            ("The answer to the question is Dr. No. It was made in 1962.", "Dr. No"),
            ("the answer would be: \\(x+1\\).", "x+1"),
            ("The answer is \\text{Sunday}.", "Sunday"),
            ("The answer isn't 4. The answer is 5", "5"),
            ("6 + 1 is 7.\nSo it is 7.", "7"),
            ("Answer: 🎉", "🎉"),
            ("42\n\nAnswer", "42\n\nAnswer"),
            ("I choose to wait", "I choose to wait"),
            ("I would not choose B", "I would not choose B"),
        ] {
            check(Extract::Auto, text, Some(expected));
        }
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

    #[test]
    fn reasoning_is_no_answer() {
        check(Extract::Auto, "<think>the answer is 5</think>\nSo 7", Some("So 7"));
        check(Extract::Auto, "the answer is 5?\n</think>\n\n7", Some("7"));
        check(Extract::Boxed, r"<think>\boxed{5}</think> 7", None);
        check(Extract::Whole, "<think>5, hmm", None);
        check(Extract::Auto, "The answer is 7.<think>or 8</think> Done.", Some("7"));
    }

    #[test]
    fn hostile_texts_take_linear_time() {
        for piece in ["answer: ", "\\boxed{", "#### ", "\n#### 1", "answer to ", "choose B "] {
            let text = piece.repeat(5_000);
            Extractor::new(Extract::Auto).expect("valid").answer(&text);
        }
    }
}
