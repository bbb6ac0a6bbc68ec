//! Metrics of what response and reference share: characters, words, sequences.

mod bleu;
mod bleu_tokenize;
mod chrf;
mod cider_d;
mod error_rate;
mod exact_match;
mod gleu;
mod jaro;
mod lcs;
mod levenshtein;
mod meteor;
mod nist;
mod rouge_l;
mod rouge_lsum;
mod rouge_n;
mod rouge_s;
mod rouge_tokens;
mod rouge_w;
mod synonyms;
mod ter;
mod ter_edits;
mod ter_tokens;
mod token_f1;
mod western;

pub use bleu::{Bleu, BleuOptions, Smoothing};
pub use bleu_tokenize::BleuTokenizer;
pub use chrf::{Chrf, ChrfOptions};
pub use cider_d::{CiderD, CiderDOptions};
pub use error_rate::ErrorRate;
pub use exact_match::{ExactMatch, ExactMatchOptions};
pub use gleu::{Gleu, GleuOptions};
pub use jaro::{Jaro, JaroOptions};
pub use levenshtein::{Levenshtein, LevenshteinOptions, LevenshteinUnit};
pub use meteor::{LookUp, Meteor, MeteorOptions};
pub use nist::{Nist, NistOptions};
pub use rouge_l::RougeL;
pub use rouge_lsum::{RougeLsum, RougeLsumOptions, SummarySplit};
pub use rouge_n::RougeN;
pub use rouge_s::{RougeS, RougeSOptions};
pub use rouge_tokens::{RougeOptions, RougeTokenizer};
pub use rouge_w::{RougeW, RougeWOptions};
pub use synonyms::Synonyms;
pub use ter::Ter;
pub use ter_tokens::TerOptions;
pub use token_f1::TokenF1;

use crate::entry::Entry;

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
    Entry::text::<RougeW>(),
    Entry::text::<RougeS>(),
    Entry::text::<Gleu>(),
    Entry::text::<Nist>(),
    Entry::text::<Meteor>(),
    Entry::text::<Ter>(),
    Entry::text::<ErrorRate<true>>(),
    Entry::text::<ErrorRate<false>>(),
    Entry::text::<Jaro<false>>(),
    Entry::text::<Jaro<true>>(),
    Entry::text::<CiderD>(),
];

/// The harmonic mean of precision and recall; 0 when both are 0.
fn f1(precision: f64, recall: f64) -> f64 {
    if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 }
}

pub(crate) use levenshtein::distance as edit_distance;

/// The best of several values by `score`; the first of equals.
pub(crate) fn best<T>(values: impl IntoIterator<Item = T>, score: impl Fn(&T) -> f64) -> Option<T> {
    values.into_iter().reduce(|best, next| if score(&next) > score(&best) { next } else { best })
}
