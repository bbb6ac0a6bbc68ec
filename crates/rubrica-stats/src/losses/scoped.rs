//! Feedback that holds in some places only: a loss that changes what it is about and keeps the rest.
//!
//! Stephan et al., "RLVF: Learning from verbal feedback without overgeneralization" (C3PO), ICML 2024: `L = DPO(in
//! scope) + σ_soft·L_out + σ_hard·L_near`, with `L_keep = (1 − λ)·NLL + λ·T²·KL(teacher ‖ student)` on the original
//! outputs. The shipped configuration has β = .1, σ_soft = .2, σ_hard = .1, λ = 0 and T = 1: plain fine-tuning on
//! the original outputs.

use serde::{Deserialize, Serialize};

use super::{Loss, finite, log_sum_exp};
use crate::{Result, check};

/// How much what is to stay counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScopeWeights {
    /// σ_soft: prompts that have nothing to do with the feedback.
    pub out_of_scope: f64,
    /// σ_hard: prompts that look like those in scope.
    pub near_scope: f64,
}

impl Default for ScopeWeights {
    fn default() -> Self {
        Self { out_of_scope: 0.2, near_scope: 0.1 }
    }
}

/// The whole loss from the mean losses of the three sets; the gradient is by the three, in their order.
///
/// # Errors
/// A loss that is not finite; a weight below 0.
pub fn scoped_loss(
    in_scope: f64,
    near_scope: f64,
    out_of_scope: f64,
    weights: &ScopeWeights,
) -> Result<Loss> {
    check::values("losses", &[in_scope, near_scope, out_of_scope], 3)?;
    for (what, weight) in
        [("near_scope", weights.near_scope), ("out_of_scope", weights.out_of_scope)]
    {
        check::in_range(what, weight, |w| w >= 0.0, "a number >= 0")?;
    }
    let value = in_scope + weights.near_scope * near_scope + weights.out_of_scope * out_of_scope;
    finite(value, vec![1.0, weights.near_scope, weights.out_of_scope])
}

/// How an output is kept.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RetentionOptions {
    /// λ: share of the distillation, in `0..=1`.
    pub distillation: f64,
    /// T: what logits are divided by in the distillation, above 0.
    pub temperature: f64,
}

impl Default for RetentionOptions {
    fn default() -> Self {
        Self { distillation: 0.0, temperature: 1.0 }
    }
}

/// The loss of one token: `(1 − λ)·(−ln p_student[token]) + λ·T²·KL(teacher ‖ student)` with both softened by `T`; the
/// gradient is by the logits of the student.
///
/// # Errors
/// Logits that are uneven, empty or not finite; a token that is not among them; options out of range.
pub fn retention_loss(
    student: &[f64],
    teacher: &[f64],
    token: usize,
    options: &RetentionOptions,
) -> Result<Loss> {
    check::paired(("student", student), ("teacher", teacher), 1)?;
    let RetentionOptions { distillation: lambda, temperature } = *options;
    check::in_range("distillation", lambda, |l| (0.0..=1.0).contains(&l), "0 to 1")?;
    check::in_range("temperature", temperature, |t| t > 0.0, "a number > 0")?;
    if token >= student.len() {
        return Err(crate::StatsError::UnknownClass { what: "token", index: token });
    }
    let log_softmax = |logits: &[f64], temperature: f64| {
        let scaled: Vec<f64> = logits.iter().map(|x| x / temperature).collect();
        let all = log_sum_exp(&scaled);
        scaled.into_iter().map(|x| x - all).collect::<Vec<f64>>()
    };
    let plain = log_softmax(student, 1.0);
    let (soft, taught) = (log_softmax(student, temperature), log_softmax(teacher, temperature));
    let divergence: f64 = taught
        .iter()
        .zip(&soft)
        .map(|(t, s)| match t.exp() {
            0.0 => 0.0,
            p => p * (t - s),
        })
        .sum();
    let squared = temperature * temperature;
    let value = (1.0 - lambda) * -plain[token] + lambda * squared * divergence.max(0.0);
    let gradient = (0..student.len())
        .map(|i| {
            let hit = check::indicator(i == token);
            (1.0 - lambda) * (plain[i].exp() - hit)
                + lambda * temperature * (soft[i].exp() - taught[i].exp())
        })
        .collect();
    finite(value, gradient)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_student_like_its_teacher_loses_nothing_by_distillation() {
        let options = RetentionOptions { distillation: 1.0, temperature: 2.0 };
        let found =
            retention_loss(&[1.0, 2.0, -1.0], &[2.0, 3.0, 0.0], 0, &options).expect("valid");
        assert!(found.value.abs() < 1e-12 && found.gradient.iter().all(|g| g.abs() < 1e-12));
        let far = retention_loss(&[0.0, 0.0], &[2000.0, 0.0], 0, &options).expect("valid");
        assert!((far.value - 4.0 * 2f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn mistakes_are_named() {
        let plain = RetentionOptions::default();
        let code = |student: &[f64], token, options| {
            retention_loss(student, &[0.0, 0.0], token, options).expect_err("bad").code()
        };
        assert_eq!(code(&[0.0], 0, &plain), "length_mismatch");
        assert_eq!(code(&[0.0, 0.0], 2, &plain), "unknown_class");
        let cold = RetentionOptions { temperature: 0.0, ..plain };
        assert_eq!(code(&[0.0, 0.0], 0, &cold), "out_of_range");
        let negative = ScopeWeights { near_scope: -0.1, ..Default::default() };
        assert!(scoped_loss(1.0, 1.0, 1.0, &negative).is_err());
    }
}
