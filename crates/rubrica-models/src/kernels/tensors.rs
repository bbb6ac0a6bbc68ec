//! Between burn's tensors and the kernels.

use burn::backend::flex::FlexTensor;
use burn::backend::{DType, Flex, TensorData};
use burn::nn::{LayerNorm, Linear};
use burn::tensor::Tensor;
use burn::tensor::module::attention;
use burn::tensor::ops::AttentionModuleOptions;

use super::attention::Head;
use super::linear::Rows;
use super::norm::AddNorm;
use super::product::{Right, Shape, View};
use super::simd::widest;
use crate::encoder::{EncoderInput, Nonlinearity};

/// A linear layer and what follows it, `[.., in]` to `[.., out]`.
pub(crate) fn linear(layer: &Linear, x: Tensor<3>, act: Nonlinearity) -> Tensor<3> {
    match linear_here(layer, &x, act == Nonlinearity::Gelu) {
        Some(out) if act == Nonlinearity::Gelu => out,
        Some(out) => act.apply(out),
        None => act.apply(layer.forward(x)),
    }
}

fn linear_here(layer: &Linear, x: &Tensor<3>, gelu: bool) -> Option<Tensor<3>> {
    let [batch, seq, terms] = x.dims();
    let weight = here(&layer.weight.val())?;
    let (turned, columns) = match *weight.layout().strides() {
        [stride, 1] => (false, stride as usize),
        [1, stride] if stride as usize == terms => (true, weight.layout().shape()[1]),
        _ => return None,
    };
    if weight.layout().start_offset() != 0 || weight.layout().shape()[1] != columns {
        return None;
    }
    let x = contiguous(here(x)?);
    let bias = match &layer.bias {
        Some(bias) => Some(contiguous(here(&bias.val())?)),
        None => None,
    };
    let rows = batch * seq;
    let mut out = vec![0.0; rows * columns];
    let (values, weight) = (x.storage::<f32>(), weight.storage::<f32>());
    let right = match turned {
        true => Right::Turned(View::new(weight, terms)),
        false => Right::Plain(View::new(weight, columns)),
    };
    let bias = bias.as_ref().map(FlexTensor::storage::<f32>);
    on_cores(&mut out, columns, rows, |first, out| {
        let shape = Shape { rows: out.len() / columns, terms, columns };
        let x = View::new(&values[first * terms..], terms);
        widest(Rows { x, weight: right, bias, gelu, shape, out });
    });
    Some(made(out, [batch, seq, columns]))
}

/// `norm(x + rest)`.
pub(crate) fn add_norm(norm: &LayerNorm, epsilon: f64, x: Tensor<3>, rest: Tensor<3>) -> Tensor<3> {
    match add_norm_here(norm, epsilon as f32, &x, &rest) {
        Some(out) => out,
        None => norm.forward(x + rest),
    }
}

fn add_norm_here(
    norm: &LayerNorm,
    epsilon: f32,
    x: &Tensor<3>,
    rest: &Tensor<3>,
) -> Option<Tensor<3>> {
    let shape = x.dims();
    let tensors = [here(x)?, here(rest)?].map(contiguous);
    let [gamma, beta] =
        [here(&norm.gamma.val())?, here(&norm.beta.as_ref()?.val())?].map(contiguous);
    let [x, rest] = tensors.each_ref().map(FlexTensor::storage::<f32>);
    let (gamma, beta) = (gamma.storage::<f32>(), beta.storage::<f32>());
    let width = shape[2];
    let mut out = vec![0.0; x.len()];
    on_cores(&mut out, width, shape[0] * shape[1], |first, out| {
        let part = first * width..first * width + out.len();
        widest(AddNorm { x: &x[part.clone()], rest: &rest[part], gamma, beta, epsilon, out });
    });
    Some(made(out, shape))
}

