//! Metrics of what response and reference share: characters, words, sequences.

mod bleu;
mod bleu_tokenize;
mod chrf;
mod exact_match;
mod lcs;
mod levenshtein;
mod rouge_l;
mod rouge_lsum;
mod rouge_n;
mod rouge_tokens;
mod token_f1;

pub use bleu::{Bleu, BleuOptions, Smoothing};
pub use bleu_tokenize::BleuTokenizer;
pub use chrf::{Chrf, ChrfOptions};
pub use exact_match::{ExactMatch, ExactMatchOptions};
pub use levenshtein::{Levenshtein, LevenshteinOptions, LevenshteinUnit};
pub use rouge_l::RougeL;
pub use rouge_lsum::{RougeLsum, RougeLsumOptions, SummarySplit};
pub use rouge_n::RougeN;
pub use rouge_tokens::{RougeOptions, RougeTokenizer};
pub use token_f1::TokenF1;

use crate::catalogue::Entry;

/// The metrics of this family.
pub(crate) const ENTRIES: &[Entry] = &[
    Entry::text::<ExactMatch>(),
    Entry::text::<TokenF1>(),
    Entry::text::<Levenshtein>(),
    Entry::text::<Bleu>(),
    Entry::text::<Chrf>(),
    Entry::text::<RougeN<1>>(),
    Entry::text::<RougeN<2>>(),
    Entry::text::<RougeL>(),
    Entry::text::<RougeLsum>(),
];

/// The harmonic mean of precision and recall; 0 when both are 0.
fn f1(precision: f64, recall: f64) -> f64 {
    if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 }
}

/// The best of several values by `score`; the first of equals.
fn best<T>(values: impl IntoIterator<Item = T>, score: impl Fn(&T) -> f64) -> Option<T> {
    values.into_iter().reduce(|best, next| if score(&next) > score(&best) { next } else { best })
}
