//! The layer as a node of burn's graph.

use std::sync::Arc;

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::NoCheckpointing;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{
    Autodiff, Backend, DType, DispatchKindConversion, DispatchTensor, Flex, TensorData,
};
use burn::tensor::Tensor;

use super::layer::{self, PARAMETERS, Saved, Sizes};
use super::tiles::Engine;

/// The parameters of a layer, and its sizes.
pub(crate) struct FusedLayer {
    /// Weights `[in, out]` of query, key and value; attention output; up; down.
    pub(crate) weights: [Tensor<2>; 4],
    /// Their biases.
    pub(crate) biases: [Tensor<1>; 4],
    /// Scale and shift of the norm after attention, then of the last.
    pub(crate) norms: [[Tensor<1>; 2]; 2],
    pub(crate) heads: usize,
    pub(crate) epsilon: f64,
}

#[derive(Debug)]
struct LayerBackward(Engine);

#[derive(Debug, Clone)]
struct State {
    saved: Arc<Saved>,
    shapes: Arc<[Vec<usize>; PARAMETERS + 1]>,
}

impl Backward<Flex, { PARAMETERS + 1 }> for LayerBackward {
    type State = State;

    fn backward(
        self,
        ops: Ops<Self::State, { PARAMETERS + 1 }>,
        grads: &mut Gradients,
        _checkpointer: &mut Checkpointer,
    ) {
        let out = contiguous(grads.consume::<Flex>(&ops.node));
        let learning = ops.parents[1..].iter().any(Option::is_some);
        // SAFETY: the engine is only there with the vector instructions of these functions.
        #[cfg_attr(any(test, not(target_arch = "x86_64")), allow(unused_unsafe))]
        let found = unsafe { layer::backward(self.0, &ops.state.saved, out.storage(), learning) };
        let values = std::iter::once(found.input).chain(found.parameters);
        for ((parent, values), shape) in ops.parents.into_iter().zip(values).zip(&*ops.state.shapes)
        {
            if let Some(parent) = parent {
                let data = TensorData::new(values, shape.clone());
                grads.register::<Flex>(parent.id, FlexTensor::from_data(data));
            }
        }
    }
}

fn contiguous(tensor: FlexTensor) -> FlexTensor {
    match tensor.is_contiguous() && tensor.layout().start_offset() == 0 {
        true => tensor,
        false => tensor.to_contiguous(),
    }
}

/// The output of the layer for `hidden`, `[batch, seq, hidden]`, sequences being as long as `lengths`
/// says; `None` where this is no CPU tensor, or sizes do not fit the tiles.
pub(crate) fn forward(
    engine: Engine,
    hidden: &Tensor<3>,
    lengths: &[usize],
    layer: FusedLayer,
) -> Option<Tensor<3>> {
    let [_, seq, width] = hidden.dims();
    let sizes = Sizes {
        lengths: lengths.to_vec(),
        seq,
        hidden: width,
        heads: layer.heads,
        inner: layer.weights[2].dims()[1],
        epsilon: layer.epsilon as f32,
    };
    if !sizes.fit() || hidden.dtype() != DType::F32 {
        return None;
    }
    let shape = hidden.dims();
    if let Some(inputs) = inputs::<Autodiff<Flex>>(hidden, &layer) {
        let shapes = inputs.each_ref().map(|t| t.primitive().layout().shape().to_vec());
        let nodes = inputs.each_ref().map(|t| t.node());
        let (out, saved) = run(engine, &sizes, shape, inputs.map(|t| t.into_primitive()));
        let prepared = LayerBackward(engine).prepare::<NoCheckpointing>(nodes);
        let out = match prepared.compute_bound().stateful() {
            OpsKind::Tracked(prepared) => {
                let state = State { saved: Arc::new(saved), shapes: Arc::new(shapes) };
                prepared.finish(state, out)
            }
            OpsKind::UnTracked(prepared) => prepared.finish(out),
        };
        return Some(Tensor::from_primitive::<Autodiff<Flex>>(out));
    }
    let (out, _) = run(engine, &sizes, shape, inputs::<Flex>(hidden, &layer)?);
    Some(Tensor::from_primitive::<Flex>(out))
}

/// Input and parameters as tensors of one backend; `None` where they are of another.
fn inputs<B: Backend>(
    hidden: &Tensor<3>,
    layer: &FusedLayer,
) -> Option<[FloatTensor<B>; PARAMETERS + 1]>
where
    DispatchTensor: DispatchKindConversion<B>,
{
    let [qkv, output, up, down] = &layer.weights;
    let [qkv_bias, output_bias, up_bias, down_bias] = &layer.biases;
    let [[first_scale, first_shift], [last_scale, last_shift]] = &layer.norms;
    Some([
        primitive(hidden)?,
        primitive(qkv)?,
        primitive(qkv_bias)?,
        primitive(output)?,
        primitive(output_bias)?,
        primitive(first_scale)?,
        primitive(first_shift)?,
        primitive(up)?,
        primitive(up_bias)?,
        primitive(down)?,
        primitive(down_bias)?,
        primitive(last_scale)?,
        primitive(last_shift)?,
    ])
}

fn primitive<B: Backend, const D: usize>(tensor: &Tensor<D>) -> Option<FloatTensor<B>>
where
    DispatchTensor: DispatchKindConversion<B>,
{
    tensor.clone().try_into_primitive::<B>().ok()
}

/// The forward pass on the numbers themselves.
fn run(
    engine: Engine,
    sizes: &Sizes,
    shape: [usize; 3],
    inputs: [FlexTensor; PARAMETERS + 1],
) -> (FlexTensor, Saved) {
    let values = inputs.map(contiguous);
    let [x, parameters @ ..] = values.each_ref().map(FlexTensor::storage::<f32>);
    // SAFETY: as in the backward pass.
    #[cfg_attr(any(test, not(target_arch = "x86_64")), allow(unused_unsafe))]
    let (out, saved) = unsafe { layer::forward(engine, sizes, x, parameters) };
    (FlexTensor::from_data(TensorData::new(out, shape)), saved)
}
