//! The metric around a formula over two embeddings.

use std::marker::PhantomData;

use rubrica_core::{Result, Signature, Tier};

use super::{DocumentFrequencies, EmbedMetric, EmbeddedSegment, Request};
use crate::error;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::{Described, Level, MetricScore};
use crate::options::NoOptions;

/// A number computed from the embeddings of two texts.
pub trait ClosenessFormula {
    /// Name of the metric.
    const ID: &'static str;
    /// Name for people.
    const TITLE: &'static str;
    /// What the response is compared with.
    const NEEDS: Needs = Needs::Reference;
    /// Lowest value, if there is one.
    const LOW: Option<f64>;
    /// Highest value, if there is one.
    const HIGH: Option<f64>;
    /// Unit of the value.
    const UNIT: Unit;
    /// True of a similarity, false of a distance.
    const HIGHER_IS_BETTER: bool;
    /// Where the measure is defined.
    const SOURCE: &'static str;

    /// The value for two vectors of one length with finite numbers; finite.
    fn value(a: &[f32], b: &[f32]) -> f64;
}

/// The value of a formula for the response and the closest of the texts that it is compared with.
///
/// Part `nearest`, of one segment with references: the place of the closest reference, from 0, so that
/// graded past answers can hand their grade to a new one. Undefined when the response or every other
/// text is blank. The corpus score is the mean over segments.
#[derive(Debug, Clone, Copy)]
pub struct Closeness<F>(PhantomData<F>);

impl<F: ClosenessFormula> Described for Closeness<F> {
    type Options = NoOptions;

    const INFO: MetricInfo = MetricInfo {
        id: F::ID,
        title: F::TITLE,
        family: Family::Semantic,
        tier: Tier::T1,
        needs: F::NEEDS,
        low: F::LOW,
        high: F::HIGH,
        unit: F::UNIT,
        higher_is_better: Some(F::HIGHER_IS_BETTER),
        source: F::SOURCE,
    };

    fn new(_options: NoOptions) -> Result<Self> {
        Ok(Self(PhantomData))
    }
}

impl<F: ClosenessFormula> EmbedMetric for Closeness<F> {
    fn info(&self) -> MetricInfo {
        Self::INFO
    }

    fn signature(&self, _level: Level) -> Signature {
        Signature::new(F::ID)
    }

    fn request(&self) -> Request {
        Request::Texts
    }

    /// `[value, place of the closest, defined segments, undefined segments]`.
    fn statistics(
        &self,
        segment: &EmbeddedSegment<'_>,
        _frequencies: &DocumentFrequencies,
    ) -> Result<Vec<f64>> {
        let nothing = vec![0.0, 0.0, 0.0, 1.0];
        let Some(response) = segment.response else { return Ok(nothing) };
        let mut closest: Option<(f64, usize)> = None;
        for (place, reference) in segment.references.iter().enumerate() {
            let Some(reference) = reference else { continue };
            let (a, b) = (&response.embedding, &reference.embedding);
            if a.len() != b.len() || a.iter().chain(b).any(|x| !x.is_finite()) {
                let problem = "vectors differ in length or are not finite";
                return Err(error::embedding_shape(F::ID, problem));
            }
            let value = F::value(a, b);
            let closer = |best: f64| if F::HIGHER_IS_BETTER { value > best } else { value < best };
            if closest.is_none_or(|(best, _)| closer(best)) {
                closest = Some((value, place));
            }
        }
        Ok(closest.map_or(nothing, |(value, place)| vec![value, place as f64, 1.0, 0.0]))
    }

    fn score(&self, statistics: &[f64], level: Level) -> MetricScore {
        let (sum, defined, undefined) = (statistics[0], statistics[2], statistics[3]);
        if defined == 0.0 {
            return MetricScore::undefined("empty_text", "one of the two texts is blank");
        }
        let score = MetricScore::new(sum / defined);
        match level {
            Level::Sentence if F::NEEDS == Needs::Reference => score.with("nearest", statistics[1]),
            Level::Corpus if undefined > 0.0 => score.with("undefined_segments", undefined),
            _ => score,
        }
    }
}

/// The sum of products.
pub(super) fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(x, y)| f64::from(*x) * f64::from(*y)).sum()
}
