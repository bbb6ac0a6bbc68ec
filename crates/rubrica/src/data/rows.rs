//! The rows as they stand in the files.

use std::sync::Arc;

use rubrica_core::{Criterion, Error, Preference, Result, Scale, ScaleKind, Span};
use serde::Deserialize;

use super::{
    LabelledContext, LabelledErrors, LabelledPair, LabelledRating, LabelledSupport, PartOf, Shape,
    Support, grounding_criterion, segment_criterion,
};

#[derive(Deserialize)]
pub(super) struct PairwiseRow {
    source: String,
    prompt: String,
    a: String,
    b: String,
    label: Preference,
    #[serde(default)]
    in_domain: bool,
}

impl From<PairwiseRow> for LabelledPair {
    fn from(row: PairwiseRow) -> Self {
        Self {
            group: group(&row.prompt),
            source: row.source,
            prompt: row.prompt,
            responses: [row.a, row.b],
            label: row.label,
            in_domain: row.in_domain,
        }
    }
}

#[derive(Deserialize)]
pub(super) struct RubricRow {
    source: String,
    instruction: String,
    response: String,
    reference: Option<String>,
    criteria: String,
    #[serde(default)]
    score_descriptions: Vec<String>,
    score: f64,
    min: f64,
    max: f64,
    #[serde(default)]
    dimension: String,
    doc: Option<String>,
    #[serde(default)]
    in_domain: bool,
}

impl RubricRow {
    /// The rating.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a scale that is none, and a score off it.
    pub(super) fn rating(self) -> Result<LabelledRating> {
        let row = self;
        let levels = row.max - row.min;
        let mut scale = Scale::continuous(row.min, row.max);
        if levels > 1.0 {
            scale.kind = ScaleKind::Likert;
        }
        scale.validate()?;
        if !(row.min..=row.max).contains(&row.score) {
            let (problem, expected) =
                (format!("is {}", row.score), format!("{} to {}", row.min, row.max));
            return Err(Error::invalid("score", problem, expected));
        }
        if row.score_descriptions.len() == levels as usize + 1 {
            let points = (row.min as i32)..;
            scale.anchors = points.zip(row.score_descriptions).collect();
        }
        Ok(LabelledRating {
            source: row.source,
            shape: Shape::Rubric,
            dimension: row.dimension,
            group: group(row.doc.as_deref().unwrap_or(&row.instruction)),
            instruction: row.instruction,
            response: row.response,
            reference: row.reference.filter(|r| !r.trim().is_empty()),
            criterion: Criterion { scale, ..Criterion::new("criterion", row.criteria) },
            score: row.score,
            part: None,
            in_domain: row.in_domain,
        })
    }
}

#[derive(Deserialize)]
pub(super) struct GroundingRow {
    source: String,
    context: String,
    response: String,
    label: String,
    question: Option<String>,
    score: Option<f64>,
    #[serde(default)]
    spans: Vec<LabelledSpan>,
    /// Characters of the context that the response rests on.
    supporting: Option<Vec<[usize; 2]>>,
    #[serde(default)]
    in_domain: bool,
}

#[derive(Deserialize)]
struct LabelledSpan {
    start: usize,
    end: usize,
}

impl GroundingRow {
    /// The row as it is, or none for a label that says nothing about support.
    pub(super) fn support(self) -> Vec<LabelledSupport> {
        let support = match self.label.as_str() {
            "supported" => Support::Supported,
            "partially_supported" => Support::Partly,
            "not_supported" => Support::Not,
            "contradicted" => Support::Contradicted,
            _ => return Vec::new(),
        };
        let spans = self.spans.iter().filter(|s| s.start < s.end);
        vec![LabelledSupport {
            group: group(if self.context.is_empty() { &self.response } else { &self.context }),
            source: self.source,
            question: self.question.unwrap_or_default(),
            unsupported: spans.map(|s| Span::new(s.start, s.end)).collect(),
            context: self.context,
            response: self.response,
            support,
        }]
    }

    /// The context, when the row marks what the response rests on.
    pub(super) fn contexts(self) -> Vec<LabelledContext> {
        let Some(used) = self.supporting else { return Vec::new() };
        vec![LabelledContext {
            group: group(&self.context),
            source: self.source,
            question: self.question.unwrap_or_default(),
            context: self.context,
            response: self.response,
            used: Some(places(&used)),
            missed: None,
        }]
    }

