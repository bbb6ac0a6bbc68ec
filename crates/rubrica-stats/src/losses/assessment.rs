//! Does a model find right answers likelier than wrong ones? The alignment loss of AFT over their scores.
//!
//! Wang et al., "Making large language models better reasoners with alignment", arXiv:2309.02144, 2023. The score of
//! an answer is the mean log-probability of its tokens. `L = ln(1 + Σ_p Σ_n e^{s_n − s_p})` over right answers `p`
//! and wrong ones `n` of one question. The constraints keep the scores of wrong answers from falling without end;
//! the exact form of the paper's boundary is not verified, so its forms are options and no claim to equal the
//! paper's figures.

use serde::{Deserialize, Serialize};

use super::finite;
use crate::{Result, StatsError, check};

/// Scores of the answers to one question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssessmentGroup {
    /// Of the right ones.
    pub positives: Vec<f64>,
    /// Of the wrong ones.
    pub negatives: Vec<f64>,
}

/// What keeps wrong answers from being pushed down without end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Constraint {
    /// Nothing.
    #[default]
    None,
    /// No gradient goes to wrong answers; the value is the same.
    Detached,
    /// A gap counts no further than so much: `e^{max(s_n − s_p, −τ)}`, τ above 0.
    Clamped(f64),
    /// Each pair also adds `e^{floor − s_n}`: a wrong answer below the floor is pushed up again. See
    /// [`boundary_floor`].
    Floor(f64),
}

/// `min s_p − β`: a floor for wrong answers so far below the least likely right one.
///
/// # Errors
/// No right answers; a number that is not finite.
pub fn boundary_floor(positives: &[f64], beta: f64) -> Result<f64> {
    check::values("positives", positives, 1)?;
    check::values("beta", &[beta], 1)?;
    Ok(positives.iter().copied().fold(f64::INFINITY, f64::min) - beta)
}

/// Value and gradients of the loss of one question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssessmentLoss {
    /// The value.
    pub value: f64,
    /// Derivative by the score of each right answer.
    pub by_positive: Vec<f64>,
    /// Derivative by the score of each wrong answer.
    pub by_negative: Vec<f64>,
}

/// `e^exponent` in the sum of the loss, from right answer `p` and wrong one `n`.
struct Term {
    exponent: f64,
    p: usize,
    n: usize,
    /// Derivatives of the exponent by the two scores.
    slopes: (f64, f64),
}

/// The loss of one question.
///
/// # Errors
/// No right or no wrong answers; a number that is not finite; τ not above 0.
pub fn assessment_loss(group: &AssessmentGroup, constraint: Constraint) -> Result<AssessmentLoss> {
    let AssessmentGroup { positives, negatives } = group;
    check::values("positives", positives, 1)?;
    check::values("negatives", negatives, 1)?;
    match constraint {
        Constraint::Clamped(tau) => check::in_range("tau", tau, |t| t > 0.0, "a number > 0")?,
        Constraint::Floor(floor) => check::values("floor", &[floor], 1)?,
        Constraint::None | Constraint::Detached => {}
    }
    let mut terms = Vec::new();
    for (p, positive) in positives.iter().enumerate() {
        for (n, negative) in negatives.iter().enumerate() {
            let mut add = |exponent, slopes| terms.push(Term { exponent, p, n, slopes });
            let gap = negative - positive;
            match constraint {
                Constraint::None => add(gap, (-1.0, 1.0)),
                Constraint::Detached => add(gap, (-1.0, 0.0)),
                Constraint::Clamped(tau) if gap <= -tau => add(-tau, (0.0, 0.0)),
                Constraint::Clamped(_) => add(gap, (-1.0, 1.0)),
                Constraint::Floor(floor) => {
                    add(gap, (-1.0, 1.0));
                    add(floor - negative, (0.0, -1.0));
                }
            }
        }
    }
    let highest = terms.iter().map(|term| term.exponent).fold(0.0, f64::max);
    let sum = (-highest).exp() + terms.iter().map(|t| (t.exponent - highest).exp()).sum::<f64>();
    let value = highest + sum.ln();
    let mut by_positive = vec![0.0; positives.len()];
    let mut by_negative = vec![0.0; negatives.len()];
    for Term { exponent, p, n, slopes } in terms {
        let share = (exponent - highest).exp() / sum;
        by_positive[p] += slopes.0 * share;
        by_negative[n] += slopes.1 * share;
    }
    let loss = finite(value, [by_positive, by_negative].concat())?;
    let (by_positive, by_negative) = loss.gradient.split_at(positives.len());
    Ok(AssessmentLoss {
        value,
        by_positive: by_positive.to_vec(),
        by_negative: by_negative.to_vec(),
    })
}