/// Multi-head attention of `qkv`, `[batch, seq, 3 * hidden]`, before its output projection:
/// `[batch, seq, hidden]`. `bias`, `[batch, heads, seq, seq]`, is the same for every sequence.
pub(crate) fn self_attention(
    qkv: Tensor<3>,
    heads: usize,
    input: &EncoderInput,
    bias: Option<&Tensor<4>>,
) -> Tensor<3> {
    if let Some(out) = self_attention_here(&qkv, heads, &input.lengths, bias) {
        return out;
    }
    let [batch, seq, width] = qkv.dims();
    let hidden = width / 3;
    let [query, key, value]: [Tensor<4>; 3] = qkv
        .reshape([batch, seq, 3 * heads, hidden / heads])
        .swap_dims(1, 2)
        .chunk(3, 1)
        .try_into()
        .expect("three chunks");
    let padding = input.padding_of(heads);
    attention(query, key, value, padding, bias.cloned(), AttentionModuleOptions::default())
        .swap_dims(1, 2)
        .reshape([batch, seq, hidden])
}

fn self_attention_here(
    qkv: &Tensor<3>,
    heads: usize,
    lengths: &[usize],
    bias: Option<&Tensor<4>>,
) -> Option<Tensor<3>> {
    let [batch, seq, width] = qkv.dims();
    let (hidden, size) = (width / 3, width / 3 / heads);
    let qkv = contiguous(here(qkv)?);
    let bias = match bias {
        Some(bias) => Some(contiguous(here(&bias.clone().narrow(0, 0, 1))?)),
        None => None,
    };
    let values = qkv.storage::<f32>();
    let bias = bias.as_ref().map(FlexTensor::storage::<f32>);
    let head = |index: usize| {
        let (sequence, head) = (index / heads, index % heads);
        let length = lengths[sequence];
        let of = |part: usize| {
            let start = sequence * seq * width + part * hidden + head * size;
            View::new(&values[start..], width)
        };
        let mut out = vec![0.0; length * size];
        widest(Head {
            query: of(0),
            key: of(1),
            value: of(2),
            bias: bias.map(|bias| View::new(&bias[head * seq * seq..], seq)),
            length,
            size,
            out: &mut out,
        });
        out
    };
    #[cfg(feature = "threads")]
    let found: Vec<Vec<f32>> = {
        use rayon::prelude::*;
        (0..batch * heads).into_par_iter().map(head).collect()
    };
    #[cfg(not(feature = "threads"))]
    let found = (0..batch * heads).map(head);
    let mut out = vec![0.0; batch * seq * hidden];
    for (index, found) in found.into_iter().enumerate() {
        let start = index / heads * seq * hidden + index % heads * size;
        let rows = out[start..].chunks_mut(hidden);
        for (to, from) in rows.zip(found.chunks_exact(size)) {
            to[..size].copy_from_slice(from);
        }
    }
    Some(made(out, [batch, seq, hidden]))
}

/// The numbers of a tensor that lies on the CPU, without gradients.
fn here<const D: usize>(tensor: &Tensor<D>) -> Option<FlexTensor> {
    if tensor.dtype() != DType::F32 {
        return None;
    }
    tensor.clone().try_into_primitive::<Flex>().ok()
}

fn contiguous(tensor: FlexTensor) -> FlexTensor {
    match tensor.is_contiguous() && tensor.layout().start_offset() == 0 {
        true => tensor,
        false => tensor.to_contiguous(),
    }
}

fn made<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> Tensor<D> {
    Tensor::from_primitive::<Flex>(FlexTensor::from_data(TensorData::new(values, shape)))
}

/// Gives `work` the rows of `out` and the number of the first: all of them, or a share a core.
#[cfg(not(feature = "threads"))]
fn on_cores(out: &mut [f32], _: usize, _: usize, work: impl Fn(usize, &mut [f32])) {
    work(0, out);
}

/// Gives `work` the rows of `out` and the number of the first: all of them, or a share a core.
#[cfg(feature = "threads")]
fn on_cores(out: &mut [f32], width: usize, rows: usize, work: impl Fn(usize, &mut [f32]) + Sync) {
    use rayon::prelude::*;
    let share = rows.div_ceil(rayon::current_num_threads()).next_multiple_of(12).max(24);
    out.par_chunks_mut((share * width).max(1))
        .enumerate()
        .for_each(|(index, out)| work(index * share, out));
}
