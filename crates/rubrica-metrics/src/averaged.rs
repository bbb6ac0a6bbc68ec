//! Metrics whose corpus score is the mean of their segment scores.

use rubrica_core::{Result, Signature};

use crate::info::MetricInfo;
use crate::metric::{Described, Level, Metric, MetricScore};
use crate::segment::Segment;

/// A metric whose corpus score is the mean over the segments for which it is defined.
///
/// Its row holds the values of the segment, then 1 and 0 where they are defined, else 0 and 1. A
/// corpus score tells in the part `undefined_segments` how many it leaves out.
pub(crate) trait Averaged: Described {
    /// Names of the values: the first is the score, the others its parts.
    const VALUES: &'static [&'static str];

    /// Code and reason of a segment without values.
    const UNDEFINED: (&'static str, &'static str);

    /// The signature with the options that change the number.
    fn sign(&self, signature: Signature) -> Signature {
        signature
    }

    /// One number for each of [`Averaged::VALUES`], or `None` where the metric is not defined.
    ///
    /// # Errors
    /// As [`Metric::statistics`].
    fn values(&self, segment: &Segment<'_>) -> Result<Option<Vec<f64>>>;
}

impl<T: Averaged> Metric for T {
    fn info(&self) -> MetricInfo {
        T::INFO
    }

    fn signature(&self, _level: Level) -> Signature {
        self.sign(Signature::new(T::INFO.id))
    }

    fn statistics(&self, segment: &Segment<'_>) -> Result<Vec<f64>> {
        Ok(match self.values(segment)? {
            Some(mut values) => {
                debug_assert_eq!(values.len(), T::VALUES.len(), "{}", T::INFO.id);
                values.extend([1.0, 0.0]);
                values
            }
            None => {
                let mut row = vec![0.0; T::VALUES.len()];
                row.extend([0.0, 1.0]);
                row
            }
        })
    }

    fn score(&self, statistics: &[f64], level: Level) -> MetricScore {
        let (sums, counts) = statistics.split_at(T::VALUES.len());
        let (defined, undefined) = (counts[0], counts[1]);
        if defined == 0.0 {
            return MetricScore::undefined(T::UNDEFINED.0, T::UNDEFINED.1);
        }
        let mut score = MetricScore::new(sums[0] / defined);
        for (name, sum) in T::VALUES.iter().zip(sums).skip(1) {
            score = score.with(*name, sum / defined);
        }
        if level == Level::Corpus && undefined > 0.0 {
            score = score.with("undefined_segments", undefined);
        }
        score
    }
}
