//! Reciprocal rank, and its mean over queries (MRR).
//!
//! Voorhees, "The TREC-8 question answering track report", TREC 1999.

use super::formula::RankFormula;

/// One over the place of the first relevant item; 0 without one.
#[derive(Debug, Clone, Copy)]
pub struct ReciprocalRank;

impl RankFormula for ReciprocalRank {
    const ID: &'static str = "mrr";
    const TITLE: &'static str = "Mean reciprocal rank";
    const SOURCE: &'static str = "Voorhees, TREC 1999";
    const K: Option<usize> = None;

    fn compute(relevant: &[bool], _k: usize, _total: usize) -> f64 {
        relevant.iter().position(|relevant| *relevant).map_or(0.0, |place| 1.0 / (place + 1) as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_over_the_first_place() {
        assert_eq!(ReciprocalRank::compute(&[false, true, true], usize::MAX, 2), 0.5);
        assert_eq!(ReciprocalRank::compute(&[false], usize::MAX, 2), 0.0);
    }
}
