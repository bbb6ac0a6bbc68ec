//! The metric contract: segment → additive statistics → score.
//!
//! A metric turns each segment into a row of numbers such that the row of a corpus is the sum of its
//! segments' rows, and computes the score from the sum. So a corpus score needs one pass, and a
//! bootstrap or permutation test resamples rows and never looks at text again, as in sacreBLEU
//! (Post, "A Call for Clarity in Reporting BLEU Scores", WMT 2018).

use std::borrow::Cow;
use std::collections::BTreeMap;

use rubrica_core::{Result, Score, Signature, Undefined};
use serde::de::DeserializeOwned;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::info::{MetricInfo, Needs};
use crate::segment::Segment;

/// What a score is about. Some metrics are computed differently for one segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// One segment.
    Sentence,
    /// Several segments together.
    Corpus,
}

/// A score with the numbers that it is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricScore {
    /// The score, in the metric's unit.
    pub score: Score,
    /// Further numbers by name, such as `precision` or `brevity_penalty`; always finite.
    pub parts: BTreeMap<Cow<'static, str>, f64>,
}

impl MetricScore {
    /// A score without parts; undefined when `score` is not finite.
    pub fn new(score: f64) -> Self {
        Self { score: score.into(), parts: BTreeMap::new() }
    }

    /// No score, and why.
    pub fn undefined(code: &str, reason: impl Into<String>) -> Self {
        let reason = Undefined { code: code.to_owned(), reason: reason.into() };
        Self { score: Score::Undefined(reason), parts: BTreeMap::new() }
    }

    /// The score with a part; a part that is not finite is left out.
    #[must_use]
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, value: f64) -> Self {
        if value.is_finite() {
            self.parts.insert(name.into(), value);
        }
        self
    }

    /// The score as a number, if it is defined.
    pub fn value(&self) -> Option<f64> {
        self.score.value()
    }
}

impl Serialize for MetricScore {
    /// `{"score", "parts"?}`, or `{"score": null, "error": {"code", "reason"}}`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("score", &self.score.value())?;
        if let Score::Undefined(reason) = &self.score {
            map.serialize_entry("error", reason)?;
        }
        if !self.parts.is_empty() {
            map.serialize_entry("parts", &self.parts)?;
        }
        map.end()
    }
}

/// A metric that needs no model. Several threads may use one.
pub trait Metric: Send + Sync {
    /// What the metric is.
    fn info(&self) -> MetricInfo;

    /// What produced a score at `level`: the metric and every option that changes the number.
    fn signature(&self, level: Level) -> Signature;

