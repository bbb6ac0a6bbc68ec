//! Metrics that stand out against what was asked for.
//!
//! Each limit is a choice of ours, wide enough that a finding is worth a look and not a verdict; all
//! are in [`MetricLimits`]. A finding is about the criterion whose id says that it cares (`clarity`
//! for readability, say), where the rubric has one.

use rubrica_core::{Error, Evidence, Point, Result, Rubric, Severity, Span};
use rubrica_metrics::{Segment, text};
use serde::{Deserialize, Serialize};

use super::english::{ENGLISH, common_share};
use super::numbers::unsupported;
use super::stated::{Bound, Stated, stated_lengths};
use super::summary::plural;
use crate::input::Input;

/// When a metric stands out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MetricLimits {
    /// Share by which the length may differ from one that the instruction states as "about", "in" or
    /// without a bound: 0.25 is a quarter more or less.
    pub length_tolerance: f64,
    /// Least length in words, as a share of the reference's.
    pub min_length_ratio: f64,
    /// Greatest length in words, as a multiple of the reference's.
    pub max_length_ratio: f64,
    /// Words of a reference below which lengths and shared words say nothing: a reference of one
    /// number is met by any right sentence.
    pub min_reference_words: usize,
    /// Least share of common words with the reference (token F1), in `0..=1`.
    pub min_overlap: f64,
    /// Greatest share of repeated text (see the metric `repetition`), in `0..=1`.
    pub max_repetition: f64,
    /// Greatest Flesch-Kincaid grade: years of school that a reader needs. 16 is a college degree.
    /// Looked at in English texts only.
    pub max_grade: f64,
    /// Words of a response below which repetition and grade say nothing.
    pub min_words: usize,
    /// Numbers without a source to point at, at most; 0 switches that off. They are looked for where
    /// there is context.
    pub max_numbers: usize,
}

impl Default for MetricLimits {
    fn default() -> Self {
        Self {
            length_tolerance: 0.25,
            min_length_ratio: 0.33,
            max_length_ratio: 3.0,
            min_reference_words: 10,
            min_overlap: 0.1,
            max_repetition: 0.2,
            max_grade: 16.0,
            min_words: 50,
            max_numbers: 3,
        }
    }
}

impl MetricLimits {
    pub(super) fn validate(&self) -> Result<()> {
        let limits = [
            ("length_tolerance", self.length_tolerance),
            ("min_length_ratio", self.min_length_ratio),
            ("max_length_ratio", self.max_length_ratio),
            ("min_overlap", self.min_overlap),
            ("max_repetition", self.max_repetition),
            ("max_grade", self.max_grade),
        ];
        match limits.into_iter().find(|(_, value)| !value.is_finite() || *value < 0.0) {
            Some((name, value)) => {
                Err(Error::invalid(name, format!("{value} is out of range"), "a number >= 0"))
            }
            None => Ok(()),
        }
    }
}

/// Everything that stands out about a response.
pub(super) fn points(input: &Input<'_>, rubric: &Rubric, limits: &MetricLimits) -> Vec<Point> {
    let mut points = stated(input, limits);
    // A stated length says more than that of the reference.
    let stated = !points.is_empty();
    points.extend(against_reference(input, limits, stated));
    points.extend(surface(input, limits));
    points.extend(numbers(input, limits));
    points.into_iter().map(|(point, cares)| about(point, rubric, cares)).collect()
}

/// A finding with the stems of the ids of criteria that care about it, dearest first.
type Finding = (Point, &'static [&'static str]);

const TOO_SHORT: &[&str] = &["complet", "coverage", "length", "depth", "instruction", "helpful"];
const TOO_LONG: &[&str] = &["concis", "brev", "length", "instruction", "helpful"];
const OVERLAP: &[&str] = &["correct", "content", "relevan", "complet", "accura"];
const REPETITION: &[&str] = &["concis", "repetit", "coheren", "organi", "language"];
const READING: &[&str] = &["clar", "read", "simpl", "language", "fluen"];
const NUMBERS: &[&str] = &["faith", "ground", "consisten", "fact", "correct"];

