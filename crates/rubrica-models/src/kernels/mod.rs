//! The passes of an encoder on the CPU: products with bias and activation, residual and norm,
//! attention.
//!
//! Model code stays plain burn modules: [`linear`], [`add_norm`] and [`self_attention`] compute here
//! what lies on the CPU without gradients, and ask burn for everything else. Numbers are f32 throughout,
//! sums are taken in a fixed order on any number of threads, and nothing is computed on padding that a
//! sequence ends with, beyond what a product reads.
//!
//! [`lanes`] is a vector register: SIMD128 in WebAssembly, arrays that the compiler turns into the
//! machine's vectors elsewhere. [`simd`] chooses among the widths that the processor has. The
//! scalar definitions in the tests are the oracle.

mod attention;
mod lanes;
mod linear;
mod math;
mod norm;
mod product;
mod simd;
mod tensors;

pub(crate) use tensors::{add_norm, linear, self_attention};

#[cfg(test)]
mod tests;
