//! Automated readability index.
//!
//! E. A. Smith and R. J. Senter, "Automated readability index", AMRL-TR-66-220, 1967.

use super::formula::Formula;
use crate::info::Unit;
use crate::text::Counts;

/// 4.71 letters and digits a word + 0.5 words a sentence − 21.43.
#[derive(Debug, Clone, Copy)]
pub struct Ari;

impl Formula for Ari {
    const ID: &'static str = "ari";
    const TITLE: &'static str = "Automated readability index";
    const UNIT: Unit = Unit::Grade;
    const SOURCE: &'static str = "Smith and Senter, AMRL-TR-66-220, 1967";

    fn compute(counts: &Counts) -> f64 {
        4.71 * (counts.characters / counts.words) + 0.5 * (counts.words / counts.sentences) - 21.43
    }
}
