//! P(True): how likely a model finds it that its own answer is right.
//!
//! Kadavath et al., "Language models (mostly) know what they know", arXiv:2207.05221, 2022: the model is shown
//! question and answer and asked whether the answer is true; what counts is the probability of the two words.

use serde::{Deserialize, Serialize};

use crate::{Result, StatsError, check};

/// What a model says of its own answer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TruthProbability {
    /// Probability of "true" among the two, in `0..=1`.
    pub p_true: f64,
    /// Probability of the two together, in `0..=1`. Where it is small, the model says something else, and
    /// `p_true` is a ratio of two crumbs.
    pub mass: f64,
}

/// P(True) from the log-probabilities of the ways to write "true" (as "True", " True", "A") and "false".
///
/// # Errors
/// None of either, a log-probability above 0 or not finite, more probability than 1.
pub fn truth_probability(log_true: &[f64], log_false: &[f64]) -> Result<TruthProbability> {
    let highest = log_true.iter().chain(log_false).copied().fold(f64::NEG_INFINITY, f64::max);
    let relative = |what: &'static str, logs: &[f64]| {
        check::values(what, logs, 1)?;
        match logs.iter().position(|p| *p > 0.0) {
            Some(index) => Err(StatsError::OutOfRange {
                what: format!("{what}[{index}]"),
                value: logs[index],
                expected: "a log-probability, at most 0",
            }),
            None => Ok(logs.iter().map(|p| (p - highest).exp()).sum::<f64>()),
        }
    };
    let (yes, no) = (relative("log_true", log_true)?, relative("log_false", log_false)?);
    let mass = (yes + no) * highest.exp();
    // Log-probabilities are often rounded, so a little more than 1 is 1.
    if mass > 1.0 + 1e-3 {
        let (what, expected) =
            ("log_true and log_false".into(), "probabilities that sum to at most 1");
        return Err(StatsError::OutOfRange { what, value: mass, expected });
    }
    Ok(TruthProbability { p_true: yes / (yes + no), mass: mass.min(1.0) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_words_and_their_spellings() {
        let ln = f64::ln;
        let plain = truth_probability(&[ln(0.6)], &[ln(0.2)]).expect("valid");
        assert!((plain.p_true - 0.75).abs() < 1e-12 && (plain.mass - 0.8).abs() < 1e-12);
        let spelled = truth_probability(&[ln(0.5), ln(0.1)], &[ln(0.2)]).expect("valid");
        assert!((spelled.p_true - 0.75).abs() < 1e-12);
        let swapped = truth_probability(&[ln(0.2)], &[ln(0.6)]).expect("valid");
        assert!((swapped.p_true + plain.p_true - 1.0).abs() < 1e-12);
        let tiny = truth_probability(&[-2000.0], &[-2001.0]).expect("valid");
        assert!((tiny.p_true - 0.731_058_578_630).abs() < 1e-9 && tiny.mass == 0.0);
    }

    #[test]
    fn mistakes_are_named() {
        let code = |yes: &[f64], no: &[f64]| truth_probability(yes, no).expect_err("bad").code();
        assert_eq!(code(&[], &[-1.0]), "too_few_values");
        assert_eq!(code(&[0.5], &[-1.0]), "out_of_range");
        assert_eq!(code(&[-0.1], &[-0.1]), "out_of_range");
        assert_eq!(code(&[f64::NEG_INFINITY], &[-0.1]), "not_finite");
    }
}
