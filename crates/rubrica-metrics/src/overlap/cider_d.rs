//! CIDEr-D, equal to that of the COCO caption evaluation.
//!
//! Vedantam, Zitnick and Parikh, "CIDEr: consensus-based image description evaluation", CVPR 2015.

use rubrica_core::{Error, Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::{Described, Level, Metric, MetricScore};
use crate::segment::Segment;
use crate::text::{Vocabulary, words};

/// Options of [`CiderD`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CiderDOptions {
    /// Longest n-grams, 1 to 16.
    pub n: usize,
    /// How far lengths may differ: the standard deviation, in words, of the penalty. Above 0, at most
    /// 1000.
    pub sigma: f64,
}

impl Default for CiderDOptions {
    fn default() -> Self {
        Self { n: 4, sigma: 6.0 }
    }
}

/// Cosine of the n-grams of response and reference, weighted by how few segments have them in their
/// references, averaged over orders and references, from 0 to 10.
///
/// What is rare is counted over a whole corpus: one segment alone has no score, and
/// [`Metric::rows`] has to see all segments at once. The corpus score is the mean over segments.
///
/// Words are those of [`words`] in small letters; the COCO evaluation reads them with the tokenizer of
/// the Stanford parser, which also drops punctuation. As there, the length of the penalty is the
/// number of bigrams.
#[derive(Debug, Clone, Copy)]
pub struct CiderD {
    options: CiderDOptions,
}

impl Described for CiderD {
    type Options = CiderDOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "cider_d",
        title: "CIDEr-D",
        family: Family::Overlap,
        tier: Tier::T0,
        needs: Needs::Reference,
        low: Some(0.0),
        high: Some(10.0),
        unit: Unit::Points,
        higher_is_better: Some(true),
        source: "Vedantam, Zitnick and Parikh, CVPR 2015",
    };

    fn new(options: CiderDOptions) -> Result<Self> {
        if !(1..=16).contains(&options.n) {
            return Err(Error::invalid("n", format!("is {}", options.n), "1 to 16"));
        }
        if !(options.sigma > 0.0 && options.sigma <= 1000.0) {
            let problem = format!("is {}", options.sigma);
            return Err(Error::invalid("sigma", problem, "above 0, at most 1000"));
        }
        Ok(Self { options })
    }
}

impl Metric for CiderD {
    fn info(&self) -> MetricInfo {
        Self::INFO
    }

    fn signature(&self, _level: Level) -> Signature {
        Signature::new(Self::INFO.id).with("n", self.options.n).with("sigma", self.options.sigma)
    }

    /// `[score, segments with a score]`; zeros, since one segment has none.
    fn statistics(&self, segment: &Segment<'_>) -> Result<Vec<f64>> {
        segment.needed_references(Self::INFO.id)?;
        Ok(vec![0.0, 0.0])
    }

    fn reads_whole_corpus(&self) -> bool {
        true
    }

