//! What can be counted about a span: how much of it stands in the reference and the instruction, how
//! its numbers fare, how it repeats itself.
//!
//! A small encoder learns meaning sooner than counting; its heads get the counts beside its states.
//! All are worked out on the tokens of one sequence, rare tokens weighing more. None is the length of
//! a response, which a reward must not hang on.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::CrossSequence;
use crate::TextTokenizer;

/// Numbers of a span that go to a head.
pub const CROSS_FEATURES: usize = 12;

/// Features stand beside states of a few units.
const SCALE: f32 = 4.0;

/// What a vocabulary tells of each token: how rare it is, and whether it is a number.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Rarity {
    weights: Vec<f32>,
    numbers: Vec<bool>,
}

impl Rarity {
    /// Vocabularies list tokens by falling frequency, from `the` on; what stands before it are
    /// marks, letters and digits.
    pub(super) fn of(tokenizer: &TextTokenizer) -> Self {
        let first = tokenizer.token_id("the").unwrap_or(0);
        let count = tokenizer.vocabulary_size() as u32;
        let numbers: Vec<bool> = (0..count)
            .map(|id| {
                let token = tokenizer.token(id).unwrap_or_default();
                let bare = token.trim_start_matches("##");
                !bare.is_empty() && bare.bytes().all(|b| b.is_ascii_digit())
            })
            .collect();
        let weights = (0..count)
            .map(|id| match numbers[id as usize] {
                true => 4.0,
                false => (1.0 + id.saturating_sub(first) as f32 / 30.0).ln(),
            })
            .collect();
        Self { weights, numbers }
    }

    fn weight(&self, id: u32) -> f32 {
        self.weights.get(id as usize).copied().unwrap_or(0.0)
    }

    fn is_number(&self, id: u32) -> bool {
        self.numbers.get(id as usize).copied().unwrap_or(false)
    }

    /// Share of the weight of `tokens` for which `found` holds; 0 where they weigh nothing.
    fn share(&self, tokens: &[u32], found: impl Fn(u32) -> bool) -> f32 {
        let total: f32 = tokens.iter().map(|&t| self.weight(t)).sum();
        let part: f32 = tokens.iter().filter(|t| found(**t)).map(|&t| self.weight(t)).sum();
        if total > 0.0 { part / total } else { 0.0 }
    }
}

/// [`CROSS_FEATURES`] numbers for each of `spans`, a span being one or more ranges of positions in
/// `sequence`.
pub(super) fn features(
    sequence: &CrossSequence,
    spans: &[Vec<Range<usize>>],
) -> Vec<[f32; CROSS_FEATURES]> {
    let rarity = &*sequence.rarity;
    if rarity.weights.is_empty() {
        // The first template counts nothing.
        return vec![[0.0; CROSS_FEATURES]; spans.len()];
    }
    let [instruction, reference] = sequence.fields.clone().map(|field| &sequence.ids[field]);
    let sets = [instruction, reference].map(|f| f.iter().copied().collect::<HashSet<u32>>());
    let pairs: HashSet<[u32; 2]> = reference.array_windows().copied().collect();
    let whole = &sequence.ids[sequence.response()];
    let mut counts: HashMap<u32, usize> = HashMap::new();
    for &id in whole {
        *counts.entry(id).or_default() += 1;
    }
    spans
        .iter()
        .map(|span| {
            let tokens: Vec<u32> =
                span.iter().flat_map(|part| &sequence.ids[part.clone()]).copied().collect();
            let mut own: HashMap<u32, usize> = HashMap::new();
            for &id in &tokens {
                *own.entry(id).or_default() += 1;
            }
            let has = |id: u32| own.contains_key(&id);
            let numbers: Vec<u32> =
                tokens.iter().copied().filter(|&id| rarity.is_number(id)).collect();
            let strange = numbers.iter().filter(|id| sets.iter().all(|s| !s.contains(id))).count();
            let bigrams = tokens.len().saturating_sub(1);
            let known = tokens.array_windows::<2>().filter(|pair| pairs.contains(*pair)).count();
            let per = |count: usize, of: usize| count as f32 / of.max(1) as f32;
            let common = longest_common(&tokens, reference);
            let ratio = match reference.len() {
                0 => 0.0,
                length => ((tokens.len() as f32 + 1.0) / (length as f32 + 1.0)).ln().tanh(),
            };
            let elsewhere = |id: u32| counts.get(&id).copied().unwrap_or(0) > own[&id];
            [
                rarity.share(&tokens, |id| sets[1].contains(&id)),
                rarity.share(reference, has),
                per(known, bigrams),
                per(2 * common, tokens.len() + reference.len()),
                ratio,
                rarity.share(&tokens, |id| sets[0].contains(&id)),
                rarity.share(instruction, has),
                per(strange, numbers.len()),
                f32::from(u8::from(!numbers.is_empty())),
                per(own.len(), tokens.len()),
                rarity.share(&tokens, elsewhere),
                f32::from(u8::from(!reference.is_empty())),
            ]
            .map(|feature| SCALE * feature)
        })
        .collect()
}

/// Length of the longest common subsequence (Hirschberg, 1975: in rows).
fn longest_common(a: &[u32], b: &[u32]) -> usize {
    let mut row = vec![0; b.len() + 1];
    for x in a {
        let mut corner = 0;
        for (i, y) in b.iter().enumerate() {
            let above = row[i + 1];
            row[i + 1] = if x == y { corner + 1 } else { above.max(row[i]) };
            corner = above;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn one(range: Range<usize>) -> Vec<Range<usize>> {
        vec![range]
    }

    #[test]
    fn shares_are_of_the_span_and_of_the_fields() {
        let numbers = (0..30).map(|i| i >= 28).collect();
        let rarity = Arc::new(Rarity { weights: vec![1.0; 30], numbers });
        // [CLS] task [SEP] · 10 11 [SEP] · 12 13 28 [SEP] · 12 13 14 29 [SEP]
        let sequence = CrossSequence {
            ids: vec![0, 1, 2, 3, 10, 11, 2, 4, 12, 13, 28, 2, 5, 12, 13, 14, 29, 2],
            split: 12,
            response_at: 13,
            tokens: 0..4,
            fields: [4..6, 8..11],
            rarity,
        };
        let found = features(&sequence, &[one(13..17), one(13..15)]);
        let want = [0.5, 2.0 / 3.0, 1.0 / 3.0, 4.0 / 7.0];
        for (found, want) in found[0].iter().zip(want) {
            assert!((found / SCALE - want).abs() < 1e-6, "{found:?}");
        }
        // The number of the span stands nowhere else; the second span has none.
        assert_eq!((found[0][7], found[1][7], found[1][8]), (SCALE, 0.0, 0.0));
        assert_eq!(found[1][0], SCALE);
        assert_eq!(found[0][5], 0.0);
    }

    #[test]
    fn an_empty_sequence_has_features() {
        let sequence = CrossSequence { ids: vec![0, 1], response_at: 1, ..Default::default() };
        let found = features(&sequence, &[one(1..2)]);
        assert!(found[0].iter().all(|f| f.is_finite()));
        assert_eq!(longest_common(&[1, 2, 3, 4], &[2, 9, 4]), 2);
    }
}
