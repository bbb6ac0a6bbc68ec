//! Labelled data: the rows of the four file shapes, and what a judge is asked about them.
//!
//! One JSON object a line. `pairwise` rows become [`LabelledPair`]s; `rubric`, `grounding` and
//! `segments` rows all become [`LabelledRating`]s, a response (or a part of one) under one criterion.

mod rows;

use std::sync::Arc;

use rubrica_core::{
    Criterion, Error, Preference, Result, Scale, Span, from_value, plain_message, without_mark,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use rows::{GroundingRow, PairwiseRow, RubricRow, SegmentsRow};

/// The four file shapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// `{prompt, a, b, label}`.
    Pairwise,
    /// `{instruction, response, reference?, criteria, score_descriptions?, score, min, max}`.
    Rubric,
    /// `{question, context?, response, segments: [{start, end, labels}]}`.
    Segments,
    /// `{context, response, label}`.
    Grounding,
}

impl Shape {
    /// All shapes.
    pub const ALL: [Self; 4] = [Self::Pairwise, Self::Rubric, Self::Segments, Self::Grounding];

    /// File name without extension.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pairwise => "pairwise",
            Self::Rubric => "rubric",
            Self::Segments => "segments",
            Self::Grounding => "grounding",
        }
    }
}

/// Two responses with a known preference.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelledPair {
    /// The data set.
    pub source: String,
    /// Hash of the prompt: pairs of one prompt stay together.
    pub group: u64,
    /// What both responses answer.
    pub prompt: String,
    /// The responses.
    pub responses: [String; 2],
    /// The preference.
    pub label: Preference,
    /// True when the data set also has training rows.
    pub in_domain: bool,
}

/// A response, or a part of one, rated under one criterion.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelledRating {
    /// The data set.
    pub source: String,
    /// The file shape that the row came from.
    pub shape: Shape,
    /// The aspect rated, for sets that rate several; empty otherwise.
    pub dimension: String,
    /// Hash of what is answered: rows of one prompt stay together.
    pub group: u64,
    /// What the response answers.
    pub instruction: String,
    /// What was rated.
    pub response: String,
    /// A model answer, or the context that the response should rest on.
    pub reference: Option<String>,
    /// The question, with its scale.
    pub criterion: Criterion,
    /// The rating, on the criterion's scale.
    pub score: f64,
    /// Where the response stands, if it is a part of a longer one.
    pub part: Option<PartOf>,
    /// True when the data set also has training rows.
    pub in_domain: bool,
}

/// A place in a response.
#[derive(Debug, Clone, PartialEq)]
pub struct PartOf {
    /// The whole response.
    pub whole: Arc<str>,
    /// The part of it.
    pub span: Span,
}

impl LabelledRating {
    /// The rating as the share of the way from worst to best, in `0..=1`.
    pub fn target(&self) -> f64 {
        self.criterion.scale.normalise(self.score)
    }
}

/// Whether a context supports a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// All of it.
    Supported,
    /// Some of it.
    Partly,
    /// It does not say so.
    Not,
    /// It says the opposite.
    Contradicted,
}

/// A row of `grounding` with the places that are not supported.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelledSupport {
    /// The data set.
    pub source: String,
    /// Hash of the context.
    pub group: u64,
    /// What the response answers; may be empty.
    pub question: String,
    /// What the response should rest on.
    pub context: String,
    /// The response.
    pub response: String,
    /// The label of the whole.
    pub support: Support,
    /// Parts of the response that the context does not support, where the source marks them.
    pub unsupported: Vec<Span>,
}

/// A row of `segments` with all its segments.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelledErrors {
    /// The data set.
    pub source: String,
    /// Hash of the question.
    pub group: u64,
    /// What the response answers.
    pub question: String,
    /// What the response should rest on; may be empty.
    pub context: String,
    /// The response.
    pub response: String,
    /// Parts of the response with the labels of their errors, in the source's own words.
    pub segments: Vec<(Span, Vec<String>)>,
}