    fn rows(&self, segments: &[Segment<'_>]) -> Result<Vec<Vec<f64>>> {
        if let [segment] = segments {
            return Ok(vec![self.statistics(segment).map_err(|error| error.within("[0]"))?]);
        }
        let mut vocabulary = Vocabulary::default();
        let mut ids = |text: &str| {
            let lower = text.to_lowercase();
            vocabulary.ids(words(&lower).map(str::to_owned))
        };
        let mut texts = Vec::with_capacity(segments.len());
        for (i, segment) in segments.iter().enumerate() {
            let references = segment.needed_references(Self::INFO.id);
            let references = references.map_err(|error| error.within(&format!("[{i}]")))?;
            let references: Vec<Vec<u32>> = references.iter().map(|text| ids(text)).collect();
            texts.push((ids(segment.response), references));
        }
        let mut rarity = Rarity {
            ngrams: Vocabulary::default(),
            documents: Vec::new(),
            segments: (segments.len() as f64).ln(),
        };
        for (at, (_, references)) in texts.iter().enumerate() {
            let ngrams = references
                .iter()
                .flat_map(|ids| (1..=self.options.n).flat_map(move |n| ids.windows(n)));
            ngrams.for_each(|ngram| rarity.seen(ngram, at));
        }
        let rows = texts
            .iter()
            .map(|(response, references)| vec![self.compare(response, references, &rarity), 1.0]);
        Ok(rows.collect())
    }

    fn score(&self, statistics: &[f64], _level: Level) -> MetricScore {
        if statistics[1] == 0.0 {
            return MetricScore::undefined(
                "needs_corpus",
                "what is rare is counted over several segments",
            );
        }
        MetricScore::new(statistics[0] / statistics[1])
    }
}

impl CiderD {
    fn compare(&self, response: &[u32], references: &[Vec<u32>], rarity: &Rarity<'_>) -> f64 {
        let mut sum = 0.0;
        for n in 1..=self.options.n {
            let found = rarity.vector(response, n);
            for reference in references {
                let wanted = rarity.vector(reference, n);
                let mut product = 0.0;
                for (ngram, weight) in &found.weights {
                    let other = wanted.of(ngram);
                    product += weight.min(other) * other;
                }
                if found.norm > 0.0 && wanted.norm > 0.0 {
                    product /= found.norm * wanted.norm;
                }
                let bigrams = |ids: &[u32]| ids.len().saturating_sub(1) as f64;
                let delta = bigrams(response) - bigrams(reference);
                sum += product * (-delta * delta / (2.0 * self.options.sigma.powi(2))).exp();
            }
        }
        10.0 * sum / self.options.n as f64 / references.len() as f64
    }
}

/// In how many segments the references have each n-gram.
struct Rarity<'a> {
    ngrams: Vocabulary<&'a [u32]>,
    /// By the id of the n-gram: how many, and the last of them.
    documents: Vec<(f64, usize)>,
    /// Natural logarithm of the number of segments.
    segments: f64,
}

impl<'a> Rarity<'a> {
    /// Counts a segment once for each n-gram that it has.
    fn seen(&mut self, ngram: &'a [u32], segment: usize) {
        let id = self.ngrams.id(ngram) as usize;
        match self.documents.get_mut(id) {
            None => self.documents.push((1.0, segment)),
            Some((_, last)) if *last == segment => {}
            Some((count, last)) => (*count, *last) = (*count + 1.0, segment),
        }
    }

    /// The weights of a text.
    fn vector<'t>(&self, ids: &'t [u32], n: usize) -> Vector<'t> {
        let mut ngrams = Vocabulary::default();
        let mut weights: Vec<(&[u32], f64)> = Vec::new();
        for ngram in ids.windows(n) {
            let id = ngrams.id(ngram) as usize;
            if id == weights.len() {
                weights.push((ngram, 0.0));
            }
            weights[id].1 += 1.0;
        }
        for (ngram, weight) in &mut weights {
            let with = self.ngrams.get(*ngram).map_or(1.0, |id| self.documents[id as usize].0);
            *weight *= self.segments - with.ln();
        }
        let norm = weights.iter().map(|(_, weight)| weight * weight).sum::<f64>().sqrt();
        Vector { ngrams, weights, norm }
    }
}

/// A text as weights of its n-grams.
struct Vector<'t> {
    ngrams: Vocabulary<&'t [u32]>,
    /// In the order in which they first stand in the text, so that sums do not depend on hashing.
    weights: Vec<(&'t [u32], f64)>,
    norm: f64,
}

impl Vector<'_> {
    fn of(&self, ngram: &[u32]) -> f64 {
        self.ngrams.get(ngram).map_or(0.0, |id| self.weights[id as usize].1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::MetricExt;

    #[test]
    fn one_segment_has_no_score() {
        let metric = CiderD::new(CiderDOptions::default()).expect("valid");
        let segment = Segment::new("a man rides a horse", &["a man rides a horse"]);
        assert_eq!(metric.sentence(&segment).expect("ok").value(), None);
        assert_eq!(metric.corpus(std::slice::from_ref(&segment)).expect("ok").value(), None);
        let other = Segment::new("two dogs play in snow", &["two dogs play in snow"]);
        let score = metric.corpus(&[segment, other]).expect("ok").value().expect("defined");
        assert!((score - 10.0).abs() < 1e-9, "{score}");
    }
}
