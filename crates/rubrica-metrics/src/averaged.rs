//! Metrics whose corpus score is the mean of their segment scores.

use rubrica_core::{Result, Signature};

use crate::info::MetricInfo;
use crate::metric::{Described, Level, Metric, MetricScore};
use crate::segment::Segment;

/// A metric whose corpus score is the mean over the segments for which it is defined.
///
/// Its row holds the values of the segment, then 1 and 0 where they are defined, else 0 and 1. A
/// corpus score tells in the part `undefined_segments` how many it leaves out.
pub(crate) trait Averaged: Described + Send + Sync {
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
        self.values(segment).map(|values| row(values, T::VALUES.len()))
    }

    fn score(&self, statistics: &[f64], level: Level) -> MetricScore {
        mean(statistics, level, T::VALUES, T::UNDEFINED)
    }
}

/// The row of a segment with `values`, of which there are `expected` where they are defined.
fn row(values: Option<Vec<f64>>, expected: usize) -> Vec<f64> {
    match values {
        Some(mut values) => {
            debug_assert_eq!(values.len(), expected);
            values.extend([1.0, 0.0]);
            values
        }
        None => {
            let mut row = vec![0.0; expected];
            row.extend([0.0, 1.0]);
            row
        }
    }
}

/// The means of a row's values by their names, of which the first is the score.
fn mean(
    statistics: &[f64],
    level: Level,
    names: &[&'static str],
    undefined: (&str, &str),
) -> MetricScore {
    let (sums, counts) = statistics.split_at(names.len());
    let (defined, left_out) = (counts[0], counts[1]);
    if defined == 0.0 {
        return MetricScore::undefined(undefined.0, undefined.1);
    }
    let mut score = MetricScore::new(sums[0] / defined);
    for (name, sum) in names.iter().zip(sums).skip(1) {
        score = score.with(*name, sum / defined);
    }
    if level == Level::Corpus && left_out > 0.0 {
        score = score.with("undefined_segments", left_out);
    }
    score
}
