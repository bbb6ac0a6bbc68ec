//! Linsear Write.
//!
//! J. O'Hayre, "Gobbledygook has gotta go", Bureau of Land Management, 1966.

use super::formula::Formula;
use crate::info::Unit;
use crate::text::Counts;

/// Words of up to two syllables count 1, longer ones 3, over sentences; half of that above 20, else
/// half of what is left after taking 2. Meant for samples of 100 words; here for the whole text, as in
/// `textstat` by default.
#[derive(Debug, Clone, Copy)]
pub struct LinsearWrite;

impl Formula for LinsearWrite {
    const ID: &'static str = "linsear_write";
    const TITLE: &'static str = "Linsear Write";
    const UNIT: Unit = Unit::Grade;
    const SOURCE: &'static str = "O'Hayre, Gobbledygook Has Gotta Go, 1966";

    fn compute(counts: &Counts) -> f64 {
        let points = (counts.words + 2.0 * counts.polysyllables) / counts.sentences;
        if points > 20.0 { points / 2.0 } else { (points - 2.0) / 2.0 }
    }
}
