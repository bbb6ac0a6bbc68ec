//! Flesch-Kincaid grade level.
//!
//! J. P. Kincaid et al., "Derivation of new readability formulas for Navy enlisted personnel", Research
//! Branch Report 8-75, 1975.

use super::formula::Formula;
use crate::info::Unit;
use crate::text::Counts;

/// 0.39 words a sentence + 11.8 syllables a word − 15.59.
#[derive(Debug, Clone, Copy)]
pub struct FleschKincaidGrade;

impl Formula for FleschKincaidGrade {
    const ID: &'static str = "flesch_kincaid_grade";
    const TITLE: &'static str = "Flesch-Kincaid grade";
    const UNIT: Unit = Unit::Grade;
    const SOURCE: &'static str = "Kincaid et al., Research Branch Report 8-75, 1975";

    fn compute(counts: &Counts) -> f64 {
        0.39 * (counts.words / counts.sentences) + 11.8 * (counts.syllables / counts.words) - 15.59
    }
}
