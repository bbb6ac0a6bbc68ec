//! Distinct-n: how varied the wording is.
//!
//! Li et al., "A diversity-promoting objective function for neural conversation models", NAACL 2016;
//! here over the n-grams of each text, not over the tokens of all.

use rubrica_core::{Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use crate::averaged::Averaged;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::Described;
use crate::segment::Segment;
use crate::text::{Vocabulary, ngram_counts, tokens, words};

/// What counts as a word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// Words of any script in small letters: see [`words`].
    #[default]
    Words,
    /// What stands between white space, as it is: see [`tokens`].
    Whitespace,
}

/// Options of metrics over words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TokenOptions {
    /// What counts as a word.
    pub tokenizer: TokenKind,
}

impl TokenOptions {
    /// The words of `text` as dense ids.
    pub(super) fn ids(self, text: &str) -> Vec<u32> {
        match self.tokenizer {
            TokenKind::Words => Vocabulary::default().ids(words(&text.to_lowercase())),
            TokenKind::Whitespace => Vocabulary::default().ids(tokens(text)),
        }
    }

    pub(super) fn sign(self, signature: Signature) -> Signature {
        match self.tokenizer {
            TokenKind::Words => signature.with("tok", "words"),
            TokenKind::Whitespace => signature.with("tok", "whitespace"),
        }
    }
}

/// Distinct n-grams over all n-grams of the response; undefined for fewer than `N` words. The corpus
/// score is the mean over segments.
#[derive(Debug, Clone, Copy)]
pub struct Distinct<const N: usize> {
    options: TokenOptions,
}

impl<const N: usize> Described for Distinct<N> {
    type Options = TokenOptions;

    const INFO: MetricInfo = MetricInfo {
        id: match N {
            1 => "distinct_1",
            2 => "distinct_2",
            3 => "distinct_3",
            _ => panic!("no id for distinct-n of this order"),
        },
        title: match N {
            1 => "Distinct-1",
            2 => "Distinct-2",
            _ => "Distinct-3",
        },
        family: Family::Surface,
        tier: Tier::T0,
        needs: Needs::Nothing,
        low: Some(0.0),
        high: Some(1.0),
        unit: Unit::Ratio,
        higher_is_better: Some(true),
        source: "Li et al., NAACL 2016",
    };

    fn new(options: TokenOptions) -> Result<Self> {
        Ok(Self { options })
    }
}

impl<const N: usize> Averaged for Distinct<N> {
    const VALUES: &'static [&'static str] = &["distinct"];
    const UNDEFINED: (&'static str, &'static str) =
        ("too_few_words", "the text has fewer words than one n-gram");

    fn sign(&self, signature: Signature) -> Signature {
        self.options.sign(signature)
    }

    fn values(&self, segment: &Segment<'_>) -> Result<Option<Vec<f64>>> {
        let ids = self.options.ids(segment.response);
        let all = (ids.len() + 1).saturating_sub(N);
        Ok((all > 0).then(|| vec![ngram_counts(&ids, N).len() as f64 / all as f64]))
    }
}
