//! Recall among the first k.
//!
//! Manning, Raghavan and Schütze, "Introduction to Information Retrieval", 2008, chapter 8.

use super::formula::RankFormula;

/// The share of relevant items that stand among the first k.
#[derive(Debug, Clone, Copy)]
pub struct RecallAtK;

impl RankFormula for RecallAtK {
    const ID: &'static str = "recall_at_k";
    const TITLE: &'static str = "Recall at k";
    const SOURCE: &'static str = "Manning et al., Introduction to Information Retrieval, 2008";
    const K: Option<usize> = Some(10);

    fn compute(relevant: &[bool], _k: usize, total: usize) -> f64 {
        relevant.iter().filter(|relevant| **relevant).count() as f64 / total as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_all_that_is_relevant() {
        assert_eq!(RecallAtK::compute(&[true, false], 2, 4), 0.25);
    }
}
