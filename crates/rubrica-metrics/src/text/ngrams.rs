//! N-grams and dense token ids.

use std::borrow::Borrow;
use std::hash::Hash;

use super::hash::{Folds, TokenMap};

/// How often each run of `n` tokens occurs. Empty for `n` 0 and for fewer than `n` tokens.
pub fn ngram_counts<T: Eq + Hash>(
    tokens: &[T],
    n: usize,
) -> std::collections::HashMap<&[T], usize, Folds> {
    let mut counts = TokenMap::default();
    if n > 0 {
        for ngram in tokens.windows(n) {
            *counts.entry(ngram).or_insert(0) += 1;
        }
    }
    counts
}

/// Longest n-grams of [`shared_ngrams`] that are counted in one pass.
const LANES: usize = 8;

/// How many n-grams two texts share, for every `n` up to `most`: an n-gram counts as often as it stands
/// in both. Entry `n - 1` is that of `n`.
///
/// Runs of `most` ids are packed into one number each, those of both texts sorted at once: in that order
/// n-grams that are alike stand together for every `n`, so that no table is needed.
pub(crate) fn shared_ngrams(a: &[u32], b: &[u32], most: usize) -> Vec<usize> {
    let fits = |bits: usize| (1..=LANES).contains(&most) && bits * most < 64;
    let bits = bits_of(a.iter().chain(b).max().map_or(0, |max| *max as usize + 1));
    if fits(bits) {
        return shared_packed([a, b], bits, most);
    }
    // Few ids take few bits, however large they are.
    let mut ids = [a, b].concat();
    ids.sort_unstable();
    ids.dedup();
    let bits = bits_of(ids.len());
    if fits(bits) {
        let [a, b] = [a, b].map(|text| -> Vec<u32> {
            text.iter().map(|id| ids.partition_point(|other| other < id) as u32).collect()
        });
        return shared_packed([&a, &b], bits, most);
    }
    (1..=most).map(|n| shared_by_table(a, b, n)).collect()
}

/// Bits of the numbers up to `count`.
fn bits_of(count: usize) -> usize {
    (usize::BITS - count.leading_zeros()).max(1) as usize
}

/// As [`shared_ngrams`], of ids that are below the largest number of `bits` bits.
fn shared_packed(texts: [&[u32]; 2], bits: usize, most: usize) -> Vec<usize> {
    let mut runs: Vec<u64> = Vec::with_capacity(texts[0].len() + texts[1].len());
    for (text, ids) in texts.into_iter().enumerate() {
        let mut run = 0;
        // From the end, so that a run begins with its own id and goes on with those behind it. Each id
        // plus one, so that 0 is left for what lies behind the end; the last bit names the text.
        runs.extend(ids.iter().rev().map(|id| {
            run = run >> bits | (u64::from(*id) + 1) << (bits * (most - 1));
            run << 1 | text as u64
        }));
    }
    runs.sort_unstable();
    // Whole ids in so many bits; exact for up to 64 of them.
    let inverse = (1 << 16) / bits as u32 + 1;
    let whole = |of_bits: u32| (of_bits * inverse) >> 16;
    let (all, most) = ((bits * most) as u32, most as u32);
    // By order: matches, and how often the n-gram at hand stands in either text.
    let mut matches = [0_u32; LANES];
    let mut seen = [[0_u32; LANES]; 2];
    let mut last = 0;
    for run in runs {
        let (run, text) = (run >> 1, (run & 1) as usize);
        let alike = whole(all + (run ^ last).leading_zeros() - u64::BITS);
        let ids = most - whole(run.trailing_zeros());
        last = run;
        for n in 0..LANES {
            let goes_on = (n as u32) < alike;
            matches[n] += if goes_on { 0 } else { seen[0][n].min(seen[1][n]) };
            for of_text in &mut seen {
                of_text[n] = if goes_on { of_text[n] } else { 0 };
            }
        }
        for (n, count) in seen[text].iter_mut().enumerate() {
            *count += u32::from((n as u32) < ids);
        }
    }
    (0..most as usize).map(|n| (matches[n] + seen[0][n].min(seen[1][n])) as usize).collect()
}

