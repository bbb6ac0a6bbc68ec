//! NIST, equal to NLTK's where that is defined.
//!
//! Doddington, "Automatic evaluation of machine translation quality using n-gram co-occurrence
//! statistics", HLT 2002.

use rubrica_core::{Error, Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use super::bleu_tokenize::BleuTokenizer;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::{Described, Level, Metric, MetricScore};
use crate::segment::Segment;
use crate::text::{TokenMap, Vocabulary, ngram_counts, tokens};

/// Options of [`Nist`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NistOptions {
    /// How texts are parted into tokens.
    pub tokenize: BleuTokenizer,
    /// Compares small letters.
    pub lowercase: bool,
    /// Longest n-grams, 1 to 16.
    pub n: usize,
}

impl Default for NistOptions {
    fn default() -> Self {
        Self { tokenize: BleuTokenizer::default(), lowercase: false, n: 5 }
    }
}

/// The information of the n-grams that response and reference share, in bits, over the n-grams of
/// the response, summed over the orders, times a length penalty; from 0 up. Part: `length_penalty`.
///
/// How much an n-gram informs is counted over the references of all segments of a corpus, so
/// a corpus score is not made of the scores of its segments: use [`Metric::rows`], not
/// [`Metric::statistics`], for one.
///
/// NLTK divides by zero for texts of fewer than `n` words and for empty references; here an order
/// without n-grams adds 0.
#[derive(Debug, Clone, Copy)]
pub struct Nist {
    options: NistOptions,
}

impl Described for Nist {
    type Options = NistOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "nist",
        title: "NIST",
        family: Family::Overlap,
        tier: Tier::T0,
        needs: Needs::Reference,
        low: Some(0.0),
        high: None,
        unit: Unit::Points,
        higher_is_better: Some(true),
        source: "Doddington, HLT 2002",
    };

    fn new(options: NistOptions) -> Result<Self> {
        if !(1..=16).contains(&options.n) {
            return Err(Error::invalid("n", format!("is {}", options.n), "1 to 16"));
        }
        Ok(Self { options })
    }
}

impl Metric for Nist {
    fn info(&self) -> MetricInfo {
        Self::INFO
    }

    fn signature(&self, _level: Level) -> Signature {
        Signature::new(Self::INFO.id)
            .with("case", if self.options.lowercase { "lc" } else { "mixed" })
            .with("tok", self.options.tokenize.name())
            .with("n", self.options.n)
    }

    /// `[response length, reference length, information of each order, n-grams of each order]`, the
    /// lengths once an order.
    fn statistics(&self, segment: &Segment<'_>) -> Result<Vec<f64>> {
        Ok(self.rows(std::slice::from_ref(segment))?.remove(0))
    }

    fn reads_whole_corpus(&self) -> bool {
        true
    }

