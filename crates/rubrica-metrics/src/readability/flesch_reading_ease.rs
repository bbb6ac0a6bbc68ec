//! Flesch reading ease.
//!
//! R. Flesch, "A new readability yardstick", Journal of Applied Psychology 32(3), 1948.

use super::formula::Formula;
use crate::info::Unit;
use crate::text::Counts;

/// 206.835 − 1.015 words a sentence − 84.6 syllables a word: 100 is very easy, 0 very hard, and texts may
/// lie beyond both.
#[derive(Debug, Clone, Copy)]
pub struct FleschReadingEase;

impl Formula for FleschReadingEase {
    const ID: &'static str = "flesch_reading_ease";
    const TITLE: &'static str = "Flesch reading ease";
    const UNIT: Unit = Unit::Points;
    const SOURCE: &'static str = "Flesch, Journal of Applied Psychology 32, 1948";

    fn compute(counts: &Counts) -> f64 {
        206.835
            - 1.015 * (counts.words / counts.sentences)
            - 84.6 * (counts.syllables / counts.words)
    }
}
