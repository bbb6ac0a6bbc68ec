//! What turns logits into values.

use rubrica_core::ValueKind;
use serde::{Deserialize, Serialize};

/// What turns logits into values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Activation {
    /// The logits themselves.
    #[default]
    None,
    /// Each logit by itself to a probability.
    Sigmoid,
    /// All logits together to a distribution.
    Softmax,
    /// One logit and ascending thresholds to a distribution over ordered levels:
    /// P(level > j) = σ(logit − threshold j) (cumulative link model; McCullagh, 1980).
    Ordinal,
}

impl Activation {
    /// Values of one row of logits. `thresholds` are those of an ordinal head.
    pub fn apply(self, logits: &[f64], thresholds: &[f64]) -> Vec<f64> {
        match self {
            Self::None => logits.to_vec(),
            Self::Sigmoid => logits.iter().map(|x| sigmoid(*x)).collect(),
            Self::Softmax => {
                let top = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let exps: Vec<f64> = logits.iter().map(|x| (x - top).exp()).collect();
                let sum: f64 = exps.iter().sum();
                exps.into_iter().map(|x| x / sum).collect()
            }
            Self::Ordinal => {
                let above: Vec<f64> =
                    thresholds.iter().map(|t| sigmoid(logits[0] - t)).chain([0.0]).collect();
                let mut previous = 1.0;
                above.into_iter().map(|p| std::mem::replace(&mut previous, p) - p).collect()
            }
        }
    }

    /// What the values are.
    pub fn value_kind(self) -> ValueKind {
        match self {
            Self::None => ValueKind::Unbounded,
            Self::Sigmoid => ValueKind::Probabilities,
            Self::Softmax | Self::Ordinal => ValueKind::Distribution,
        }
    }
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn activations() {
        assert_eq!(Activation::Softmax.apply(&[0.0, 0.0], &[]), [0.5, 0.5]);
        let ordinal = Activation::Ordinal.apply(&[0.0], &[-1.0, 1.0]);
        assert!((ordinal.iter().sum::<f64>() - 1.0).abs() < 1e-6);
        assert!((ordinal[0] - ordinal[2]).abs() < 1e-6);
        assert!(Activation::Softmax.apply(&[1e4, -1e4], &[]).iter().all(|p| p.is_finite()));
    }
}
