//! Forward and backward pass of one encoder layer (Devlin et al., 2019).

use rayon::prelude::*;

use super::lanes::{exp, narrow, normal, widen};
use super::matrix::{Matrix, Packed, padded, product, product_rows};
use super::tiles::{BLOCK, Engine, Left};

/// Weights and biases of a layer, in the order of [`Parameters`].
pub(super) const PARAMETERS: usize = 12;

/// Sizes of a layer and its input.
#[derive(Debug, Clone)]
pub(super) struct Sizes {
    /// Tokens of each sequence without padding.
    pub(super) lengths: Vec<usize>,
    /// Tokens of each sequence with padding.
    pub(super) seq: usize,
    pub(super) hidden: usize,
    pub(super) heads: usize,
    pub(super) inner: usize,
    pub(super) epsilon: f32,
}

impl Sizes {
    fn rows(&self) -> usize {
        self.lengths.len() * self.seq
    }

    /// Whether the tiles fit.
    pub(super) fn fit(&self) -> bool {
        let head = self.hidden / self.heads;
        [head, self.hidden, self.inner].iter().all(|n| n.is_multiple_of(BLOCK)) && head == BLOCK
    }
}

/// Weight `[in, out]` and bias `[out]` of: query, key and value; attention output; its norm; up; down;
/// the last norm.
pub(super) type Parameters<'a> = [&'a [f32]; PARAMETERS];

/// What the backward pass needs of the forward pass.
#[derive(Debug)]
pub(super) struct Saved {
    sizes: Sizes,
    /// qkv, output, up, down.
    weights: [Matrix; 4],
    gammas: [Vec<f32>; 2],
    input: Matrix,
    /// `[rows + 32, 3 * hidden]`.
    qkv: Matrix,
    /// `[sequences, heads, seq, seq]`, both `seq` padded.
    attention: Vec<u16>,
    context: Matrix,
    norms: [Normed; 2],
    between: Matrix,
    /// Before and after the activation.
    raised: Matrix,
    active: Matrix,
}

/// A layer norm: what it scaled, and one over the deviation of each row.
#[derive(Debug)]
struct Normed {
    values: Vec<f32>,
    scales: Vec<f32>,
}

/// Gradients of the input and of each parameter.
pub(super) struct Gradients {
    pub(super) input: Vec<f32>,
    pub(super) parameters: [Vec<f32>; PARAMETERS],
}

/// The output `[sequences, seq, hidden]` for the input `x` of that shape.
#[cfg_attr(
    all(target_arch = "x86_64", not(test)),
    target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,bmi2")
)]
pub(super) fn forward(
    engine: Engine,
    sizes: &Sizes,
    x: &[f32],
    parameters: Parameters<'_>,
) -> (Vec<f32>, Saved) {
    let [
        qkv_w,
        qkv_b,
        out_w,
        out_b,
        norm1_w,
        norm1_b,
        up_w,
        up_b,
        down_w,
        down_b,
        norm2_w,
        norm2_b,
    ] = parameters;
    let (hidden, inner, rows) = (sizes.hidden, sizes.inner, sizes.rows());
    let weights = [(qkv_w, 3 * hidden), (out_w, hidden), (up_w, inner), (down_w, hidden)]
        .map(|(w, columns)| Matrix::narrowed(w, columns));
    let packed = weights.each_ref().map(|w| Packed::new(&w.values, w.columns));

    let input = Matrix::narrowed(x, hidden);
    // One more block of rows, as the last sequence is read in whole blocks.
    let mut qkv = Matrix::zeros(rows + BLOCK, 3 * hidden);
    let used = &mut qkv.values[..rows * 3 * hidden];
    product(engine, &input, &packed[0], used, |_, column, sums, out| {
        biased(sums, &qkv_b[column..], |i, y| out[i] = narrow(y));
    });
    let (attention, context) = attend(engine, sizes, &qkv);

    let mut sum = vec![0.0f32; rows * hidden];
    product(engine, &context, &packed[1], &mut sum, |row, column, sums, out| {
        let rest = &x[row * hidden + column..];
        biased(sums, &out_b[column..], |i, y| out[i] = y + rest[i]);
    });
    let (first, between) = norm(sizes, sum, norm1_w, norm1_b);
    let between_narrow = Matrix::narrowed(&between, hidden);

    let mut raised = Matrix::zeros(rows, inner);
    product(engine, &between_narrow, &packed[2], &mut raised.values, |_, column, sums, out| {
        biased(sums, &up_b[column..], |i, y| out[i] = narrow(y));
    });
    let mut active = Matrix::zeros(rows, inner);
    let parts = active.values[..rows * inner].par_chunks_mut(BLOCK * inner);
    parts.zip(raised.values.par_chunks(BLOCK * inner)).for_each(|(to, from)| {
        {
            for (to, from) in to.iter_mut().zip(from) {
                let u = widen(*from);
                *to = narrow(u * normal(u).0);
            }
        };
    });
    let mut sum = vec![0.0f32; rows * hidden];
    product(engine, &active, &packed[3], &mut sum, |row, column, sums, out| {
        let rest = &between[row * hidden + column..];
        biased(sums, &down_b[column..], |i, y| out[i] = y + rest[i]);
    });
    let (second, out) = norm(sizes, sum, norm2_w, norm2_b);
    let saved = Saved {
        sizes: sizes.clone(),
        weights,
        gammas: [norm1_w.to_vec(), norm2_w.to_vec()],
        input,
        qkv,
        attention,
        context,
        norms: [first, second],
        between: between_narrow,
        raised,
        active,
    };
    (out, saved)
}