    /// One rating, or none for a label (`generic`) that says nothing about support.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a score outside 0 to 1.
    pub(super) fn ratings(self) -> Result<Vec<LabelledRating>> {
        if let Some(score) = self.score.filter(|score| !(0.0..=1.0).contains(score)) {
            return Err(Error::invalid("score", format!("is {score}"), "0 to 1"));
        }
        let score = match (self.score, self.label.as_str()) {
            (Some(score), _) => score,
            (None, "supported") => 1.0,
            (None, "partially_supported" | "not_supported" | "contradicted") => 0.0,
            _ => return Ok(Vec::new()),
        };
        Ok(vec![LabelledRating {
            source: self.source,
            shape: Shape::Grounding,
            dimension: String::new(),
            group: group(&self.context),
            instruction: self.question.unwrap_or_default(),
            response: self.response,
            reference: Some(self.context).filter(|c| !c.trim().is_empty()),
            criterion: grounding_criterion(),
            score,
            part: None,
            in_domain: self.in_domain,
        }])
    }
}

#[derive(Deserialize)]
pub(super) struct SegmentsRow {
    source: String,
    question: String,
    context: Option<String>,
    response: String,
    segments: Vec<Segment>,
    /// Characters of the context that the response should have used.
    missing: Option<Vec<Missing>>,
    #[serde(default)]
    in_domain: bool,
}

#[derive(Deserialize)]
struct Missing {
    #[serde(default)]
    context_spans: Vec<[usize; 2]>,
}

#[derive(Deserialize)]
struct Segment {
    start: usize,
    end: usize,
    labels: Vec<String>,
}

fn places(pairs: &[[usize; 2]]) -> Vec<Span> {
    pairs.iter().filter(|[a, b]| a < b).map(|[a, b]| Span::new(*a, *b)).collect()
}

impl SegmentsRow {
    /// The context, when the row marks what the response left out.
    pub(super) fn contexts(self) -> Vec<LabelledContext> {
        let (Some(missing), Some(context)) = (self.missing, self.context) else {
            return Vec::new();
        };
        vec![LabelledContext {
            group: group(&self.question),
            source: self.source,
            question: self.question,
            context,
            response: self.response,
            used: None,
            missed: Some(missing.iter().flat_map(|m| places(&m.context_spans)).collect()),
        }]
    }

    /// The row as it is.
    pub(super) fn errors(self) -> Vec<LabelledErrors> {
        let segments = self.segments.into_iter().filter(|s| s.start < s.end);
        vec![LabelledErrors {
            group: group(&self.question),
            source: self.source,
            question: self.question,
            context: self.context.unwrap_or_default(),
            response: self.response,
            segments: segments.map(|s| (Span::new(s.start, s.end), s.labels)).collect(),
        }]
    }

    /// One rating a segment that has text.
    pub(super) fn ratings(self) -> Vec<LabelledRating> {
        let reference = self.context.filter(|c| !c.trim().is_empty());
        let group = group(&self.question);
        let whole: Arc<str> = self.response.as_str().into();
        self.segments
            .iter()
            .filter(|segment| segment.start <= segment.end)
            .filter_map(|segment| {
                let span = Span::new(segment.start, segment.end);
                let text = span.slice(&self.response)?.trim();
                (!text.is_empty()).then(|| LabelledRating {
                    source: self.source.clone(),
                    shape: Shape::Segments,
                    dimension: String::new(),
                    group,
                    instruction: self.question.clone(),
                    response: text.to_owned(),
                    reference: reference.clone(),
                    criterion: segment_criterion(),
                    score: f64::from(segment.labels.is_empty()),
                    part: Some(PartOf { whole: Arc::clone(&whole), span }),
                    in_domain: self.in_domain,
                })
            })
            .collect()
    }
}

/// Rows with the same text, but for case and spaces, are one group. FNV-1a (Fowler et al., 1991): a
/// split made from it is the same with every compiler.
fn group(text: &str) -> u64 {
    let words = text.split_whitespace().map(str::to_lowercase);
    words
        .flat_map(|word| word.into_bytes().into_iter().chain([b' ']))
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        })
}

