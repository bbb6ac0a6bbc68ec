//! The probe's weights file: two heads in one safetensors file.

use rubrica_core::{Error, Result};
use rubrica_judge::probe::{
    Dense, HeadWeights, LEVELS, ProbeWeights, SCALARS, reward_width, rubric_width,
};
use rubrica_models::{NamedTensor, Precision, Weights, write_weights};

/// Reads both heads for an encoder of width `dim`.
///
/// # Errors
/// The weights errors of [`rubrica_models`]; [`Error::Model`] for shapes that do not fit together.
pub fn read_probe(
    id: &str,
    bytes: &[u8],
    sha256: Option<&str>,
    dim: usize,
) -> Result<ProbeWeights> {
    let weights = Weights::parse(bytes, sha256, &[])?;
    let head = |name: &str, width: usize| -> Result<HeadWeights> {
        let mut layers = Vec::new();
        let mut inputs = width;
        while let Some(shape) = weights.shape(&format!("{name}.{}.weight", layers.len())) {
            let outputs = shape.first().copied().unwrap_or(0);
            let layer = format!("{name}.{}", layers.len());
            layers.push(Dense {
                weight: weights.values(&format!("{layer}.weight"), &[outputs, inputs])?,
                bias: weights.values(&format!("{layer}.bias"), &[outputs])?,
            });
            inputs = outputs;
        }
        Ok(HeadWeights {
            mean: weights.values(&format!("{name}.mean"), &[SCALARS])?,
            std: weights.values(&format!("{name}.std"), &[SCALARS])?,
            layers,
        })
    };
    let probe = ProbeWeights {
        id: id.to_owned(),
        sha256: weights.sha256().to_owned(),
        rubric: head("rubric", rubric_width(dim))?,
        thresholds: weights.values("rubric.thresholds", &[LEVELS - 1])?,
        reward: head("reward", reward_width(dim))?,
    };
    probe.validate(dim)?;
    let unused = weights.unused();
    if unused.is_empty() {
        return Ok(probe);
    }
    Err(Error::Model {
        code: "weights_wrong_shape",
        message: format!("{id}: unknown tensors {}; expected two heads", unused.join(", ")),
    })
}

/// The heads as a file, in half precision.
pub fn write_probe(rubric: &HeadWeights, thresholds: &[f32], reward: &HeadWeights) -> Vec<u8> {
    let mut tensors = Vec::new();
    let mut push = |name: String, shape: Vec<usize>, values: &[f32]| {
        tensors.push(NamedTensor { name, shape, values: values.to_vec() });
    };
    push("rubric.thresholds".into(), vec![thresholds.len()], thresholds);
    for (name, head) in [("rubric", rubric), ("reward", reward)] {
        push(format!("{name}.mean"), vec![head.mean.len()], &head.mean);
        push(format!("{name}.std"), vec![head.std.len()], &head.std);
        for (i, layer) in head.layers.iter().enumerate() {
            let outputs = layer.bias.len();
            let shape = vec![outputs, layer.weight.len() / outputs];
            push(format!("{name}.{i}.weight"), shape, &layer.weight);
            push(format!("{name}.{i}.bias"), vec![outputs], &layer.bias);
        }
    }
    write_weights(&tensors, Precision::F16)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(width: usize) -> HeadWeights {
        let dense = |rows: usize, columns: usize| Dense {
            weight: (0..rows * columns).map(|i| (i % 7) as f32 / 4.0).collect(),
            bias: vec![0.5; rows],
        };
        HeadWeights {
            mean: vec![0.25; SCALARS],
            std: vec![2.0; SCALARS],
            layers: vec![dense(3, width), dense(1, 3)],
        }
    }

    #[test]
    fn a_probe_survives_its_file() {
        let (rubric, reward) = (head(rubric_width(4)), head(reward_width(4)));
        let bytes = write_probe(&rubric, &[-1.0, 0.0, 1.0, 2.0], &reward);
        let probe = read_probe("p", &bytes, None, 4).expect("whole");
        assert_eq!((probe.rubric, probe.reward), (rubric, reward));
        assert_eq!(
            read_probe("p", &bytes, None, 5).expect_err("dim").code(),
            "weights_wrong_shape"
        );
        assert_eq!(
            read_probe("p", &bytes[..99], None, 4).expect_err("cut").code(),
            "weights_truncated"
        );
    }
}
