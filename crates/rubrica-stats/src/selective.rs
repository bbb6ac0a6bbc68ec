//! Selective prediction: what answers are worth when one may abstain (LAB-Bench; Laurent et al., 2024;
//! risk and coverage: El-Yaniv and Wiener, 2010).

use serde::{Deserialize, Serialize};

use crate::{Estimate, Result, check, rank, wilson::wilson};

/// What became of one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Answered, and right.
    Right,
    /// Answered, and wrong.
    Wrong,
    /// Not answered ("insufficient information").
    Abstained,
}

/// Accuracy, precision and coverage with Wilson intervals; accuracy = precision · coverage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Selective {
    /// Right answers among all questions.
    pub accuracy: Estimate,
    /// Right answers among the questions that were answered; absent when none was.
    pub precision: Option<Estimate>,
    /// Questions that were answered among all.
    pub coverage: Estimate,
}

/// The three figures.
///
/// # Errors
/// No answers, or a level outside `0..1`.
pub fn selective(answers: &[Answer], level: f64) -> Result<Selective> {
    let count = |kind| answers.iter().filter(|a| **a == kind).count();
    let (right, answered) = (count(Answer::Right), answers.len() - count(Answer::Abstained));
    Ok(Selective {
        accuracy: wilson(right, answers.len(), level)?,
        precision: if answered > 0 { Some(wilson(right, answered, level)?) } else { None },
        coverage: wilson(answered, answers.len(), level)?,
    })
}

/// Risk when only the most confident answers are given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RiskCoverage {
    /// Coverage and the share of wrong answers within it, from the most confident answers to all; one
    /// point for each different confidence.
    pub curve: Vec<(f64, f64)>,
    /// Mean risk over the coverages 1/n, 2/n, ..., 1, in `0..=1`. Answers of equal confidence enter in
    /// random order, and this is the expectation over it.
    pub area: f64,
}

/// The risk-coverage curve (Geifman and El-Yaniv, 2017) of answers with confidences.
///
/// # Errors
/// No answers, different lengths, or a confidence that is not finite.
pub fn risk_coverage(right: &[bool], confidences: &[f64]) -> Result<RiskCoverage> {
    check::same_length(("right", right.len()), ("confidences", confidences.len()))?;
    check::values("confidences", confidences, 1)?;
    let n = right.len() as f64;
    let mut order = rank::ascending(confidences);
    order.reverse();
    let (mut given, mut wrong, mut area) = (0.0, 0.0, 0.0);
    let mut curve = Vec::new();
    for group in order.chunk_by(|&i, &j| confidences[i] == confidences[j]) {
        let errors = group.iter().filter(|&&i| !right[i]).count() as f64;
        let each = errors / group.len() as f64;
        for place in 1..=group.len() {
            let place = place as f64;
            area += (wrong + place * each) / (given + place) / n;
        }
        (given, wrong) = (given + group.len() as f64, wrong + errors);
        curve.push((given / n, wrong / given));
    }
    Ok(RiskCoverage { curve, area: area.min(1.0) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abstaining_trades_coverage_for_precision() {
        use Answer::{Abstained, Right, Wrong};
        let answers =
            [Right, Right, Wrong, Abstained, Right, Right, Abstained, Wrong, Right, Right];
        let found = selective(&answers, 0.95).expect("ten");
        let precision = found.precision.expect("answered");
        assert_eq!((found.accuracy.value, precision.value, found.coverage.value), (0.6, 0.75, 0.8));
        assert!((precision.value * found.coverage.value - found.accuracy.value).abs() < 1e-15);
        assert!(precision.lower < 0.75 && precision.upper > 0.75 && precision.n == 8);
        let silent = selective(&[Abstained; 3], 0.95).expect("three");
        assert_eq!((silent.precision, silent.accuracy.value), (None, 0.0));
        assert_eq!(selective(&[], 0.95).expect_err("none").code(), "too_few_values");
        assert_eq!(selective(&answers, 1.5).expect_err("level").code(), "out_of_range");
    }

    #[test]
    fn confident_errors_cost_most() {
        let right = [true, true, false, false];
        let good = risk_coverage(&right, &[0.9, 0.8, 0.2, 0.1]).expect("four");
        // Risks 0, 0, 1/3, 1/2.
        assert!((good.area - (1.0 / 3.0 + 0.5) / 4.0).abs() < 1e-15);
        assert_eq!(good.curve[1], (0.5, 0.0));
        let bad = risk_coverage(&right, &[0.1, 0.2, 0.8, 0.9]).expect("four");
        assert!((bad.area - (1.0 + 1.0 + 2.0 / 3.0 + 0.5) / 4.0).abs() < 1e-15);
        let level = risk_coverage(&right, &[0.5; 4]).expect("four");
        assert_eq!((level.area, level.curve.as_slice()), (0.5, [(1.0, 0.5)].as_slice()));
        assert_eq!(risk_coverage(&[], &[]).expect_err("none").code(), "too_few_values");
        assert_eq!(risk_coverage(&[true], &[f64::NAN]).expect_err("nan").code(), "not_finite");
        assert!(risk_coverage(&[true], &[0.1, 0.2]).is_err());
    }
}
