//! Cosine of the embeddings of response and reference.
//!
//! Reimers and Gurevych, "Sentence-BERT: sentence embeddings using Siamese BERT-networks", EMNLP 2019.

use rubrica_core::{Result, Signature, Tier};

use super::{DocumentFrequencies, EmbedMetric, EmbeddedSegment, Request, cosine};
use crate::error;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::{Described, Level, MetricScore};
use crate::options::NoOptions;

/// Cosine from −1 to 1, against the closest reference; undefined when the response or every reference
/// is blank. The corpus score is the mean over segments.
#[derive(Debug, Clone, Copy)]
pub struct EmbeddingCosine;

impl Described for EmbeddingCosine {
    type Options = NoOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "embedding_cosine",
        title: "Embedding cosine",
        family: Family::Semantic,
        tier: Tier::T1,
        needs: Needs::Reference,
        low: Some(-1.0),
        high: Some(1.0),
        unit: Unit::Ratio,
        higher_is_better: Some(true),
        source: "Reimers and Gurevych, Sentence-BERT, EMNLP 2019",
    };

    fn new(_options: NoOptions) -> Result<Self> {
        Ok(Self)
    }
}

impl EmbedMetric for EmbeddingCosine {
    fn info(&self) -> MetricInfo {
        Self::INFO
    }

    fn signature(&self, _level: Level) -> Signature {
        Signature::new(Self::INFO.id)
    }

    fn request(&self) -> Request {
        Request::Texts
    }

    /// `[cosine, defined segments, undefined segments]`.
    fn statistics(
        &self,
        segment: &EmbeddedSegment<'_>,
        _frequencies: &DocumentFrequencies,
    ) -> Result<Vec<f64>> {
        let Some(response) = segment.response else { return Ok(vec![0.0, 0.0, 1.0]) };
        let mut closest: Option<f64> = None;
        for reference in segment.references.iter().flatten() {
            let (a, b) = (&response.embedding, &reference.embedding);
            if a.len() != b.len() || a.iter().chain(b).any(|x| !x.is_finite()) {
                let problem = "vectors differ in length or are not finite";
                return Err(error::embedding_shape(Self::INFO.id, problem));
            }
            let cosine = cosine(a, b);
            closest = Some(closest.map_or(cosine, |best| best.max(cosine)));
        }
        Ok(closest.map_or(vec![0.0, 0.0, 1.0], |cosine| vec![cosine, 1.0, 0.0]))
    }

    fn score(&self, statistics: &[f64], level: Level) -> MetricScore {
        let (sum, defined, undefined) = (statistics[0], statistics[1], statistics[2]);
        if defined == 0.0 {
            return MetricScore::undefined("empty_text", "the response or the reference is blank");
        }
        let score = MetricScore::new(sum / defined);
        if level == Level::Corpus && undefined > 0.0 {
            score.with("undefined_segments", undefined)
        } else {
            score
        }
    }
}
