//! Fitting with burn autodiff: numbers in, weights out.
//!
//! Nothing here reads files or knows a data set. [`probe`] fits small heads on features that are
//! already computed, [`cross`] a whole cross-encoder.

use burn::tensor::Tensor;

pub mod cross;
mod error;
pub mod probe;
mod split;

pub use error::{Result, TrainError};
pub use split::split_by_group;

/// The numbers of a tensor on the CPU, where reading cannot fail.
fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_into_vec().expect("f32 on the CPU")
}

#[cfg(test)]
mod test {
    use std::future::Future;
    use std::task::{Context, Poll, Waker};

    /// Fitting never waits for anything but a job that does not.
    pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
        let mut future = std::pin::pin!(future);
        match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => value,
            Poll::Pending => panic!("a quiet job does not wait"),
        }
    }
}
