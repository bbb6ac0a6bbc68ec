//! One encoder layer as one differentiable operation, for training and measuring on the CPU.
//!
//! burn's autodiff records every product, norm and activation of a layer by itself, in f32. Here a
//! layer is a single node of the graph: its matrix products take bfloat16 and sum in f32 (mixed
//! precision; Micikevicius et al., 2018) on the matrix unit of the processor (AMX), what lies between
//! them is fused, and its gradients are written out by hand. Weights and optimiser stay in f32.
//! Nobody comes here who did not ask for it: what a judge says is the same on every machine.

mod attention;
mod lanes;
mod layer;
mod matrix;
mod norm;
mod op;
mod tiles;

pub(crate) use op::{FusedLayer, forward};
pub(crate) use tiles::Engine;
