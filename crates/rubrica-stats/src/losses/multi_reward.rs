//! Several rewards of one text as one number.
//!
//! After MusicRL (Cideron et al., ICML 2024), which rewards adherence to the text, quality and what users prefer:
//! each reward is standardised over a reference set (standard deviation with `n − 1`), and the weighted z-scores are
//! summed. The paper's abstract names the rewards, not their scaling: the scaling is ours.

use crate::moments::{mean, standard_deviation};
use crate::{Result, StatsError, check};

/// `(x − mean) / sd` of each value, by mean and standard deviation (`n − 1`) of `reference`.
///
/// # Errors
/// A reference of fewer than two values or without variation; a number that is not finite.
pub fn standardised(values: &[f64], reference: &[f64]) -> Result<Vec<f64>> {
    check::values("values", values, 0)?;
    check::values("reference", reference, 2)?;
    let (centre, deviation) = (mean(reference)?, standard_deviation(reference)?);
    if deviation == 0.0 {
        return Err(StatsError::Constant { what: "reference" });
    }
    let scaled: Vec<f64> = values.iter().map(|x| (x - centre) / deviation).collect();
    check::values("values", &scaled, 0)?;
    Ok(scaled)
}

/// `Σ w_k z(r_k)` of each item; `rewards` is `[kinds][items]`, each kind standardised over its own items.
///
/// # Errors
/// No kinds, other numbers of weights or items, a kind without variation, a number that is not finite.
pub fn combine_rewards(rewards: &[Vec<f64>], weights: &[f64]) -> Result<Vec<f64>> {
    check::count("rewards", rewards.len(), 1)?;
    check::same_length(("weights", weights.len()), ("rewards", rewards.len()))?;
    check::values("weights", weights, 1)?;
    let mut combined = vec![0.0; rewards[0].len()];
    for (values, weight) in rewards.iter().zip(weights) {
        check::same_length(("rewards of one kind", values.len()), ("first kind", combined.len()))?;
        for (sum, z) in combined.iter_mut().zip(standardised(values, values)?) {
            *sum += weight * z;
        }
    }
    check::values("combined", &combined, 1)?;
    Ok(combined)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_named() {
        let code = |rewards: &[Vec<f64>], weights: &[f64]| {
            combine_rewards(rewards, weights).expect_err("bad").code()
        };
        assert_eq!(code(&[], &[]), "too_few_values");
        assert_eq!(code(&[vec![1.0, 2.0]], &[]), "length_mismatch");
        assert_eq!(code(&[vec![1.0, 2.0], vec![1.0]], &[1.0, 1.0]), "length_mismatch");
        assert_eq!(code(&[vec![1.0, 1.0]], &[1.0]), "constant_input");
    }
}
