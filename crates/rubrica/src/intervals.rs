//! Bootstrap intervals of a corpus score and of its parts.
//!
//! Koehn, "Statistical significance tests for machine translation evaluation", EMNLP 2004. For ROUGE,
//! the intervals are those of `BootstrapAggregator` of rouge-score but for the draws.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rubrica_core::{Error, Result, Sample, Undefined};
use rubrica_metrics::{AnyMetric, Metric, MetricScore, Segment, any_metric};
use rubrica_stats::bootstrap::{Bootstrap, Units, bootstrap};
use rubrica_stats::{Estimate, StatsError};
use serde::Serialize;

use crate::{CorpusScores, MetricRequest};

/// The corpus score of `metric`, as `score`, and each of its parts (for ROUGE `precision` and `recall`),
/// with an interval over resampled segments. The values are those of the corpus.
///
/// Texts are read once: resamples are sums of the segments' statistics. All intervals are over the same
/// resamples, which `options.seed` names. A metric that looks at the corpus as a whole (`nist`, `cider_d`,
/// `self_bleu`) keeps what it learned of the whole.
///
/// # Errors
/// Those of [`Metric::rows`]; a corpus score that is undefined, or undefined on most resamples; options
/// out of range.
pub fn corpus_intervals(
    metric: &dyn Metric,
    segments: &[Segment<'_>],
    options: &Bootstrap,
) -> Result<BTreeMap<String, Estimate>> {
    intervals_of(metric, segments, options).map_err(|none| match none {
        NoIntervals::Metric(error) => error,
        NoIntervals::Statistic(error) => statistic(metric.info().id, &error),
    })
}

/// Why a metric has no intervals.
enum NoIntervals {
    /// It has no rows.
    Metric(Error),
    /// Its rows have none.
    Statistic(StatsError),
}

fn statistic(metric: &str, error: &StatsError) -> Error {
    let (code, path, message) = (error.code(), metric.to_owned(), error.to_string());
    Error::Statistic { code, path, message }
}

fn intervals_of(
    metric: &dyn Metric,
    segments: &[Segment<'_>],
    options: &Bootstrap,
) -> Result<BTreeMap<String, Estimate>, NoIntervals> {
    let rows = metric.rows(segments).map_err(NoIntervals::Metric)?;
    let units = Units::items(rows.len());
    let names = metric.score_rows(&rows).parts.into_keys().map(Cow::into_owned);
    // Equal seeds draw equal resamples, so that one score of each serves all parts.
    let mut scores: Vec<MetricScore> = Vec::new();
    let mut found = BTreeMap::new();
    for name in std::iter::once("score".to_owned()).chain(names) {
        let mut drawn = 0;
        let score = |items: &[usize]| {
            if drawn == scores.len() {
                scores.push(metric.score_resample(&rows, items));
            }
            drawn += 1;
            named(&scores[drawn - 1], &name).ok_or(StatsError::TooFew {
                what: "defined segments",
                found: 0,
                needed: 1,
            })
        };
        let estimate = bootstrap(&units, options, score).map_err(NoIntervals::Statistic)?;
        found.insert(name, estimate);
    }
    Ok(found)
}

fn named(score: &MetricScore, name: &str) -> Option<f64> {
    if name == "score" { score.value() } else { score.parts.get(name).copied() }
}

/// The intervals of a metric, or why it has none.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum MetricIntervals {
    /// That of its corpus score, as `score`, and of each of its parts.
    Found(BTreeMap<String, Estimate>),
    /// Too few segments, or a score that is undefined.
    Undefined {
        /// Why.
        error: Undefined,
    },
}

/// Corpus scores with their intervals.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WithIntervals {
    /// The scores.
    #[serde(flatten)]
    pub corpus: CorpusScores,
    /// By metric.
    pub intervals: BTreeMap<String, MetricIntervals>,
}