/// Gradients, given those of the output. Those of the parameters are empty where `learning` is false.
#[cfg_attr(
    all(target_arch = "x86_64", not(test)),
    target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,bmi2")
)]
pub(super) fn backward(engine: Engine, saved: &Saved, out: &[f32], learning: bool) -> Gradients {
    let sizes = &saved.sizes;
    let (hidden, inner, rows) = (sizes.hidden, sizes.inner, sizes.rows());
    let turned = |w: &Matrix| Packed::of_transposed(&w.values, 0, w.columns, w.rows, w.columns);
    let learn = |x: &Matrix, dy: &Matrix| match learning {
        true => weight_gradient(engine, x, dy),
        false => Vec::new(),
    };
    let [qkv_w, out_w, up_w, down_w] = &saved.weights;

    let (dy, norm2_w, norm2_b) = norm_backward(sizes, &saved.norms[1], &saved.gammas[1], out);
    let dy_narrow = Matrix::narrowed(&dy, hidden);
    // Turned round, as turning the narrower operand costs less.
    let down = flipped(&learn(&dy_narrow, &saved.active), inner);
    let down_b = column_sums(&dy_narrow);
    let mut draised = Matrix::zeros(rows, inner);
    let used = &mut draised.values[..rows * inner];
    product(engine, &dy_narrow, &turned(down_w), used, |row, column, sums, out| {
        let raised = &saved.raised.values[row * inner + column..][..BLOCK];
        for i in 0..BLOCK {
            let u = widen(raised[i]);
            let (below, density) = normal(u);
            out[i] = narrow(sums[i] * u.mul_add(density, below));
        }
    });
    let up = learn(&saved.between, &draised);
    let up_b = column_sums(&draised);
    let mut dbetween = vec![0.0f32; rows * hidden];
    product(engine, &draised, &turned(up_w), &mut dbetween, |row, column, sums, out| {
        let rest = &dy[row * hidden + column..][..BLOCK];
        for i in 0..BLOCK {
            out[i] = sums[i] + rest[i];
        }
    });
    drop(dy);

    let (da, norm1_w, norm1_b) = norm_backward(sizes, &saved.norms[0], &saved.gammas[0], &dbetween);
    let da_narrow = Matrix::narrowed(&da, hidden);
    let output = learn(&saved.context, &da_narrow);
    let output_b = column_sums(&da_narrow);
    let mut dcontext = Matrix::zeros(rows + BLOCK, hidden);
    let used = &mut dcontext.values[..rows * hidden];
    product(engine, &da_narrow, &turned(out_w), used, |_, _, sums, out| {
        for i in 0..BLOCK {
            out[i] = narrow(sums[i]);
        }
    });
    let dqkv = attend_backward(engine, sizes, &saved.qkv, &saved.attention, &dcontext);
    let qkv = learn(&saved.input, &dqkv);
    let qkv_b = column_sums(&dqkv);
    let mut input = vec![0.0f32; rows * hidden];
    product(engine, &dqkv, &turned(qkv_w), &mut input, |row, column, sums, out| {
        let rest = &da[row * hidden + column..][..BLOCK];
        for i in 0..BLOCK {
            out[i] = sums[i] + rest[i];
        }
    });
    let parameters =
        [qkv, qkv_b, output, output_b, norm1_w, norm1_b, up, up_b, down, down_b, norm2_w, norm2_b];
    Gradients { input, parameters }
}

#[inline(always)]
fn biased(sums: &[f32], bias: &[f32], mut put: impl FnMut(usize, f32)) {
    let bias = &bias[..BLOCK];
    for i in 0..BLOCK {
        put(i, sums[i] + bias[i]);
    }
}

