//! Attention of the heads of a layer (Vaswani et al., 2017), and its gradients.

use rayon::prelude::*;

use super::lanes::{dot, exp, narrow, sum, widen};
use super::layer::Sizes;
use super::matrix::{Matrix, Packed, padded, product_rows};
use super::tiles::{BLOCK, Engine, Left};

/// Attention weights, and the context before the output projection.
#[cfg_attr(
    all(target_arch = "x86_64", not(test)),
    target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,bmi2")
)]
pub(super) fn attend(engine: Engine, sizes: &Sizes, qkv: &Matrix) -> (Vec<u16>, Matrix) {
    let (seq, hidden, width) = (sizes.seq, sizes.hidden, 3 * sizes.hidden);
    let long = padded(seq);
    let mut attention = vec![0u16; sizes.lengths.len() * sizes.heads * long * long];
    let mut context = Matrix::zeros(sizes.rows(), hidden);
    let scale = 1.0 / (BLOCK as f32).sqrt();
    let of_sequence = attention.par_chunks_mut(sizes.heads * long * long);
    let contexts = context.values[..sizes.rows() * hidden].par_chunks_mut(seq * hidden);
    of_sequence.zip(contexts).enumerate().for_each(|(index, (attention, context))| {
        let length = sizes.lengths[index];
        let values = &qkv.values[index * seq * width..];
        let mut scores = vec![0.0f32; long * long];
        for (head, attention) in attention.chunks_exact_mut(long * long).enumerate() {
            let first = head * BLOCK;
            let keys = Packed::of_transposed(values, hidden + first, width, long, BLOCK);
            let query = Left { values, start: first, stride: width };
            let value = Packed::part(values, width, 2 * hidden + first, BLOCK, long);
            product_rows(engine, query, long, &keys, |row, column, sums| {
                scores[row * long + column..][..BLOCK].copy_from_slice(sums);
            });
            for (scores, weights) in
                scores.chunks_exact_mut(long).zip(attention.chunks_exact_mut(long)).take(seq)
            {
                softmax(&mut scores[..length], scale);
                for (to, from) in weights.iter_mut().zip(&scores[..length]) {
                    *to = narrow(*from);
                }
            }
            let weights = Left { values: attention, start: 0, stride: long };
            product_rows(engine, weights, long, &value, |row, _, sums| {
                if row < seq {
                    let to = &mut context[row * hidden + first..][..BLOCK];
                    to.iter_mut().zip(sums).for_each(|(to, from)| *to = narrow(*from));
                }
            });
        }
    });
    (attention, context)
}

#[inline(always)]
fn softmax(row: &mut [f32], scale: f32) {
    let mut tops = [f32::NEG_INFINITY; 16];
    for chunk in row.chunks(16) {
        for (top, x) in tops.iter_mut().zip(chunk) {
            *top = if *x > *top { *x } else { *top };
        }
    }
    let top = tops.into_iter().fold(f32::NEG_INFINITY, f32::max);
    for x in row.iter_mut() {
        *x = exp((*x - top) * scale);
    }
    let factor = 1.0 / sum(row);
    for x in row.iter_mut() {
        *x *= factor;
    }
}

/// Gradient of query, key and value, given that of the context, `[rows + 32, hidden]`.
#[cfg_attr(
    all(target_arch = "x86_64", not(test)),
    target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,bmi2")
)]
pub(super) fn attend_backward(
    engine: Engine,
    sizes: &Sizes,
    qkv: &Matrix,
    attention: &[u16],
    dcontext: &Matrix,
) -> Matrix {
    let (seq, hidden, width) = (sizes.seq, sizes.hidden, 3 * sizes.hidden);
    let long = padded(seq);
    let scale = 1.0 / (BLOCK as f32).sqrt();
    let mut dqkv = Matrix::zeros(sizes.rows(), width);
    let parts = dqkv.values[..sizes.rows() * width].par_chunks_mut(seq * width);
    parts.enumerate().for_each(|(index, dqkv)| {
        let values = &qkv.values[index * seq * width..];
        let dcontext = &dcontext.values[index * seq * hidden..];
        let mut slope = vec![0.0f32; long * long];
        let mut wide_weights = vec![0.0f32; long];
        let mut dscores = Matrix::zeros(long, long);
        for head in 0..sizes.heads {
            let first = head * BLOCK;
            let at = (index * sizes.heads + head) * long * long;
            let weights = Matrix {
                values: attention[at..at + long * long].to_vec(),
                rows: long,
                columns: long,
            };
            let part = |first| Packed::part(values, width, first, BLOCK, long);
            let value = Packed::of_transposed(values, 2 * hidden + first, width, long, BLOCK);
            let (query, key) = (part(first), part(hidden + first));
            let dout = Packed::part(dcontext, hidden, first, BLOCK, long);
            let left = Left { values: dcontext, start: first, stride: hidden };
            product_rows(engine, left, long, &value, |row, column, sums| {
                slope[row * long + column..][..BLOCK].copy_from_slice(sums);
            });
            for row in 0..seq {
                let slope = &slope[row * long..][..long];
                let weights = &weights.values[row * long..][..long];
                for (to, from) in wide_weights.iter_mut().zip(weights) {
                    *to = widen(*from);
                }
                let mean = dot(slope, &wide_weights);
                let to = &mut dscores.values[row * long..][..long];
                for i in 0..long {
                    to[i] = narrow(wide_weights[i] * (slope[i] - mean) * scale);
                }
            }
            let mut put = |offset: usize, left: &Matrix, right: &Packed| {
                let left = Left { values: &left.values, start: 0, stride: long };
                product_rows(engine, left, long, right, |row, _, sums| {
                    if row < seq {
                        let to = &mut dqkv[row * width + offset + first..][..BLOCK];
                        to.iter_mut().zip(sums).for_each(|(to, from)| *to = narrow(*from));
                    }
                });
            };
            put(0, &dscores, &key);
            put(hidden, &dscores.transposed(), &query);
            put(2 * hidden, &weights.transposed(), &dout);
        }
    });
    dqkv
}
