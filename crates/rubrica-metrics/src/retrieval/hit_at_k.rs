//! Whether something relevant stands among the first k.
//!
//! Deshpande and Karypis, "Item-based top-N recommendation algorithms", TOIS 22(1), 2004.

use super::formula::RankFormula;

/// 1 when a relevant item stands among the first k, else 0.
#[derive(Debug, Clone, Copy)]
pub struct HitAtK;

impl RankFormula for HitAtK {
    const ID: &'static str = "hit_at_k";
    const TITLE: &'static str = "Hit at k";
    const SOURCE: &'static str = "Deshpande and Karypis, TOIS 22, 2004";
    const K: Option<usize> = Some(10);

    fn compute(relevant: &[bool], _k: usize, _total: usize) -> f64 {
        f64::from(u8::from(relevant.contains(&true)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_enough() {
        assert_eq!(HitAtK::compute(&[false, true], 2, 4), 1.0);
        assert_eq!(HitAtK::compute(&[], 2, 4), 0.0);
    }
}