#[cfg(test)]
mod tests {
    use super::super::{read_contexts, read_pairs, read_ratings};
    use super::*;

    #[test]
    fn rubric_rows_keep_their_scale() {
        let line = r#"{"id":"x","source":"s","instruction":"i","response":"r","criteria":"c","score":2.0,"min":1,"max":3,"score_descriptions":["a","b","c"]}"#;
        let rows = read_ratings(Shape::Rubric, line).expect("valid");
        assert_eq!(rows[0].criterion.scale.anchors[&3], "c");
        assert_eq!(rows[0].target(), 0.5);
        let line =
            line.replace("\"min\":1,\"max\":3", "\"min\":0,\"max\":1").replace("2.0", "0.25");
        assert_eq!(read_ratings(Shape::Rubric, &line).expect("valid")[0].target(), 0.25);
    }

    #[test]
    fn grounding_and_segments_become_ratings() {
        let line = r#"{"source":"s","context":"c","response":"r","label":"contradicted"}
{"source":"s","context":"c","response":"r","label":"generic"}"#;
        let rows = read_ratings(Shape::Grounding, line).expect("valid");
        assert_eq!((rows.len(), rows[0].score), (1, 0.0));
        let line = r#"{"source":"s","question":"q","response":"😀 ab. cd.","segments":[{"start":0,"end":5,"labels":[]},{"start":5,"end":9,"labels":["factual"]}]}"#;
        let rows = read_ratings(Shape::Segments, line).expect("valid");
        let texts: Vec<&str> = rows.iter().map(|r| r.response.as_str()).collect();
        assert_eq!(texts, ["😀 ab.", "cd."]);
        assert_eq!(rows[1].score, 0.0);
    }

    #[test]
    fn contexts_come_with_the_places_that_matter() {
        let line = r#"{"source":"s","context":"ab cd","response":"r","label":"supported","supporting":[[0,2],[3,3]]}
{"source":"s","context":"c","response":"r","label":"supported"}"#;
        let rows = read_contexts(Shape::Grounding, line).expect("valid");
        assert_eq!((rows.len(), rows[0].used.as_deref()), (1, Some(&[Span::new(0, 2)][..])));
        let line = r#"{"source":"s","question":"q","context":"ab cd","response":"r","segments":[],"missing":[{"context_spans":[[3,5]]}]}"#;
        let rows = read_contexts(Shape::Segments, line).expect("valid");
        assert_eq!(rows[0].missed.as_deref(), Some(&[Span::new(3, 5)][..]));
        assert!(read_contexts(Shape::Rubric, "").is_err());
    }

    #[test]
    fn a_bad_line_is_named() {
        let good = r#"{"source":"s","prompt":"p","a":"x","b":"y","label":"tie"}"#;
        let error = read_pairs(&format!("{good}\n\n{{\"source\":1}}")).expect_err("third line");
        assert_eq!(error.path(), Some("line 3: source"));
        assert_eq!(read_pairs(good).expect("valid")[0].label, Preference::Tie);
    }

    #[test]
    fn scales_and_scores_make_sense() {
        let row = |score: &str, min: &str, max: &str| {
            let line = format!(
                r#"{{"source":"s","instruction":"i","response":"r","criteria":"c","score":{score},"min":{min},"max":{max}}}"#
            );
            read_ratings(Shape::Rubric, &line)
        };
        assert!(row("2", "1", "5").is_ok() && row("0.5", "0", "1").is_ok());
        for (score, min, max, path) in [
            ("2", "-1e18", "1e18", "line 1: max"),
            ("2", "-1e308", "1e308", "line 1: max"),
            ("2", "5", "1", "line 1: max"),
            ("2", "2", "2", "line 1: max"),
            ("9", "1", "5", "line 1: score"),
            ("-0.1", "0", "1", "line 1: score"),
            ("2", "1.5", "5", "line 1: min"),
        ] {
            let error = row(score, min, max).expect_err(path);
            assert_eq!(error.path(), Some(path), "{error}");
        }
        let line = r#"{"source":"s","context":"c","response":"r","label":"supported","score":7}"#;
        let error = read_ratings(Shape::Grounding, line).expect_err("off the scale");
        assert_eq!(error.path(), Some("line 1: score"));
    }
}
