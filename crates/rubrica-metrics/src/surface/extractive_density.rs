//! Extractive density.
//!
//! Grusky, Naaman and Artzi, "Newsroom: a dataset of 1.3 million summaries with diverse extractive
//! strategies", NAACL 2018, section 4.

use super::extractive::FragmentFormula;
use crate::info::Unit;

/// The mean length of the fragment that a word of the response stands in, 0 where it stands in none.
#[derive(Debug, Clone, Copy)]
pub struct ExtractiveDensity;

impl FragmentFormula for ExtractiveDensity {
    const ID: &'static str = "extractive_density";
    const TITLE: &'static str = "Extractive density";
    const HIGH: Option<f64> = None;
    const UNIT: Unit = Unit::Count;

    fn compute(fragments: &[usize], words: usize) -> f64 {
        fragments.iter().map(|length| (*length as f64).powi(2)).sum::<f64>() / words as f64
    }
}
