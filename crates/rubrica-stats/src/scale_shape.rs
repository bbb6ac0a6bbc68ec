//! How a score grows with scale: steadily or all at once (BIG-bench; Srivastava et al., 2022).

use serde::{Deserialize, Serialize};

use crate::{Result, StatsError, check, quantile, rank};

/// The shape of a score over the sizes of a model, or over any other scale.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ScaleShape {
    /// Largest less smallest score; below 0 when the smallest comes at the larger scale.
    pub improvement: f64,
    /// `improvement / √mean(Δ²)` over the steps Δ between neighbouring scales: large for even steps.
    pub linearity: f64,
    /// `improvement / √median(Δ²)`: large when one step does it all; absent when half of the steps
    /// are 0.
    pub breakthroughness: Option<f64>,
}

/// The shape of `score` over `scale`, in any order; one score a scale.
///
/// Of equal scores, the one at the smallest scale counts as the largest or smallest.
///
/// # Errors
/// Fewer than two scores, different lengths, a value that is not finite, a scale that occurs twice,
/// or scores that are all equal.
pub fn scale_shape(scale: &[f64], score: &[f64]) -> Result<ScaleShape> {
    check::paired(("scale", scale), ("score", score), 2)?;
    let order = rank::ascending(scale);
    if let Some(pair) = order.windows(2).find(|pair| scale[pair[0]] == scale[pair[1]]) {
        return Err(StatsError::Duplicate { what: "scale", index: pair[0].max(pair[1]) });
    }
    let sorted: Vec<f64> = order.iter().map(|&i| score[i]).collect();
    let first_by = |better: fn(f64, f64) -> bool| {
        (1..sorted.len()).fold(0, |best, i| if better(sorted[i], sorted[best]) { i } else { best })
    };
    let (most, least) = (first_by(|a, b| a > b), first_by(|a, b| a < b));
    if most == least {
        return Err(StatsError::Constant { what: "score" });
    }
    let range = sorted[most] - sorted[least];
    check::values("range of scores", &[range], 1)?;
    let improvement = if most > least { range } else { -range };
    // In parts of the range, so that squares neither overflow nor vanish.
    let mut squares: Vec<f64> =
        sorted.windows(2).map(|pair| ((pair[1] - pair[0]) / range).powi(2)).collect();
    let mean = crate::moments::raw_mean(&squares);
    squares.sort_by(f64::total_cmp);
    let median = quantile::of_sorted(&squares, 0.5);
    let sign = improvement.signum();
    Ok(ScaleShape {
        improvement,
        linearity: sign / mean.sqrt(),
        breakthroughness: (median > 0.0).then(|| sign / median.sqrt()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_breakthrough() {
        let found = scale_shape(&[1.0, 2.0, 4.0, 8.0, 16.0], &[0.02, 0.03, 0.03, 0.05, 0.45]);
        let found = found.expect("five");
        assert!((found.improvement - 0.43).abs() < 1e-12);
        assert!((found.linearity - 2.14665).abs() < 5e-6, "{found:?}");
        assert!((found.breakthroughness.expect("defined") - 27.1956).abs() < 5e-5);
        let shuffled = scale_shape(&[16.0, 1.0, 8.0, 2.0, 4.0], &[0.45, 0.02, 0.05, 0.03, 0.03]);
        assert_eq!(shuffled, Ok(found));
    }

    #[test]
    fn even_steps_and_falling_scores() {
        let even = scale_shape(&[1.0, 2.0, 3.0], &[0.0, 0.5, 1.0]).expect("three");
        assert_eq!((even.linearity, even.breakthroughness), (2.0, Some(2.0)));
        let falling = scale_shape(&[1.0, 2.0, 3.0], &[1.0, 0.5, 0.0]).expect("three");
        assert_eq!((falling.improvement, falling.linearity), (-1.0, -2.0));
    }

    #[test]
    fn degenerate_inputs() {
        let step = scale_shape(&[1.0, 2.0, 3.0, 4.0], &[0.0, 0.0, 0.0, 1.0]).expect("four");
        assert_eq!(step.breakthroughness, None);
        let code = |x: &[f64], y: &[f64]| scale_shape(x, y).expect_err("bad").code();
        assert_eq!(code(&[], &[]), "too_few_values");
        assert_eq!(code(&[1.0], &[1.0]), "too_few_values");
        assert_eq!(code(&[1.0, 2.0], &[1.0, 1.0]), "constant_input");
        assert_eq!(code(&[1.0, 1.0], &[1.0, 2.0]), "duplicate_entry");
        assert_eq!(code(&[1.0, 2.0], &[1.0, f64::NAN]), "not_finite");
    }
}
