//! Segmentation shared by metrics and by the judge: sentences, words, paragraphs.
//!
//! Every function takes any text, hostile text included, in time linear in its length, and gives
//! positions as [`rubrica_core::Span`]s in Unicode scalars.

mod abbreviations;
mod blocks;
mod paragraphs;
mod sentences;
mod words;

pub use paragraphs::paragraphs;
pub use sentences::{sentence_texts, sentences};
pub use words::{tokens, word_spans, words};

use std::ops::Range;

use rubrica_core::Span;

/// Scalar spans of ascending, disjoint byte ranges of `text`; one pass.
fn spans_of(text: &str, ranges: &[Range<usize>]) -> Vec<Span> {
    let (mut byte, mut scalar) = (0, 0);
    let mut advance = |to: usize| {
        scalar += text[byte..to].chars().count();
        byte = to;
        scalar
    };
    ranges.iter().map(|range| Span::new(advance(range.start), advance(range.end))).collect()
}

/// `range` of `text` without white space at its ends; `None` when nothing is left.
fn trimmed(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let piece = &text[range.clone()];
    let start = range.start + (piece.len() - piece.trim_start().len());
    let end = start + piece.trim().len();
    (start < end).then_some(start..end)
}
