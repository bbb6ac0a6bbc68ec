//! ROUGE-L, equal to `rouge_score`'s.
//!
//! C.-Y. Lin, "ROUGE: a package for automatic evaluation of summaries", ACL workshop 2004.

use rubrica_core::{Result, Signature, Tier};

use super::lcs::{lcs_length, steps};
use super::rouge_tokens::RougeOptions;
use super::{best, f1};
use crate::averaged::Averaged;
use crate::error;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::Described;
use crate::segment::Segment;
use crate::text::Vocabulary;

/// F1 of the longest common subsequence of words, against the reference that gives the highest.
/// Parts: `precision`, `recall`.
///
/// The score is 0 where a text has no words, as in `rouge_score`. A corpus score is the mean over
/// segments. Takes time in proportion to the product of the lengths; over some 250,000 words
/// against as many it is refused.
#[derive(Debug, Clone, Copy)]
pub struct RougeL {
    options: RougeOptions,
}

/// Steps of the inner loop, each of 64 cells, that a comparison may take.
pub(super) const MAX_STEPS: u64 = 1_000_000_000;

impl Described for RougeL {
    type Options = RougeOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "rouge_l",
        title: "ROUGE-L",
        family: Family::Overlap,
        tier: Tier::T0,
        needs: Needs::Reference,
        low: Some(0.0),
        high: Some(1.0),
        unit: Unit::Ratio,
        higher_is_better: Some(true),
        source: "Lin, ROUGE, ACL workshop 2004",
    };

    fn new(options: RougeOptions) -> Result<Self> {
        Ok(Self { options })
    }
}

impl Averaged for RougeL {
    const VALUES: &'static [&'static str] = &["f1", "precision", "recall"];
    const UNDEFINED: (&'static str, &'static str) = ("no_segments", "there are no segments");

    fn sign(&self, signature: Signature) -> Signature {
        self.options.sign(signature)
    }

    fn values(&self, segment: &Segment<'_>) -> Result<Option<Vec<f64>>> {
        let references = segment.needed_references(Self::INFO.id)?;
        let response = segment.response.to_lowercase();
        let response = self.options.tokens_of_lower(&response);
        let scores: Vec<Vec<f64>> = references
            .iter()
            .map(|reference| {
                let reference = reference.to_lowercase();
                let mut vocabulary =
                    Vocabulary::for_texts(segment.response.len() + reference.len());
                let reference = self.options.tokens_of_lower(&reference);
                let response = vocabulary.ids(response.iter().map(|token| &**token));
                let reference = vocabulary.ids(reference.iter().map(|token| &**token));
                if steps(response.len(), reference.len()) > MAX_STEPS {
                    let lengths = [response.len(), reference.len()];
                    return Err(error::texts_too_long(Self::INFO.id, "words", lengths, MAX_STEPS));
                }
                if response.is_empty() || reference.is_empty() {
                    return Ok(vec![0.0; 3]);
                }
                let shared = lcs_length(&response, &reference, vocabulary.len()) as f64;
                let precision = shared / response.len() as f64;
                let recall = shared / reference.len() as f64;
                Ok(vec![f1(precision, recall), precision, recall])
            })
            .collect::<Result<_>>()?;
        Ok(best(scores, |values| values[0]))
    }
}
