//! Rotary positions (Su et al., 2021): pairs of numbers turned by an angle that grows with the position.

use burn::tensor::{Device, Tensor, TensorData};

/// Cosines and sines of every position, `[1, 1, seq, head]`.
#[derive(Debug, Clone)]
pub(super) struct Rotation {
    cosines: Tensor<4>,
    sines: Tensor<4>,
}

impl Rotation {
    pub(super) fn new(base: f64, seq: usize, head: usize, device: &Device) -> Self {
        let half = head / 2;
        // In 32 bits, as the reference computes it.
        let speeds: Vec<f32> =
            (0..half).map(|i| 1.0 / (base as f32).powf((2 * i) as f32 / head as f32)).collect();
        let table = |turn: fn(f32) -> f32| {
            let values: Vec<f32> = (0..seq)
                .flat_map(|at| (0..head).map(move |i| (at, i % half)))
                .map(|(at, i)| turn(at as f32 * speeds[i]))
                .collect();
            Tensor::from_data(TensorData::new(values, [1, 1, seq, head]), device)
        };
        Self { cosines: table(f32::cos), sines: table(f32::sin) }
    }

    /// Turns `[batch, heads, seq, head]`; the first half of a vector pairs with the second.
    pub(super) fn apply(&self, states: Tensor<4>) -> Tensor<4> {
        let [_, _, _, head] = states.dims();
        let first = states.clone().narrow(3, 0, head / 2);
        let second = states.clone().narrow(3, head / 2, head / 2);
        let turned = Tensor::cat(vec![second.neg(), first], 3);
        states * self.cosines.clone() + turned * self.sines.clone()
    }
}
