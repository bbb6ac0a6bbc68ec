//! GLEU of Google, equal to NLTK's.
//!
//! Wu et al., "Google's Neural Machine Translation System", arXiv:1609.08144, 2016, section 4.3.

use rubrica_core::{Error, Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use super::bleu_tokenize::BleuTokenizer;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::{Described, Level, Metric, MetricScore};
use crate::segment::Segment;
use crate::text::{Vocabulary, ngram_counts, tokens};

/// Options of [`Gleu`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GleuOptions {
    /// How texts are parted into tokens.
    pub tokenize: BleuTokenizer,
    /// Compares small letters.
    pub lowercase: bool,
    /// Shortest n-grams, 1 to `max_len`.
    pub min_len: usize,
    /// Longest n-grams, `min_len` to 16.
    pub max_len: usize,
}

impl Default for GleuOptions {
    fn default() -> Self {
        Self { tokenize: BleuTokenizer::default(), lowercase: false, min_len: 1, max_len: 4 }
    }
}

/// Shared n-grams of all orders over those of the longer text, the smaller of precision and recall,
/// against the reference that gives the highest.
///
/// 0 where a text has no n-grams. A corpus score is computed from the counts of the whole corpus.
#[derive(Debug, Clone, Copy)]
pub struct Gleu {
    options: GleuOptions,
}

impl Described for Gleu {
    type Options = GleuOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "gleu",
        title: "GLEU",
        family: Family::Overlap,
        tier: Tier::T0,
        needs: Needs::Reference,
        low: Some(0.0),
        high: Some(1.0),
        unit: Unit::Ratio,
        higher_is_better: Some(true),
        source: "Wu et al., arXiv:1609.08144, 2016",
    };

    fn new(options: GleuOptions) -> Result<Self> {
        if !(1..=16).contains(&options.max_len) {
            return Err(Error::invalid("max_len", format!("is {}", options.max_len), "1 to 16"));
        }
        if !(1..=options.max_len).contains(&options.min_len) {
            return Err(Error::invalid(
                "min_len",
                format!("is {}", options.min_len),
                "1 to max_len",
            ));
        }
        Ok(Self { options })
    }
}

impl Metric for Gleu {
    fn info(&self) -> MetricInfo {
        Self::INFO
    }

    fn signature(&self, _level: Level) -> Signature {
        let options = &self.options;
        Signature::new(Self::INFO.id)
            .with("case", if options.lowercase { "lc" } else { "mixed" })
            .with("tok", options.tokenize.name())
            .with("min", options.min_len)
            .with("max", options.max_len)
    }

    /// `[matches, n-grams of the longer text]`.
    fn statistics(&self, segment: &Segment<'_>) -> Result<Vec<f64>> {
        let references = segment.needed_references(Self::INFO.id)?;
        let spaced = |text: &str| self.options.tokenize.prepared(text, self.options.lowercase);
        let response = spaced(segment.response);
        let references: Vec<String> = references.iter().map(|text| spaced(text)).collect();
        let mut vocabulary = Vocabulary::default();
        let response = vocabulary.ids(tokens(&response));
        let mut best = [0.0, 0.0];
        for reference in &references {
            let row = self.compare(&response, &vocabulary.ids(tokens(reference)));
            // Counts of one size lose no precision when multiplied across.
            if row[1] > 0.0 && (best[1] == 0.0 || row[0] * best[1] > best[0] * row[1]) {
                best = row;
            }
        }
        Ok(best.to_vec())
    }

    fn score(&self, statistics: &[f64], _level: Level) -> MetricScore {
        let (matches, all) = (statistics[0], statistics[1]);
        MetricScore::new(if all > 0.0 { matches / all } else { 0.0 })
    }
}

impl Gleu {
    fn compare(&self, response: &[u32], reference: &[u32]) -> [f64; 2] {
        let (mut matches, mut found, mut wanted) = (0, 0, 0);
        for n in self.options.min_len..=self.options.max_len {
            let counts = ngram_counts(reference, n);
            matches += ngram_counts(response, n)
                .iter()
                .map(|(ngram, n)| counts.get(ngram).map_or(0, |most| *n.min(most)))
                .sum::<usize>();
            found += (response.len() + 1).saturating_sub(n);
            wanted += (reference.len() + 1).saturating_sub(n);
        }
        [matches as f64, found.max(wanted) as f64]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn senseless_orders_are_refused() {
        let error = |min_len, max_len| {
            let options = GleuOptions { min_len, max_len, ..GleuOptions::default() };
            Gleu::new(options).expect_err("senseless").path().map(str::to_owned)
        };
        assert_eq!(error(1, 17).as_deref(), Some("max_len"));
        assert_eq!(error(3, 2).as_deref(), Some("min_len"));
    }
}
