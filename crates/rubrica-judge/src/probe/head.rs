//! The heads as plain numbers: a small feed-forward network, and thresholds for the scale.

use rubrica_core::{CutPoints, Error, Result};

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

/// The error of a number that is none.
pub(super) fn not_finite(what: &str) -> Error {
    let message = format!(
        "{what} is not a finite number; expected weights that were fitted and stored whole"
    );
    Error::Model { code: "not_finite", message }
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
                // As a rectifier, but one that lets NaN through.
                if i < last && sum < 0.0 { 0.0 } else { sum }
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
        let layers = self.layers.iter().flat_map(|layer| [&layer.weight, &layer.bias]);
        let mut values = layers.chain([&self.mean, &self.std]).flatten();
        if values.any(|value| !value.is_finite()) || self.std.contains(&0.0) {
            return Err(not_finite(&format!("{name}: a weight")));
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
        CutPoints::new(&self.thresholds).map(|_| ())
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
    fn wrong_shapes_are_refused() {
        assert!(weights(2).validate(2).is_ok());
        assert!(weights(2).validate(3).is_err());
        let mut bad = weights(2);
        bad.thresholds.reverse();
        assert_eq!(bad.validate(2).expect_err("descending").code(), "weights_wrong_shape");
    }
}
