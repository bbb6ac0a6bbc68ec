//! From the labels of tokens to spans of the text.

use rubrica_core::{LabelledToken, PairPart, Span};
use serde::{Deserialize, Serialize};

/// How sure a span is, given its tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpanConfidence {
    /// As its surest token.
    #[default]
    Highest,
    /// The mean over its tokens.
    Mean,
}

/// Neighbouring tokens with the same label.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelledSpan {
    /// The text that it stands in.
    pub part: PairPart,
    /// Where it stands there.
    pub span: Span,
    /// Its label.
    pub label: usize,
    /// The value of the label, by the rule asked for.
    pub confidence: f64,
}

/// The spans of `tokens` whose likeliest label is none of `outside`. Neighbours with the same label are
/// one span, unless `starts` tells that a label begins a new one (as `B-` in the BIO scheme does):
/// it gives the label that the span goes on with.
pub fn labelled_spans(
    tokens: &[LabelledToken],
    outside: &[usize],
    starts: impl Fn(usize) -> Option<usize>,
    confidence: SpanConfidence,
) -> Vec<LabelledSpan> {
    let mut spans: Vec<LabelledSpan> = Vec::new();
    let mut counts: Vec<usize> = Vec::new();
    let mut open = false;
    for token in tokens {
        let Some(best) = likeliest(&token.values) else { continue };
        if outside.contains(&best) {
            open = false;
            continue;
        }
        let value = token.values[best];
        let begun = starts(best);
        let label = begun.unwrap_or(best);
        let last = spans.last_mut().filter(|last| {
            open && begun.is_none() && last.label == label && last.part == token.part
        });
        match (last, counts.last_mut()) {
            (Some(last), Some(count)) => {
                last.span.end = last.span.end.max(token.span.end);
                *count += 1;
                last.confidence = match confidence {
                    SpanConfidence::Highest => last.confidence.max(value),
                    SpanConfidence::Mean => {
                        last.confidence + (value - last.confidence) / *count as f64
                    }
                };
            }
            _ => {
                let LabelledToken { part, span, .. } = *token;
                spans.push(LabelledSpan { part, span, label, confidence: value });
                counts.push(1);
            }
        }
        open = true;
    }
    spans
}

/// The first of the largest values; none without values.
fn likeliest(values: &[f64]) -> Option<usize> {
    (0..values.len()).reduce(|best, i| if values[i] > values[best] { i } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(start: usize, end: usize, values: &[f64]) -> LabelledToken {
        LabelledToken {
            part: PairPart::Second,
            span: Span::new(start, end),
            logits: values.to_vec(),
            values: values.to_vec(),
        }
    }

    #[test]
    fn neighbours_with_a_label_are_one_span() {
        let tokens = [
            token(0, 3, &[0.9, 0.1]),
            token(4, 7, &[0.4, 0.6]),
            token(8, 9, &[0.2, 0.8]),
            token(10, 12, &[0.7, 0.3]),
            token(13, 15, &[0.1, 0.9]),
        ];
        let spans = |rule| labelled_spans(&tokens, &[0], |_| None, rule);
        let highest = spans(SpanConfidence::Highest);
        assert_eq!(
            highest.iter().map(|s| (s.span.start, s.span.end)).collect::<Vec<_>>(),
            [(4, 9), (13, 15)]
        );
        assert_eq!(highest[0].confidence, 0.8);
        assert!((spans(SpanConfidence::Mean)[0].confidence - 0.7).abs() < 1e-12);
    }

    #[test]
    fn a_label_that_begins_a_span_begins_one() {
        // 0 outside, 1 begins, 2 goes on.
        let tokens = [
            token(0, 1, &[0.0, 1.0, 0.0]),
            token(1, 2, &[0.0, 0.0, 1.0]),
            token(2, 3, &[0.0, 1.0, 0.0]),
        ];
        let spans =
            labelled_spans(&tokens, &[0], |l| (l == 1).then_some(2), SpanConfidence::Highest);
        assert_eq!(
            spans.iter().map(|s| (s.span.start, s.span.end)).collect::<Vec<_>>(),
            [(0, 2), (2, 3)]
        );
        assert!(spans.iter().all(|s| s.label == 2));
        assert!(labelled_spans(&[], &[0], |_| None, SpanConfidence::Highest).is_empty());
    }
}