/// A context with the places that matter, of a row of `grounding` or `segments`.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelledContext {
    /// The data set.
    pub source: String,
    /// Hash of the context.
    pub group: u64,
    /// What the response answers; may be empty.
    pub question: String,
    /// The context.
    pub context: String,
    /// The response.
    pub response: String,
    /// Parts of the context that the response rests on, where the source marks them.
    pub used: Option<Vec<Span>>,
    /// Parts of the context that the response should have used and did not, where the source marks
    /// them.
    pub missed: Option<Vec<Span>>,
}

/// The criterion under which `grounding` rows are rated: 1 supported, 0 not.
pub fn grounding_criterion() -> Criterion {
    let scale = Scale::binary();
    Criterion {
        scale,
        ..Criterion::new("grounding", "Is everything in the response supported by the context?")
    }
}

/// The criterion under which each segment of `segments` rows is rated: 1 without error, 0 with.
pub fn segment_criterion() -> Criterion {
    let scale = Scale::binary();
    Criterion {
        scale,
        ..Criterion::new(
            "segment",
            "Is this sentence of the answer true, relevant and without error?",
        )
    }
}

/// Reads pairwise rows.
///
/// # Errors
/// [`Error::Parse`] with the line.
pub fn read_pairs(lines: &str) -> Result<Vec<LabelledPair>> {
    read(lines, |row: PairwiseRow| Ok(vec![row.into()]))
}

/// Reads rows of the other three shapes as ratings.
///
/// # Errors
/// [`Error::Parse`] with the line; [`Error::Invalid`] for [`Shape::Pairwise`].
pub fn read_ratings(shape: Shape, lines: &str) -> Result<Vec<LabelledRating>> {
    match shape {
        Shape::Rubric => read(lines, |row: RubricRow| Ok(vec![row.rating()?])),
        Shape::Grounding => read(lines, |row: GroundingRow| row.ratings()),
        Shape::Segments => read(lines, |row: SegmentsRow| Ok(row.ratings())),
        Shape::Pairwise => {
            Err(Error::invalid("shape", "is pairwise", "rubric, grounding or segments"))
        }
    }
}

/// Reads grounding rows with their places.
///
/// # Errors
/// [`Error::Parse`] with the line.
pub fn read_support(lines: &str) -> Result<Vec<LabelledSupport>> {
    read(lines, |row: GroundingRow| Ok(row.support()))
}

/// Reads segments rows, whole.
///
/// # Errors
/// [`Error::Parse`] with the line.
pub fn read_errors(lines: &str) -> Result<Vec<LabelledErrors>> {
    read(lines, |row: SegmentsRow| Ok(row.errors()))
}

/// Reads the rows of `grounding` and `segments` that say which parts of their context matter.
///
/// # Errors
/// [`Error::Parse`] with the line; [`Error::Invalid`] for another shape.
pub fn read_contexts(shape: Shape, lines: &str) -> Result<Vec<LabelledContext>> {
    match shape {
        Shape::Grounding => read(lines, |row: GroundingRow| Ok(row.contexts())),
        Shape::Segments => read(lines, |row: SegmentsRow| Ok(row.contexts())),
        Shape::Pairwise | Shape::Rubric => {
            let found = format!("is {}", shape.name());
            Err(Error::invalid("shape", found, "grounding or segments"))
        }
    }
}

fn read<R: DeserializeOwned, T>(
    lines: &str,
    convert: impl Fn(R) -> Result<Vec<T>>,
) -> Result<Vec<T>> {
    let mut all = Vec::new();
    let lines = without_mark(lines).lines().enumerate();
    for (number, line) in lines.filter(|(_, l)| !l.trim().is_empty()) {
        let row = serde_json::from_str::<Value>(line).map_err(|e| Error::Parse {
            path: String::new(),
            message: format!("not JSON: {}", plain_message(&e.to_string())),
        });
        let rows = row.and_then(|row| convert(from_value(&row)?));
        all.extend(rows.map_err(|error| error.within(&format!("line {}", number + 1)))?);
    }
    Ok(all)
}
