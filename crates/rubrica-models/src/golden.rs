//! The golden vector: what a model must give for a known text, on every device.

use serde::{Deserialize, Serialize};

use crate::{ModelError, Precision, Result};

/// A text with its embedding by the reference implementation; `golden.json` beside the weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Golden {
    /// What computed the vector, with versions.
    pub tool: String,
    /// The text.
    pub text: String,
    /// Its token ids, special ones included.
    pub ids: Vec<u32>,
    /// Its embedding.
    pub embedding: Vec<f32>,
    /// Largest absolute difference allowed for weights stored as 32-bit floats.
    pub tolerance: f64,
    /// The same for weights stored in fewer bits.
    pub tolerance_compressed: f64,
}

impl Golden {
    /// Reads `golden.json`.
    ///
    /// # Errors
    /// [`ModelError::Config`].
    pub fn from_json(bytes: &[u8]) -> Result<Self> {
        serde_json::from_slice(bytes)
            .map_err(|e| ModelError::Config { file: "golden.json", message: e.to_string() })
    }

    /// Compares an embedding computed on `device` from weights of `precision`.
    ///
    /// # Errors
    /// [`ModelError::GoldenMismatch`].
    pub fn check(&self, embedding: &[f32], precision: Precision, device: &str) -> Result<()> {
        let tolerance = match precision {
            Precision::F32 => self.tolerance,
            Precision::F16 | Precision::Bf16 | Precision::Int8 | Precision::Blocks(_) => {
                self.tolerance_compressed
            }
        };
        let pairs: Vec<(f64, f64)> = self
            .embedding
            .iter()
            .zip(embedding)
            .map(|(a, b)| (f64::from(*a), f64::from(*b)))
            .collect();
        match embedding.len() == self.embedding.len() {
            true => reproduced(&pairs, tolerance, device),
            false => Err(mismatch(&pairs, tolerance, device)),
        }
    }
}

/// Whether the second numbers of `pairs`, which `device` gave, are the first ones within `tolerance`.
///
/// # Errors
/// [`ModelError::GoldenMismatch`].
pub(crate) fn reproduced(pairs: &[(f64, f64)], tolerance: f64, device: &str) -> Result<()> {
    // NaN compares false with everything, so look for "all within" rather than "any outside".
    match pairs.iter().all(|(a, b)| (a - b).abs() <= tolerance) {
        true => Ok(()),
        false => Err(mismatch(pairs, tolerance, device)),
    }
}

fn mismatch(pairs: &[(f64, f64)], tolerance: f64, device: &str) -> ModelError {
    let dot: f64 = pairs.iter().map(|(a, b)| a * b).sum();
    let norm =
        |side: fn(&(f64, f64)) -> f64| pairs.iter().map(side).map(|x| x * x).sum::<f64>().sqrt();
    let difference = pairs
        .iter()
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, |worst, d| if d.is_nan() || d > worst { d } else { worst });
    ModelError::GoldenMismatch {
        device: device.to_owned(),
        difference,
        cosine: dot / (norm(|p| p.0) * norm(|p| p.1)),
        tolerance,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn golden() -> Golden {
        Golden {
            tool: "by hand".into(),
            text: "a".into(),
            ids: vec![1],
            embedding: vec![0.6, 0.8],
            tolerance: 1e-4,
            tolerance_compressed: 1e-2,
        }
    }

    #[test]
    fn tolerance_follows_the_precision() {
        let golden = golden();
        assert!(golden.check(&[0.6, 0.80005], Precision::F32, "flex").is_ok());
        assert!(golden.check(&[0.6, 0.805], Precision::Int8, "flex").is_ok());
        let error = golden.check(&[0.6, 0.805], Precision::F32, "flex").expect_err("too far");
        assert_eq!(error.code(), "golden_mismatch");
    }

    #[test]
    fn nan_and_wrong_length_never_pass() {
        let golden = golden();
        assert!(golden.check(&[f32::NAN, 0.8], Precision::F32, "webgpu").is_err());
        assert!(golden.check(&[0.6], Precision::F32, "webgpu").is_err());
    }
}
