//! Where two responses differ, by metrics.
//!
//! A difference is no reason by itself: it is what a reader would see, and what a judge might have
//! been swayed by. Length comes first, for it is what judges are swayed by most.

use rubrica_core::{Error, Evidence, Point, Result, Severity};
use rubrica_metrics::check::Check;
use rubrica_metrics::{Segment, text};
use serde::{Deserialize, Serialize};

use super::english::{ENGLISH, common_share};
use super::findings::value;
use crate::input::Input;

/// When a difference is worth a point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DifferenceLimits {
    /// Times that one response is as long as the other, in words.
    pub length_ratio: f64,
    /// Difference of the token F1 with the reference, in `0..=1`.
    pub overlap: f64,
    /// Difference of the share of repeated text, in `0..=1`.
    pub repetition: f64,
    /// Difference of the Flesch-Kincaid grades, where both are English.
    pub grade: f64,
    /// Words of the shorter response below which repetition and grade say nothing.
    pub min_words: usize,
}

impl Default for DifferenceLimits {
    fn default() -> Self {
        Self { length_ratio: 1.5, overlap: 0.15, repetition: 0.1, grade: 4.0, min_words: 50 }
    }
}

impl DifferenceLimits {
    pub(crate) fn validate(&self) -> Result<()> {
        let limits = [
            ("length_ratio", self.length_ratio),
            ("overlap", self.overlap),
            ("repetition", self.repetition),
            ("grade", self.grade),
        ];
        match limits.into_iter().find(|(_, value)| !value.is_finite() || *value < 0.0) {
            Some((name, value)) => {
                Err(Error::invalid(name, format!("{value} is out of range"), "a number >= 0"))
            }
            None => Ok(()),
        }
    }
}

/// One point a difference. Values in the evidence are those of `a` less those of `b`; for lengths,
/// the longer over the shorter.
pub(crate) fn points(a: &Input<'_>, b: &Input<'_>, limits: &DifferenceLimits) -> Vec<Point> {
    let words = [a, b].map(|side| text::words(side.response).collect::<Vec<_>>());
    let lengths = [words[0].len(), words[1].len()];
    let mut points = Vec::new();
    points.extend(length(lengths, limits.length_ratio));
    if let Some(reference) = a.reference {
        let overlaps =
            [a, b].map(|side| value("token_f1", &Segment::new(side.response, &[reference])));
        points.extend(difference("token_f1", overlaps, limits.overlap, |more, less, [high, low]| {
            format!("{more} shares more words with the reference than {less} (token F1 {high:.2} against {low:.2}).")
        }));
    }
    if lengths[0].min(lengths[1]) < limits.min_words {
        return points;
    }
    let of = |id| [a, b].map(|side| value(id, &Segment::new(side.response, &[])));
    points.extend(difference(
        "repetition",
        of("repetition"),
        limits.repetition,
        |more, less, [high, low]| {
            format!(
                "{more} repeats itself more than {less} ({:.0} % of it against {:.0} %).",
                100.0 * high,
                100.0 * low
            )
        },
    ));
    if words.iter().all(|words| common_share(words) >= ENGLISH) {
        let grades = of("flesch_kincaid_grade");
        points.extend(difference("flesch_kincaid_grade", grades, limits.grade, |more, less, [high, low]| {
            format!("{more} is harder to read than {less} (Flesch-Kincaid grade {high:.1} against {low:.1}).")
        }));
    }
    points
}

/// One point a check that one response meets and the other does not.
pub(crate) fn check_points(a: &Input<'_>, b: &Input<'_>, checks: &[Check]) -> Vec<Point> {
    let outcomes = checks.iter().map(|check| (check.run(a.response), check.run(b.response)));
    outcomes
        .filter(|(a, b)| a.passed != b.passed)
        .map(|(a, b)| {
            let (meets, fails, unmet) = if a.passed { ("A", "B", b) } else { ("B", "A", a) };
            let message = format!(
                "{meets} meets the check `{}`, {fails} does not: {}.",
                unmet.id, unmet.found
            );
            let evidence = Evidence::Check { check: unmet.id, found: unmet.found };
            Point::new(Severity::Major, message, evidence)
        })
        .collect()
}

