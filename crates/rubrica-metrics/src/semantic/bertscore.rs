//! BERTScore: greedy matching of contextual token embeddings.
//!
//! Zhang et al., "BERTScore: evaluating text generation with BERT", ICLR 2020; arithmetic of the
//! package `bert_score` 0.3.13.

use rubrica_core::model::TokenEmbeddings;
use rubrica_core::{Error, Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use super::{DocumentFrequencies, EmbedMetric, EmbeddedSegment, Request};
use crate::error;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::{Described, Level, MetricScore};

/// Products that a comparison may take: some 3,300 tokens against as many, of 384 numbers each.
const MAX_STEPS: u64 = 1 << 32;

/// Options of [`BertScore`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BertScoreOptions {
    /// Encoder layer whose states are compared; the last if not given.
    pub layer: Option<usize>,
    /// Weighs tokens by inverse document frequency over the references of the corpus.
    pub idf: bool,
    /// Scores of unrelated texts under the model, `[precision, recall, f1]`, that become 0; 1 stays 1.
    pub baseline: Option<[f64; 3]>,
}

/// F1 of greedy token matching by cosine; parts `precision` and `recall`. Against several references
/// each of the three is the highest there is, as in `bert_score`.
///
/// A token that stands for no part of the text (an empty span: a special token of the model) may be
/// matched but has no weight, as in `bert_score`. A blank response or reference scores 0, as there.
/// Takes time in proportion to the product of the lengths; texts that would take too long are refused.
/// With `idf`, a segment whose tokens all stand in every reference is undefined. A corpus score is
/// the mean over segments.
#[derive(Debug, Clone, Copy)]
pub struct BertScore {
    options: BertScoreOptions,
}

impl Described for BertScore {
    type Options = BertScoreOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "bertscore",
        title: "BERTScore",
        family: Family::Semantic,
        tier: Tier::T1,
        needs: Needs::Reference,
        low: None,
        high: Some(1.0),
        unit: Unit::Ratio,
        higher_is_better: Some(true),
        source: "Zhang et al., BERTScore, ICLR 2020",
    };

    fn new(options: BertScoreOptions) -> Result<Self> {
        if let Some(wrong) =
            options.baseline.iter().flatten().position(|value| !(value.is_finite() && *value < 1.0))
        {
            let path = format!("baseline[{wrong}]");
            return Err(Error::invalid(path, "is not a finite number below 1", "a score below 1"));
        }
        Ok(Self { options })
    }
}

impl EmbedMetric for BertScore {
    fn info(&self) -> MetricInfo {
        Self::INFO
    }

    fn signature(&self, _level: Level) -> Signature {
        let layer = self.options.layer.map_or_else(|| "last".into(), |layer| layer.to_string());
        let signature = Signature::new(Self::INFO.id)
            .with("layer", layer)
            .with("idf", if self.options.idf { "yes" } else { "no" });
        match self.options.baseline {
            Some([p, r, f]) => signature.with("baseline", format!("{p}/{r}/{f}")),
            None => signature,
        }
    }

    fn request(&self) -> Request {
        Request::Tokens { layer: self.options.layer }
    }

    fn wants_frequencies(&self) -> bool {
        self.options.idf
    }

    fn check_lengths(&self, dim: usize, lengths: [usize; 2]) -> Result<()> {
        let [a, b, dim] = [lengths[0], lengths[1], dim].map(|n| n as u64);
        if a.saturating_mul(b).saturating_mul(dim) > MAX_STEPS {
            return Err(error::texts_too_long(Self::INFO.id, "tokens", lengths, MAX_STEPS));
        }
        Ok(())
    }

    /// `[f1, precision, recall, defined segments, undefined segments]`.
    fn statistics(
        &self,
        segment: &EmbeddedSegment<'_>,
        frequencies: &DocumentFrequencies,
    ) -> Result<Vec<f64>> {
        let mut highest: Option<[f64; 3]> = None;
        for reference in &segment.references {
            let Some(scores) = self.compare(segment.response, *reference, frequencies)? else {
                continue;
            };
            let best = highest.get_or_insert(scores);
            best.iter_mut().zip(scores).for_each(|(best, score)| *best = best.max(score));
        }
        Ok(highest.map_or(vec![0.0, 0.0, 0.0, 0.0, 1.0], |[f1, precision, recall]| {
            vec![f1, precision, recall, 1.0, 0.0]
        }))
    }

    fn score(&self, statistics: &[f64], level: Level) -> MetricScore {
        let (defined, undefined) = (statistics[3], statistics[4]);
        if defined == 0.0 {
            return MetricScore::undefined("no_weight", "every token stands in every reference");
        }
        // Rescaling is linear, so it may follow the mean.
        let [precision, recall, f1] = self.options.baseline.unwrap_or([0.0; 3]);
        let rescaled = |sum: f64, baseline: f64| (sum / defined - baseline) / (1.0 - baseline);
        let score = MetricScore::new(rescaled(statistics[0], f1))
            .with("precision", rescaled(statistics[1], precision))
            .with("recall", rescaled(statistics[2], recall));
        if level == Level::Corpus && undefined > 0.0 {
            score.with("undefined_segments", undefined)
        } else {
            score
        }
    }
}

