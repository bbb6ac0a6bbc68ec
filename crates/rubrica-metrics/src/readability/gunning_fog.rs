//! Gunning fog index.
//!
//! R. Gunning, "The technique of clear writing", McGraw-Hill, 1952.

use super::formula::Formula;
use crate::info::Unit;
use crate::text::Counts;

/// 0.4 (words a sentence + percentage of words of three and more syllables). Gunning leaves out names,
/// compounds and inflected words by hand; no word is left out here.
#[derive(Debug, Clone, Copy)]
pub struct GunningFog;

impl Formula for GunningFog {
    const ID: &'static str = "gunning_fog";
    const TITLE: &'static str = "Gunning fog";
    const UNIT: Unit = Unit::Grade;
    const SOURCE: &'static str = "Gunning, The Technique of Clear Writing, 1952";

    fn compute(counts: &Counts) -> f64 {
        0.4 * (counts.words / counts.sentences + 100.0 * counts.polysyllables / counts.words)
    }
}