/// Attention weights, and the context before the output projection.
#[cfg_attr(
    all(target_arch = "x86_64", not(test)),
    target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,bmi2")
)]
fn attend(engine: Engine, sizes: &Sizes, qkv: &Matrix) -> (Vec<u16>, Matrix) {
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
            {
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
            };
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

/// A sum in sixteen lanes.
#[inline(always)]
fn sum(values: &[f32]) -> f32 {
    let mut lanes = [0.0f32; 16];
    let chunks = values.chunks_exact(16);
    let rest: f32 = chunks.remainder().iter().sum();
    for chunk in chunks {
        for (lane, x) in lanes.iter_mut().zip(chunk) {
            *lane += x;
        }
    }
    lanes.iter().sum::<f32>() + rest
}

/// A sum of products in sixteen lanes.
#[inline(always)]
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0f32; 16];
    let (a, b) = (a.chunks_exact(16), b.chunks_exact(16));
    let rest: f32 = a.remainder().iter().zip(b.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in a.zip(b) {
        for i in 0..16 {
            lanes[i] = a[i].mul_add(b[i], lanes[i]);
        }
    }
    lanes.iter().sum::<f32>() + rest
}

/// Gradient of query, key and value, given that of the context, `[rows + 32, hidden]`.
#[cfg_attr(
    all(target_arch = "x86_64", not(test)),
    target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,bmi2")
)]
fn attend_backward(
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
            {
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
            };
            let mut put = |offset: usize, left: &Matrix, right: &Packed| {
                let left = Left { values: &left.values, start: 0, stride: long };
                {
                    product_rows(engine, left, long, right, |row, _, sums| {
                        if row < seq {
                            let to = &mut dqkv[row * width + offset + first..][..BLOCK];
                            to.iter_mut().zip(sums).for_each(|(to, from)| *to = narrow(*from));
                        }
                    });
                };
            };
            put(0, &dscores, &key);
            put(hidden, &dscores.transposed(), &query);
            put(2 * hidden, &weights.transposed(), &dout);
        }
    });
    dqkv
}

/// `xᵀ dy`, `[in, out]`.
#[cfg_attr(
    all(target_arch = "x86_64", not(test)),
    target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,bmi2")
)]
fn weight_gradient(engine: Engine, x: &Matrix, dy: &Matrix) -> Vec<f32> {
    let right = Packed::new(&dy.values[..padded(x.rows) * dy.columns], dy.columns);
    let mut gradient = vec![0.0; x.columns * dy.columns];
    product(engine, &x.transposed(), &right, &mut gradient, |_, _, sums, out| {
        out.copy_from_slice(sums);
    });
    gradient
}

/// The transpose of a matrix of `columns` columns.
#[cfg_attr(
    all(target_arch = "x86_64", not(test)),
    target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,bmi2")
)]
fn flipped(values: &[f32], columns: usize) -> Vec<f32> {
    let rows = values.len() / columns;
    let mut out = vec![0.0; values.len()];
    out.par_chunks_mut((16 * rows).max(1)).enumerate().for_each(|(strip, out)| {
        for row in 0..rows {
            let from = &values[row * columns + 16 * strip..];
            for (c, to) in out.chunks_exact_mut(rows).enumerate() {
                to[row] = from[c];
            }
        }
    });
    out
}

#[cfg_attr(
    all(target_arch = "x86_64", not(test)),
    target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,bmi2")
)]
fn column_sums(values: &Matrix) -> Vec<f32> {
    let columns = values.columns;
    let zeros = || vec![0.0f32; columns];
    let add = |mut sums: Vec<f32>, more: Vec<f32>| {
        sums.iter_mut().zip(more).for_each(|(sum, x)| *sum += x);
        sums
    };
    values.values[..values.rows * columns]
        .par_chunks(256 * columns)
        .map(|part| {
            let mut sums = zeros();
            for row in part.chunks_exact(columns) {
                sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += widen(*x));
            }
            sums
        })
        .reduce(zeros, add)
}

/// A layer norm of `sum`: what it keeps, and its output.
#[cfg_attr(
    all(target_arch = "x86_64", not(test)),
    target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,bmi2")
)]
fn norm(
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
        {
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
        };
    });
    (Normed { values: sum_values, scales }, out)
}

/// Gradients of the input, the scale and the shift of a layer norm.
#[cfg_attr(
    all(target_arch = "x86_64", not(test)),
    target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,bmi2")
)]
fn norm_backward(
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
            {
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
            };
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