    fn rows(&self, segments: &[Segment<'_>]) -> Result<Vec<Vec<f64>>> {
        let spaced = |text: &str| self.options.tokenize.prepared(text, self.options.lowercase);
        let mut texts: Vec<(String, Vec<String>)> = Vec::with_capacity(segments.len());
        for (i, segment) in segments.iter().enumerate() {
            let references = segment.needed_references(Self::INFO.id);
            let references = references.map_err(|error| error.within(&format!("[{i}]")))?;
            let references = references.iter().map(|text| spaced(text)).collect();
            texts.push((spaced(segment.response), references));
        }
        let mut vocabulary = Vocabulary::default();
        let mut ids = |text| vocabulary.ids(tokens(text));
        let texts: Vec<(Vec<u32>, Vec<Vec<u32>>)> = texts
            .iter()
            .map(|(response, references)| {
                (ids(response), references.iter().map(|text| ids(text)).collect())
            })
            .collect();
        let references = texts.iter().flat_map(|(_, references)| references);
        let information = Information::count(references, self.options.n);
        let rows =
            texts.iter().map(|(response, references)| self.row(response, references, &information));
        Ok(rows.collect())
    }

    fn score(&self, statistics: &[f64], _level: Level) -> MetricScore {
        let (found, wanted) = (statistics[0], statistics[1]);
        let (information, ngrams) = statistics[2..].split_at(self.options.n);
        let orders = information.iter().zip(ngrams);
        let sum: f64 = orders.filter(|(_, n)| **n > 0.0).map(|(info, n)| info / n).sum();
        let penalty = length_penalty(found, wanted);
        MetricScore::new(sum * penalty).with("length_penalty", penalty)
    }
}

impl Nist {
    fn row(
        &self,
        response: &[u32],
        references: &[Vec<u32>],
        information: &Information<'_>,
    ) -> Vec<f64> {
        let orders = self.options.n;
        let mut row = vec![0.0; 2 + 2 * orders];
        for n in 1..=orders {
            let found = ngram_counts(response, n);
            let ngrams = (response.len() + 1).saturating_sub(n) as f64;
            // The best reference may be another one for each order; of equals, the longest.
            let mut best = (0.0, 0);
            for (at, reference) in references.iter().enumerate() {
                let wanted = ngram_counts(reference, n);
                let shared = reference.windows(n).filter(|ngram| found.contains_key(*ngram));
                // In the order of the text, so that sums do not depend on hashing.
                let mut seen = TokenMap::default();
                let mut sum = 0.0;
                for ngram in shared {
                    let times = seen.entry(ngram).or_insert(0_usize);
                    *times += 1;
                    if *times == 1 {
                        let count = wanted[ngram].min(found[ngram]);
                        sum += information.of(ngram) * count as f64;
                    }
                }
                if at == 0 || (sum, reference.len()) > best {
                    best = (sum, reference.len());
                }
            }
            row[0] += response.len() as f64;
            row[1] += best.1 as f64;
            row[1 + n] = best.0;
            row[1 + orders + n] = ngrams;
        }
        row
    }
}

/// How often each n-gram stands in all references.
struct Information<'a> {
    counts: TokenMap<&'a [u32], usize>,
    words: usize,
}

impl<'a> Information<'a> {
    fn count(references: impl Iterator<Item = &'a Vec<u32>>, orders: usize) -> Self {
        let (mut counts, mut words) = (TokenMap::default(), 0);
        for reference in references {
            words += reference.len();
            for n in 1..=orders {
                for ngram in reference.windows(n) {
                    *counts.entry(ngram).or_insert(0) += 1;
                }
            }
        }
        Self { counts, words }
    }

    /// log2 of how often the n-gram without its last word stands there, over how often it does.
    fn of(&self, ngram: &[u32]) -> f64 {
        let shorter = &ngram[..ngram.len() - 1];
        let shorter = self.counts.get(shorter).copied().unwrap_or(self.words);
        let whole = self.counts.get(ngram).copied().unwrap_or(1);
        (shorter as f64 / whole as f64).log2()
    }
}

/// 1 for a response as long as its reference or longer, 0.5 for one of two thirds of the length.
fn length_penalty(found: f64, wanted: f64) -> f64 {
    if found == 0.0 || wanted == 0.0 {
        return 0.0;
    }
    let ratio = found / wanted;
    if ratio >= 1.0 {
        return 1.0;
    }
    let beta = 0.5_f64.ln() / 1.5_f64.ln().powi(2);
    (beta * ratio.ln().powi(2)).exp()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::MetricExt;

    #[test]
    fn two_thirds_of_the_length_cost_half() {
        assert!((length_penalty(2.0, 3.0) - 0.5).abs() < 1e-12);
        assert_eq!((length_penalty(4.0, 3.0), length_penalty(0.0, 3.0)), (1.0, 0.0));
    }

    #[test]
    fn information_is_counted_over_the_corpus() {
        let metric = Nist::new(NistOptions::default()).expect("valid");
        let segments = [Segment::new("a b", &["a b"]), Segment::new("c d", &["c d"])];
        let alone = metric.sentence(&segments[0]).expect("ok").value().expect("defined");
        let together = metric.corpus(&segments).expect("ok").value().expect("defined");
        assert_eq!((alone, together), (1.0, 2.0));
    }
}
