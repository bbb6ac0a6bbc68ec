//! The layers of a head.

use burn::module::Module;
use burn::nn::{LayerNorm, Linear};
use burn::tensor::Tensor;

use super::HeadConfig;
use crate::encoder::{BlockSource, Nonlinearity};
use crate::{Device, ModelError, Result, Weights};

/// The layers of a head.
#[derive(Module, Debug)]
pub struct Head {
    layers: Vec<Layer>,
}

#[derive(Module, Debug)]
struct Layer {
    linear: Linear,
    norm: Option<LayerNorm>,
    #[module(skip)]
    activation: Nonlinearity,
}

impl Head {
    /// Loads the layers that `config` names; their sizes follow from the weights.
    ///
    /// # Errors
    /// [`ModelError::MissingTensor`], [`ModelError::WrongShape`], among others when the number of
    /// logits is not that of the labels.
    pub fn load(
        config: &HeadConfig,
        hidden: usize,
        weights: &Weights<'_>,
        device: &Device,
    ) -> Result<Self> {
        let source = BlockSource::new(weights, device.burn());
        let mut input = hidden;
        let mut layers = Vec::new();
        for layer in &config.layers {
            let name = format!("{}.weight", layer.name);
            let shape = weights.shape(&name).ok_or_else(|| ModelError::MissingTensor {
                name: name.clone(),
                expected: vec![config.labels.len(), input],
            })?;
            let output = shape.first().copied().unwrap_or(0);
            if output == 0 {
                let expected = vec![config.labels.len(), input];
                return Err(ModelError::WrongShape { name, found: shape, expected });
            }
            let bias = source.contains(&format!("{}.bias", layer.name));
            let norm = layer.norm.as_ref().map(|norm| {
                let bias = source.contains(&format!("{}.bias", norm.name));
                source.norm(&norm.name, output, norm.epsilon, bias)
            });
            layers.push(Layer {
                linear: source.linear(std::slice::from_ref(&layer.name), input, output, bias)?,
                norm: norm.transpose()?,
                activation: layer.activation,
            });
            input = output;
        }
        Ok(Self { layers })
    }

    /// Number of logits.
    pub fn outputs(&self) -> usize {
        self.layers.last().map_or(0, |layer| layer.linear.weight.val().dims()[1])
    }

    /// Logits `[.., outputs]` of vectors `[.., hidden]`.
    pub fn forward<const D: usize>(&self, states: Tensor<D>) -> Tensor<D> {
        self.layers.iter().fold(states, |x, layer| {
            let y = layer.activation.apply(layer.linear.forward(x));
            match &layer.norm {
                Some(norm) => norm.forward(y),
                None => y,
            }
        })
    }
}
