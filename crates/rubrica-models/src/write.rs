//! Writing weights: the counterpart of [`crate::Weights`].

use burn::tensor::Tensor;
use half::f16;
use safetensors::tensor::{Dtype, TensorView, serialize};

use crate::{ModelError, Precision, Result};

/// A tensor to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedTensor {
    /// Name in the file.
    pub name: String,
    /// Shape.
    pub shape: Vec<usize>,
    /// Values in row-major order.
    pub values: Vec<f32>,
}

/// A safetensors file of `tensors`.
///
/// With [`Precision::Int8`], matrices are quantised symmetrically with one scale a row (stored as
/// `name.scale`), everything else stays f32. [`Precision::Bf16`] and [`Precision::Blocks`] are not written.
///
/// # Panics
/// When a shape does not fit its values, or for [`Precision::Bf16`] and [`Precision::Blocks`].
pub fn write_weights(tensors: &[NamedTensor], precision: Precision) -> Vec<u8> {
    let mut parts: Vec<(String, Dtype, Vec<usize>, Vec<u8>)> = Vec::new();
    for NamedTensor { name, shape, values } in tensors {
        assert_eq!(shape.iter().product::<usize>(), values.len(), "{name}: shape fits values");
        match precision {
            Precision::F16 => {
                let bytes = values.iter().flat_map(|v| f16::from_f32(*v).to_le_bytes()).collect();
                parts.push((name.clone(), Dtype::F16, shape.clone(), bytes));
            }
            Precision::Int8 if shape.len() == 2 => {
                let (scales, levels) = quantise_rows(values, shape[1]);
                let bytes = levels.into_iter().map(|q| q as u8).collect();
                parts.push((name.clone(), Dtype::I8, shape.clone(), bytes));
                parts.push((format!("{name}.scale"), Dtype::F32, vec![shape[0]], floats(&scales)));
            }
            Precision::F32 | Precision::Int8 => {
                parts.push((name.clone(), Dtype::F32, shape.clone(), floats(values)));
            }
            Precision::Bf16 | Precision::Blocks(_) => {
                panic!("{} is read, not written", precision.name());
            }
        }
    }
    let views = parts.iter().map(|(name, dtype, shape, bytes)| {
        (name, TensorView::new(*dtype, shape.clone(), bytes).expect("sizes were checked"))
    });
    serialize(views, None).expect("names and sizes are sound")
}

/// A tensor with its name, read back.
pub(crate) async fn named<const D: usize>(name: &str, tensor: Tensor<D>) -> Result<NamedTensor> {
    let lost = |reason: String| ModelError::DeviceLost { device: "device".into(), reason };
    let shape = tensor.dims().to_vec();
    let data = tensor.into_data_async().await.map_err(|e| lost(e.to_string()))?;
    let values = data.try_into_vec::<f32>().map_err(|e| lost(format!("{e:?}")))?;
    Ok(NamedTensor { name: name.to_owned(), shape, values })
}

fn floats(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_le_bytes()).collect()
}

/// Symmetric 8-bit levels of each row of `columns` values, with the row's scale.
fn quantise_rows(values: &[f32], columns: usize) -> (Vec<f32>, Vec<i8>) {
    let mut scales = Vec::with_capacity(values.len() / columns.max(1));
    let mut levels = Vec::with_capacity(values.len());
    for row in values.chunks_exact(columns) {
        let largest = row.iter().fold(0f32, |top, v| top.max(v.abs()));
        let scale = if largest > 0.0 { largest / 127.0 } else { 1.0 };
        levels.extend(row.iter().map(|v| (v / scale).round().clamp(-127.0, 127.0) as i8));
        scales.push(scale);
    }
    (scales, levels)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Weights;

    fn tensors() -> Vec<NamedTensor> {
        let values: Vec<f32> = (0..12).map(|i| (i as f32 - 5.0) / 3.0).collect();
        vec![
            NamedTensor { name: "m".into(), shape: vec![3, 4], values },
            NamedTensor { name: "v".into(), shape: vec![2], values: vec![1e-3, -7.25] },
        ]
    }

    #[test]
    fn what_is_written_reads_back() {
        for (precision, tolerance) in
            [(Precision::F32, 0.0), (Precision::F16, 2e-3), (Precision::Int8, 1e-2)]
        {
            let bytes = write_weights(&tensors(), precision);
            let weights = Weights::parse(&bytes, None, &[]).expect("whole");
            for tensor in tensors() {
                let read = weights.values(&tensor.name, &tensor.shape).expect("there");
                for (a, b) in read.iter().zip(&tensor.values) {
                    assert!((a - b).abs() <= tolerance, "{precision:?} {}: {a} {b}", tensor.name);
                }
            }
            assert!(weights.unused().is_empty());
        }
    }

    #[test]
    fn a_row_of_zeros_stays_zero() {
        let zero = NamedTensor { name: "z".into(), shape: vec![1, 2], values: vec![0.0, 0.0] };
        let bytes = write_weights(&[zero], Precision::Int8);
        let weights = Weights::parse(&bytes, None, &[]).expect("whole");
        assert_eq!(weights.values("z", &[1, 2]).expect("there"), [0.0, 0.0]);
    }
}
