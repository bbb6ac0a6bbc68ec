//! Items with scores and labels.

use rubrica_core::Result;
use serde_json::Value;

use super::ranking::list;
use crate::error;
use crate::segment::Segment;

/// The items of one query: scores, and whether each is a positive.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// Score of each item.
    pub scores: Vec<f64>,
    /// Whether it is a positive.
    pub labels: Vec<bool>,
}

impl Scored {
    /// The items that a segment holds as JSON: see [the family](crate::retrieval).
    ///
    /// # Errors
    /// `missing_reference`, or `bad_form` with the path `response` or `reference`, naming `metric`.
    pub(super) fn read(metric: &str, segment: &Segment<'_>) -> Result<Self> {
        let [reference] = segment.needed_references(metric)? else {
            return Err(error::bad_form(metric, "reference", "there are several", "one"));
        };
        let number = |path: &'static str, expected: &'static str| {
            move |value: Value| {
                value.as_f64().filter(|number| number.is_finite()).ok_or_else(|| {
                    error::bad_form(metric, path, &format!("`{value}` is no number"), expected)
                })
            }
        };
        let scores = list(metric, "response", segment.response)?;
        let scores: Vec<f64> =
            scores.into_iter().map(number("response", "numbers")).collect::<Result<_>>()?;
        let label = |value: Value| match value {
            Value::Bool(label) => Ok(label),
            value if value.as_f64() == Some(0.0) => Ok(false),
            value if value.as_f64() == Some(1.0) => Ok(true),
            value => {
                let problem = format!("the label `{value}`");
                Err(error::bad_form(metric, "reference", &problem, "0 or 1"))
            }
        };
        let labels = list(metric, "reference", reference)?;
        let labels: Vec<bool> = labels.into_iter().map(label).collect::<Result<_>>()?;
        if scores.len() != labels.len() {
            let problem = format!("{} labels for {} scores", labels.len(), scores.len());
            return Err(error::bad_form(metric, "reference", &problem, "one a score"));
        }
        Ok(Self { scores, labels })
    }
}

/// The chance that a positive scores higher than a negative, ties counting half; `None` without a
/// positive or without a negative.
///
/// Hanley and McNeil, "The meaning and use of the area under a receiver operating characteristic
/// (ROC) curve", Radiology 143(1), 1982.
pub fn auc(items: &Scored) -> Option<f64> {
    let positives = items.labels.iter().filter(|label| **label).count() as f64;
    let negatives = items.labels.len() as f64 - positives;
    if positives == 0.0 || negatives == 0.0 {
        return None;
    }
    let mut order: Vec<(f64, bool)> =
        items.scores.iter().copied().zip(items.labels.iter().copied()).collect();
    order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let (mut below, mut wins) = (0.0, 0.0);
    for tied in order.chunk_by(|a, b| a.0 == b.0) {
        let up = tied.iter().filter(|(_, label)| *label).count() as f64;
        let down = tied.len() as f64 - up;
        wins += up * (below + down / 2.0);
        below += down;
    }
    Some(wins / (positives * negatives))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_count_half() {
        let items = |scores: &[f64], labels: &[bool]| Scored {
            scores: scores.to_vec(),
            labels: labels.to_vec(),
        };
        assert_eq!(auc(&items(&[0.1, 0.4, 0.35, 0.8], &[false, false, true, true])), Some(0.75));
        assert_eq!(auc(&items(&[0.0, -0.0], &[false, true])), Some(0.5));
        assert_eq!(auc(&items(&[1.0], &[true])), None);
    }

    #[test]
    fn lists_must_fit() {
        let path = |response, reference| {
            let error = Scored::read("auc", &Segment::new(response, &[reference]));
            error.expect_err("bad").path().map(str::to_owned)
        };
        assert_eq!(path("0.5", "[1]").as_deref(), Some("response"));
        assert_eq!(path("[0.5]", "[2]").as_deref(), Some("reference"));
        assert_eq!(path("[0.5, 1]", "[1]").as_deref(), Some("reference"));
    }
}