/// The point, about the first criterion with an id that holds one of the stems.
fn about(point: Point, rubric: &Rubric, stems: &[&str]) -> Point {
    let cares = stems
        .iter()
        .find_map(|stem| rubric.criteria.iter().find(|c| c.id.to_lowercase().contains(stem)));
    match cares {
        Some(criterion) => point.about(&criterion.id),
        None => point,
    }
}

fn metric(severity: Severity, message: String, id: &str, value: f64, limit: f64) -> Point {
    Point::new(severity, message, Evidence::Metric { metric: id.into(), value, limit })
}

/// Lengths that the instruction states.
fn stated(input: &Input<'_>, limits: &MetricLimits) -> Vec<Finding> {
    let lengths = stated_lengths(input.instruction()).into_iter();
    lengths.filter_map(|stated| against_stated(input.response, stated, limits)).collect()
}

fn against_stated(response: &str, stated: Stated, limits: &MetricLimits) -> Option<Finding> {
    let noun = stated.unit.noun();
    let (low, high, asked) = match stated.bound {
        Bound::AtLeast(n) => (n as f64, f64::INFINITY, format!("at least {}", plural(n, noun))),
        Bound::AtMost(n) => (0.0, n as f64, format!("at most {}", plural(n, noun))),
        Bound::About(n) => {
            // A few sentences or paragraphs are meant as counted.
            let slack = (limits.length_tolerance * n as f64).floor();
            (n as f64 - slack, n as f64 + slack, plural(n, noun))
        }
    };
    // What may be counted in two ways is counted in the way that fits.
    let counts = stated.unit.counts(response);
    let value = *counts.iter().find(|n| (low..=high).contains(*n)).unwrap_or(&counts[0]);
    let count = value as usize;
    let (limit, cares, change) = match value {
        v if v < low => (low, TOO_SHORT, "Add"),
        v if v > high => (high, TOO_LONG, "Cut"),
        _ => return None,
    };
    let far = value < low / 2.0 || value > high * 2.0;
    let severity = if far { Severity::Major } else { Severity::Minor };
    let message = format!("The response has {}; asked for were {asked}.", plural(count, noun));
    let by = (value - limit).abs() as usize;
    let point = metric(severity, message, &format!("{noun}s"), value, limit)
        .suggest(format!("{change} {}.", plural(by.max(1), noun)));
    Some((point, cares))
}

