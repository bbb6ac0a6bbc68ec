//! Coleman-Liau index.
//!
//! M. Coleman and T. L. Liau, "A computer readability formula designed for machine scoring", Journal of
//! Applied Psychology 60(2), 1975.

use super::formula::Formula;
use crate::info::Unit;
use crate::text::Counts;

/// 0.0588 letters per 100 words − 0.296 sentences per 100 words − 15.8. (`textstat` 0.7 rounds the first
/// constant to 0.058.)
#[derive(Debug, Clone, Copy)]
pub struct ColemanLiau;

impl Formula for ColemanLiau {
    const ID: &'static str = "coleman_liau";
    const TITLE: &'static str = "Coleman-Liau";
    const UNIT: Unit = Unit::Grade;
    const SOURCE: &'static str = "Coleman and Liau, Journal of Applied Psychology 60, 1975";

    fn compute(counts: &Counts) -> f64 {
        0.0588 * (100.0 * counts.letters / counts.words)
            - 0.296 * (100.0 * counts.sentences / counts.words)
            - 15.8
    }
}