/// How well scores tell right answers from wrong ones.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// Questions that have right and wrong answers.
    pub groups: usize,
    /// Questions that lack either, and say nothing.
    pub one_sided: usize,
    /// Pairs of a right and a wrong answer.
    pub pairs: usize,
    /// Share of the pairs in which the right answer has the higher score; a tie is wrong.
    pub accuracy: f64,
    /// Mean of the loss over questions.
    pub loss: f64,
    /// Mean of `s_p − s_n` over pairs.
    pub margin: f64,
}

/// Figures over all questions.
///
/// # Errors
/// No question with right and wrong answers; a number that is not finite.
pub fn assessment(groups: &[AssessmentGroup], constraint: Constraint) -> Result<Assessment> {
    let sided = |g: &&AssessmentGroup| !(g.positives.is_empty() || g.negatives.is_empty());
    let counted: Vec<&AssessmentGroup> = groups.iter().filter(sided).collect();
    if counted.is_empty() {
        let expected = "a question with right and wrong answers";
        return Err(StatsError::NothingToCount { what: "groups", expected });
    }
    let (mut pairs, mut right, mut loss, mut margin) = (0usize, 0usize, 0.0, 0.0);
    for group in &counted {
        loss += assessment_loss(group, constraint)?.value;
        for positive in &group.positives {
            for negative in &group.negatives {
                pairs += 1;
                right += usize::from(positive > negative);
                margin += positive - negative;
            }
        }
    }
    let (loss, margin) = (loss / counted.len() as f64, margin / pairs as f64);
    check::values("loss and margin", &[loss, margin], 2)?;
    let one_sided = groups.len() - counted.len();
    let accuracy = right as f64 / pairs as f64;
    Ok(Assessment { groups: counted.len(), one_sided, pairs, accuracy, loss, margin })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(positives: &[f64], negatives: &[f64]) -> AssessmentGroup {
        AssessmentGroup { positives: positives.to_vec(), negatives: negatives.to_vec() }
    }

    #[test]
    fn constraints() {
        let one = group(&[-0.2], &[-5.0]);
        let plain = assessment_loss(&one, Constraint::None).expect("valid");
        let detached = assessment_loss(&one, Constraint::Detached).expect("valid");
        assert_eq!(
            (detached.value, detached.by_negative.as_slice()),
            (plain.value, [0.0].as_slice())
        );
        let clamped = assessment_loss(&one, Constraint::Clamped(1.0)).expect("valid");
        assert!((clamped.value - (1.0 + (-1.0f64).exp()).ln()).abs() < 1e-12);
        assert_eq!(clamped.by_negative, [0.0]);
        let floor = boundary_floor(&one.positives, 1.0).expect("valid");
        let floored = assessment_loss(&one, Constraint::Floor(floor)).expect("valid");
        assert!(plain.by_negative[0] > 0.0 && floored.by_negative[0] < 0.0);
    }

    #[test]
    fn one_sided_questions_are_counted_apart() {
        let groups = [group(&[1.0], &[0.0]), group(&[], &[0.0]), group(&[1.0], &[1.0])];
        let found = assessment(&groups, Constraint::None).expect("valid");
        assert_eq!((found.groups, found.one_sided, found.accuracy), (2, 1, 0.5));
        let none = assessment(&groups[1..2], Constraint::None).expect_err("one-sided");
        assert_eq!(none.code(), "nothing_to_count");
        assert!(assessment_loss(&groups[1], Constraint::None).is_err());
        let far = assessment_loss(&group(&[-900.0], &[900.0]), Constraint::None).expect("valid");
        assert!((far.value - 1800.0).abs() < 1e-9);
    }
}
