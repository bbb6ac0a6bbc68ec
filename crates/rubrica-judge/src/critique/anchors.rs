//! Where a score stands among the anchors of its scale, and what the next one asks for.

use rubrica_core::{Criterion, CriterionJudgment, Evidence, Point, Rubric};

use crate::severity;

/// One point a criterion that has a score and anchors.
pub(super) fn points(rubric: &Rubric, judged: &[CriterionJudgment]) -> Vec<Point> {
    let pairs = rubric.criteria.iter().zip(judged);
    pairs.filter_map(|(criterion, j)| point(criterion, j.score.value()?)).collect()
}

fn point(criterion: &Criterion, score: f64) -> Option<Point> {
    let scale = &criterion.scale;
    let (anchor, text) = scale.nearest_anchor(score)?;
    let severity = severity::of_fraction(scale.normalise(score));
    let message =
        format!("{} scores {score:.2}, nearest to {anchor}: {}", criterion.id, sentence(text));
    let point = Point::new(severity, message, Evidence::Anchor { score, point: anchor });
    let point = point.about(&criterion.id);
    // The lowest anchor clearly above the score; one that is all but reached asks for nothing.
    let next = scale.anchors.iter().find(|(p, _)| f64::from(**p) > score.max(f64::from(anchor)));
    Some(match next {
        Some((next, text)) => point.suggest(format!("For {next}: {}", sentence(text))),
        None => point,
    })
}

/// The text, ending like a sentence.
fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?', '。']) { text.to_owned() } else { format!("{text}.") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rubrica_core::Severity;

    fn criterion() -> Criterion {
        let mut criterion = Criterion::new("clarity", "Is it clear?");
        let anchors = [(1, "garbled"), (3, "mostly clear."), (5, "clear at once")];
        criterion.scale.anchors = anchors.map(|(p, t)| (p, t.to_owned())).into();
        criterion
    }

    #[test]
    fn names_the_nearest_anchor_and_the_next() {
        let low = point(&criterion(), 1.4).expect("anchors");
        assert_eq!(low.message, "clarity scores 1.40, nearest to 1: garbled.");
        assert_eq!(low.suggestion.as_deref(), Some("For 3: mostly clear."));
        assert_eq!(low.severity, Severity::Major);
        let middle = point(&criterion(), 2.9).expect("anchors");
        assert_eq!(middle.suggestion.as_deref(), Some("For 5: clear at once."));
        assert_eq!(middle.evidence, Evidence::Anchor { score: 2.9, point: 3 });
    }

    #[test]
    fn the_top_asks_for_nothing() {
        let top = point(&criterion(), 4.6).expect("anchors");
        assert_eq!((top.severity, top.suggestion), (Severity::Strength, None));
        assert_eq!(point(&Criterion::new("c", "Is it?"), 3.0), None);
    }
}