fn length([a, b]: [usize; 2], limit: f64) -> Option<Point> {
    let (more, less, long, short) = if a >= b { ("A", "B", a, b) } else { ("B", "A", b, a) };
    if long == short || (long as f64) < limit * short as f64 {
        return None;
    }
    let message = if short == 0 {
        format!("{less} has no words; {more} has {long}.")
    } else {
        let ratio = long as f64 / short as f64;
        format!("{more} is {ratio:.1} times as long as {less} ({long} words against {short}).")
    };
    let value = long as f64 / short.max(1) as f64;
    let evidence = Evidence::Metric { metric: "length_ratio".into(), value, limit };
    Some(Point::new(Severity::Note, message, evidence))
}

/// A point when the values lie at least `limit` apart; `say` gets the names of the side with more
/// and of the other, and their values.
fn difference(
    id: &str,
    values: [Option<f64>; 2],
    limit: f64,
    say: impl Fn(&str, &str, [f64; 2]) -> String,
) -> Option<Point> {
    let (a, b) = (values[0]?, values[1]?);
    let difference = a - b;
    if difference == 0.0 || difference.abs() < limit {
        return None;
    }
    let message = if difference > 0.0 { say("A", "B", [a, b]) } else { say("B", "A", [b, a]) };
    let evidence = Evidence::Metric { metric: id.into(), value: difference, limit };
    Some(Point::new(Severity::Note, message, evidence))
}

#[cfg(test)]
mod tests {
    use rubrica_core::Comparison;

    use super::*;

    fn find(pair: &Comparison) -> Vec<Point> {
        let [a, b] = Input::of_comparison(pair, 1_000_000).expect("valid");
        points(&a, &b, &DifferenceLimits::default())
    }

    #[test]
    fn lengths_and_reference() {
        let mut pair = Comparison::new("Why?", "The cat sat on the mat all day long.", "No idea.");
        pair.reference = Some("The cat sat on the mat.".into());
        let messages: Vec<String> = find(&pair).into_iter().map(|p| p.message).collect();
        assert_eq!(messages[0], "A is 4.5 times as long as B (9 words against 2).");
        assert!(
            messages[1].starts_with("A shares more words with the reference than B (token F1 0.")
        );
        let swapped: Vec<Point> = find(&pair.swapped());
        assert!(swapped[0].message.starts_with("B is 4.5 times as long as A"));
        assert!(find(&Comparison::new("Why?", "one two", "two one")).is_empty());
        let none = find(&Comparison::new("Why?", "one two", "!!!"));
        assert_eq!(none[0].message, "B has no words; A has 2.");
    }

    #[test]
    fn repetition_and_reading() {
        let cases = crate::rubrics::builtin("essay").expect("known").cases();
        let good = cases[0].sample.single_response().expect("one").to_owned();
        let repeated = "The bell rings and we go to the hall. ".repeat(12);
        let points = find(&Comparison::new("", good.as_str(), repeated.as_str()));
        let ids: Vec<&str> = points
            .iter()
            .map(|p| match &p.evidence {
                Evidence::Metric { metric, .. } => metric.as_str(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert!(ids.contains(&"repetition") && ids.contains(&"flesch_kincaid_grade"), "{ids:?}");
        assert!(points.iter().all(|p| p.severity == Severity::Note && p.span.is_none()));
    }

    #[test]
    fn checks_that_only_one_meets() {
        let checks = rubrica_metrics::check::read_checks(
            "- {id: title, kind: contains, all: [Title]}\n- {kind: contains, all: [x]}",
        )
        .expect("valid");
        let pair = Comparison::new("", "no x", "Title x");
        let [a, b] = Input::of_comparison(&pair, 100).expect("valid");
        let points = check_points(&a, &b, &checks);
        assert_eq!(points.len(), 1);
        let expected = "B meets the check `title`, A does not: `Title` does not occur.";
        assert_eq!(points[0].message, expected);
    }
}