impl WithIntervals {
    /// Adds the [`corpus_intervals`] of `requests` over `samples` to their scores.
    ///
    /// # Errors
    /// An unknown metric or option, a metric that needs a model, a sample without a single response;
    /// options of the bootstrap out of range.
    pub fn of(
        corpus: CorpusScores,
        requests: &[MetricRequest],
        samples: &[Sample],
        options: &Bootstrap,
    ) -> Result<Self> {
        if options.replicates < Bootstrap::FEWEST {
            let problem = format!("is {}", options.replicates);
            let expected = format!("at least {}", Bootstrap::FEWEST);
            return Err(Error::invalid("bootstrap.replicates", problem, expected));
        }
        let segments = samples.iter().map(Segment::from_sample).collect::<Result<Vec<_>>>()?;
        let of = |request: &MetricRequest| {
            let id = &request.id;
            let AnyMetric::Text(metric) = any_metric(id, &request.options)? else {
                let problem = format!("{id} needs a model");
                return Err(Error::invalid("bootstrap", problem, "metrics that need none"));
            };
            let undefined =
                |error: &Error| MetricIntervals::Undefined { error: Undefined::from(error) };
            let intervals = match intervals_of(metric.as_ref(), &segments, options) {
                Ok(found) => MetricIntervals::Found(found),
                // Options of the bootstrap, which are wrong for every metric.
                Err(NoIntervals::Statistic(error @ StatsError::OutOfRange { .. })) => {
                    return Err(statistic(id, &error));
                }
                Err(NoIntervals::Statistic(error)) => undefined(&statistic(id, &error)),
                Err(NoIntervals::Metric(error)) => undefined(&error),
            };
            Ok((id.clone(), intervals))
        };
        let intervals = requests.iter().map(of).collect::<Result<_>>()?;
        Ok(Self { corpus, intervals })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rubrica_metrics::metric;
    use serde_json::Value;

    const TEXTS: [(&str, &str); 8] = [
        ("the cat sat on the mat", "the cat sat on the mat"),
        ("a dog barked", "the dog barked at the cat"),
        ("alpha beta gamma", "one two three"),
        ("on the mat sat the cat", "the cat sat on the mat"),
        ("rain fell all night", "it rained all through the night"),
        ("he went home", "he went home early that day"),
        ("no", "yes"),
        ("prices rose by ten percent", "prices rose ten percent last year"),
    ];

    const EXPECTED: [(&str, f64, f64); 3] = [
        ("precision", 0.333_333, 0.875),
        ("recall", 0.229_167, 0.729_167),
        ("score", 0.272_222, 0.779_040),
    ];

    fn intervals(id: &str, options: &Bootstrap) -> BTreeMap<String, Estimate> {
        let segments = TEXTS.map(|(response, reference)| Segment::new(response, &[reference]));
        let metric = metric(id, &Value::Null).expect("known");
        let found = corpus_intervals(metric.as_ref(), &segments, options).expect("defined");
        let whole = metric.corpus(&segments).expect("references");
        assert_eq!(found["score"].value, whole.value().expect("defined"), "{id}");
        for (name, value) in &whole.parts {
            assert_eq!(found[&**name].value, *value, "{id}: {name}");
        }
        found
    }

    /// Low and high of rouge-score 0.1.2, `BootstrapAggregator(n_samples=100000)` on the same texts.
    #[test]
    fn rouge_has_the_intervals_of_rouge_score() {
        let options = Bootstrap { replicates: 20_000, ..Bootstrap::default() };
        let found = intervals("rouge_1", &options);
        for (name, low, high) in EXPECTED {
            let estimate = &found[name];
            let off = (estimate.lower - low).abs().max((estimate.upper - high).abs());
            assert!(off < 0.02, "{name}: {estimate:?}; expected {low} to {high}");
        }
    }

    #[test]
    fn other_metrics_have_intervals_around_their_score() {
        for id in ["bleu", "chrf", "ter", "meteor", "words", "flesch_kincaid_grade"] {
            let score = &intervals(id, &Bootstrap::default())["score"];
            assert!(score.lower < score.value && score.value < score.upper, "{id}: {score:?}");
        }
    }

    #[test]
    fn a_metric_without_intervals_says_why() {
        let requests = ["rouge_l", "sentiment"]
            .map(|id| MetricRequest { id: id.into(), options: Value::Null });
        let samples = TEXTS.map(|(response, _)| Sample::new("", response));
        let of = |requests: &[MetricRequest], options: &Bootstrap| {
            WithIntervals::of(CorpusScores::default(), requests, &samples, options)
        };
        let found = of(&requests, &Bootstrap::default()).expect("known metrics");
        let MetricIntervals::Undefined { error } = &found.intervals["rouge_l"] else {
            panic!("{found:?}")
        };
        assert_eq!(error.code, "missing_reference");
        let options = Bootstrap { level: 1.0, ..Bootstrap::default() };
        assert_eq!(of(&requests[1..], &options).expect_err("level").code(), "out_of_range");
        let options = Bootstrap { replicates: 9, ..Bootstrap::default() };
        let error = of(&requests[1..], &options).expect_err("too few resamples");
        assert_eq!(error.path(), Some("bootstrap.replicates"));
        let bertscore = MetricRequest { id: "bertscore".into(), options: Value::Null };
        let error = of(&[bertscore], &Bootstrap::default()).expect_err("needs a model");
        assert_eq!(error.path(), Some("bootstrap"));
    }

    #[test]
    fn no_segments_have_no_interval() {
        let rouge = metric("rouge_l", &Value::Null).expect("known");
        let error = corpus_intervals(rouge.as_ref(), &[], &Bootstrap::default()).expect_err("none");
        assert_eq!((error.code(), error.path()), ("too_few_values", Some("rouge_l")));
    }
}
