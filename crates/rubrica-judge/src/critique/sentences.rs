//! What a model finds in single sentences: errors, claims that the context does not support, and what
//! the response leaves out of its context.

use rubrica_core::model::Unused;
use rubrica_core::{Evidence, Job, Point, Result, RubricModel, Severity};
use rubrica_metrics::text;

use crate::input::Input;

/// Probability from which a finding is a major one.
const MAJOR: f64 = 0.8;

/// Points about the sentences with the likeliest errors, `most` about errors, `most` about support and
/// `most` about what is left out.
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
    points.extend(left_out(model, input, most, job).await?);
    Ok(points)
}

/// Points about what the response leaves out of its context.
async fn left_out<M: RubricModel>(
    model: &M,
    input: &Input<'_>,
    most: usize,
    job: &dyn Job,
) -> Result<Vec<Point>> {
    let input = input.as_judge();
    let context = input.context.join("\n");
    let sentences = text::sentences(&context);
    if sentences.is_empty() {
        return Ok(Vec::new());
    }
    let mut unused = model.unused(input, &sentences, job).await?;
    let weight = |u: &Unused| u.relevant * (1.0 - u.used);
    unused.sort_by(|a, b| weight(b).total_cmp(&weight(a)));
    unused.truncate(most);
    let point = |Unused { part, relevant, used }: Unused| {
        let text = sentences[part].slice(&context).unwrap_or_default().trim().to_owned();
        let odds = if relevant * (1.0 - used) < 0.5 { "Perhaps" } else { "Probably" };
        let message = format!("{odds} the response leaves out what helps to answer: “{text}”");
        let evidence = Evidence::Context { text, relevant, used };
        Point::new(Severity::Minor, message, evidence)
            .suggest("Say it, if the question asks for it.")
    };
    Ok(unused.into_iter().map(point).collect())
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

    #[test]
    fn what_is_left_out_of_the_context_is_told() {
        let context =
            ["It opens at nine. It closes unused:0.9 at five.", "Tea is unused:0.4 free."];
        let sample = Sample {
            context: context.map(String::from).to_vec(),
            ..Sample::new("When is it open?", "From nine.")
        };
        let input = Input::of_sample(&sample, 1000).expect("one response");
        let told =
            |most| block_on(points(&Scripted::new(), &input, most, &Quiet)).expect("no error");
        let found = told(4);
        let messages: Vec<&str> = found.iter().map(|p| p.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "Probably the response leaves out what helps to answer: “It closes unused:0.9 at five.”",
                "Perhaps the response leaves out what helps to answer: “Tea is unused:0.4 free.”",
            ]
        );
        assert!(found.iter().all(|p| p.span.is_none() && p.severity == Severity::Minor));
        let first = Evidence::Context {
            text: "It closes unused:0.9 at five.".into(),
            relevant: 0.9,
            used: 0.0,
        };
        assert_eq!(found[0].evidence, first);
        assert_eq!(told(1).len(), 1);
    }
}
