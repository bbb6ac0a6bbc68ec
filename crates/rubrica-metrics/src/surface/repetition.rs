//! Repetition: how much of a text says again what it said before.
//!
//! Rep-n after Welleck et al., "Neural text generation with unlikelihood training", ICLR 2020.

use std::collections::HashMap;

use rubrica_core::{Error, Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use super::distinct::{TokenKind, TokenOptions};
use crate::averaged::Averaged;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::Described;
use crate::segment::Segment;
use crate::text::{ngram_counts, sentence_texts};

/// Options of [`Repetition`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RepetitionOptions {
    /// Length of the n-grams of the score, 1 to 16 words.
    pub n: usize,
    /// What counts as a word.
    pub tokenizer: TokenKind,
}

impl Default for RepetitionOptions {
    fn default() -> Self {
        Self { n: 4, tokenizer: TokenKind::Words }
    }
}

/// The share of n-grams that repeat an earlier one, 1 − distinct / all; undefined for fewer than `n`
/// words. Parts: `longest_block`, the words in the longest run that stands at two places without
/// overlap, and `repeated_sentences`, the share of sentences that equal an earlier one but for case.
///
/// The corpus score is the mean over segments.
#[derive(Debug, Clone, Copy)]
pub struct Repetition {
    options: RepetitionOptions,
}

impl Described for Repetition {
    type Options = RepetitionOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "repetition",
        title: "Repetition",
        family: Family::Surface,
        tier: Tier::T0,
        needs: Needs::Nothing,
        low: Some(0.0),
        high: Some(1.0),
        unit: Unit::Ratio,
        higher_is_better: Some(false),
        source: "Welleck et al., ICLR 2020",
    };

    fn new(options: RepetitionOptions) -> Result<Self> {
        if !(1..=16).contains(&options.n) {
            return Err(Error::invalid("n", format!("is {}", options.n), "1 to 16"));
        }
        Ok(Self { options })
    }
}

impl Averaged for Repetition {
    const VALUES: &'static [&'static str] = &["repetition", "longest_block", "repeated_sentences"];
    const UNDEFINED: (&'static str, &'static str) =
        ("too_few_words", "the text has fewer words than one n-gram");

    fn sign(&self, signature: Signature) -> Signature {
        let words = TokenOptions { tokenizer: self.options.tokenizer };
        words.sign(signature).with("n", self.options.n)
    }

    fn values(&self, segment: &Segment<'_>) -> Result<Option<Vec<f64>>> {
        let ids = TokenOptions { tokenizer: self.options.tokenizer }.ids(segment.response);
        let all = (ids.len() + 1).saturating_sub(self.options.n);
        if all == 0 {
            return Ok(None);
        }
        let distinct = ngram_counts(&ids, self.options.n).len();
        Ok(Some(vec![
            1.0 - distinct as f64 / all as f64,
            longest_repeated_block(&ids) as f64,
            repeated_sentences(segment.response),
        ]))
    }
}

fn repeated_sentences(text: &str) -> f64 {
    let sentences: Vec<String> = sentence_texts(text).into_iter().map(str::to_lowercase).collect();
    let distinct = ngram_counts(&sentences, 1).len();
    1.0 - distinct as f64 / sentences.len().max(1) as f64
}

/// Length of the longest run that stands at two places without overlap.
fn longest_repeated_block(ids: &[u32]) -> usize {
    // Every part of a repeated run is repeated, so the lengths that work are all up to the longest.
    let (mut works, mut fails) = (0, ids.len() / 2 + 1);
    while works + 1 < fails {
        let length = works.midpoint(fails);
        if has_repeated_block(ids, length) {
            works = length;
        } else {
            fails = length;
        }
    }
    works
}

/// True when some run of `length` ids stands at two places without overlap; linear by rolling hash.
fn has_repeated_block(ids: &[u32], length: usize) -> bool {
    const BASE: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut top = 1_u64;
    (1..length).for_each(|_| top = top.wrapping_mul(BASE));
    let add = |hash: u64, id: u32| hash.wrapping_mul(BASE).wrapping_add(u64::from(id) + 1);
    let mut hash = ids[..length].iter().fold(0, |hash, id| add(hash, *id));
    let mut first = HashMap::from([(hash, 0)]);
    for start in 1..=ids.len() - length {
        hash = hash.wrapping_sub(top.wrapping_mul(u64::from(ids[start - 1]) + 1));
        hash = add(hash, ids[start + length - 1]);
        let earlier = *first.entry(hash).or_insert(start);
        // Equal hashes of unlike runs only cost a look.
        if earlier + length <= start && ids[earlier..earlier + length] == ids[start..start + length]
        {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::MetricExt;
    use proptest::prelude::*;

    fn by_pairs(ids: &[u32]) -> usize {
        let mut longest = 0;
        for i in 0..ids.len() {
            for j in i + 1..ids.len() {
                let run = ids[i..j].iter().zip(&ids[j..]).take_while(|(a, b)| a == b).count();
                longest = longest.max(run);
            }
        }
        longest
    }

    proptest! {
        #[test]
        fn the_longest_block_agrees_with_all_pairs(ids in prop::collection::vec(0_u32..3, 0..60)) {
            prop_assert_eq!(longest_repeated_block(&ids), by_pairs(&ids));
        }
    }

    #[test]
    fn parts() {
        let metric = Repetition { options: RepetitionOptions { n: 2, ..Default::default() } };
        let text = "Go home now. Stay here. go home now. Go home.";
        let score = metric.sentence(&Segment::new(text, &[])).expect("no reference needed");
        assert_eq!(score.parts["longest_block"], 3.0);
        assert_eq!(score.parts["repeated_sentences"], 0.25);
        assert_eq!(score.value(), Some(1.0 - 6.0 / 9.0));
        let score = metric.sentence(&Segment::new("one", &[])).expect("no reference needed");
        assert_eq!(score.value(), None);
    }
}
