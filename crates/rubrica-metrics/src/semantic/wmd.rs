//! Word mover's distance: what it costs to move the tokens of one text to those of another.
//!
//! M. Kusner et al., "From word embeddings to document distances", ICML 2015; with the states of an
//! encoder for word vectors and inverse document frequencies for weights as in W. Zhao et al.,
//! "MoverScore", EMNLP 2019.

use rubrica_core::model::TokenEmbeddings;
use rubrica_core::{Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use super::transport::transport;
use super::{DocumentFrequencies, EmbedMetric, EmbeddedSegment, Request};
use crate::error;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::{Described, Level, MetricScore};

/// Steps that a comparison may take; 500 tokens against 500 stay below.
const MAX_STEPS: u64 = 1 << 28;

/// Options of [`Wmd`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WmdOptions {
    /// Encoder layer whose states are compared; the last if not given, and 0 for plain word vectors.
    pub layer: Option<usize>,
    /// Weighs tokens by inverse document frequency over the references of the corpus.
    pub idf: bool,
    /// The lower bound in which every token moves to the nearest one: faster on long texts.
    pub relaxed: bool,
}

/// Least sum of weight times Euclidean distance over which the tokens of the response move to those of
/// the closest reference, 0 to 2; vectors are brought to unit length, weights sum to 1.
///
/// Tokens that stand for no part of the text do not count. Part `mover_score`: 1 less the distance.
/// Undefined when the response or every reference is blank or has no weight. The corpus score is the
/// mean over segments.
#[derive(Debug, Clone, Copy)]
pub struct Wmd {
    options: WmdOptions,
}

impl Described for Wmd {
    type Options = WmdOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "wmd",
        title: "Word mover's distance",
        family: Family::Semantic,
        tier: Tier::T1,
        needs: Needs::Reference,
        low: Some(0.0),
        high: Some(2.0),
        unit: Unit::Points,
        higher_is_better: Some(false),
        source: "Kusner et al., From Word Embeddings to Document Distances, ICML 2015",
    };

    fn new(options: WmdOptions) -> Result<Self> {
        Ok(Self { options })
    }
}

impl EmbedMetric for Wmd {
    fn info(&self) -> MetricInfo {
        Self::INFO
    }

    fn signature(&self, _level: Level) -> Signature {
        let layer = self.options.layer.map_or_else(|| "last".into(), |layer| layer.to_string());
        let yes = |yes| if yes { "yes" } else { "no" };
        Signature::new(Self::INFO.id)
            .with("layer", layer)
            .with("idf", yes(self.options.idf))
            .with("relaxed", yes(self.options.relaxed))
    }

    fn request(&self) -> Request {
        Request::Tokens { layer: self.options.layer }
    }

    fn check_lengths(&self, _dim: usize, lengths: [usize; 2]) -> Result<()> {
        // By `idf` some tokens may weigh nothing, and only the others are moved.
        if !self.options.idf && self.steps(lengths) > MAX_STEPS {
            return Err(error::texts_too_long(Self::INFO.id, "tokens", lengths, MAX_STEPS));
        }
        Ok(())
    }

    fn wants_frequencies(&self) -> bool {
        self.options.idf
    }

    /// `[distance, defined segments, undefined segments]`.
    fn statistics(
        &self,
        segment: &EmbeddedSegment<'_>,
        frequencies: &DocumentFrequencies,
    ) -> Result<Vec<f64>> {
        let response = segment.response.map(|text| self.weighed(text, frequencies)).transpose()?;
        let mut closest: Option<f64> = None;
        for reference in segment.references.iter().flatten() {
            let reference = self.weighed(reference, frequencies)?;
            let (Some(a), Some(b)) = (response.iter().flatten().next(), reference) else {
                continue;
            };
            let distance = self.distance(a, &b)?;
            closest = Some(closest.map_or(distance, |closest| closest.min(distance)));
        }
        Ok(closest.map_or(vec![0.0, 0.0, 1.0], |distance| vec![distance, 1.0, 0.0]))
    }

