//! Forward and backward pass of one encoder layer (Devlin et al., 2019).

use rayon::prelude::*;

use super::attention::{attend, attend_backward};
use super::lanes::{narrow, normal, widen};
use super::matrix::{Matrix, Packed, padded, product};
use super::norm::{Normed, norm, norm_backward};
use super::tiles::{BLOCK, Engine};

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
    pub(super) fn rows(&self) -> usize {
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
        for (to, from) in to.iter_mut().zip(from) {
            let u = widen(*from);
            *to = narrow(u * normal(u).0);
        }
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
