//! Questions that one may leave open (LAB-Bench; Laurent et al., 2024): accuracy, precision and coverage,
//! and the risk at each coverage where answers have confidences.

use std::collections::BTreeMap;

use rubrica_core::Signature;
use rubrica_stats::StatsError;
use rubrica_stats::selective::{Answer, RiskCoverage, risk_coverage, selective};
use rubrica_stats::wilson::wilson;
use serde::{Deserialize, Serialize};

use super::report::{Example, Report};
use crate::audit::Figure;
use crate::error::{AuditError, Result};
use crate::records::{optional_name, optional_number, truth};

/// One answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SelectiveItem {
    /// Whether it is right; an abstained one is not.
    #[serde(default, deserialize_with = "truth")]
    pub correct: bool,
    /// Whether it is none ("insufficient information").
    #[serde(default, deserialize_with = "truth")]
    pub abstained: bool,
    /// How sure the answer is, on any scale.
    #[serde(default, deserialize_with = "optional_number")]
    pub confidence: Option<f64>,
    /// What kind of question it is.
    #[serde(default, deserialize_with = "optional_name")]
    pub subtask: Option<String>,
}

/// How to count.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SelectiveOptions {
    /// Coverage of the intervals, between 0 and 1.
    pub level: f64,
}

impl Default for SelectiveOptions {
    fn default() -> Self {
        Self { level: 0.95 }
    }
}

/// The three figures, in `0..=1`; accuracy = precision · coverage.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SelectiveFigures {
    /// Questions.
    pub n: usize,
    /// Right answers among all.
    pub accuracy: Figure,
    /// Right answers among those given.
    pub precision: Figure,
    /// Answers given among all.
    pub coverage: Figure,
}

/// What answers are worth.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SelectiveReport {
    /// Over all questions.
    pub overall: SelectiveFigures,
    /// By kind of question.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub by_subtask: BTreeMap<String, SelectiveFigures>,
    /// Share of wrong answers among the most confident ones, over the given answers that have a confidence;
    /// none when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub risk_coverage: Option<RiskCoverage>,
    /// What produced it.
    pub signature: Signature,
}

/// Accuracy, precision and coverage of recorded answers.
///
/// # Errors
/// [`AuditError::Statistic`] without items, or with a level out of range; [`AuditError::Input`] for an item that is
/// right and abstained, or a confidence that is not finite.
pub fn selective_report(
    items: &[SelectiveItem],
    options: &SelectiveOptions,
) -> Result<SelectiveReport> {
    for (index, item) in items.iter().enumerate() {
        if item.correct && item.abstained {
            let problem = "is true, though it is abstained too";
            return Err(AuditError::invalid(
                format!("[{index}].correct"),
                problem,
                "one of the two",
            ));
        }
        if let Some(c) = item.confidence.filter(|c| !c.is_finite()) {
            let path = format!("[{index}].confidence");
            return Err(AuditError::invalid(path, format!("is {c}"), "a finite number"));
        }
    }
    let all: Vec<&SelectiveItem> = items.iter().collect();
    let overall = figures(&all, options.level)?;
    let mut subtasks: BTreeMap<&str, Vec<&SelectiveItem>> = BTreeMap::new();
    for item in items {
        if let Some(subtask) = &item.subtask {
            subtasks.entry(subtask).or_default().push(item);
        }
    }
    let mut by_subtask = BTreeMap::new();
    for (subtask, items) in subtasks {
        let figures = figures(&items, options.level)?;
        by_subtask.insert(subtask.to_owned(), figures);
    }
    let sure = items.iter().filter(|item| !item.abstained);
    let (right, confidences): (Vec<bool>, Vec<f64>) =
        sure.filter_map(|item| Some((item.correct, item.confidence?))).unzip();
    Ok(SelectiveReport {
        overall,
        by_subtask,
        risk_coverage: match right.is_empty() {
            true => None,
            false => Some(risk_coverage(&right, &confidences)?),
        },
        signature: Signature::new("selective")
            .with("interval", "wilson")
            .with("level", options.level),
    })
}

fn figures(items: &[&SelectiveItem], level: f64) -> rubrica_stats::Result<SelectiveFigures> {
    // Also checks the level, of which no answer needs to be left.
    wilson(0, 1, level)?;
    let answers: Vec<Answer> = items
        .iter()
        .map(|item| match (item.abstained, item.correct) {
            (true, _) => Answer::Abstained,
            (false, true) => Answer::Right,
            (false, false) => Answer::Wrong,
        })
        .collect();
    let found = selective(&answers, level)?;
    let (what, expected) = ("answers", "at least one that is not abstained");
    let none = StatsError::NothingToCount { what, expected };
    Ok(SelectiveFigures {
        n: items.len(),
        accuracy: Figure::Estimate(found.accuracy),
        precision: found.precision.ok_or(none).into(),
        coverage: Figure::Estimate(found.coverage),
    })
}

impl Report for SelectiveReport {
    const NAME: &'static str = "selective";
    const QUESTION: &'static str = "How good are answers that may be left open?";
    const SOURCE: &'static str = "LAB-Bench; Laurent et al., 2024";
    const ROW: &'static str = "correct?, abstained?, confidence?, subtask?";
    const EXAMPLE: Example = Example {
        options: "{}",
        rows: r#"{"correct": true, "confidence": 0.9}
{"correct": false, "confidence": 0.4}
{"abstained": true, "confidence": 0.1}
"#,
    };
    type Row = SelectiveItem;
    type Options = SelectiveOptions;

    fn run(rows: Vec<Self::Row>, options: &Self::Options) -> Result<Self> {
        selective_report(&rows, options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(answer: Answer, confidence: Option<f64>) -> SelectiveItem {
        let (correct, abstained) = (answer == Answer::Right, answer == Answer::Abstained);
        SelectiveItem { correct, abstained, confidence, subtask: None }
    }

    #[test]
    fn ten_items_of_which_two_are_left_open() {
        let mut items = vec![item(Answer::Right, Some(0.9)); 6];
        items.extend([item(Answer::Wrong, Some(0.2)), item(Answer::Wrong, None)]);
        items.extend(vec![item(Answer::Abstained, Some(0.1)); 2]);
        items[9].subtask = Some("open".into());
        let found = selective_report(&items, &SelectiveOptions::default()).expect("ten");
        let value = |figure: &Figure| figure.value().expect("defined");
        let all = &found.overall;
        assert_eq!(
            (value(&all.accuracy), value(&all.precision), value(&all.coverage)),
            (0.6, 0.75, 0.8)
        );
        let curve = found.risk_coverage.expect("confidences");
        assert_eq!(curve.curve, [(6.0 / 7.0, 0.0), (1.0, 1.0 / 7.0)]);
        let open = &found.by_subtask["open"];
        assert_eq!((value(&open.coverage), open.precision.value()), (0.0, None));
    }

    #[test]
    fn mistakes_are_named() {
        let run = |items: &[SelectiveItem], level| {
            selective_report(items, &SelectiveOptions { level }).expect_err("bad")
        };
        assert_eq!(run(&[], 0.95).code(), "too_few_values");
        let mut both = item(Answer::Right, None);
        assert_eq!(run(&[both.clone()], 1.0).code(), "out_of_range");
        both.abstained = true;
        assert_eq!(run(&[both], 0.95).path(), Some("[0].correct"));
        let nan = item(Answer::Right, Some(f64::NAN));
        assert_eq!(run(&[nan], 0.95).path(), Some("[0].confidence"));
    }
}
