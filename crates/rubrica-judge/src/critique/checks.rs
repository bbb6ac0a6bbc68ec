//! Checks of the caller's that are not met.

use rubrica_core::{Evidence, Point, Severity};
use rubrica_metrics::check::Check;

/// One major point a check that the response does not meet.
pub(super) fn points(response: &str, checks: &[Check]) -> Vec<Point> {
    let unmet = checks.iter().map(|check| check.run(response)).filter(|result| !result.passed);
    unmet
        .map(|result| {
            let message = format!("Check `{}` is not met: {}.", result.id, result.found);
            let evidence = Evidence::Check { check: result.id, found: result.found };
            let mut point = Point::new(Severity::Major, message, evidence);
            (point.span, point.suggestion) = (result.span, result.suggestion);
            point
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use rubrica_metrics::check::read_checks;

    use super::*;

    #[test]
    fn only_unmet_checks_are_told() {
        let checks = read_checks(
            "- {id: brevity, kind: length, unit: words, max: 3}\n\
             - {kind: not_contains, phrases: [bad]}\n\
             - {kind: contains, all: [is]}",
        )
        .expect("valid");
        let response = "😀 this is a bad text";
        let points = points(response, &checks);
        assert_eq!(points.len(), 2);
        assert!(points.iter().all(|p| p.severity == Severity::Major && p.suggestion.is_some()));
        let expected =
            "Check `brevity` is not met: the text has 5 words; expected at most 3 words.";
        assert_eq!(points[0].message, expected);
        assert_eq!(points[1].span.and_then(|s| s.slice(response)), Some("bad"));
        assert!(
            matches!(&points[1].evidence, Evidence::Check { check, .. } if check == "not_contains")
        );
    }
}
