//! Losses over a chosen and a rejected answer.
//!
//! `ln(1 + e^{m + r_rejected − r_chosen})`: Bradley–Terry for `m = 0` (reward models of RLHF Workflow, Okapi), with
//! a margin as the reward model of self-reference AI feedback has it. DPO: Rafailov et al., NeurIPS 2023.

use serde::{Deserialize, Serialize};

use super::{Loss, finite, sigmoid, softplus};
use crate::{Result, StatsError, check};

/// `ln(1 + e^{margin + rejected − chosen})`; the gradient is by `chosen` and `rejected`.
///
/// # Errors
/// A number that is not finite.
pub fn margin_loss(chosen: f64, rejected: f64, margin: f64) -> Result<Loss> {
    check::values("chosen, rejected, margin", &[chosen, rejected, margin], 3)?;
    let x = margin + rejected - chosen;
    finite(softplus(x), vec![-sigmoid(x), sigmoid(x)])
}

/// Log-probabilities of whole answers under the policy and under its reference.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct DpoLogs {
    /// The chosen answer, policy.
    pub policy_chosen: f64,
    /// The rejected answer, policy.
    pub policy_rejected: f64,
    /// The chosen answer, reference.
    pub reference_chosen: f64,
    /// The rejected answer, reference.
    pub reference_rejected: f64,
}

impl DpoLogs {
    /// How much more the policy prefers the chosen answer than its reference does, times β: above 0, the pair is right.
    pub fn margin(&self, beta: f64) -> f64 {
        beta * ((self.policy_chosen - self.reference_chosen)
            - (self.policy_rejected - self.reference_rejected))
    }
}

/// `−ln σ(β [(π_c − ref_c) − (π_r − ref_r)])`; the gradient is by the two logs of the policy, chosen first.
///
/// # Errors
/// A number that is not finite; β not above 0.
pub fn dpo_loss(logs: &DpoLogs, beta: f64) -> Result<Loss> {
    check::in_range("beta", beta, |b| b > 0.0, "a number > 0")?;
    let all =
        [logs.policy_chosen, logs.policy_rejected, logs.reference_chosen, logs.reference_rejected];
    check::values("log-probabilities", &all, 4)?;
    let margin = logs.margin(beta);
    let slope = beta * sigmoid(-margin);
    finite(softplus(-margin), vec![-slope, slope])
}

/// How rewards order a ranked list.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RankingFigures {
    /// Pairs, `K (K − 1) / 2`.
    pub pairs: usize,
    /// Share of the pairs in which the better answer has the higher reward; a tie counts half.
    pub accuracy: f64,
    /// Mean of `−ln σ(r_better − r_worse)` over the pairs.
    pub loss: f64,
}

/// Figures of one list of rewards, given in the order of the ranking, best answer first.
///
/// # Errors
/// Fewer than two rewards, or one that is not finite.
pub fn ranking_figures(rewards: &[f64]) -> Result<RankingFigures> {
    check::values("rewards", rewards, 2)?;
    let (mut right, mut loss, mut pairs) = (0.0, 0.0, 0);
    for (i, better) in rewards.iter().enumerate() {
        for worse in &rewards[i + 1..] {
            pairs += 1;
            loss += softplus(worse - better);
            right += if better == worse { 0.5 } else { check::indicator(better > worse) };
        }
    }
    let (n, loss) = (pairs as f64, loss / pairs as f64);
    if !loss.is_finite() {
        return Err(StatsError::NotFinite { what: "loss", index: 0 });
    }
    Ok(RankingFigures { pairs, accuracy: right / n, loss })
}

/// What a pair model says, averaged over both orders.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct OrderedProbability {
    /// Probability that the chosen answer is the better one.
    pub probability: f64,
    /// 1 above a half, a half at it, 0 below.
    pub correct: f64,
    /// True when both orders say the same.
    pub consistent: bool,
}

/// Mean of the probability of the chosen answer when it stands first and when it stands second.
///
/// # Errors
/// A probability outside `0..=1`.
pub fn order_averaged(chosen_first: f64, chosen_second: f64) -> Result<OrderedProbability> {
    check::probabilities("probabilities", &[chosen_first, chosen_second])?;
    let probability = (chosen_first + chosen_second) / 2.0;
    let side = |p: f64| p.partial_cmp(&0.5);
    let correct = if probability == 0.5 { 0.5 } else { check::indicator(probability > 0.5) };
    let consistent = side(chosen_first) == side(chosen_second);
    Ok(OrderedProbability { probability, correct, consistent })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_and_orders() {
        assert_eq!(ranking_figures(&[1.0, 1.0]).expect("two").accuracy, 0.5);
        let even = order_averaged(0.9, 0.1).expect("valid");
        assert_eq!((even.correct, even.consistent), (0.5, false));
        assert!(order_averaged(0.7, 0.6).expect("valid").consistent);
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(margin_loss(f64::NAN, 0.0, 0.0).expect_err("bad").code(), "not_finite");
        assert_eq!(ranking_figures(&[1.0]).expect_err("one").code(), "too_few_values");
        assert_eq!(ranking_figures(&[-1e308, 1e308]).expect_err("far").code(), "not_finite");
        assert_eq!(order_averaged(1.2, 0.0).expect_err("bad").code(), "out_of_range");
    }
}
