//! Segmentation shared by metrics and by the judge: sentences, words, paragraphs,
//! n-grams, syllables, stems.
//!
//! Every function takes any text, hostile text included, in time linear in its length, and gives
//! positions as [`rubrica_core::Span`]s in Unicode scalars.

mod abbreviations;
mod blocks;
mod category;
mod counts;
mod hash;
mod ngrams;
mod normalize;
mod number;
mod paragraphs;
mod porter;
mod reasoning;
mod sentences;
mod syllables;
mod words;

pub(crate) use blocks::is_bullet;
pub use blocks::is_list_item;
pub(crate) use category::{is_punctuation, is_symbol};
pub(crate) use counts::is_mostly_latin;
pub(crate) use ngrams::{Characters, Vocabulary, shared_ngrams};
pub(crate) use normalize::is_ascii_punctuation;
pub(crate) use number::number;
pub(crate) use words::is_python_space;

pub use counts::Counts;
pub use hash::Folds;
pub(crate) use hash::{TokenMap, TokenSet};
pub use ngrams::ngram_counts;
pub use normalize::squad_normalized;
pub use paragraphs::paragraphs;
pub use porter::porter_stem;
pub use reasoning::without_reasoning;
pub use sentences::{sentence_texts, sentences};
pub use syllables::syllables;
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
