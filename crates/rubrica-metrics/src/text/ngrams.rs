//! N-grams and dense token ids.

use std::collections::HashMap;
use std::hash::Hash;

/// How often each run of `n` tokens occurs. Empty for `n` 0 and for fewer than `n` tokens.
pub fn ngram_counts<T: Eq + Hash>(tokens: &[T], n: usize) -> HashMap<&[T], usize> {
    let mut counts = HashMap::new();
    if n > 0 {
        for ngram in tokens.windows(n) {
            *counts.entry(ngram).or_insert(0) += 1;
        }
    }
    counts
}

/// Gives each distinct token a number, from 0 up in order of appearance, so that comparing tokens
/// costs the same whatever their length.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary<T> {
    ids: HashMap<T, u32>,
}

impl<T: Eq + Hash> Vocabulary<T> {
    /// The ids of `tokens`.
    pub(crate) fn ids(&mut self, tokens: impl IntoIterator<Item = T>) -> Vec<u32> {
        tokens.into_iter().map(|token| self.id(token)).collect()
    }

    fn id(&mut self, token: T) -> u32 {
        // A text of 4 GiB cannot have 2^32 distinct tokens.
        let next = self.ids.len() as u32;
        *self.ids.entry(token).or_insert(next)
    }

    /// How many distinct tokens were seen.
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_runs() {
        let counts = ngram_counts(&["a", "b", "a", "b"], 2);
        assert_eq!((counts[&["a", "b"][..]], counts[&["b", "a"][..]]), (2, 1));
        assert!(ngram_counts(&["a"], 2).is_empty() && ngram_counts(&["a"], 0).is_empty());
    }

    #[test]
    fn ids_are_dense() {
        let mut vocabulary = Vocabulary::default();
        assert_eq!(vocabulary.ids(["x", "y", "x"]), [0, 1, 0]);
        assert_eq!((vocabulary.ids(["z", "y"]), vocabulary.len()), (vec![2, 1], 3));
    }
}
