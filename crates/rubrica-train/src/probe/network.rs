//! The network of a head in burn, as it is while it learns.

use burn::module::{Module, Param};
use burn::nn::{Dropout, DropoutConfig, Linear, LinearConfig};
use burn::tensor::{Device, Tensor, TensorData, activation};
use rubrica_stats::rng::Rng;

use crate::values;

/// Linear layers with ReLU and dropout between them; one output.
#[derive(Module, Debug)]
pub(crate) struct Network {
    layers: Vec<Linear>,
    /// First threshold and the gaps (as logarithms) to the next ones; empty for a reward head.
    cuts: Param<Tensor<1>>,
    input_dropout: Dropout,
    dropout: Dropout,
}

/// Thresholds of an ordinal network before it has learnt anything.
const START: [f32; 4] = [-2.0, 0.0, 0.0, 0.0];

impl Network {
    /// A network with the given layer widths. Weights are drawn by He's rule (He et al., 2015) from
    /// our own generator, so that a seed means the same on every device.
    pub(crate) fn new(widths: &[usize], dropout: f64, seed: u64, device: &Device) -> Self {
        let mut rng = Rng::seeded(seed);
        let layers = widths
            .windows(2)
            .map(|w| {
                let (input, output) = (w[0], w[1]);
                let scale = (2.0 / input as f64).sqrt();
                let values: Vec<f32> =
                    (0..input * output).map(|_| (rng.normal() * scale) as f32).collect();
                let mut layer = LinearConfig::new(input, output).init(device);
                let values = TensorData::new(values, [input, output]);
                layer.weight = Param::from_tensor(Tensor::from_data(values, device));
                layer.bias = Some(Param::from_tensor(Tensor::zeros([output], device)));
                layer
            })
            .collect();
        Self {
            layers,
            cuts: Param::from_tensor(Tensor::from_floats(START, device)),
            input_dropout: DropoutConfig::new(dropout / 2.0).init(),
            dropout: DropoutConfig::new(dropout).init(),
        }
    }

    /// Latent values `[batch]` of features `[batch, width]`.
    pub(crate) fn forward(&self, features: Tensor<2>) -> Tensor<1> {
        let [batch, _] = features.dims();
        let last = self.layers.len() - 1;
        let features = self.input_dropout.forward(features);
        let output = self.layers.iter().enumerate().fold(features, |x, (i, layer)| {
            let y = layer.forward(x);
            if i < last { self.dropout.forward(activation::relu(y)) } else { y }
        });
        output.reshape([batch])
    }

    /// Ascending thresholds `[levels - 1]`: the first, then one positive gap after the other.
    pub(crate) fn thresholds(&self) -> Tensor<1> {
        let cuts = self.cuts.val();
        let [count] = cuts.dims();
        let first = cuts.clone().narrow(0, 0, 1);
        let gaps = cuts.narrow(0, 1, count - 1).exp();
        Tensor::cat(vec![first, gaps], 0).cumsum(0)
    }

    /// Each layer's matrix `[outputs, inputs]` and bias.
    pub(crate) fn export(&self) -> Vec<(Vec<f32>, Vec<f32>)> {
        self.layers
            .iter()
            .map(|layer| {
                let bias = layer.bias.as_ref().expect("made with a bias").val();
                (values(layer.weight.val().transpose()), values(bias))
            })
            .collect()
    }
}
