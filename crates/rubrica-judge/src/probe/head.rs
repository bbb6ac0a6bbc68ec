//! The heads as plain numbers: a small feed-forward network, and thresholds for the scale.

use rubrica_core::{Distribution, Error, Result, Scale};

use super::features::{SCALARS, reward_width, rubric_width};

/// Levels that the rubric head is fitted on: five, as on a scale of 1 to 5.
pub const LEVELS: usize = 5;

/// One linear layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Dense {
    /// Row-major `[outputs, inputs]`.
    pub weight: Vec<f32>,
    /// `[outputs]`.
    pub bias: Vec<f32>,
}

/// One head: standardised scalars, linear layers with ReLU between them, one output.
#[derive(Debug, Clone, PartialEq)]
pub struct HeadWeights {
    /// Mean of each scalar over the training data, `[SCALARS]`.
    pub mean: Vec<f32>,
    /// Standard deviation of each scalar, `[SCALARS]`, above 0.
    pub std: Vec<f32>,
    /// At least one layer; the last has one output.
    pub layers: Vec<Dense>,
}

/// Both heads.
#[derive(Debug, Clone, PartialEq)]
pub struct ProbeWeights {
    /// Catalogue id.
    pub id: String,
    /// sha256 of the file, lower-case hexadecimal.
    pub sha256: String,
    /// The rubric head.
    pub rubric: HeadWeights,
    /// Ascending thresholds of the rubric head, `[LEVELS - 1]`.
    pub thresholds: Vec<f32>,
    /// The reward head.
    pub reward: HeadWeights,
}

impl HeadWeights {
    /// The output for one row of features. `features` is standardised in place.
    pub(crate) fn forward(&self, mut features: Vec<f32>) -> f64 {
        for ((x, mean), std) in features.iter_mut().zip(&self.mean).zip(&self.std) {
            *x = (*x - mean) / std;
        }
        let last = self.layers.len() - 1;
        let output = self.layers.iter().enumerate().fold(features, |x, (i, layer)| {
            let rows = layer.weight.chunks_exact(x.len()).zip(&layer.bias);
            rows.map(|(row, bias)| {
                let sum = row.iter().zip(&x).map(|(w, x)| w * x).sum::<f32>() + bias;
                if i < last { sum.max(0.0) } else { sum }
            })
            .collect()
        });
        f64::from(output[0])
    }

    fn validate(&self, name: &str, width: usize) -> Result<()> {
        let wrong = |what: &str, found: usize, expected: usize| {
            Err(Error::Model {
                code: "weights_wrong_shape",
                message: format!("{name}.{what} has {found} values; expected {expected}"),
            })
        };
        for (what, values) in [("mean", &self.mean), ("std", &self.std)] {
            if values.len() != SCALARS {
                return wrong(what, values.len(), SCALARS);
            }
        }
        let mut inputs = width;
        for (i, layer) in self.layers.iter().enumerate() {
            if layer.weight.len() != inputs * layer.bias.len() {
                let expected = inputs * layer.bias.len();
                return wrong(&format!("layers.{i}"), layer.weight.len(), expected);
            }
            inputs = layer.bias.len();
        }
        if inputs == 1 && !self.layers.is_empty() { Ok(()) } else { wrong("output", inputs, 1) }
    }
}

impl ProbeWeights {
    /// Checks all shapes against an encoder of width `dim`.
    ///
    /// # Errors
    /// [`Error::Model`] with code `weights_wrong_shape`.
    pub fn validate(&self, dim: usize) -> Result<()> {
        self.rubric.validate("rubric", rubric_width(dim))?;
        self.reward.validate("reward", reward_width(dim))?;
        let ascending = self.thresholds.is_sorted();
        if self.thresholds.len() == LEVELS - 1 && ascending {
            return Ok(());
        }
        Err(Error::Model {
            code: "weights_wrong_shape",
            message: format!(
                "thresholds are {:?}; expected {} ascending values",
                self.thresholds,
                LEVELS - 1
            ),
        })
    }

    /// The distribution over `scale` for the latent value `latent` of the rubric head.
    ///
    /// The thresholds cut the range 0..1 (worst to best) at (j + ½)/(LEVELS − 1); a scale with other
    /// points has its cuts in between, where the threshold is interpolated along the line through
    /// the two nearest ones.
    pub(crate) fn distribution(&self, latent: f64, scale: &Scale) -> Distribution {
        let points = scale.points();
        let steps = (points.len() - 1) as f64;
        let above = |cut: usize| {
            let fraction = (cut as f64 + 0.5) / steps;
            1.0 / (1.0 + (self.threshold_at(fraction) - latent).exp())
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

    fn threshold_at(&self, fraction: f64) -> f64 {
        let position = fraction * (LEVELS - 1) as f64 - 0.5;
        let left = (position.floor().max(0.0) as usize).min(LEVELS - 3);
        let (a, b) = (f64::from(self.thresholds[left]), f64::from(self.thresholds[left + 1]));
        a + (position - left as f64) * (b - a)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A head that gives the weighted sum of two scalars, for an encoder of width `dim`.
    pub(crate) fn linear(width: usize, weights: &[(usize, f32)]) -> HeadWeights {
        let mut weight = vec![0.0; width];
        for &(at, w) in weights {
            weight[at] = w;
        }
        HeadWeights {
            mean: vec![0.0; SCALARS],
            std: vec![1.0; SCALARS],
            layers: vec![Dense { weight, bias: vec![0.0] }],
        }
    }

    pub(crate) fn weights(dim: usize) -> ProbeWeights {
        ProbeWeights {
            id: "probe".into(),
            sha256: "0".repeat(64),
            rubric: linear(rubric_width(dim), &[(0, 0.5), (9, 1.0)]),
            thresholds: vec![-1.5, -0.5, 0.5, 1.5],
            reward: linear(reward_width(dim), &[(0, 1.0)]),
        }
    }

    #[test]
    fn five_levels_use_the_thresholds_as_they_are() {
        let weights = weights(2);
        let ours = weights.distribution(0.3, &Scale::likert(1, 5));
        let sigma = |x: f64| 1.0 / (1.0 + (-x).exp());
        assert!((ours.probabilities[0] - (1.0 - sigma(1.8))).abs() < 1e-12);
        assert!((ours.probabilities[4] - sigma(-1.2)).abs() < 1e-12);
    }

    #[test]
    fn other_scales_keep_the_order_and_the_middle() {
        let weights = weights(2);
        for scale in [Scale::binary(), Scale::likert(0, 10), Scale::continuous(0.0, 1.0)] {
            let low = weights.distribution(-2.0, &scale);
            let high = weights.distribution(2.0, &scale);
            assert!(low.mean() < high.mean());
            let middle = weights.distribution(0.0, &scale);
            assert!((scale.normalise(middle.mean()) - 0.5).abs() < 1e-9, "{middle:?}");
            assert!((middle.probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn wrong_shapes_are_refused() {
        assert!(weights(2).validate(2).is_ok());
        assert!(weights(2).validate(3).is_err());
        let mut bad = weights(2);
        bad.thresholds.reverse();
        assert_eq!(bad.validate(2).expect_err("descending").code(), "weights_wrong_shape");
    }
}
