//! How much of the reference the response says, sentence by sentence.
//!
//! A sentence of the reference is covered when some sentence of the response lies close to it in the
//! vector space of Reimers and Gurevych, "Sentence-BERT", EMNLP 2019: the weak label of completeness
//! that long-form answers are trained on.

use rubrica_core::model::TokenEmbeddings;
use rubrica_core::{Error, Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use super::{DocumentFrequencies, EmbedMetric, EmbeddedSegment, Request, cosine};
use crate::error;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::{Described, Level, MetricScore};

/// Pairs of sentences that one comparison may look at.
const MAX_PAIRS: u64 = 1 << 22;

/// Options of [`SemanticCoverage`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SemanticCoverageOptions {
    /// Cosine from which a sentence counts as covered, above −1 to 1.
    pub threshold: f64,
}

impl Default for SemanticCoverageOptions {
    fn default() -> Self {
        Self { threshold: 0.85 }
    }
}

/// Share of the reference's sentences to which a sentence of the response has at least the cosine
/// `threshold`, 0 to 1. Part `similarity`: the mean cosine of each with the closest one.
///
/// Of several references the one that is covered best counts. Undefined when the response or every
/// reference is blank. The corpus score is the mean over segments.
#[derive(Debug, Clone, Copy)]
pub struct SemanticCoverage {
    options: SemanticCoverageOptions,
}

impl Described for SemanticCoverage {
    type Options = SemanticCoverageOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "semantic_coverage",
        title: "Semantic coverage",
        family: Family::Semantic,
        tier: Tier::T1,
        needs: Needs::Reference,
        low: Some(0.0),
        high: Some(1.0),
        unit: Unit::Ratio,
        higher_is_better: Some(true),
        source: "Reimers and Gurevych, Sentence-BERT, EMNLP 2019, by sentence",
    };

    fn new(options: SemanticCoverageOptions) -> Result<Self> {
        if !(options.threshold > -1.0 && options.threshold <= 1.0) {
            let problem = format!("is {}", options.threshold);
            return Err(Error::invalid("threshold", problem, "above -1, at most 1"));
        }
        Ok(Self { options })
    }
}

impl EmbedMetric for SemanticCoverage {
    fn info(&self) -> MetricInfo {
        Self::INFO
    }

    fn signature(&self, _level: Level) -> Signature {
        Signature::new(Self::INFO.id).with("threshold", self.options.threshold)
    }

    fn request(&self) -> Request {
        Request::Sentences
    }

    /// `[coverage, similarity, defined segments, undefined segments]`.
    fn statistics(
        &self,
        segment: &EmbeddedSegment<'_>,
        _frequencies: &DocumentFrequencies,
    ) -> Result<Vec<f64>> {
        let nothing = vec![0.0, 0.0, 0.0, 1.0];
        let Some(response) = segment.response else { return Ok(nothing) };
        let mut best: Option<[f64; 2]> = None;
        for reference in segment.references.iter().flatten() {
            let covered = self.covered(response, reference)?;
            if best.is_none_or(|best| covered > best) {
                best = Some(covered);
            }
        }
        Ok(best.map_or(nothing, |[coverage, similarity]| vec![coverage, similarity, 1.0, 0.0]))
    }

    fn score(&self, statistics: &[f64], level: Level) -> MetricScore {
        let (defined, undefined) = (statistics[2], statistics[3]);
        if defined == 0.0 {
            return MetricScore::undefined("empty_text", "the response or the reference is blank");
        }
        let score =
            MetricScore::new(statistics[0] / defined).with("similarity", statistics[1] / defined);
        if level == Level::Corpus && undefined > 0.0 {
            score.with("undefined_segments", undefined)
        } else {
            score
        }
    }
}

impl SemanticCoverage {
    /// Coverage and mean similarity.
    fn covered(&self, response: &TokenEmbeddings, reference: &TokenEmbeddings) -> Result<[f64; 2]> {
        let rows = |text: &TokenEmbeddings| text.vectors.len() / text.dim.max(1);
        let whole = |text: &TokenEmbeddings| {
            text.dim > 0
                && text.vectors.len().is_multiple_of(text.dim)
                && !text.vectors.is_empty()
                && text.vectors.iter().all(|x| x.is_finite())
        };
        if response.dim != reference.dim || !whole(response) || !whole(reference) {
            let problem = "vectors differ in length, are missing or are not finite";
            return Err(error::embedding_shape(Self::INFO.id, problem));
        }
        let counts = [rows(response), rows(reference)];
        if counts[0] as u64 * counts[1] as u64 > MAX_PAIRS {
            return Err(error::texts_too_long(Self::INFO.id, "sentences", counts, MAX_PAIRS));
        }
        let (mut covered, mut sum) = (0.0, 0.0);
        for sentence in reference.vectors.chunks_exact(reference.dim) {
            let said = response.vectors.chunks_exact(response.dim);
            let closest = said.map(|said| cosine(said, sentence)).fold(-1.0, f64::max);
            // A sentence that is said word for word must not fail by a rounding error.
            covered += f64::from(closest >= self.options.threshold - 1e-6);
            sum += closest;
        }
        Ok([covered / counts[1] as f64, sum / counts[1] as f64])
    }
}
