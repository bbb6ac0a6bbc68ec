//! Probabilities over the points of a scale.

use serde::{Deserialize, Serialize};

/// A probability distribution over the points of a [`crate::Scale`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Distribution {
    /// The scale points, ascending.
    pub points: Vec<f64>,
    /// Probability of each point, `[points]`; sums to 1.
    pub probabilities: Vec<f64>,
}

impl Distribution {
    /// A distribution over `points`; `weights` are normalised to sum to 1.
    ///
    /// # Panics
    /// When the lengths differ or the weights do not sum to something positive.
    pub fn new(points: Vec<f64>, weights: Vec<f64>) -> Self {
        assert_eq!(points.len(), weights.len(), "one weight a point");
        let total: f64 = weights.iter().sum();
        assert!(total > 0.0 && total.is_finite(), "weights sum to {total}");
        Self { points, probabilities: weights.into_iter().map(|w| w / total).collect() }
    }

    /// Expected value: the probability-weighted mean over the scale.
    pub fn mean(&self) -> f64 {
        self.points.iter().zip(&self.probabilities).map(|(x, p)| x * p).sum()
    }

    /// Standard deviation, in units of the scale.
    pub fn std(&self) -> f64 {
        let mean = self.mean();
        self.points
            .iter()
            .zip(&self.probabilities)
            .map(|(x, p)| p * (x - mean) * (x - mean))
            .sum::<f64>()
            .sqrt()
    }

    /// How peaked the distribution is: 1 − entropy / ln(points), in `0..=1`.
    ///
    /// 1 when all mass lies on one point, 0 when it is spread evenly. It says how decided the model
    /// is, not how often it is right.
    pub fn confidence(&self) -> f64 {
        if self.points.len() < 2 {
            return 1.0;
        }
        let entropy: f64 =
            self.probabilities.iter().filter(|p| **p > 0.0).map(|p| -p * p.ln()).sum();
        (1.0 - entropy / (self.points.len() as f64).ln()).clamp(0.0, 1.0)
    }

    /// The mixture of several distributions over the same points, with the given weights.
    ///
    /// Its mean is the weighted mean of their means. `None` when there is nothing to mix, the points
    /// differ, or the weights sum to zero.
    pub fn mixture<'a>(parts: impl IntoIterator<Item = (&'a Self, f64)>) -> Option<Self> {
        let mut parts = parts.into_iter();
        let (first, weight) = parts.next()?;
        let mut mixed: Vec<f64> = first.probabilities.iter().map(|p| p * weight).collect();
        for (part, weight) in parts {
            if part.points != first.points {
                return None;
            }
            for (sum, p) in mixed.iter_mut().zip(&part.probabilities) {
                *sum += p * weight;
            }
        }
        (mixed.iter().sum::<f64>() > 0.0).then(|| Self::new(first.points.clone(), mixed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_std_confidence() {
        let d = Distribution::new(vec![1.0, 2.0, 3.0], vec![1.0, 0.0, 1.0]);
        assert_eq!((d.mean(), d.std()), (2.0, 1.0));
        let sure = Distribution::new(vec![0.0, 1.0], vec![0.0, 3.0]);
        assert_eq!((sure.confidence(), sure.mean()), (1.0, 1.0));
        let even = Distribution::new(vec![0.0, 1.0], vec![1.0, 1.0]);
        assert!(even.confidence().abs() < 1e-12);
    }

    #[test]
    fn mixture_mean_is_the_weighted_mean() {
        let a = Distribution::new(vec![1.0, 5.0], vec![1.0, 0.0]);
        let b = Distribution::new(vec![1.0, 5.0], vec![0.0, 1.0]);
        let mixed = Distribution::mixture([(&a, 3.0), (&b, 1.0)]).expect("same points");
        assert!((mixed.mean() - 2.0).abs() < 1e-12);
        let other = Distribution::new(vec![0.0, 1.0], vec![1.0, 1.0]);
        assert!(Distribution::mixture([(&a, 1.0), (&other, 1.0)]).is_none());
    }
}
