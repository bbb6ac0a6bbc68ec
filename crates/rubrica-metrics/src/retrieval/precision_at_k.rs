//! Precision among the first k.
//!
//! Manning, Raghavan and Schütze, "Introduction to Information Retrieval", 2008, chapter 8.

use super::formula::RankFormula;

/// The share of the first k that is relevant. A ranking of fewer than k items has misses for the rest.
#[derive(Debug, Clone, Copy)]
pub struct PrecisionAtK;

impl RankFormula for PrecisionAtK {
    const ID: &'static str = "precision_at_k";
    const TITLE: &'static str = "Precision at k";
    const SOURCE: &'static str = "Manning et al., Introduction to Information Retrieval, 2008";
    const K: Option<usize> = Some(10);

    fn compute(relevant: &[bool], k: usize, _total: usize) -> f64 {
        // A ranking shorter than k counts as filled up with what is not relevant.
        let places = if k == usize::MAX { relevant.len().max(1) } else { k };
        relevant.iter().filter(|relevant| **relevant).count() as f64 / places as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_ranking_is_filled_up() {
        assert_eq!(PrecisionAtK::compute(&[true, true], 4, 2), 0.5);
        assert_eq!(PrecisionAtK::compute(&[true, true], usize::MAX, 2), 1.0);
    }
}
