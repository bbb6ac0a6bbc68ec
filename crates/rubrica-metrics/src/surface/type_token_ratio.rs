//! Type-token ratio: distinct words over all words.
//!
//! W. Johnson, "Studies in language behavior: a program of research", Psychological Monographs 56,
//! 1944.

use rubrica_core::{Result, Signature, Tier};

use super::distinct::TokenOptions;
use crate::averaged::Averaged;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::Described;
use crate::segment::Segment;
use crate::text::ngram_counts;

/// Distinct words over all words of the response, undefined without words. Parts: `types`, `tokens`,
/// and `hapaxes`, the words that occur once. It falls as texts grow: compare texts of like length.
///
/// The corpus score is the mean over segments.
#[derive(Debug, Clone, Copy)]
pub struct TypeTokenRatio {
    options: TokenOptions,
}

impl Described for TypeTokenRatio {
    type Options = TokenOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "type_token_ratio",
        title: "Type-token ratio",
        family: Family::Surface,
        tier: Tier::T0,
        needs: Needs::Nothing,
        low: Some(0.0),
        high: Some(1.0),
        unit: Unit::Ratio,
        higher_is_better: None,
        source: "Johnson, Psychological Monographs 56, 1944",
    };

    fn new(options: TokenOptions) -> Result<Self> {
        Ok(Self { options })
    }
}

impl Averaged for TypeTokenRatio {
    const VALUES: &'static [&'static str] = &["ratio", "types", "tokens", "hapaxes"];
    const UNDEFINED: (&'static str, &'static str) = ("no_words", "the text has no words");

    fn sign(&self, signature: Signature) -> Signature {
        self.options.sign(signature)
    }

    fn values(&self, segment: &Segment<'_>) -> Result<Option<Vec<f64>>> {
        let ids = self.options.ids(segment.response);
        if ids.is_empty() {
            return Ok(None);
        }
        let counts = ngram_counts(&ids, 1);
        let hapaxes = counts.values().filter(|count| **count == 1).count();
        let (types, tokens) = (counts.len() as f64, ids.len() as f64);
        Ok(Some(vec![types / tokens, types, tokens, hapaxes as f64]))
    }
}
