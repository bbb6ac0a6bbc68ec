//! ROUGE-S: pairs of words in their order, whatever stands between.
//!
//! C.-Y. Lin, "ROUGE: a package for automatic evaluation of summaries", ACL workshop 2004, sections 5
//! and 6.

use rubrica_core::{Error, Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use super::rouge_tokens::{RougeOptions, RougeTokenizer};
use super::{best, f1};
use crate::averaged::Averaged;
use crate::error;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::Described;
use crate::segment::Segment;
use crate::text::{TokenMap, Vocabulary};

/// Pairs of words that a text may have.
const MAX_STEPS: u64 = 20_000_000;

/// Options of [`RougeS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RougeSOptions {
    /// Compares Porter stems of words longer than three letters.
    pub use_stemmer: bool,
    /// What a token is.
    pub tokenizer: RougeTokenizer,
    /// Most words between those of a pair; `null` for any number.
    pub max_gap: Option<usize>,
    /// Counts single words too, which makes it ROUGE-SU.
    pub unigrams: bool,
}

impl Default for RougeSOptions {
    fn default() -> Self {
        Self {
            use_stemmer: false,
            tokenizer: RougeTokenizer::default(),
            max_gap: Some(4),
            unigrams: false,
        }
    }
}

/// F1 of shared skip-bigrams, against the reference that gives the highest. Parts: `precision`,
/// `recall`.
///
/// 0 where a text has no pairs. A corpus score is the mean over segments. Without `max_gap` a text has
/// as many pairs as the square of its words; texts that would take too long are refused.
#[derive(Debug, Clone, Copy)]
pub struct RougeS {
    options: RougeSOptions,
}

impl Described for RougeS {
    type Options = RougeSOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "rouge_s",
        title: "ROUGE-S",
        family: Family::Overlap,
        tier: Tier::T0,
        needs: Needs::Reference,
        low: Some(0.0),
        high: Some(1.0),
        unit: Unit::Ratio,
        higher_is_better: Some(true),
        source: "Lin, ROUGE, ACL workshop 2004",
    };

    fn new(options: RougeSOptions) -> Result<Self> {
        if let Some(gap) = options.max_gap.filter(|gap| *gap > 100) {
            return Err(Error::invalid("max_gap", format!("is {gap}"), "0 to 100, or null"));
        }
        Ok(Self { options })
    }
}

impl Averaged for RougeS {
    const VALUES: &'static [&'static str] = &["f1", "precision", "recall"];
    const UNDEFINED: (&'static str, &'static str) = ("no_segments", "there are no segments");

    fn sign(&self, signature: Signature) -> Signature {
        let gap = self.options.max_gap.map_or("any".to_owned(), |gap| gap.to_string());
        self.words()
            .sign(signature)
            .with("gap", gap)
            .with("uni", if self.options.unigrams { "yes" } else { "no" })
    }

    fn values(&self, segment: &Segment<'_>) -> Result<Option<Vec<f64>>> {
        let references = segment.needed_references(Self::INFO.id)?;
        let response = self.words().tokens(segment.response);
        let mut scores = Vec::with_capacity(references.len());
        for reference in references {
            let mut vocabulary = Vocabulary::default();
            let response = vocabulary.ids(response.iter().cloned());
            let reference = vocabulary.ids(self.words().tokens(reference));
            let lengths = [response.len(), reference.len()];
            let pairs = lengths.map(|words| self.pairs(words));
            if pairs.iter().any(|pairs| *pairs > MAX_STEPS) {
                return Err(error::texts_too_long(Self::INFO.id, "words", lengths, MAX_STEPS));
            }
            let wanted = self.counts(&reference);
            let found = self.counts(&response);
            let shared: usize =
                found.iter().map(|(pair, n)| wanted.get(pair).map_or(0, |most| *n.min(most))).sum();
            let [precision, recall] = pairs.map(|pairs| shared as f64 / pairs.max(1) as f64);
            scores.push(vec![f1(precision, recall), precision, recall]);
        }
        Ok(best(scores, |values| values[0]))
    }
}

impl RougeS {
    fn words(&self) -> RougeOptions {
        let RougeSOptions { use_stemmer, tokenizer, .. } = self.options;
        RougeOptions { use_stemmer, tokenizer }
    }

    /// Pairs, and single words, of a text of so many words.
    fn pairs(&self, words: usize) -> u64 {
        let words = words as u64;
        let reach = self.options.max_gap.map_or(u64::MAX, |gap| gap as u64 + 1);
        let reach = reach.min(words.saturating_sub(1));
        // The last `reach` words have ever fewer after them.
        let pairs = (words * reach).saturating_sub(reach * (reach + 1) / 2);
        pairs + if self.options.unigrams { words } else { 0 }
    }

    /// How often each pair occurs; a single word is a pair with [`u32::MAX`].
    fn counts(&self, ids: &[u32]) -> TokenMap<(u32, u32), usize> {
        let mut counts = TokenMap::default();
        let reach = self.options.max_gap.map_or(ids.len(), |gap| gap + 1);
        for (at, first) in ids.iter().enumerate() {
            for second in ids[at + 1..].iter().take(reach) {
                *counts.entry((*first, *second)).or_insert(0) += 1;
            }
            if self.options.unigrams {
                *counts.entry((*first, u32::MAX)).or_insert(0) += 1;
            }
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::MetricExt;

    #[test]
    fn the_example_of_the_paper() {
        // Lin 2004, section 5: three of six skip-bigrams are shared.
        let options = RougeSOptions { max_gap: None, ..RougeSOptions::default() };
        let metric = RougeS::new(options).expect("valid");
        let score = |response| {
            let segment = Segment::new(response, &["police killed the gunman"]);
            metric.sentence(&segment).expect("short").value()
        };
        assert_eq!(score("police kill the gunman"), Some(0.5));
        assert_eq!(score("the gunman kill police"), Some(1.0 / 6.0));
        assert_eq!(score("the gunman police killed"), Some(1.0 / 3.0));
    }

    #[test]
    fn pairs_are_as_many_as_are_counted() {
        for max_gap in [None, Some(0), Some(2)] {
            for unigrams in [false, true] {
                let options = RougeSOptions { max_gap, unigrams, ..RougeSOptions::default() };
                let metric = RougeS::new(options).expect("valid");
                for words in 0..7 {
                    let ids: Vec<u32> = (0..words).collect();
                    let counted = metric.counts(&ids).values().sum::<usize>() as u64;
                    assert_eq!(metric.pairs(ids.len()), counted, "{max_gap:?} {unigrams} {words}");
                }
            }
        }
    }
}
