//! How much of a response is copied from its source, word for word.
//!
//! Grusky, Naaman and Artzi, "Newsroom: a dataset of 1.3 million summaries with diverse extractive
//! strategies", NAACL 2018, section 4.

use super::extractive::FragmentFormula;
use crate::info::Unit;

/// Words of a run that counts as copied.
pub(super) const COPIED: usize = 8;

/// The share of the response's words that stand in a fragment of at least [`COPIED`] words, 0 to 1.
/// Shorter runs are shared by chance or by subject.
#[derive(Debug, Clone, Copy)]
pub struct CopyRatio;

impl FragmentFormula for CopyRatio {
    const ID: &'static str = "copy_ratio";
    const TITLE: &'static str = "Copy ratio";
    const HIGH: Option<f64> = Some(1.0);
    const UNIT: Unit = Unit::Ratio;

    fn compute(fragments: &[usize], words: usize) -> f64 {
        let copied = fragments.iter().filter(|length| **length >= COPIED);
        copied.sum::<usize>() as f64 / words as f64
    }
}
