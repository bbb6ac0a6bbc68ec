//! Cohen's kappa (Cohen, 1960), weighted (Cohen, 1968).

use serde::{Deserialize, Serialize};

use crate::classification::Confusion;
use crate::{Result, StatsError};

/// What a disagreement costs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum KappaWeights {
    /// Every disagreement the same.
    #[default]
    None,
    /// By the distance of the classes, counted in steps between neighbouring classes.
    Linear,
    /// By the square of that distance.
    Quadratic,
}

/// Kappa of two raters over the classes that occur, in `-1..=1`.
///
/// With weights, classes are steps apart in the order of those that occur, as in scikit-learn. For
/// a scale of which some points may not occur, use [`cohen_kappa_of`] on
/// [`Confusion::with_labels`].
///
/// # Errors
/// No items, different lengths, or both raters use one and the same class throughout.
pub fn cohen_kappa<L: Ord + Clone>(a: &[L], b: &[L], weights: KappaWeights) -> Result<f64> {
    cohen_kappa_of(&Confusion::new(a, b)?, weights)
}

/// Kappa from a confusion matrix.
///
/// # Errors
/// Both raters use one and the same class throughout.
pub fn cohen_kappa_of<L>(confusion: &Confusion<L>, weights: KappaWeights) -> Result<f64> {
    let (rows, columns) = (confusion.truth_totals(), confusion.predicted_totals());
    let total = confusion.total() as f64;
    let (mut observed, mut expected) = (0.0, 0.0);
    for (i, row) in rows.iter().enumerate() {
        for (j, column) in columns.iter().enumerate() {
            let steps = i.abs_diff(j) as f64;
            let cost = match weights {
                KappaWeights::None => f64::from(u8::from(i != j)),
                KappaWeights::Linear => steps,
                KappaWeights::Quadratic => steps * steps,
            };
            observed += cost * confusion.at(i, j) as f64;
            expected += cost * *row as f64 * *column as f64 / total;
        }
    }
    if expected == 0.0 {
        return Err(StatsError::Constant { what: "ratings" });
    }
    Ok(1.0 - observed / expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn perfect_chance_and_undefined() {
        let (a, b) = ([1, 1, 2, 2], [1, 2, 1, 2]);
        assert_eq!(cohen_kappa(&a, &a, KappaWeights::None), Ok(1.0));
        assert_eq!(cohen_kappa(&a, &b, KappaWeights::None), Ok(0.0));
        let error = cohen_kappa(&[1, 1], &[1, 1], KappaWeights::None).expect_err("constant");
        assert_eq!(error.code(), "constant_input");
    }

    #[test]
    fn unused_scale_points_widen_the_steps() {
        let (a, b) = ([1, 1, 2, 5, 5, 2], [1, 2, 2, 5, 5, 1]);
        let occurring = cohen_kappa(&a, &b, KappaWeights::Linear).expect("five");
        let scale = Confusion::with_labels(&[1, 2, 3, 4, 5], &a, &b).expect("five");
        let full = cohen_kappa_of(&scale, KappaWeights::Linear).expect("five");
        // The disagreements are all one step; beside a scale of five they weigh less.
        assert!(full > occurring, "{full} {occurring}");
    }
}
