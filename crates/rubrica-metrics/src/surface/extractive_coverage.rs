//! Extractive coverage.
//!
//! Grusky, Naaman and Artzi, "Newsroom: a dataset of 1.3 million summaries with diverse extractive
//! strategies", NAACL 2018, section 4.

use super::extractive::FragmentFormula;
use crate::info::Unit;

/// The share of the response's words that stand in a fragment, 0 to 1.
#[derive(Debug, Clone, Copy)]
pub struct ExtractiveCoverage;

impl FragmentFormula for ExtractiveCoverage {
    const ID: &'static str = "extractive_coverage";
    const TITLE: &'static str = "Extractive coverage";
    const HIGH: Option<f64> = Some(1.0);
    const UNIT: Unit = Unit::Ratio;

    fn compute(fragments: &[usize], words: usize) -> f64 {
        fragments.iter().sum::<usize>() as f64 / words as f64
    }
}
