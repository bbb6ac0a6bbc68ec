//! The passes of an encoder on the CPU: products with bias and activation, residual and norm,
//! attention.
//!
//! Model code stays plain burn modules: [`linear`], [`add_norm`] and [`self_attention`] compute here
//! what lies on the CPU of a tab without gradients, and ask burn for everything else. Numbers are f32 throughout,
//! sums are taken in a fixed order on any number of threads, and nothing is computed on padding that a
//! sequence ends with, beyond what a product reads.
//!
//! [`lanes`] is a vector register: SIMD128 in WebAssembly, arrays elsewhere, on which the tests hold
//! the same kernels to their definitions at several widths; [`simd`] chooses among them. Natively nothing
//! else comes here, since burn's products are faster there.

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
