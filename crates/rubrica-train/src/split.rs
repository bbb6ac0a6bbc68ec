//! Splits and draws that depend on a seed and on nothing else.

use rubrica_stats::rng::Rng;

/// Splits `0..groups.len()` into (training, validation), whole groups at a time: rows of one prompt
/// never stand on both sides. About `share` of the groups go to validation.
pub fn split_by_group(groups: &[u64], share: f64, seed: u64) -> (Vec<usize>, Vec<usize>) {
    (0..groups.len()).partition(|&i| {
        let mut draw = Rng::seeded(seed ^ groups[i].wrapping_mul(0x9e37_79b9_7f4a_7c15));
        draw.unit() >= share
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_never_split() {
        let groups: Vec<u64> = (0..4000).map(|i| i / 4).collect();
        let (train, validation) = split_by_group(&groups, 0.2, 7);
        assert_eq!(train.len() + validation.len(), 4000);
        let held: std::collections::HashSet<u64> = validation.iter().map(|&i| groups[i]).collect();
        assert!(train.iter().all(|&i| !held.contains(&groups[i])));
        assert!((600..1000).contains(&validation.len()), "{}", validation.len());
    }
}