/// Length and words against the reference.
fn against_reference(input: &Input<'_>, limits: &MetricLimits, stated: bool) -> Vec<Finding> {
    let Some(reference) = input.reference else { return Vec::new() };
    let expected = text::words(reference).count();
    if expected < limits.min_reference_words {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let words = text::words(input.response).count();
    let ratio = words as f64 / expected as f64;
    let length = |severity, how, limit, cares| {
        let message = format!(
            "The response is {how} beside the reference: {} against {expected}.",
            plural(words, "word")
        );
        (metric(severity, message, "length_ratio", ratio, limit), cares)
    };
    if !stated && ratio < limits.min_length_ratio {
        findings.push(length(Severity::Minor, "short", limits.min_length_ratio, TOO_SHORT));
    } else if !stated && ratio > limits.max_length_ratio {
        findings.push(length(Severity::Note, "long", limits.max_length_ratio, TOO_LONG));
    }
    let segment = Segment::new(input.response, &[reference]);
    if let Some(overlap) = value("token_f1", &segment)
        && overlap < limits.min_overlap
    {
        let message = format!(
            "The response shares few words with the reference (token F1 {overlap:.2}): it may say \
             something else, or the same in other words."
        );
        let point = metric(Severity::Note, message, "token_f1", overlap, limits.min_overlap);
        findings.push((point, OVERLAP));
    }
    findings
}

/// Repetition and readability of the response alone.
fn surface(input: &Input<'_>, limits: &MetricLimits) -> Vec<Finding> {
    let words: Vec<&str> = text::words(input.response).collect();
    if words.len() < limits.min_words {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let segment = Segment::new(input.response, &[]);
    if let Some(repeated) = value("repetition", &segment)
        && repeated > limits.max_repetition
    {
        let message = format!("The response repeats itself ({:.0} % of it).", 100.0 * repeated);
        let point = metric(Severity::Minor, message, "repetition", repeated, limits.max_repetition);
        findings.push((point.suggest("Say each thing once."), REPETITION));
    }
    if common_share(&words) >= ENGLISH
        && let Some(grade) = value("flesch_kincaid_grade", &segment)
        && grade > limits.max_grade
    {
        let message = format!("The response is hard to read (Flesch-Kincaid grade {grade:.1}).");
        let point =
            metric(Severity::Minor, message, "flesch_kincaid_grade", grade, limits.max_grade);
        findings.push((point.suggest("Use shorter sentences and words."), READING));
    }
    findings
}

/// Numbers that neither context nor reference nor instruction holds.
fn numbers(input: &Input<'_>, limits: &MetricLimits) -> Vec<Finding> {
    let judge = input.as_judge();
    if judge.context.is_empty() || limits.max_numbers == 0 {
        return Vec::new();
    }
    let mut sources: Vec<&str> = judge.context.iter().map(String::as_str).collect();
    sources.push(judge.instruction);
    sources.extend(judge.reference);
    let found = unsupported(input.response, &sources);
    let count = found.len() as f64;
    let finding = |(span, number): (Span, String)| {
        let message = format!("The number {number} is not in the context.");
        let point = metric(Severity::Note, message, "unsupported_numbers", count, 0.0).at(span);
        (point.suggest("Check it against the context."), NUMBERS)
    };
    found.into_iter().take(limits.max_numbers).map(finding).collect()
}

/// The score of a metric, where it has one. A text too long for it is no finding.
pub(super) fn value(id: &str, segment: &Segment<'_>) -> Option<f64> {
    let metric = rubrica_metrics::metric(id, &serde_json::Value::Null).ok()?;
    metric.sentence(segment).ok()?.value()
}

#[cfg(test)]
mod tests {
    use rubrica_core::{Criterion, Sample};

    use super::*;
    use crate::rubrics::builtin;

    fn find(sample: &Sample, rubric: &Rubric) -> Vec<Point> {
        let input = Input::of_sample(sample, 1_000_000).expect("valid");
        points(&input, rubric, &MetricLimits::default())
    }

    fn plain() -> Rubric {
        Rubric::single(Criterion::new("quality", "Is it good?"))
    }

    fn ids(points: &[Point]) -> Vec<String> {
        let id = |point: &Point| match &point.evidence {
            Evidence::Metric { metric, .. } => metric.clone(),
            other => panic!("{other:?}"),
        };
        points.iter().map(id).collect()
    }

    #[test]
    fn stated_lengths_are_held_against_the_response() {
        let response = "one two three four five. ".repeat(12);
        let sample = Sample::new("Explain it in at most 20 words.", response.as_str());
        let rubric = builtin("conciseness").expect("known").rubric();
        let points = find(&sample, &rubric);
        let point = &points[0];
        let expected = "The response has 60 words; asked for were at most 20 words.";
        assert_eq!((point.message.as_str(), point.severity), (expected, Severity::Major));
        assert_eq!(point.suggestion.as_deref(), Some("Cut 40 words."));
        assert_eq!(point.criterion.as_deref(), Some("conciseness"));
        let evidence = Evidence::Metric { metric: "words".into(), value: 60.0, limit: 20.0 };
        assert_eq!(point.evidence, evidence);
        let short = Sample::new("Write a 100-word note.", "Just five words are here.");
        assert_eq!(find(&short, &plain())[0].suggestion.as_deref(), Some("Add 70 words."));
        let right = Sample::new("Answer in two sentences.", "One. Two.");
        assert!(find(&right, &plain()).is_empty());
        let wrong = Sample::new("Answer in two sentences.", "One. Two. Three.");
        assert_eq!(ids(&find(&wrong, &plain())), ["sentences"]);
    }

    #[test]
    fn length_and_words_beside_the_reference() {
        let reference = "Water evaporates below its boiling point because the fastest molecules at the \
                         surface leave it.";
        let mut sample = Sample::new("Why?", "Dunno.");
        sample.reference = Some(reference.into());
        let rubric = builtin("student_answer").expect("known").rubric();
        let points = find(&sample, &rubric);
        assert_eq!(ids(&points), ["length_ratio", "token_f1"]);
        assert_eq!(points[1].criterion.as_deref(), Some("content"));
        sample.response = Some(reference.into());
        assert!(find(&sample, &rubric).is_empty());
        sample.response = Some(format!("{reference} ").repeat(4));
        let points = find(&sample, &rubric);
        assert_eq!(ids(&points)[0], "length_ratio");
        assert!(points[0].message.contains("is long beside the reference: 60 words against 15"));
        // A reference of a few words says nothing about length.
        sample.reference = Some("90 km/h".into());
        assert!(!ids(&find(&sample, &rubric)).contains(&"length_ratio".into()));
    }

    #[test]
    fn repetition_and_hard_reading() {
        let repeated = "We must act now, because the time to act is now. ".repeat(8);
        let rubric = builtin("essay").expect("known").rubric();
        let points = find(&Sample::new("", repeated.as_str()), &rubric);
        assert_eq!(ids(&points), ["repetition"]);
        assert_eq!(points[0].criterion.as_deref(), Some("organisation"));
        let hard = builtin("clarity").expect("known").cases()[1].sample.clone();
        let twice = format!("{0} {0}", hard.single_response().expect("one"));
        let limits = MetricLimits { max_repetition: 1.0, min_words: 20, ..MetricLimits::default() };
        let sample = Sample::new("", twice);
        let input = Input::of_sample(&sample, 10_000).expect("valid");
        let rubric = builtin("clarity").expect("known").rubric();
        let found = super::points(&input, &rubric, &limits);
        assert_eq!(ids(&found), ["flesch_kincaid_grade"]);
        assert_eq!(found[0].criterion.as_deref(), Some("clarity"));
    }

    #[test]
    fn numbers_without_a_source_are_shown() {
        let [good, bad] = ["good", "bad"].map(|kind| {
            let cases = builtin("faithfulness").expect("known").cases();
            let matches = |c: &crate::rubrics::RubricCase| {
                (c.expect == crate::rubrics::Expect::Good) == (kind == "good")
            };
            cases.into_iter().find(matches).expect("both kinds").sample
        });
        let rubric = builtin("faithfulness").expect("known").rubric();
        assert!(find(&good, &rubric).is_empty());
        let points = find(&bad, &rubric);
        assert_eq!(ids(&points), ["unsupported_numbers"]);
        assert_eq!(points[0].message, "The number 14 is not in the context.");
        let response = bad.single_response().expect("one");
        assert_eq!(points[0].span.and_then(|s| s.slice(response)), Some("14"));
        assert_eq!(points[0].criterion.as_deref(), Some("faithfulness"));
    }

    #[test]
    fn good_cases_of_the_built_in_rubrics_are_left_alone() {
        for builtin in crate::rubrics::builtins() {
            for case in builtin.cases() {
                if case.expect == crate::rubrics::Expect::Good {
                    let found = find(&case.sample, &builtin.rubric());
                    assert!(found.is_empty(), "{}: {found:?}", builtin.id);
                }
            }
        }
    }

    #[test]
    fn hostile_texts_are_taken() {
        for text in ["\0", "👩‍👩‍👧", "\u{202e}abc", &"x".repeat(100_000), &"a. ".repeat(50_000)]
        {
            let mut sample = Sample::new("In at most 99999 words, 5 sentences", text);
            sample.reference = Some("word ".repeat(20_000));
            sample.context = vec![text.to_owned()];
            for point in find(&sample, &plain()) {
                assert!(!point.message.is_empty());
            }
        }
    }

    #[test]
    fn limits_are_checked() {
        let limits = MetricLimits { max_grade: f64::NAN, ..MetricLimits::default() };
        assert_eq!(limits.validate().expect_err("nan").path(), Some("max_grade"));
        assert!(MetricLimits::default().validate().is_ok());
        assert!(serde_json::from_str::<MetricLimits>(r#"{"max_grad": 3}"#).is_err());
    }
}
