//! Novel n-grams: what a response says in other words than its source.
//!
//! See, Liu and Manning, "Get to the point: summarization with pointer-generator networks", ACL 2017,
//! section 6.

use rubrica_core::{Error, Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use crate::averaged::Averaged;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::Described;
use crate::segment::Segment;
use crate::text::{Vocabulary, words};

/// Options of [`Novelty`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NoveltyOptions {
    /// Length of the n-grams, 1 to 16 words.
    pub n: usize,
}

impl Default for NoveltyOptions {
    fn default() -> Self {
        Self { n: 2 }
    }
}

/// The share of the response's n-grams that stand in no passage of the context, 0 to 1; undefined for
/// fewer than `n` words. Words are compared in small letters. The corpus score is the mean over
/// segments.
#[derive(Debug, Clone, Copy)]
pub struct Novelty {
    options: NoveltyOptions,
}

impl Described for Novelty {
    type Options = NoveltyOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "novelty",
        title: "Novel n-grams",
        family: Family::Surface,
        tier: Tier::T0,
        needs: Needs::Context,
        low: Some(0.0),
        high: Some(1.0),
        unit: Unit::Ratio,
        higher_is_better: None,
        source: "See, Liu and Manning, ACL 2017",
    };

    fn new(options: NoveltyOptions) -> Result<Self> {
        if !(1..=16).contains(&options.n) {
            return Err(Error::invalid("n", format!("is {}", options.n), "1 to 16"));
        }
        Ok(Self { options })
    }
}

impl Averaged for Novelty {
    const VALUES: &'static [&'static str] = &["novelty"];
    const UNDEFINED: (&'static str, &'static str) =
        ("too_few_words", "the text has fewer words than one n-gram");

    fn sign(&self, signature: Signature) -> Signature {
        signature.with("n", self.options.n)
    }

    fn values(&self, segment: &Segment<'_>) -> Result<Option<Vec<f64>>> {
        let n = self.options.n;
        let passages = segment.needed_context(Self::INFO.id)?;
        let mut vocabulary = Vocabulary::default();
        let mut ids = |text: &str| vocabulary.ids(words(&text.to_lowercase()).map(str::to_owned));
        let response = ids(segment.response);
        let passages: Vec<Vec<u32>> = passages.iter().map(|passage| ids(passage)).collect();
        let mut known = Vocabulary::default();
        known.ids(passages.iter().flat_map(|ids| ids.windows(n)));
        let all = (response.len() + 1).saturating_sub(n);
        let novel = response.windows(n).filter(|ngram| known.get(*ngram).is_none()).count();
        Ok((all > 0).then(|| vec![novel as f64 / all as f64]))
    }
}
