//! Rotary positions (Su et al., 2021): pairs of numbers turned by an angle that grows with the position.

use std::ops::Range;

use burn::tensor::{Device, Tensor, TensorData};

/// Cosines and sines of some positions, `[1, 1, positions, head]`.
#[derive(Debug, Clone)]
pub(crate) struct Rotation {
    cosines: Tensor<4>,
    sines: Tensor<4>,
}

/// Radians a position by which each pair of a head of `head` numbers turns. In 32 bits, as the reference computes it.
pub(crate) fn speeds(base: f64, head: usize) -> Vec<f32> {
    (0..head / 2).map(|i| 1.0 / (base as f32).powf((2 * i) as f32 / head as f32)).collect()
}

impl Rotation {
    /// The turns of `positions`, for pairs of the given `speeds`.
    pub(crate) fn new(speeds: &[f32], positions: Range<usize>, device: &Device) -> Self {
        let (half, count) = (speeds.len(), positions.len());
        let table = |turn: fn(f32) -> f32| {
            let values: Vec<f32> = positions
                .clone()
                .flat_map(|at| (0..2 * half).map(move |i| (at, i % half)))
                .map(|(at, i)| turn(at as f32 * speeds[i]))
                .collect();
            Tensor::from_data(TensorData::new(values, [1, 1, count, 2 * half]), device)
        };
        Self { cosines: table(f32::cos), sines: table(f32::sin) }
    }

    /// Turns `[batch, heads, positions, head]`; the first half of a vector pairs with the second.
    pub(crate) fn apply(&self, states: Tensor<4>) -> Tensor<4> {
        let [_, _, _, head] = states.dims();
        let first = states.clone().narrow(3, 0, head / 2);
        let second = states.clone().narrow(3, head / 2, head / 2);
        let turned = Tensor::cat(vec![second.neg(), first], 3);
        states * self.cosines.clone() + turned * self.sines.clone()
    }
}
