//! Average precision, and its mean over queries (MAP).
//!
//! Buckley and Voorhees, "Evaluating evaluation measure stability", SIGIR 2000.

use super::formula::RankFormula;

/// The mean, over all relevant items, of the precision where the item stands; 0 for one not ranked.
#[derive(Debug, Clone, Copy)]
pub struct AveragePrecision;

impl RankFormula for AveragePrecision {
    const ID: &'static str = "map";
    const TITLE: &'static str = "Mean average precision";
    const SOURCE: &'static str = "Buckley and Voorhees, SIGIR 2000";
    const K: Option<usize> = None;

    fn compute(relevant: &[bool], _k: usize, total: usize) -> f64 {
        let (mut found, mut sum) = (0.0, 0.0);
        for (place, _) in relevant.iter().enumerate().filter(|(_, relevant)| **relevant) {
            found += 1.0;
            sum += found / (place + 1) as f64;
        }
        sum / total as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_over_all_that_is_relevant() {
        let score = AveragePrecision::compute(&[true, false, true], usize::MAX, 3);
        assert!((score - (1.0 + 2.0 / 3.0) / 3.0).abs() < 1e-15);
    }
}