fn shared_by_table(a: &[u32], b: &[u32], n: usize) -> usize {
    let wanted = ngram_counts(b, n);
    let found = ngram_counts(a, n);
    found.iter().map(|(ngram, n)| wanted.get(ngram).map_or(0, |most| *n.min(most))).sum()
}

/// Gives each distinct token a number, from 0 up in order of appearance, so that comparing tokens
/// costs the same whatever their length.
#[derive(Debug)]
pub(crate) struct Vocabulary<T> {
    ids: TokenMap<T, u32>,
}

impl<T> Default for Vocabulary<T> {
    fn default() -> Self {
        Self { ids: TokenMap::default() }
    }
}

impl<T: Eq + Hash> Vocabulary<T> {
    /// One with room for the tokens of `bytes` bytes of text, so that short texts never make it grow.
    pub(crate) fn for_texts(bytes: usize) -> Self {
        const MOST: usize = 1 << 10;
        Self { ids: TokenMap::with_capacity_and_hasher((bytes / 5).min(MOST), Folds::default()) }
    }

    /// The ids of `tokens`.
    pub(crate) fn ids(&mut self, tokens: impl IntoIterator<Item = T>) -> Vec<u32> {
        // Most sentences need no more room than this, and so do not grow.
        let mut ids = Vec::with_capacity(32);
        ids.extend(tokens.into_iter().map(|token| self.id(token)));
        ids
    }

    /// The id of one token.
    pub(crate) fn id(&mut self, token: T) -> u32 {
        // A text of 4 GiB cannot have 2^32 distinct tokens.
        let next = self.ids.len() as u32;
        *self.ids.entry(token).or_insert(next)
    }

    /// The id of a token that was seen.
    pub(crate) fn get<Q: Eq + Hash + ?Sized>(&self, token: &Q) -> Option<u32>
    where
        T: Borrow<Q>,
    {
        self.ids.get(token).copied()
    }

    /// How many distinct tokens were seen.
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }
}

/// As [`Vocabulary`], for characters: a table for ASCII.
#[derive(Debug)]
pub(crate) struct Characters {
    ascii: [u32; 128],
    others: TokenMap<char, u32>,
    len: u32,
}

impl Default for Characters {
    fn default() -> Self {
        Self { ascii: [u32::MAX; 128], others: TokenMap::default(), len: 0 }
    }
}

impl Characters {
    /// The ids of the characters of `text`.
    pub(crate) fn ids(&mut self, text: &str) -> Vec<u32> {
        let mut ids = Vec::with_capacity(text.len());
        for c in text.chars() {
            let next = self.len;
            let id = match self.ascii.get_mut(c as usize) {
                Some(id) => id,
                None => self.others.entry(c).or_insert(u32::MAX),
            };
            if *id == u32::MAX {
                *id = next;
                self.len += 1;
            }
            ids.push(*id);
        }
        ids
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
        let mut characters = Characters::default();
        assert_eq!(characters.ids("aéa😀é"), [0, 1, 0, 2, 1]);
        assert_eq!(characters.ids("😀b"), [2, 3]);
    }

    proptest! {
        #[test]
        fn packed_runs_agree_with_the_table(
            a in prop::collection::vec(0_u32..5, 0..40),
            b in prop::collection::vec(0_u32..5, 0..40),
            high in 0_u32..=u32::MAX,
            most in 1_usize..10,
        ) {
            // A high id leaves few bits for the others.
            let with = |ids: &[u32]| [ids, &[high]].concat();
            for (a, b) in [(a.clone(), b.clone()), (with(&a), with(&b))] {
                let expected: Vec<usize> = (1..=most).map(|n| shared_by_table(&a, &b, n)).collect();
                prop_assert_eq!(shared_ngrams(&a, &b, most), expected);
            }
        }
    }
}
