//! What a model finds in single sentences: errors, and claims that the context does not support.

use rubrica_core::{Evidence, Job, Point, Result, RubricModel, Severity};
use rubrica_metrics::text;

use crate::input::Input;

/// Probability from which a finding is a major one.
const MAJOR: f64 = 0.8;

/// Points about the sentences with the likeliest errors, `most` about errors and `most` about
/// support.
///
/// # Errors
/// [`rubrica_core::Error::Cancelled`], or a model error.
pub(super) async fn points<M: RubricModel>(
    model: &M,
    input: &Input<'_>,
    most: usize,
    job: &dyn Job,
) -> Result<Vec<Point>> {
    let sentences = text::sentences(input.response);
    let mut findings = model.findings(input.as_judge(), &sentences, job).await?;
    // Stable: of two that are level, the first of the text.
    findings.sort_by(|a, b| probability(&b.evidence).total_cmp(&probability(&a.evidence)));
    let (mut errors, mut unsupported) = (0, 0);
    let mut points = Vec::new();
    for finding in findings {
        let grounding = matches!(finding.evidence, Evidence::Grounding { .. });
        let told = if grounding { &mut unsupported } else { &mut errors };
        if *told < most {
            *told += 1;
            let severity = match probability(&finding.evidence) {
                p if p >= MAJOR => Severity::Major,
                _ => Severity::Minor,
            };
            let (message, suggestion) = words(&finding.evidence);
            let point = Point::new(severity, message, finding.evidence);
            points.push(point.at(sentences[finding.part]).suggest(suggestion));
        }
    }
    Ok(points)
}

fn probability(evidence: &Evidence) -> f64 {
    match evidence {
        Evidence::Segment { probability, .. } | Evidence::Grounding { probability, .. } => {
            *probability
        }
        _ => 0.0,
    }
}

/// What is the matter, no surer than the model is, and what would mend it.
fn words(evidence: &Evidence) -> (String, &'static str) {
    let label = match evidence {
        Evidence::Segment { label, .. } | Evidence::Grounding { label, .. } => label.as_str(),
        _ => "",
    };
    let (matter, mend) = match label {
        "not_supported" => {
            ("the context does not support this sentence", "Drop it, or say where it comes from.")
        }
        "contradicted" => ("the context contradicts this sentence", "Say what the context says."),
        "irrelevant" => ("this sentence does not help to answer", "Drop it."),
        "factual" => ("this sentence is not true", "Check it against a source."),
        "incomplete" => ("this sentence leaves out something that matters", "Say the rest of it."),
        "incoherent" => {
            ("this sentence does not fit what stands around it", "Say how it follows, or drop it.")
        }
        "redundant" => ("this sentence repeats what was said", "Drop it."),
        "unhelpful" => {
            ("this sentence points to nothing that helps", "Name what helps, or drop it.")
        }
        _ => ("something is wrong with this sentence", "Look at it again."),
    };
    // A threshold may lie far under even odds.
    let odds = if probability(evidence) < 0.5 { "Perhaps" } else { "Probably" };
    (format!("{odds} {matter}."), mend)
}

#[cfg(test)]
mod tests {
    use pollster::block_on;
    use rubrica_core::{Quiet, Sample};

    use super::*;
    use crate::scripted::Scripted;

    fn points_of(response: &str, most: usize) -> Vec<Point> {
        let sample = Sample::new("Say something.", response);
        let input = Input::of_sample(&sample, 1000).expect("one response");
        block_on(points(&Scripted::new(), &input, most, &Quiet)).expect("no model error")
    }

    #[test]
    fn the_likeliest_errors_are_told_where_they_stand() {
        let response =
            "All is well. Here is an error:0.6 of a kind. And a worse error:0.9 follows.";
        let points = points_of(response, 4);
        let told: Vec<(&str, Severity)> = points
            .iter()
            .map(|p| (p.span.and_then(|s| s.slice(response)).unwrap_or_default(), p.severity))
            .collect();
        assert_eq!(
            told,
            [
                ("And a worse error:0.9 follows.", Severity::Major),
                ("Here is an error:0.6 of a kind.", Severity::Minor)
            ]
        );
        assert_eq!(points_of(response, 1).len(), 1);
        assert_eq!(points[0].message, "Probably this sentence is not true.");
        let unsure = points_of("An error:0.3 it may be.", 1);
        assert_eq!(unsure[0].message, "Perhaps this sentence is not true.");
        assert!(points_of("All is well.", 4).is_empty());
    }
}
