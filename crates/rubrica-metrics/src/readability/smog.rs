//! SMOG grade.
//!
//! G. H. McLaughlin, "SMOG grading: a new readability formula", Journal of Reading 12(8), 1969.

use super::formula::Formula;
use crate::info::Unit;
use crate::text::Counts;

/// 1.043 √(30 · words of three and more syllables / sentences) + 3.1291. Fitted on 30 sentences; for
/// fewer it is an extrapolation.
#[derive(Debug, Clone, Copy)]
pub struct Smog;

impl Formula for Smog {
    const ID: &'static str = "smog";
    const TITLE: &'static str = "SMOG";
    const UNIT: Unit = Unit::Grade;
    const SOURCE: &'static str = "McLaughlin, Journal of Reading 12, 1969";

    fn compute(counts: &Counts) -> f64 {
        1.043 * (30.0 * counts.polysyllables / counts.sentences).sqrt() + 3.1291
    }
}
