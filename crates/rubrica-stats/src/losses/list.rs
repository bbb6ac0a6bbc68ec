//! Seven losses over a list of answers with labels: what ranking losses do with graded preferences.
//!
//! Liu et al., "LiPO: Listwise preference optimization through learning-to-rank", arXiv:2402.01878, 2024. With `s =
//! β·score` and labels `ψ` (the higher the better), sums over the list:
//!
//! - logistic (RankNet; DPO for two): `Σ_{ψi>ψj} ln(1 + e^{−(si−sj)})`
//! - hinge (SLiC): `Σ_{ψi>ψj} max(0, δ − (si−sj))`
//! - lambda (LambdaLoss): `Σ_{ψi>ψj} Δij ln(1 + e^{−(si−sj)})`, `Δij = |2^ψi − 2^ψj|·|1/D(τi) − 1/D(τj)|`,
//!   `D(τ) = ln(1 + τ)`, `τ` the rank by `s`, 1 for the best
//! - ListMLE: `−Σ_k (s_(k) − ln Σ_{m≥k} e^{s_(m)})` in the order of the labels
//! - softmax: `−Σ (ψi / Σψ) ln softmax(s)i`
//! - squared error: `Σ (ψi − si)²`
//! - sigmoid cross-entropy: `−Σ ψi ln σ(si) + (1 − ψi) ln(1 − σ(si))`
//!
//! The formulas are from memory and a summary that agrees with them in form; they are sums, not means.

use serde::{Deserialize, Serialize};

use super::{Loss, finite, log_sum_exp, sigmoid, softplus};
use crate::{Result, StatsError, check};

/// Which loss.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ListLoss {
    /// Every ordered pair, logistic.
    #[default]
    Logistic,
    /// Every ordered pair, hinge.
    Hinge,
    /// Every ordered pair, logistic, weighted by what swapping the two would do to DCG. The weights are constants
    /// to the gradient.
    Lambda,
    /// Likelihood of the order under Plackett–Luce. Equal labels stand in the order of the list.
    ListMle,
    /// Cross-entropy of the labels, made to sum to 1, with the softmax of the scores.
    Softmax,
    /// Squared error of each score.
    Mse,
    /// Cross-entropy of each label with the sigmoid of its score.
    Sigmoid,
}

impl ListLoss {
    /// All seven.
    pub const ALL: [Self; 7] = [
        Self::Logistic,
        Self::Hinge,
        Self::Lambda,
        Self::ListMle,
        Self::Softmax,
        Self::Mse,
        Self::Sigmoid,
    ];

    /// Its name in options and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Logistic => "logistic",
            Self::Hinge => "hinge",
            Self::Lambda => "lambda",
            Self::ListMle => "list_mle",
            Self::Softmax => "softmax",
            Self::Mse => "mse",
            Self::Sigmoid => "sigmoid",
        }
    }
}

/// Options of [`list_loss`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ListLossOptions {
    /// Which loss.
    pub loss: ListLoss,
    /// What scores are multiplied with, above 0: 1 for rewards, DPO's β for log-ratios of policy and reference.
    pub beta: f64,
    /// δ of the hinge, above 0.
    pub margin: f64,
}

impl Default for ListLossOptions {
    fn default() -> Self {
        Self { loss: ListLoss::default(), beta: 1.0, margin: 1.0 }
    }
}

/// Value and gradient by the scores of a loss over one list.
///
/// Where the hinge has a kink, the derivative is that of the side without loss. Losses over pairs are 0 when all labels
/// are equal.
///
/// # Errors
/// Empty or uneven lists, numbers that are not finite, options out of range; for `softmax` a label below 0 or
/// none above; for `sigmoid` a label outside `0..=1`.
pub fn list_loss(labels: &[f64], scores: &[f64], options: &ListLossOptions) -> Result<Loss> {
    check::paired(("labels", labels), ("scores", scores), 1)?;
    check::in_range("beta", options.beta, |b| b > 0.0, "a number > 0")?;
    check::in_range("margin", options.margin, |m| m > 0.0, "a number > 0")?;
    let s: Vec<f64> = scores.iter().map(|score| options.beta * score).collect();
    let (value, gradient) = match options.loss {
        ListLoss::Logistic => pairs(labels, &s, |gap, _, _| logistic(gap)),
        ListLoss::Hinge => pairs(labels, &s, |gap, _, _| {
            let short = options.margin - gap;
            if short > 0.0 { (short, -1.0) } else { (0.0, 0.0) }
        }),
        ListLoss::Lambda => {
            let weight = lambda_weights(labels, &s);
            pairs(labels, &s, |gap, i, j| {
                let (value, slope) = logistic(gap);
                (weight(i, j) * value, weight(i, j) * slope)
            })
        }
        ListLoss::ListMle => list_mle(labels, &s),
        ListLoss::Softmax => softmax(labels, &s)?,
        ListLoss::Mse => {
            let errors = || s.iter().zip(labels).map(|(s, label)| s - label);
            (errors().map(|e| e * e).sum(), errors().map(|e| 2.0 * e).collect())
        }
        ListLoss::Sigmoid => {
            check::probabilities("labels", labels)?;
            let each = || s.iter().zip(labels);
            let value = each().map(|(&s, p)| p * softplus(-s) + (1.0 - p) * softplus(s)).sum();
            (value, each().map(|(&s, p)| sigmoid(s) - p).collect())
        }
    };
    finite(value, gradient.into_iter().map(|g| options.beta * g).collect())
}

