//! ROUGE-1 and ROUGE-2, equal to `rouge_score`'s.
//!
//! C.-Y. Lin, "ROUGE: a package for automatic evaluation of summaries", ACL workshop 2004.

use rubrica_core::{Result, Signature, Tier};

use super::rouge_tokens::RougeOptions;
use super::{best, f1};
use crate::averaged::Averaged;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::Described;
use crate::segment::Segment;
use crate::text::{Vocabulary, ngram_counts};

/// F1 of shared n-grams, against the reference that gives the highest. Parts: `precision`, `recall`.
///
/// The score is 0 where a text has no n-grams, as in `rouge_score`. A corpus score is the mean over
/// segments.
#[derive(Debug, Clone, Copy)]
pub struct RougeN<const N: usize> {
    options: RougeOptions,
}

impl<const N: usize> Described for RougeN<N> {
    type Options = RougeOptions;

    const INFO: MetricInfo = MetricInfo {
        id: match N {
            1 => "rouge_1",
            2 => "rouge_2",
            _ => panic!("no id for ROUGE of this order"),
        },
        title: match N {
            1 => "ROUGE-1",
            _ => "ROUGE-2",
        },
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

impl<const N: usize> Averaged for RougeN<N> {
    const VALUES: &'static [&'static str] = &["f1", "precision", "recall"];
    const UNDEFINED: (&'static str, &'static str) = ("no_segments", "there are no segments");

    fn sign(&self, signature: Signature) -> Signature {
        self.options.sign(signature)
    }

    fn values(&self, segment: &Segment<'_>) -> Result<Option<Vec<f64>>> {
        let references = segment.needed_references(Self::INFO.id)?;
        let response = self.options.tokens(segment.response);
        let scores = references.iter().map(|reference| {
            let mut vocabulary = Vocabulary::default();
            let response = vocabulary.ids(response.iter().cloned());
            let reference = vocabulary.ids(self.options.tokens(reference));
            let (found, wanted) = (ngram_counts(&response, N), ngram_counts(&reference, N));
            let shared: usize = found
                .iter()
                .map(|(ngram, n)| wanted.get(ngram).map_or(0, |most| *n.min(most)))
                .sum();
            let count = |tokens: &[u32]| (tokens.len() + 1).saturating_sub(N).max(1) as f64;
            let precision = shared as f64 / count(&response);
            let recall = shared as f64 / count(&reference);
            vec![f1(precision, recall), precision, recall]
        });
        Ok(best(scores, |values| values[0]))
    }
}
