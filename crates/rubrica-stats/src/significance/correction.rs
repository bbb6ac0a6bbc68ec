//! Corrections for many tests at once.

use serde::{Deserialize, Serialize};

use crate::{Result, check, rank};

/// What is kept small over all tests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Correction {
    /// The chance of any false finding: every p-value times their number.
    Bonferroni,
    /// The same, stepping down from the smallest p-value; never weaker (Holm, 1979).
    #[default]
    Holm,
    /// The expected share of false findings, for independent or positively dependent tests
    /// (Benjamini and Hochberg, 1995).
    BenjaminiHochberg,
    /// The same under any dependence (Benjamini and Yekutieli, 2001).
    BenjaminiYekutieli,
}

/// Adjusted p-values in the order given: those at most alpha are findings at level alpha.
///
/// # Errors
/// No p-values, or one outside `0..=1`.
pub fn adjust_p_values(p_values: &[f64], correction: Correction) -> Result<Vec<f64>> {
    check::count("p_values", p_values.len(), 1)?;
    check::probabilities("p_values", p_values)?;
    let n = p_values.len() as f64;
    let order = rank::ascending(p_values);
    let mut adjusted = vec![0.0; p_values.len()];
    match correction {
        Correction::Bonferroni => {
            adjusted.iter_mut().zip(p_values).for_each(|(slot, p)| *slot = (p * n).min(1.0));
        }
        Correction::Holm => {
            let mut most = 0.0f64;
            for (place, &i) in order.iter().enumerate() {
                most = most.max(p_values[i] * (n - place as f64)).min(1.0);
                adjusted[i] = most;
            }
        }
        Correction::BenjaminiHochberg | Correction::BenjaminiYekutieli => {
            let dependence: f64 = match correction {
                Correction::BenjaminiYekutieli => {
                    (1..=p_values.len()).map(|i| 1.0 / i as f64).sum()
                }
                _ => 1.0,
            };
            let mut least = 1.0f64;
            for (place, &i) in order.iter().enumerate().rev() {
                least = least.min(p_values[i] * n * dependence / (place + 1) as f64);
                adjusted[i] = least;
            }
        }
    }
    Ok(adjusted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hand_values() {
        let p = [0.01, 0.04, 0.03, 0.5];
        let run = |correction| adjust_p_values(&p, correction).expect("valid");
        let near = |found: Vec<f64>, expected: [f64; 4]| {
            assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{found:?}");
        };
        near(run(Correction::Bonferroni), [0.04, 0.16, 0.12, 1.0]);
        near(run(Correction::Holm), [0.04, 0.09, 0.09, 0.5]);
        near(run(Correction::BenjaminiHochberg), [0.04, 0.16 / 3.0, 0.16 / 3.0, 0.5]);
        assert!(run(Correction::BenjaminiYekutieli)[0] > 0.04);
        assert_eq!(adjust_p_values(&[0.2], Correction::Holm), Ok(vec![0.2]));
    }

    #[test]
    fn refuses_nonsense() {
        let code = |p: &[f64]| adjust_p_values(p, Correction::Holm).expect_err("bad").code();
        assert_eq!(code(&[]), "too_few_values");
        assert_eq!(code(&[0.5, 1.5]), "out_of_range");
        assert_eq!(code(&[f64::NAN]), "out_of_range");
    }
}
