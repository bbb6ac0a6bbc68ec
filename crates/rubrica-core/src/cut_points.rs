//! From one latent number to a distribution over any scale.

use crate::{Distribution, Error, Result, Scale};

/// Ascending thresholds of an ordinal head (cumulative link model; McCullagh, 1980) that was fitted
/// on some number of levels: P(level > j) = σ(latent − threshold j).
#[derive(Debug, Clone, PartialEq)]
pub struct CutPoints(Vec<f64>);

impl CutPoints {
    /// One threshold between each two levels.
    ///
    /// # Errors
    /// [`Error::Model`] with code `weights_wrong_shape` for fewer than two thresholds, or some that
    /// do not ascend.
    pub fn new(thresholds: &[f32]) -> Result<Self> {
        let ascending = thresholds.is_sorted() && thresholds.iter().all(|t| t.is_finite());
        if thresholds.len() < 2 || !ascending {
            return Err(Error::Model {
                code: "weights_wrong_shape",
                message: format!(
                    "thresholds are {thresholds:?}; expected at least two ascending values"
                ),
            });
        }
        Ok(Self(thresholds.iter().map(|t| f64::from(*t)).collect()))
    }

    /// The distribution over `scale` for the latent value `latent`.
    ///
    /// The thresholds cut the range 0..1 (worst to best) at (j + ½)/(levels − 1); a scale with other
    /// points has its cuts in between, where the threshold is interpolated along the line through
    /// the two nearest ones.
    pub fn distribution(&self, latent: f64, scale: &Scale) -> Distribution {
        let points = scale.points();
        let steps = (points.len() - 1) as f64;
        let above = |cut: usize| {
            let fraction = (cut as f64 + 0.5) / steps;
            1.0 / (1.0 + (self.at(fraction) - latent).exp())
        };
        let mut previous = 1.0;
        let mut weights: Vec<f64> = (0..points.len() - 1)
            .map(|cut| {
                let p = above(cut).min(previous);
                std::mem::replace(&mut previous, p) - p
            })
            .collect();
        weights.push(previous);
        Distribution::new(points, weights)
    }

    fn at(&self, fraction: f64) -> f64 {
        let cuts = self.0.len();
        let position = fraction * cuts as f64 - 0.5;
        let left = (position.floor().max(0.0) as usize).min(cuts - 2);
        let (a, b) = (self.0[left], self.0[left + 1]);
        a + (position - left as f64) * (b - a)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cuts() -> CutPoints {
        CutPoints::new(&[-1.5, -0.5, 0.5, 1.5]).expect("ascending")
    }

    #[test]
    fn five_levels_use_the_thresholds_as_they_are() {
        let ours = cuts().distribution(0.3, &Scale::likert(1, 5));
        let sigma = |x: f64| 1.0 / (1.0 + (-x).exp());
        assert!((ours.probabilities[0] - (1.0 - sigma(1.8))).abs() < 1e-12);
        assert!((ours.probabilities[4] - sigma(-1.2)).abs() < 1e-12);
    }

    #[test]
    fn other_scales_keep_the_order_and_the_middle() {
        for scale in [Scale::binary(), Scale::likert(0, 10), Scale::continuous(0.0, 1.0)] {
            let low = cuts().distribution(-2.0, &scale);
            let high = cuts().distribution(2.0, &scale);
            assert!(low.mean() < high.mean());
            let middle = cuts().distribution(0.0, &scale);
            assert!((scale.normalise(middle.mean()) - 0.5).abs() < 1e-9, "{middle:?}");
            assert!((middle.probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn thresholds_have_to_ascend() {
        for wrong in [&[][..], &[0.0], &[1.0, 0.0], &[0.0, f32::NAN]] {
            assert_eq!(CutPoints::new(wrong).expect_err("wrong").code(), "weights_wrong_shape");
        }
    }
}