/// The weight Δ of each pair, by positions, given the scores.
///
/// # Errors
/// Empty or uneven lists, numbers that are not finite, labels so large that `2^label` is not.
pub fn lambda_pair_weights(labels: &[f64], scores: &[f64]) -> Result<Vec<(usize, usize, f64)>> {
    check::paired(("labels", labels), ("scores", scores), 1)?;
    let weight = lambda_weights(labels, scores);
    let n = labels.len();
    let pairs = (0..n).flat_map(|i| (0..n).map(move |j| (i, j)));
    let ordered = pairs.filter(|&(i, j)| labels[i] > labels[j]);
    let found: Vec<_> = ordered.map(|(i, j)| (i, j, weight(i, j))).collect();
    match found.iter().position(|(.., weight)| !weight.is_finite()) {
        Some(index) => Err(StatsError::NotFinite { what: "pair weights", index }),
        None => Ok(found),
    }
}

/// `ln(1 + e^{−gap})` and its derivative.
fn logistic(gap: f64) -> (f64, f64) {
    (softplus(-gap), -sigmoid(-gap))
}

/// Sum over all pairs in order; `term` has the gap and the two positions and gives value and derivative by the gap.
fn pairs(
    labels: &[f64],
    s: &[f64],
    term: impl Fn(f64, usize, usize) -> (f64, f64),
) -> (f64, Vec<f64>) {
    let (mut value, mut gradient) = (0.0, vec![0.0; s.len()]);
    for i in 0..s.len() {
        for j in 0..s.len() {
            if labels[i] > labels[j] {
                let (loss, slope) = term(s[i] - s[j], i, j);
                value += loss;
                gradient[i] += slope;
                gradient[j] -= slope;
            }
        }
    }
    (value, gradient)
}

fn lambda_weights(labels: &[f64], s: &[f64]) -> impl Fn(usize, usize) -> f64 {
    let mut order: Vec<usize> = (0..s.len()).collect();
    order.sort_by(|&i, &j| s[j].total_cmp(&s[i]));
    let mut discount = vec![0.0; s.len()];
    for (place, &i) in order.iter().enumerate() {
        discount[i] = 1.0 / (place as f64 + 2.0).ln();
    }
    let gain: Vec<f64> = labels.iter().map(|label| label.exp2() - 1.0).collect();
    move |i, j| (gain[i] - gain[j]).abs() * (discount[i] - discount[j]).abs()
}

fn list_mle(labels: &[f64], s: &[f64]) -> (f64, Vec<f64>) {
    let mut order: Vec<usize> = (0..s.len()).collect();
    order.sort_by(|&i, &j| labels[j].total_cmp(&labels[i]));
    let (mut value, mut gradient) = (0.0, vec![0.0; s.len()]);
    for (k, &chosen) in order.iter().enumerate() {
        let rest: Vec<f64> = order[k..].iter().map(|&i| s[i]).collect();
        let all = log_sum_exp(&rest);
        value += all - s[chosen];
        gradient[chosen] -= 1.0;
        for &i in &order[k..] {
            gradient[i] += (s[i] - all).exp();
        }
    }
    (value, gradient)
}

fn softmax(labels: &[f64], s: &[f64]) -> Result<(f64, Vec<f64>)> {
    for (i, label) in labels.iter().enumerate() {
        check::in_range(&format!("labels[{i}]"), *label, |l| l >= 0.0, "a number >= 0")?;
    }
    let sum: f64 = labels.iter().sum();
    check::values("sum of labels", &[sum], 1)?;
    if sum == 0.0 {
        let expected = "a label above 0";
        return Err(StatsError::NothingToCount { what: "labels", expected });
    }
    let all = log_sum_exp(s);
    let value = labels.iter().zip(s).map(|(label, s)| label / sum * (all - s)).sum();
    let gradient = labels.iter().zip(s).map(|(label, s)| (s - all).exp() - label / sum).collect();
    Ok((value, gradient))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(loss: ListLoss, labels: &[f64], scores: &[f64]) -> Result<Loss> {
        list_loss(labels, scores, &ListLossOptions { loss, ..Default::default() })
    }

    #[test]
    fn equal_labels_order_nothing() {
        for loss in [ListLoss::Logistic, ListLoss::Hinge, ListLoss::Lambda] {
            let found = of(loss, &[0.5, 0.5, 0.5], &[3.0, 1.0, 2.0]).expect("valid");
            assert_eq!(found, Loss { value: 0.0, gradient: vec![0.0; 3] }, "{loss:?}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        let code = |loss, labels: &[f64], scores: &[f64]| {
            of(loss, labels, scores).expect_err("bad").code()
        };
        assert_eq!(code(ListLoss::Mse, &[], &[]), "too_few_values");
        assert_eq!(code(ListLoss::Mse, &[1.0], &[]), "length_mismatch");
        assert_eq!(code(ListLoss::Mse, &[f64::NAN], &[1.0]), "not_finite");
        assert_eq!(code(ListLoss::Mse, &[1e300], &[-1e300]), "not_finite");
        assert_eq!(code(ListLoss::Softmax, &[0.0], &[1.0]), "nothing_to_count");
        assert_eq!(code(ListLoss::Softmax, &[1e308, 1e308], &[1.0, 0.0]), "not_finite");
        let huge = lambda_pair_weights(&[2000.0, 0.0], &[1.0, 0.0]).expect_err("2^2000");
        assert_eq!(huge.code(), "not_finite");
        assert_eq!(code(ListLoss::Softmax, &[-1.0], &[1.0]), "out_of_range");
        assert_eq!(code(ListLoss::Sigmoid, &[2.0], &[1.0]), "out_of_range");
        let zero = ListLossOptions { beta: 0.0, ..Default::default() };
        assert_eq!(list_loss(&[1.0], &[1.0], &zero).expect_err("beta").code(), "out_of_range");
    }
}
