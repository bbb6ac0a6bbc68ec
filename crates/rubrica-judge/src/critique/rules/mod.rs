//! What can be worked out again: sums, dates, counts, the clauses of the instruction.
//!
//! Each rule is a file with one function from the texts to [`Finding`]s, and says nothing where it is
//! not sure: a finding that is none costs more trust than one that is missing. How often each is right
//! is measured by `cargo run -p rubrica-judge --example critique_precision`.

mod clauses;
mod counts;
mod dates;
mod expression;
mod filler;
mod questions;
mod sums;

use std::ops::Range;

use rubrica_core::{Evidence, Point, Severity, Span};
use rubrica_metrics::text;

use crate::input::Input;

/// Findings of one rule, at most.
const MOST: usize = 4;

/// What one rule found.
#[derive(Debug, Clone, PartialEq)]
struct Finding {
    /// Where in the response, if it is about one place.
    span: Option<Span>,
    severity: Severity,
    /// What is the matter, in one sentence.
    message: String,
    found: String,
    expected: Option<String>,
    suggestion: Option<String>,
}

/// A rule: its id, and what it finds.
type Rule = (&'static str, fn(&Texts<'_>) -> Vec<Finding>);

/// All rules, in the order in which their findings are told.
const RULES: [Rule; 6] = [
    ("clauses", clauses::findings),
    ("sums", sums::findings),
    ("dates", dates::findings),
    ("counts", counts::findings),
    ("questions", questions::findings),
    ("filler", filler::findings),
];

/// What the rules read.
struct Texts<'a> {
    instruction: &'a str,
    response: &'a str,
    /// The sentences of the response.
    sentences: Vec<Sentence<'a>>,
}

impl<'a> Texts<'a> {
    fn new(instruction: &'a str, response: &'a str) -> Self {
        Self { instruction, response, sentences: sentences(response) }
    }
}

/// A sentence of the response.
struct Sentence<'a> {
    text: &'a str,
    span: Span,
}

impl Sentence<'_> {
    /// The place of a part of the sentence, in the response.
    fn place(&self, bytes: &Range<usize>) -> Span {
        let start = self.span.start + self.text[..bytes.start].chars().count();
        Span::new(start, start + self.text[bytes.clone()].chars().count())
    }
}

/// One point a finding.
pub(super) fn points(input: &Input<'_>) -> Vec<Point> {
    let texts = Texts::new(input.instruction(), input.response);
    let found = RULES.iter().flat_map(|(rule, find)| {
        find(&texts).into_iter().take(MOST).map(|finding| point(rule, finding))
    });
    found.collect()
}

fn point(rule: &str, finding: Finding) -> Point {
    let Finding { span, severity, message, found, expected, suggestion } = finding;
    let evidence = Evidence::Rule { rule: rule.to_owned(), found, expected };
    Point { span, suggestion, ..Point::new(severity, message, evidence) }
}

/// The sentences of `response` outside of fenced code, in one pass.
fn sentences(response: &str) -> Vec<Sentence<'_>> {
    let (mut byte, mut scalar, mut fenced) = (0, 0, false);
    let mut found = Vec::new();
    for span in text::sentences(response) {
        let ahead = |from: usize, scalars: usize| {
            let rest = response[from..].char_indices().nth(scalars);
            rest.map_or(response.len(), |(at, _)| from + at)
        };
        let start = ahead(byte, span.start - scalar);
        let end = ahead(start, span.len());
        (byte, scalar) = (end, span.end);
        let text = &response[start..end];
        let fences = text.matches("```").count();
        if !fenced && fences == 0 {
            found.push(Sentence { text, span });
        }
        fenced ^= fences % 2 == 1;
    }
    found
}
