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
        // Bytes that are read twice tell nothing new and cost nothing; the length tells them apart.
        match (rest.first_chunk::<4>(), rest.last_chunk::<4>(), rest) {
            (Some(low), Some(high), _) => {
                let [low, high] = [low, high].map(|half| u64::from(u32::from_le_bytes(*half)));
                self.fold(high << 32 | low);
            }
            (_, _, &[first, .., last]) => {
                let [first, middle, last] = [first, rest[1], last].map(u64::from);
                self.fold(last << 16 | middle << 8 | first);
            }
            (_, _, &[only]) => self.fold(only.into()),
            _ => {}
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
        // Every length of the rest: no two of texts that differ in one byte are alike.
        let mut seen = HashSet::new();
        for length in 1..20 {
            for place in 0..length {
                let mut bytes = vec![b'a'; length];
                bytes[place] = b'b';
                assert!(seen.insert(folds.hash_one(bytes.as_slice())), "{length} {place}");
            }
        }
    }
}