impl BertScore {
    /// F1, precision and recall against one reference; `None` when no token has weight.
    fn compare(
        &self,
        response: Option<&TokenEmbeddings>,
        reference: Option<&TokenEmbeddings>,
        frequencies: &DocumentFrequencies,
    ) -> Result<Option<[f64; 3]>> {
        let (Some(response), Some(reference)) = (response, reference) else {
            return Ok(Some([0.0; 3]));
        };
        let weights = |text| self.weights(text, frequencies);
        let (response_weights, reference_weights) = (weights(response)?, weights(reference)?);
        let (a, b) = (unit_rows(response)?, unit_rows(reference)?);
        if response.dim != reference.dim {
            let problem = format!("vectors have {} and {} numbers", response.dim, reference.dim);
            return Err(error::embedding_shape(Self::INFO.id, problem));
        }
        let text_tokens = |text: &TokenEmbeddings| text.spans.iter().any(|span| !span.is_empty());
        if !text_tokens(response) || !text_tokens(reference) {
            return Ok(Some([0.0; 3]));
        }
        self.check_lengths(response.dim, [response_weights.len(), reference_weights.len()])?;
        let mut nearest_to_response = vec![f64::NEG_INFINITY; response_weights.len()];
        let mut nearest_to_reference = vec![f64::NEG_INFINITY; reference_weights.len()];
        for (x, best_x) in a.chunks_exact(response.dim).zip(&mut nearest_to_response) {
            for (y, best_y) in b.chunks_exact(response.dim).zip(&mut nearest_to_reference) {
                let cosine = f64::from(x.iter().zip(y).map(|(x, y)| x * y).sum::<f32>());
                *best_x = best_x.max(cosine);
                *best_y = best_y.max(cosine);
            }
        }
        let precision = weighted_mean(&nearest_to_response, &response_weights);
        let recall = weighted_mean(&nearest_to_reference, &reference_weights);
        let (Some(precision), Some(recall)) = (precision, recall) else { return Ok(None) };
        let sum = precision + recall;
        let f1 = if sum == 0.0 { 0.0 } else { 2.0 * precision * recall / sum };
        Ok(Some([f1, precision, recall]))
    }

    /// The weight of each token.
    fn weights(
        &self,
        text: &TokenEmbeddings,
        frequencies: &DocumentFrequencies,
    ) -> Result<Vec<f64>> {
        let tokens = text.spans.len();
        if text.ids.len() != tokens || text.vectors.len() != tokens * text.dim || text.dim == 0 {
            let problem = format!(
                "{tokens} tokens of {} numbers have {} ids and {} numbers",
                text.dim,
                text.ids.len(),
                text.vectors.len()
            );
            return Err(error::embedding_shape(Self::INFO.id, problem));
        }
        let weight =
            |(span, id): (&rubrica_core::Span, &u32)| match (span.is_empty(), self.options.idf) {
                (true, _) => 0.0,
                (false, true) => frequencies.inverse(*id),
                (false, false) => 1.0,
            };
        Ok(text.spans.iter().zip(&text.ids).map(weight).collect())
    }
}

/// The rows of `text`, each of unit length; a zero row stays zero.
fn unit_rows(text: &TokenEmbeddings) -> Result<Vec<f32>> {
    let mut rows = Vec::with_capacity(text.vectors.len());
    for row in text.vectors.chunks_exact(text.dim) {
        let norm = row.iter().map(|x| f64::from(*x) * f64::from(*x)).sum::<f64>().sqrt();
        if !norm.is_finite() {
            return Err(error::embedding_shape(BertScore::INFO.id, "a vector is not finite"));
        }
        let scale = if norm > 0.0 { 1.0 / norm } else { 0.0 };
        rows.extend(row.iter().map(|x| (f64::from(*x) * scale) as f32));
    }
    Ok(rows)
}

/// `None` when the weights sum to 0.
fn weighted_mean(values: &[f64], weights: &[f64]) -> Option<f64> {
    let total: f64 = weights.iter().sum();
    let sum: f64 = values.iter().zip(weights).map(|(value, weight)| value * weight).sum();
    (total > 0.0).then(|| sum / total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rubrica_core::Span;

    #[test]
    fn long_texts_are_refused() {
        let metric = BertScore::new(BertScoreOptions::default()).expect("valid");
        let text = |tokens: usize| TokenEmbeddings {
            dim: 1,
            vectors: vec![1.0; tokens],
            spans: (0..tokens).map(|at| Span::new(at, at + 1)).collect(),
            ids: vec![0; tokens],
            embedding: Vec::new(),
        };
        let row = |tokens: usize| {
            let (response, reference) = (text(tokens), text(tokens));
            let segment =
                EmbeddedSegment { response: Some(&response), references: vec![Some(&reference)] };
            metric.statistics(&segment, &DocumentFrequencies::default())
        };
        assert_eq!(row(10).expect("short")[0], 1.0);
        assert_eq!(row(70_000).expect_err("long").code(), "texts_too_long");
    }
}
