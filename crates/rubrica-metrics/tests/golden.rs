//! Every metric of the catalogue against its golden in `tests/golden/metrics`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rubrica_core::model::TokenEmbeddings;
use rubrica_core::{Score, Span};
use rubrica_metrics::likelihood::LikelihoodMetric;
use rubrica_metrics::semantic::{DocumentFrequencies, EmbedMetric, EmbeddedSegment};
use rubrica_metrics::{AnyMetric, Level, Metric, MetricScore, Segment, any_metric, catalogue};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Golden {
    meta: Meta,
    #[serde(default)]
    case: Vec<Case>,
    #[serde(default)]
    corpus: Vec<Corpus>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Meta {
    tool: String,
    version: String,
    command: String,
    tolerance: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    response: Value,
    references: Vec<Value>,
    #[serde(default)]
    context: Vec<String>,
    #[serde(default)]
    instruction: Option<String>,
    /// What a language model answered, by query.
    #[serde(default)]
    log_probabilities: Vec<Vec<f64>>,
    #[serde(default)]
    options: Value,
    expected: Expected,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Corpus {
    name: String,
    segments: Vec<Texts>,
    #[serde(default)]
    options: Value,
    expected: Expected,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Texts {
    response: Value,
    references: Vec<Value>,
    #[serde(default)]
    context: Vec<String>,
    #[serde(default)]
    instruction: Option<String>,
    #[serde(default)]
    log_probabilities: Vec<Vec<f64>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Expected {
    Undefined { undefined: String },
    Values(BTreeMap<String, f64>),
}

/// Token vectors, or the vector of a whole text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    #[serde(default)]
    ids: Vec<u32>,
    #[serde(default)]
    special: Vec<bool>,
    #[serde(default)]
    vectors: Vec<Vec<f32>>,
    #[serde(default)]
    embedding: Vec<f32>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/metrics")
}

fn read(id: &str) -> Golden {
    let path = folder().join(format!("{id}.toml"));
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|e| panic!("{} is missing ({e}): each metric has one", path.display()));
    toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn check(place: &str, got: &MetricScore, expected: &Expected, tolerance: f64) {
    match expected {
        Expected::Undefined { undefined } => match &got.score {
            Score::Undefined(reason) => assert_eq!(&reason.code, undefined, "{place}"),
            Score::Defined(value) => panic!("{place}: {value}; expected undefined ({undefined})"),
        },
        Expected::Values(values) => {
            assert!(values.contains_key("score"), "{place}: a golden without a score");
            for (name, value) in values {
                let found = match name.as_str() {
                    "score" => got.value(),
                    part => got.parts.get(part).copied(),
                };
                let Some(found) = found else { panic!("{place}: no {name} in {got:?}") };
                let off = (found - value).abs();
                assert!(
                    off <= tolerance * value.abs() + 1e-12,
                    "{place}: {name} is {found}; expected {value}"
                );
            }
        }
    }
}

fn texts<'a>(response: &'a Value, references: &'a [Value], context: &'a [String]) -> Segment<'a> {
    let text = |value: &'a Value| value.as_str().expect("a text");
    let context: Vec<&str> = context.iter().map(String::as_str).collect();
    Segment::new(text(response), &references.iter().map(text).collect::<Vec<_>>())
        .with_context(&context)
}

/// Builds with the options and runs a metric over texts.
fn check_text(id: &str, golden: &Golden, build: impl Fn(&Value) -> Box<dyn Metric>) {
    let tolerance = golden.meta.tolerance;
    for case in &golden.case {
        let segment = texts(&case.response, &case.references, &case.context);
        let metric = build(&case.options);
        let place = format!("{id}: {}", case.name);
        let score = metric.sentence(&segment).unwrap_or_else(|e| panic!("{place}: {e}"));
        check(&place, &score, &case.expected, tolerance);
    }
    for corpus in &golden.corpus {
        let segments: Vec<Segment<'_>> =
            corpus.segments.iter().map(|s| texts(&s.response, &s.references, &s.context)).collect();
        let metric = build(&corpus.options);
        let place = format!("{id}: corpus {}", corpus.name);
        let score = metric.corpus(&segments).unwrap_or_else(|e| panic!("{place}: {e}"));
        check(&place, &score, &corpus.expected, tolerance);
        // The same from rows, in another order, as a resampling test would do.
        let rows = metric.rows(&segments).expect("as before");
        let picked: Vec<usize> = (0..rows.len()).rev().collect();
        let again = metric.score_resample(&rows, &picked);
        check(&place, &again, &corpus.expected, tolerance.max(1e-12));
    }
}

fn vectors(value: &Value) -> TokenEmbeddings {
    let v: Vectors = serde_json::from_value(value.clone()).expect("vectors");
    let spans = v.special.iter().enumerate();
    TokenEmbeddings {
        dim: v.vectors.first().map_or(v.embedding.len(), Vec::len),
        vectors: v.vectors.concat(),
        // A special token stands for no text.
        spans: spans.map(|(i, special)| Span::new(i, i + usize::from(!special))).collect(),
        ids: v.ids,
        embedding: v.embedding,
    }
}

fn score_embedded(
    metric: &dyn EmbedMetric,
    segments: &[(TokenEmbeddings, Vec<TokenEmbeddings>)],
    level: Level,
) -> MetricScore {
    let mut frequencies = DocumentFrequencies::default();
    segments.iter().flat_map(|(_, references)| references).for_each(|r| frequencies.add(&r.ids));
    let rows = segments.iter().map(|(response, references)| {
        let segment = EmbeddedSegment {
            response: Some(response),
            references: references.iter().map(Some).collect(),
        };
        metric.statistics(&segment, &frequencies).expect("vectors of one shape")
    });
    let sum = rows.reduce(|a, b| a.iter().zip(&b).map(|(x, y)| x + y).collect());
    metric.score(&sum.expect("at least one segment"), level)
}

fn check_embedded(id: &str, golden: &Golden, build: impl Fn(&Value) -> Box<dyn EmbedMetric>) {
    let embedded = |response: &Value, references: &[Value]| {
        (vectors(response), references.iter().map(vectors).collect::<Vec<_>>())
    };
    for case in &golden.case {
        let segments = [embedded(&case.response, &case.references)];
        let score = score_embedded(&*build(&case.options), &segments, Level::Sentence);
        let place = format!("{id}: {}", case.name);
        check(&place, &score, &case.expected, golden.meta.tolerance);
    }
    for corpus in &golden.corpus {
        let segments: Vec<_> =
            corpus.segments.iter().map(|s| embedded(&s.response, &s.references)).collect();
        let score = score_embedded(&*build(&corpus.options), &segments, Level::Corpus);
        let place = format!("{id}: corpus {}", corpus.name);
        check(&place, &score, &corpus.expected, golden.meta.tolerance);
    }
}

/// The row of a segment, from what a language model answered to the metric's queries.
fn answered(
    metric: &dyn LikelihoodMetric,
    segment: &Segment<'_>,
    answers: &[Vec<f64>],
    place: &str,
) -> Vec<f64> {
    let queries = metric.queries(segment).unwrap_or_else(|e| panic!("{place}: {e}"));
    let asked: Vec<usize> = queries.iter().map(|query| query.continuations.len()).collect();
    assert_eq!(asked, answers.iter().map(Vec::len).collect::<Vec<_>>(), "{place}");
    metric.statistics(segment, answers).unwrap_or_else(|e| panic!("{place}: {e}"))
}

fn check_likelihood(
    id: &str,
    golden: &Golden,
    build: impl Fn(&Value) -> Box<dyn LikelihoodMetric>,
) {
    for case in &golden.case {
        let metric = build(&case.options);
        let place = format!("{id}: {}", case.name);
        let segment = texts(&case.response, &case.references, &case.context)
            .with_instruction(case.instruction.as_deref());
        let row = answered(&*metric, &segment, &case.log_probabilities, &place);
        let score = metric.score(&row, Level::Sentence);
        check(&place, &score, &case.expected, golden.meta.tolerance);
    }
    for corpus in &golden.corpus {
        let metric = build(&corpus.options);
        let place = format!("{id}: corpus {}", corpus.name);
        let rows = corpus.segments.iter().map(|s| {
            let segment = texts(&s.response, &s.references, &s.context)
                .with_instruction(s.instruction.as_deref());
            answered(&*metric, &segment, &s.log_probabilities, &place)
        });
        let sum = rows.reduce(|a, b| a.iter().zip(&b).map(|(x, y)| x + y).collect());
        let score = metric.score(&sum.expect("at least one segment"), Level::Corpus);
        check(&place, &score, &corpus.expected, golden.meta.tolerance);
    }
}

#[test]
fn every_metric_equals_its_golden() {
    for info in catalogue() {
        let id = info.id;
        let golden = read(id);
        for (name, text) in [
            ("tool", &golden.meta.tool),
            ("version", &golden.meta.version),
            ("command", &golden.meta.command),
        ] {
            assert!(!text.is_empty(), "{id}: {name} is empty");
        }
        let told = golden.case.len() + golden.corpus.len();
        assert!(told >= 30, "{id}: {told} cases and corpora; expected 30");
        match any_metric(id, &Value::Null).expect("defaults work") {
            AnyMetric::Text(_) => check_text(id, &golden, |options| {
                rubrica_metrics::metric(id, options).unwrap_or_else(|e| panic!("{id}: {e}"))
            }),
            AnyMetric::Embed(_) => {
                check_embedded(id, &golden, |options| match any_metric(id, options) {
                    Ok(AnyMetric::Embed(metric)) => metric,
                    _ => panic!("{id}: no metric over embeddings with {options}"),
                });
            }
            AnyMetric::Likelihood(_) => {
                check_likelihood(id, &golden, |options| match any_metric(id, options) {
                    Ok(AnyMetric::Likelihood(metric)) => metric,
                    _ => panic!("{id}: no metric over log-probabilities with {options}"),
                });
            }
        }
    }
}

#[test]
fn every_golden_has_a_metric() {
    let ids: Vec<&str> = catalogue().iter().map(|info| info.id).collect();
    for entry in std::fs::read_dir(folder()).expect("the folder of goldens") {
        let path = entry.expect("readable").path();
        let stem = path.file_stem().and_then(|s| s.to_str()).expect("a name");
        assert!(ids.contains(&stem), "{} has no metric", path.display());
    }
}
