//! Orders and splits that depend on a seed and on nothing else.

use rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// A seeded source of permutations.
#[derive(Debug, Clone)]
pub struct Shuffle(Xoshiro256PlusPlus);

impl Shuffle {
    /// The source for `seed`.
    pub fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// A number in `0..bound`.
    ///
    /// # Panics
    /// When `bound` is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        assert!(bound > 0, "no number below 0");
        // Multiply-shift: the bias is below 2⁻³² for any bound that fits memory.
        ((u128::from(self.0.next_u64()) * bound as u128) >> 64) as usize
    }

    /// A number in `0..1`.
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A standard normal number (Box & Muller, 1958).
    pub fn normal(&mut self) -> f64 {
        let (u, v) = (1.0 - self.unit(), self.unit());
        (-2.0 * u.ln()).sqrt() * (2.0 * std::f64::consts::PI * v).cos()
    }

    /// Permutes `items` (Fisher-Yates).
    pub fn permute<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }
}

/// Splits `0..groups.len()` into (training, validation), whole groups at a time: rows of one prompt
/// never stand on both sides. About `share` of the groups go to validation.
pub fn split_by_group(groups: &[u64], share: f64, seed: u64) -> (Vec<usize>, Vec<usize>) {
    (0..groups.len()).partition(|&i| {
        let mut draw = Shuffle::new(seed ^ groups[i].wrapping_mul(0x9e37_79b9_7f4a_7c15));
        draw.unit() >= share
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permutations_repeat_with_the_seed() {
        let order = |seed| {
            let mut items: Vec<usize> = (0..50).collect();
            Shuffle::new(seed).permute(&mut items);
            items
        };
        assert_eq!(order(1), order(1));
        assert_ne!(order(1), order(2));
        let mut sorted = order(3);
        sorted.sort_unstable();
        assert_eq!(sorted, (0..50).collect::<Vec<_>>());
    }

    #[test]
    fn groups_are_never_split() {
        let groups: Vec<u64> = (0..4000).map(|i| i / 4).collect();
        let (train, validation) = split_by_group(&groups, 0.2, 7);
        assert_eq!(train.len() + validation.len(), 4000);
        let held: std::collections::HashSet<u64> = validation.iter().map(|&i| groups[i]).collect();
        assert!(train.iter().all(|&i| !held.contains(&groups[i])));
        assert!((600..1000).contains(&validation.len()), "{}", validation.len());
    }

    #[test]
    fn normal_numbers_are_normal() {
        let mut shuffle = Shuffle::new(5);
        let draws: Vec<f64> = (0..20_000).map(|_| shuffle.normal()).collect();
        let mean = draws.iter().sum::<f64>() / draws.len() as f64;
        let variance = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / draws.len() as f64;
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05, "{mean} {variance}");
    }
}
