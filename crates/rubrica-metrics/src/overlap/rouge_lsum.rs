//! ROUGE-Lsum (summary-level ROUGE-L), equal to `rouge_score`'s.
//!
//! C.-Y. Lin, "ROUGE: a package for automatic evaluation of summaries", ACL workshop 2004, section
//! 3.2; a word counts no more often than both texts have it, as in ROUGE 1.5.5.

use rubrica_core::{Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use super::lcs::{Positions, mark_lcs};
use super::rouge_l::MAX_STEPS;
use super::rouge_tokens::{RougeOptions, RougeTokenizer};
use super::{best, f1};
use crate::averaged::Averaged;
use crate::error;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::Described;
use crate::segment::Segment;
use crate::text::{Vocabulary, sentence_texts};

/// Words of 64 bits that the table of one pair of sentences may take: 128 MiB, some 32,000 words
/// against as many.
const MAX_TABLE: usize = 1 << 24;

/// What ROUGE-Lsum takes for a sentence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SummarySplit {
    /// A line, as in `rouge_score`.
    #[default]
    Lines,
    /// A sentence: see [`crate::text::sentences`].
    Sentences,
}

/// Options of [`RougeLsum`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RougeLsumOptions {
    /// Compares Porter stems of words longer than three letters.
    pub use_stemmer: bool,
    /// What a token is.
    pub tokenizer: RougeTokenizer,
    /// What a sentence is.
    pub split: SummarySplit,
}

/// F1 of the words in the union, over the sentences of the response, of their longest common
/// subsequences with each sentence of the reference; against the reference that gives the highest.
/// Parts: `precision`, `recall`.
///
/// The score is 0 where a text has no words, as in `rouge_score`. A corpus score is the mean over
/// segments. Texts that would take too long are refused.
#[derive(Debug, Clone, Copy)]
pub struct RougeLsum {
    options: RougeLsumOptions,
}

impl Described for RougeLsum {
    type Options = RougeLsumOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "rouge_lsum",
        title: "ROUGE-Lsum",
        family: Family::Overlap,
        tier: Tier::T0,
        needs: Needs::Reference,
        low: Some(0.0),
        high: Some(1.0),
        unit: Unit::Ratio,
        higher_is_better: Some(true),
        source: "Lin, ROUGE, ACL workshop 2004",
    };

    fn new(options: RougeLsumOptions) -> Result<Self> {
        Ok(Self { options })
    }
}

impl Averaged for RougeLsum {
    const VALUES: &'static [&'static str] = &["f1", "precision", "recall"];
    const UNDEFINED: (&'static str, &'static str) = ("no_segments", "there are no segments");

    fn sign(&self, signature: Signature) -> Signature {
        let split = match self.options.split {
            SummarySplit::Lines => "lines",
            SummarySplit::Sentences => "sentences",
        };
        self.words().sign(signature).with("split", split)
    }

    fn values(&self, segment: &Segment<'_>) -> Result<Option<Vec<f64>>> {
        let references = segment.needed_references(Self::INFO.id)?;
        let response = self.sentences(segment.response);
        let scores: Vec<Vec<f64>> = references
            .iter()
            .map(|reference| compare(&response, &self.sentences(reference)))
            .collect::<Result<_>>()?;
        Ok(best(scores, |values| values[0]))
    }
}

impl RougeLsum {
    fn words(&self) -> RougeOptions {
        let RougeLsumOptions { use_stemmer, tokenizer, .. } = self.options;
        RougeOptions { use_stemmer, tokenizer }
    }

    /// The tokens of each sentence that has some.
    fn sentences(&self, text: &str) -> Vec<Vec<String>> {
        let sentences = match self.options.split {
            SummarySplit::Lines => text.split('\n').collect(),
            SummarySplit::Sentences => sentence_texts(text),
        };
        let tokens = sentences.into_iter().map(|sentence| self.words().tokens(sentence));
        tokens.filter(|tokens| !tokens.is_empty()).collect()
    }
}

/// F1, precision and recall of two texts given as sentences of tokens.
fn compare(response: &[Vec<String>], reference: &[Vec<String>]) -> Result<Vec<f64>> {
    let mut vocabulary = Vocabulary::default();
    let mut ids = |text: &[Vec<String>]| -> Vec<Vec<u32>> {
        text.iter().map(|sentence| vocabulary.ids(sentence.iter().cloned())).collect()
    };
    let (response, reference) = (ids(response), ids(reference));
    let length = |text: &[Vec<u32>]| text.iter().map(Vec::len).sum::<usize>();
    let lengths = [length(&response), length(&reference)];
    if lengths.contains(&0) {
        return Ok(vec![0.0; 3]);
    }
    // Each word of the reference meets each 64 words of each sentence; reading the table back takes
    // as many steps once more.
    let words: usize = response.iter().map(|sentence| 1 + sentence.len().div_ceil(64)).sum();
    let longest = |text: &[Vec<u32>]| text.iter().map(Vec::len).max().unwrap_or(0);
    let table = longest(&response).div_ceil(64) * longest(&reference);
    if 2 * words as u64 * lengths[1] as u64 > MAX_STEPS || table > MAX_TABLE {
        return Err(error::texts_too_long(RougeLsum::INFO.id, "words", lengths, MAX_STEPS));
    }

    let mut starts = vec![u32::MAX; vocabulary.len()];
    let mut members: Vec<Vec<bool>> = reference.iter().map(|s| vec![false; s.len()]).collect();
    for sentence in &response {
        let positions = Positions::new(sentence, &mut starts);
        for (sentence, member) in reference.iter().zip(&mut members) {
            mark_lcs(sentence, &positions, member);
        }
    }
    let mut left = vec![0_usize; vocabulary.len()];
    response.iter().flatten().for_each(|id| left[*id as usize] += 1);
    let mut hits = 0;
    for (id, _) in reference.iter().flatten().zip(members.iter().flatten()).filter(|(_, m)| **m) {
        let left = &mut left[*id as usize];
        hits += usize::from(*left > 0);
        *left = left.saturating_sub(1);
    }
    let precision = hits as f64 / lengths[0] as f64;
    let recall = hits as f64 / lengths[1] as f64;
    Ok(vec![f1(precision, recall), precision, recall])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::MetricExt;

    #[test]
    fn the_example_of_the_paper() {
        // Section 3.2: reference w1 w2 w3 w4 w5, sentences w1 w2 w6 w7 w8 and w1 w3 w8 w9 w5; the
        // union has w1 w2 w3 w5.
        let segment = Segment::new("w1 w2 w6 w7 w8\nw1 w3 w8 w9 w5", &["w1 w2 w3 w4 w5"]);
        let metric = RougeLsum { options: RougeLsumOptions::default() };
        let score = metric.sentence(&segment).expect("has a reference");
        assert_eq!((score.parts["recall"], score.parts["precision"]), (0.8, 0.4));
    }

    #[test]
    fn too_long_is_told() {
        let metric = RougeLsum { options: RougeLsumOptions::default() };
        for text in ["a b\n".repeat(40_000), "a b ".repeat(40_000)] {
            let error = metric.sentence(&Segment::new(&text, &[&text])).expect_err("too long");
            assert_eq!(error.code(), "texts_too_long");
        }
    }
}