    fn score(&self, statistics: &[f64], level: Level) -> MetricScore {
        let (defined, undefined) = (statistics[1], statistics[2]);
        if defined == 0.0 {
            return MetricScore::undefined("no_weight", "one of the two texts has no weight");
        }
        let distance = statistics[0] / defined;
        let score = MetricScore::new(distance).with("mover_score", 1.0 - distance);
        if level == Level::Corpus && undefined > 0.0 {
            score.with("undefined_segments", undefined)
        } else {
            score
        }
    }
}

/// The tokens of a text that have weight.
struct Weighed {
    dim: usize,
    /// `[tokens, dim]`, each of unit length.
    rows: Vec<f64>,
    /// `[tokens]`, sum 1.
    weights: Vec<f64>,
}

impl Wmd {
    /// `None` when no token has weight.
    fn weighed(
        &self,
        text: &TokenEmbeddings,
        frequencies: &DocumentFrequencies,
    ) -> Result<Option<Weighed>> {
        let tokens = text.spans.len();
        if text.ids.len() != tokens || text.dim == 0 || text.vectors.len() != tokens * text.dim {
            let problem = format!(
                "{tokens} tokens of {} numbers have {} numbers",
                text.dim,
                text.vectors.len()
            );
            return Err(error::embedding_shape(Self::INFO.id, problem));
        }
        if text.vectors.iter().any(|x| !x.is_finite()) {
            return Err(error::embedding_shape(Self::INFO.id, "a vector is not finite"));
        }
        let (mut rows, mut weights) = (Vec::new(), Vec::new());
        for ((span, id), row) in
            text.spans.iter().zip(&text.ids).zip(text.vectors.chunks_exact(text.dim))
        {
            let weight = if self.options.idf { frequencies.inverse(*id) } else { 1.0 };
            if !span.is_empty() && weight > 0.0 {
                rows.extend(unit(row));
                weights.push(weight);
            }
        }
        let total: f64 = weights.iter().sum();
        weights.iter_mut().for_each(|weight| *weight /= total);
        Ok((total > 0.0).then_some(Weighed { dim: text.dim, rows, weights }))
    }

    /// Steps that the comparison of so many tokens takes.
    fn steps(&self, counts: [usize; 2]) -> u64 {
        let [a, b] = counts.map(|count| count as u64);
        let each = if self.options.relaxed { 16 } else { a.saturating_add(b) };
        a.saturating_mul(b).saturating_mul(each)
    }

    fn distance(&self, a: &Weighed, b: &Weighed) -> Result<f64> {
        if a.dim != b.dim {
            let problem = format!("vectors have {} and {} numbers", a.dim, b.dim);
            return Err(error::embedding_shape(Self::INFO.id, problem));
        }
        let counts = [a.weights.len(), b.weights.len()];
        let too_long = || error::texts_too_long(Self::INFO.id, "tokens", counts, MAX_STEPS);
        if self.steps(counts) > MAX_STEPS {
            return Err(too_long());
        }
        let costs: Vec<f64> = a
            .rows
            .chunks_exact(a.dim)
            .flat_map(|x| b.rows.chunks_exact(b.dim).map(move |y| distance(x, y)))
            .collect();
        if self.options.relaxed {
            Ok(relaxed(&costs, &a.weights, &b.weights))
        } else {
            transport(&costs, &a.weights, &b.weights).ok_or_else(too_long)
        }
    }
}

/// `row` with length 1; a zero vector stays zero.
fn unit(row: &[f32]) -> impl Iterator<Item = f64> {
    let norm = row.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
    let scale = if norm > 0.0 { 1.0 / norm } else { 0.0 };
    row.iter().map(move |x| f64::from(*x) * scale)
}

fn distance(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| (x - y).powi(2)).sum::<f64>().sqrt()
}

/// The larger of the costs of moving everything to the nearest place, there and back.
fn relaxed(costs: &[f64], a: &[f64], b: &[f64]) -> f64 {
    let mut nearest_to_b = vec![f64::INFINITY; b.len()];
    let mut there = 0.0;
    for (row, weight) in costs.chunks_exact(b.len()).zip(a) {
        there += weight * row.iter().copied().fold(f64::INFINITY, f64::min);
        nearest_to_b.iter_mut().zip(row).for_each(|(nearest, cost)| *nearest = nearest.min(*cost));
    }
    let back: f64 = nearest_to_b.iter().zip(b).map(|(cost, weight)| cost * weight).sum();
    there.max(back)
}
