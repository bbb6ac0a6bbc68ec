//! Pearson's product-moment correlation.

use crate::{Result, StatsError, check, moments};

/// Linear correlation of `x` and `y`, in `-1..=1`.
///
/// # Errors
/// Fewer than two values, different lengths, a value that is not finite, or a constant series.
pub fn pearson(x: &[f64], y: &[f64]) -> Result<f64> {
    check::paired(("x", x), ("y", y), 2)?;
    let (dx, dy) = (direction("x", x)?, direction("y", y)?);
    let r: f64 = dx.iter().zip(&dy).map(|(a, b)| a * b).sum();
    Ok(r.clamp(-1.0, 1.0))
}

/// The deviations from the mean, as a vector of length 1. Scaled by the largest one first, so that
/// squares neither overflow nor vanish.
fn direction(what: &'static str, values: &[f64]) -> Result<Vec<f64>> {
    if values.iter().all(|v| *v == values[0]) {
        return Err(StatsError::Constant { what });
    }
    let mean = moments::raw_mean(values);
    let mut deviations: Vec<f64> = values.iter().map(|v| v - mean).collect();
    let largest = deviations.iter().fold(0.0, |m: f64, d| m.max(d.abs()));
    if largest == 0.0 || !largest.is_finite() {
        return Err(StatsError::Constant { what });
    }
    deviations.iter_mut().for_each(|d| *d /= largest);
    let norm = deviations.iter().map(|d| d * d).sum::<f64>().sqrt();
    deviations.iter_mut().for_each(|d| *d /= norm);
    Ok(deviations)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn perfect_and_extreme() {
        assert!((pearson(&[1.0, 2.0, 4.0], &[3.0, 5.0, 9.0]).expect("line") - 1.0).abs() < 1e-15);
        let huge = [1e300, 2e300, 4e300];
        assert!((pearson(&huge, &[-1.0, -2.0, -4.0]).expect("line") + 1.0).abs() < 1e-15);
        let tiny = [1e-300, 2e-300, 4e-300];
        assert!((pearson(&tiny, &[1.0, 2.0, 4.0]).expect("line") - 1.0).abs() < 1e-15);
    }

    #[test]
    fn undefined_cases() {
        assert_eq!(
            pearson(&[1.0, 1.0], &[1.0, 2.0]).expect_err("flat"),
            StatsError::Constant { what: "x" }
        );
        assert_eq!(pearson(&[1.0], &[1.0]).expect_err("one").code(), "too_few_values");
        assert_eq!(pearson(&[1.0, 2.0], &[1.0]).expect_err("lengths").code(), "length_mismatch");
        assert_eq!(
            pearson(&[1.0, f64::NAN], &[1.0, 2.0]).expect_err("nan"),
            StatsError::NotFinite { what: "x", index: 1 }
        );
    }
}