    /// The row of one segment. All rows of a metric have the same length.
    ///
    /// # Errors
    /// `missing_reference`, `texts_too_long`.
    fn statistics(&self, segment: &Segment<'_>) -> Result<Vec<f64>>;

    /// The score of a row, or of the sum of several.
    fn score(&self, statistics: &[f64], level: Level) -> MetricScore;

    /// The rows of several segments, `[segments][statistics]`, for `score_rows` and for
    /// resampling.
    ///
    /// # Errors
    /// As [`Metric::statistics`], with the place of the segment before the path: `[3].reference`.
    fn rows(&self, segments: &[Segment<'_>]) -> Result<Vec<Vec<f64>>> {
        rows(segments, &|segment| self.statistics(segment))
    }

    /// True when [`Metric::rows`] of several segments are not the rows that each has alone, so that a
    /// corpus cannot be read piece by piece.
    fn reads_whole_corpus(&self) -> bool {
        false
    }
}

// Not methods of the trait, where each would be compiled for every metric.
impl dyn Metric + '_ {
    /// The score of one segment.
    ///
    /// # Errors
    /// As [`Metric::statistics`].
    pub fn sentence(&self, segment: &Segment<'_>) -> Result<MetricScore> {
        self.statistics(segment).map(|row| self.score(&row, Level::Sentence))
    }

    /// The score of several segments together; undefined for none.
    ///
    /// # Errors
    /// As [`Metric::rows`].
    pub fn corpus(&self, segments: &[Segment<'_>]) -> Result<MetricScore> {
        self.rows(segments).map(|rows| self.score_rows(&rows))
    }

    /// The corpus score of rows; undefined for none.
    pub fn score_rows(&self, rows: &[Vec<f64>]) -> MetricScore {
        score_sum(&mut rows.iter(), &|sum| self.score(sum, Level::Corpus))
    }

    /// The corpus score of the rows `picked`, which may name a row several times: one resample of a
    /// bootstrap.
    ///
    /// # Panics
    /// When an index lies outside `rows`.
    pub fn score_resample(&self, rows: &[Vec<f64>], picked: &[usize]) -> MetricScore {
        score_sum(&mut picked.iter().map(|&i| &rows[i]), &|sum| self.score(sum, Level::Corpus))
    }

    /// [`Metric::signature`] with the number of references of `segments`, as `nrefs`: a number, or
    /// `var` where segments differ.
    pub fn signature_for(&self, level: Level, segments: &[Segment<'_>]) -> Signature {
        let signature = self.signature(level);
        match self.info().needs {
            Needs::Reference => signature.with("nrefs", reference_count(segments)),
            _ => signature,
        }
    }
}

// What the method above does is compiled once, not once for each of the metrics.

fn rows(
    segments: &[Segment<'_>],
    statistics: &dyn Fn(&Segment<'_>) -> Result<Vec<f64>>,
) -> Result<Vec<Vec<f64>>> {
    let row = |(i, segment)| statistics(segment).map_err(|error| error.within(&format!("[{i}]")));
    segments.iter().enumerate().map(row).collect()
}

/// The number of references that all segments have, or `var`.
pub(crate) fn reference_count(segments: &[Segment<'_>]) -> String {
    let mut counts = segments.iter().map(|segment| segment.references.len());
    let first = counts.next().unwrap_or(0);
    if counts.all(|count| count == first) { first.to_string() } else { "var".into() }
}

/// The score of the sum of rows; undefined without rows.
pub(crate) fn score_sum<'a>(
    rows: &mut dyn Iterator<Item = &'a Vec<f64>>,
    score: &dyn Fn(&[f64]) -> MetricScore,
) -> MetricScore {
    let Some(first) = rows.next() else {
        return MetricScore::undefined("no_segments", "there are no segments");
    };
    let mut sum = first.clone();
    for row in rows {
        sum.iter_mut().zip(row).for_each(|(total, value)| *total += value);
    }
    score(&sum)
}

/// The methods of [`dyn Metric`](trait@Metric), for a metric whose type is known.
pub trait MetricExt: Metric + Sized {
    /// The score of one segment.
    ///
    /// # Errors
    /// As [`Metric::statistics`].
    fn sentence(&self, segment: &Segment<'_>) -> Result<MetricScore> {
        (self as &dyn Metric).sentence(segment)
    }

    /// The score of several segments together; undefined for none.
    ///
    /// # Errors
    /// As [`Metric::rows`].
    fn corpus(&self, segments: &[Segment<'_>]) -> Result<MetricScore> {
        (self as &dyn Metric).corpus(segments)
    }

    /// [`Metric::signature`] with the number of references of `segments`, as `nrefs`.
    fn signature_for(&self, level: Level, segments: &[Segment<'_>]) -> Signature {
        (self as &dyn Metric).signature_for(level, segments)
    }
}

impl<M: Metric> MetricExt for M {}

/// How a metric whose type is known is made of its options, which are typed: as the catalogue does, but
/// without JSON.
pub trait Described: Sized {
    /// Options of the metric.
    type Options: DeserializeOwned + Serialize + Default;

    /// What the metric is.
    const INFO: MetricInfo;

    /// The metric with `options`.
    ///
    /// # Errors
    /// [`rubrica_core::Error::Invalid`] with the path of an option that makes no sense.
    fn new(options: Self::Options) -> Result<Self>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_serialise_with_their_parts() {
        let score = MetricScore::new(0.5).with("recall", 1.0).with("bad", f64::NAN);
        assert_eq!(
            serde_json::to_string(&score).expect("json"),
            r#"{"score":0.5,"parts":{"recall":1.0}}"#
        );
        let none = MetricScore::undefined("no_words", "text has no words");
        assert_eq!(
            serde_json::to_string(&none).expect("json"),
            r#"{"score":null,"error":{"code":"no_words","reason":"text has no words"}}"#
        );
    }

    #[test]
    fn references_are_counted() {
        let segment = |n: usize| Segment::new("a", &vec!["r"; n]);
        assert_eq!(reference_count(&[segment(2), segment(2)]), "2");
        assert_eq!(reference_count(&[segment(2), segment(1)]), "var");
        assert_eq!(reference_count(&[]), "0");
    }
}
