//! ROUGE-W: ROUGE-L that prefers consecutive matches.
//!
//! C.-Y. Lin, "ROUGE: a package for automatic evaluation of summaries", ACL workshop 2004, section 4.

use rubrica_core::{Error, Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use super::rouge_tokens::{RougeOptions, RougeTokenizer};
use super::{best, f1};
use crate::averaged::Averaged;
use crate::error;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::Described;
use crate::segment::Segment;
use crate::text::Vocabulary;

/// Cells of the table that a comparison may take: some 10,000 words against as many.
const MAX_STEPS: u64 = 100_000_000;

/// Options of [`RougeW`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RougeWOptions {
    /// Compares Porter stems of words longer than three letters.
    pub use_stemmer: bool,
    /// What a token is.
    pub tokenizer: RougeTokenizer,
    /// A run of k words weighs k to this power, 1 to 4; 1 makes it ROUGE-L.
    pub weight: f64,
}

impl Default for RougeWOptions {
    fn default() -> Self {
        Self { use_stemmer: false, tokenizer: RougeTokenizer::default(), weight: 1.2 }
    }
}

/// F1 of the weighted longest common subsequence of words, against the reference that gives the
/// highest. Parts: `precision`, `recall`.
///
/// Precision is f⁻¹(WLCS / f(words of the response)) with f(k) = k^weight, recall the same of the
/// reference, as in ROUGE 1.5.5 (`-w 1.2`). 0 where a text has no words. A corpus score is the mean
/// over segments. Takes time in proportion to the product of the lengths; texts that would take
/// too long are refused.
#[derive(Debug, Clone, Copy)]
pub struct RougeW {
    options: RougeWOptions,
}

impl Described for RougeW {
    type Options = RougeWOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "rouge_w",
        title: "ROUGE-W",
        family: Family::Overlap,
        tier: Tier::T0,
        needs: Needs::Reference,
        low: Some(0.0),
        high: Some(1.0),
        unit: Unit::Ratio,
        higher_is_better: Some(true),
        source: "Lin, ROUGE, ACL workshop 2004",
    };

    fn new(options: RougeWOptions) -> Result<Self> {
        if !(1.0..=4.0).contains(&options.weight) {
            return Err(Error::invalid("weight", format!("is {}", options.weight), "1 to 4"));
        }
        Ok(Self { options })
    }
}

impl Averaged for RougeW {
    const VALUES: &'static [&'static str] = &["f1", "precision", "recall"];
    const UNDEFINED: (&'static str, &'static str) = ("no_segments", "there are no segments");

    fn sign(&self, signature: Signature) -> Signature {
        self.words().sign(signature).with("weight", self.options.weight)
    }

    fn values(&self, segment: &Segment<'_>) -> Result<Option<Vec<f64>>> {
        let references = segment.needed_references(Self::INFO.id)?;
        let response = self.words().tokens(segment.response);
        let scores: Vec<Vec<f64>> = references
            .iter()
            .map(|reference| {
                let mut vocabulary = Vocabulary::default();
                let response = vocabulary.ids(response.iter().cloned());
                let reference = vocabulary.ids(self.words().tokens(reference));
                let lengths = [response.len(), reference.len()];
                if lengths[0] as u64 * lengths[1] as u64 > MAX_STEPS {
                    return Err(error::texts_too_long(Self::INFO.id, "words", lengths, MAX_STEPS));
                }
                if lengths.contains(&0) {
                    return Ok(vec![0.0; 3]);
                }
                let shared = weighted_lcs(&response, &reference, self.options.weight);
                let part = |length: usize| {
                    (shared / (length as f64).powf(self.options.weight))
                        .powf(1.0 / self.options.weight)
                };
                let (precision, recall) = (part(lengths[0]), part(lengths[1]));
                Ok(vec![f1(precision, recall), precision, recall])
            })
            .collect::<Result<_>>()?;
        Ok(best(scores, |values| values[0]))
    }
}

impl RougeW {
    fn words(&self) -> RougeOptions {
        let RougeWOptions { use_stemmer, tokenizer, .. } = self.options;
        RougeOptions { use_stemmer, tokenizer }
    }
}

/// The weight of the common subsequence that the table of the paper finds.
fn weighted_lcs(a: &[u32], b: &[u32], weight: f64) -> f64 {
    let powers: Vec<f64> = (0..=a.len().min(b.len())).map(|k| (k as f64).powf(weight)).collect();
    // Weight, and length of the run that ends here.
    let mut above = vec![(0.0, 0_usize); b.len() + 1];
    let mut row = above.clone();
    for x in a {
        for (j, y) in b.iter().enumerate() {
            row[j + 1] = if x == y {
                let (weight, run) = above[j];
                (weight + powers[run + 1] - powers[run], run + 1)
            } else {
                (f64::max(above[j + 1].0, row[j].0), 0)
            };
        }
        std::mem::swap(&mut above, &mut row);
    }
    above[b.len()].0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_weigh_more_than_scattered_words() {
        // The example of the paper, section 4: Y1 and Y2 share four words with X each.
        let x = [1, 2, 3, 4, 5, 6, 7];
        let together = weighted_lcs(&x, &[1, 2, 3, 4, 8, 9, 10], 2.0);
        let scattered = weighted_lcs(&x, &[1, 8, 2, 9, 3, 10, 4], 2.0);
        assert_eq!((together, scattered), (16.0, 4.0));
        let options = RougeWOptions { weight: 0.5, ..RougeWOptions::default() };
        assert_eq!(RougeW::new(options).expect_err("below 1").path(), Some("weight"));
    }
}
