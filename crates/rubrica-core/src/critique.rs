//! Critiques: what is wrong (or right), where, and on what evidence.

use serde::{Deserialize, Serialize};

use crate::Span;

/// How much a point matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Something that helps the score.
    Strength,
    /// Worth knowing.
    Note,
    /// Costs something.
    Minor,
    /// Costs much, or a hard requirement is not met.
    Major,
}

/// Which layer of the critique a point came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// Computed: checks, rules, occlusion, metrics, segment, grounding and context findings. Deterministic.
    Evidence,
    /// Written by a generative model.
    Written,
}

/// What a point rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Evidence {
    /// A check of the caller's that did not pass.
    Check {
        /// Id of the check.
        check: String,
        /// What was found.
        found: String,
    },
    /// The score with and without a part of the response.
    Occlusion {
        /// Score of the whole response, on the criterion's scale.
        with: f64,
        /// Score with the span taken out.
        without: f64,
        /// `with − without`: above 0, the part helps.
        delta: f64,
        /// True when the model re-read the text without the span; false when the span was only left
        /// out of the pooled representation, which is cheaper and close.
        exact: bool,
    },
    /// A metric whose value stands out.
    Metric {
        /// Id of the metric.
        metric: String,
        /// Its value, in its own unit.
        value: f64,
        /// The limit that it crosses.
        limit: f64,
    },
    /// A model's finding about one segment.
    Segment {
        /// The label found, such as `factual` or `redundant`.
        label: String,
        /// Its calibrated probability.
        probability: f64,
    },
    /// A model's finding about one segment against the context.
    Grounding {
        /// `supported`, `not_supported` or `contradicted`.
        label: String,
        /// Its calibrated probability.
        probability: f64,
    },
    /// A sentence of the context that helps to answer, and that the response does not make use of.
    Context {
        /// The sentence.
        text: String,
        /// Probability that it helps to answer.
        relevant: f64,
        /// Probability that the response makes use of it.
        used: f64,
    },
    /// A rule's finding: a sum worked out again, a clause of the instruction that is not met.
    Rule {
        /// Id of the rule, such as `sums`.
        rule: String,
        /// What the response says or has.
        found: String,
        /// What it would have to be, where the rule knows.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expected: Option<String>,
    },
    /// The score itself, against the anchors of the scale.
    Anchor {
        /// The score on the criterion's scale.
        score: f64,
        /// The scale point whose description is nearest.
        point: i32,
    },
    /// Text written by a generative model.
    Written {
        /// Id of that model.
        model: String,
    },
}

impl Evidence {
    /// The layer that this evidence belongs to.
    pub fn layer(&self) -> Layer {
        if matches!(self, Self::Written { .. }) { Layer::Written } else { Layer::Evidence }
    }
}

/// One thing that a critique says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// The criterion it is about, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub criterion: Option<String>,
    /// The part of the response it is about, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
    /// How much it matters.
    pub severity: Severity,
    /// What is the matter, in one sentence.
    pub message: String,
    /// What would mend it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
    /// Which layer said so; follows from `evidence`.
    pub layer: Layer,
    /// What it rests on.
    pub evidence: Evidence,
}

impl Point {
    /// A point resting on `evidence`, without criterion, span or suggestion.
    pub fn new(severity: Severity, message: impl Into<String>, evidence: Evidence) -> Self {
        Self {
            criterion: None,
            span: None,
            severity,
            message: message.into(),
            suggestion: None,
            layer: evidence.layer(),
            evidence,
        }
    }

    /// The point, about `criterion`.
    #[must_use]
    pub fn about(mut self, criterion: impl Into<String>) -> Self {
        self.criterion = Some(criterion.into());
        self
    }

    /// The point, about the part `span` of the response.
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    /// The point, with what would mend it.
    #[must_use]
    pub fn suggest(mut self, suggestion: impl Into<String>) -> Self {
        self.suggestion = Some(suggestion.into());
        self
    }
}

/// Everything that was found about a response.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Critique {
    /// One or two sentences.
    pub summary: String,
    /// The findings, most severe first.
    pub points: Vec<Point>,
}

impl Critique {
    /// A critique of `points`, sorted: most severe first, then by place in the text.
    pub fn new(summary: impl Into<String>, mut points: Vec<Point>) -> Self {
        points.sort_by_key(|p| (std::cmp::Reverse(p.severity), p.span.map_or(0, |s| s.start)));
        Self { summary: summary.into(), points }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_sorted_and_carry_their_layer() {
        let note = Point::new(
            Severity::Note,
            "short",
            Evidence::Metric { metric: "words".into(), value: 3.0, limit: 20.0 },
        );
        let major = Point::new(
            Severity::Major,
            "no title",
            Evidence::Check { check: "title".into(), found: "none".into() },
        )
        .at(Span::new(0, 4));
        let critique = Critique::new("Too short.", vec![note, major]);
        assert_eq!(critique.points[0].severity, Severity::Major);
        assert_eq!(critique.points[0].layer, Layer::Evidence);
        let json = serde_json::to_value(&critique).expect("json");
        assert_eq!(json["points"][0]["evidence"]["kind"], "check");
        assert_eq!(json["points"][0]["layer"], "evidence");
        assert_eq!(serde_json::from_value::<Critique>(json).expect("valid"), critique);
    }
}
