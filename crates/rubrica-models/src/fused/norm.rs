//! Layer norm (Ba et al., 2016), and its gradients.

use rayon::prelude::*;

use super::lanes::{dot, sum};
use super::layer::Sizes;
use super::tiles::BLOCK;

/// A layer norm: what it scaled, and one over the deviation of each row.
#[derive(Debug)]
pub(super) struct Normed {
    values: Vec<f32>,
    scales: Vec<f32>,
}

/// A layer norm of `sum`: what it keeps, and its output.
#[cfg_attr(
    all(target_arch = "x86_64", not(test)),
    target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,bmi2")
)]
pub(super) fn norm(
    sizes: &Sizes,
    mut sum_values: Vec<f32>,
    gamma: &[f32],
    beta: &[f32],
) -> (Normed, Vec<f32>) {
    let hidden = sizes.hidden;
    let mut out = vec![0.0f32; sum_values.len()];
    let mut scales = vec![0.0f32; sum_values.len() / hidden];
    let parts = sum_values.par_chunks_mut(BLOCK * hidden).zip(out.par_chunks_mut(BLOCK * hidden));
    parts.zip(scales.par_chunks_mut(BLOCK)).for_each(|((values, out), scales)| {
        let rows = values.chunks_exact_mut(hidden).zip(out.chunks_exact_mut(hidden));
        for ((row, out), scale) in rows.zip(scales) {
            let mean = sum(row) / hidden as f32;
            row.iter_mut().for_each(|x| *x -= mean);
            *scale = 1.0 / (dot(row, row) / hidden as f32 + sizes.epsilon).sqrt();
            for i in 0..hidden {
                row[i] *= *scale;
                out[i] = row[i].mul_add(gamma[i], beta[i]);
            }
        }
    });
    (Normed { values: sum_values, scales }, out)
}

/// Gradients of the input, the scale and the shift of a layer norm.
#[cfg_attr(
    all(target_arch = "x86_64", not(test)),
    target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,bmi2")
)]
pub(super) fn norm_backward(
    sizes: &Sizes,
    normed: &Normed,
    gamma: &[f32],
    dout: &[f32],
) -> (Vec<f32>, Vec<f32>, Vec<f32>) {
    let hidden = sizes.hidden;
    let mut input = vec![0.0f32; dout.len()];
    let part = 256;
    let sums = input
        .par_chunks_mut(part * hidden)
        .zip(dout.par_chunks(part * hidden))
        .zip(normed.values.par_chunks(part * hidden))
        .zip(normed.scales.par_chunks(part))
        .map(|(((input, dout), values), scales)| {
            let (mut dgamma, mut dbeta) = (vec![0.0f32; hidden], vec![0.0f32; hidden]);
            let rows = input.chunks_exact_mut(hidden).zip(dout.chunks_exact(hidden));
            for (((input, dout), values), scale) in
                rows.zip(values.chunks_exact(hidden)).zip(scales)
            {
                for i in 0..hidden {
                    dbeta[i] += dout[i];
                    dgamma[i] = dout[i].mul_add(values[i], dgamma[i]);
                    input[i] = dout[i] * gamma[i];
                }
                let mean = sum(input) / hidden as f32;
                let slope = dot(input, values) / hidden as f32;
                for i in 0..hidden {
                    input[i] = *scale * (input[i] - mean - values[i] * slope);
                }
            }
            [dgamma, dbeta]
        })
        .reduce(
            || [vec![0.0; hidden], vec![0.0; hidden]],
            |mut a, b| {
                for (a, b) in a.iter_mut().flatten().zip(b.iter().flatten()) {
                    *a += b;
                }
                a
            },
        );
    let [dgamma, dbeta] = sums;
    (input, dgamma, dbeta)
}
