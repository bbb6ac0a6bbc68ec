//! A hash for tokens and n-grams that costs a few cycles.
//!
//! Each word of eight bytes is folded in by one multiplication of which both halves count, as in the
//! `wyhash` family. The start is drawn once a process where the platform has a source for that, so
//! that nobody can prepare texts whose tokens collide; it never shows in a result.

use std::collections::hash_map::RandomState;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hasher};
use std::sync::OnceLock;

/// A map over tokens or n-grams.
pub(crate) type TokenMap<K, V> = HashMap<K, V, Folds>;

/// A set of tokens or n-grams.
pub(crate) type TokenSet<K> = HashSet<K, Folds>;

/// Makes [`Fold`]s with the start of this process.
#[derive(Debug, Clone, Copy)]
pub struct Folds(u64);

impl Default for Folds {
    fn default() -> Self {
        static START: OnceLock<u64> = OnceLock::new();
        Self(*START.get_or_init(|| RandomState::new().hash_one(0_u8)))
    }
}

impl BuildHasher for Folds {
    type Hasher = Fold;

    fn build_hasher(&self) -> Fold {
        Fold(self.0)
    }
}

/// See the module's documentation.
#[derive(Debug)]
pub struct Fold(u64);

impl Fold {
    fn fold(&mut self, word: u64) {
        // An odd number without a pattern: the golden ratio's digits.
        let product = u128::from(self.0 ^ word) * u128::from(0x9e37_79b9_7f4a_7c15_u64);
        self.0 = (product >> 64) as u64 ^ product as u64;
    }
}

impl Hasher for Fold {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.fold(u64::from_le_bytes(*word));
        }
        if !rest.is_empty() {
            let mut word = [0; 8];
            word[..rest.len()].copy_from_slice(rest);
            self.fold(u64::from_le_bytes(word));
        }
        self.fold(bytes.len() as u64);
    }

    fn write_u8(&mut self, value: u8) {
        self.fold(value.into());
    }

    fn write_u32(&mut self, value: u32) {
        self.fold(value.into());
    }

    fn write_usize(&mut self, value: usize) {
        self.fold(value as u64);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_keys_have_hashes_far_apart() {
        let folds = Folds::default();
        let (mut seen, mut low) = (HashSet::new(), [0_u32; 64]);
        for a in 0..100_u32 {
            for b in 0..100_u32 {
                let hash = folds.hash_one(&[a, b][..]);
                seen.insert(hash);
                low[(hash % 64) as usize] += 1;
            }
        }
        assert_eq!(seen.len(), 10_000);
        // 156 each, were they drawn by lot.
        assert!(low.iter().all(|count| (100..220).contains(count)), "{low:?}");
        assert_ne!(folds.hash_one("a"), folds.hash_one("a\0"));
    }
}
