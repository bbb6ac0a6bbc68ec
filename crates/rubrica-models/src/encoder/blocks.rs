//! The blocks that architectures are built of, from the hub's tensors and back to them.

use burn::module::Param;
use burn::nn::{Embedding, LayerNorm, LayerNormConfig, Linear};
use burn::tensor::{Device, Tensor, TensorData, activation};
use serde::{Deserialize, Serialize};

use crate::write::named;
use crate::{NamedTensor, Result, Weights};

/// What follows a linear layer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Nonlinearity {
    /// Nothing.
    #[default]
    None,
    /// x·Φ(x), with the error function.
    #[serde(alias = "gelu_python")]
    Gelu,
    /// The tanh approximation of it.
    #[serde(alias = "gelu_pytorch_tanh", alias = "gelu_fast")]
    GeluNew,
    /// max(0, x).
    Relu,
    /// x·σ(x).
    #[serde(alias = "swish")]
    Silu,
    /// Hyperbolic tangent.
    Tanh,
}

impl Nonlinearity {
    /// The default of the hub's configurations.
    pub(crate) fn gelu() -> Self {
        Self::Gelu
    }

    pub(crate) fn apply<const D: usize>(self, x: Tensor<D>) -> Tensor<D> {
        match self {
            Self::None => x,
            Self::Gelu => activation::gelu(x),
            Self::GeluNew => activation::gelu_approximate(x),
            Self::Relu => activation::relu(x),
            Self::Silu => activation::silu(x),
            Self::Tanh => activation::tanh(x),
        }
    }
}

/// Where blocks are loaded from, and onto.
#[derive(Clone, Copy)]
pub(crate) struct BlockSource<'a> {
    weights: &'a Weights<'a>,
    device: &'a Device,
}

impl<'a> BlockSource<'a> {
    pub(crate) fn new(weights: &'a Weights<'a>, device: &'a Device) -> Self {
        Self { weights, device }
    }

    pub(crate) fn tensor<const D: usize>(
        &self,
        name: &str,
        shape: [usize; D],
    ) -> Result<Tensor<D>> {
        self.weights.tensor(name, shape, self.device)
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.weights.contains(name)
    }

    /// A table of `rows` vectors; `name` with its ending.
    pub(crate) fn table(&self, name: &str, rows: usize, width: usize) -> Result<Embedding> {
        Ok(Embedding { weight: Param::from_tensor(self.tensor(name, [rows, width])?) })
    }

    /// A linear layer from the hub's `[out, in]` matrices, transposed to burn's `[in, out]`. Several
    /// names are stacked along the output.
    pub(crate) fn linear(
        &self,
        names: &[String],
        input: usize,
        output: usize,
        bias: bool,
    ) -> Result<Linear> {
        let columns = names.len() * output;
        let mut values = Vec::with_capacity(columns * input);
        let mut biases = Vec::with_capacity(if bias { columns } else { 0 });
        for name in names {
            values.extend(self.weights.values(&format!("{name}.weight"), &[output, input])?);
            if bias {
                biases.extend(self.weights.values(&format!("{name}.bias"), &[output])?);
            }
        }
        // A view turned round: the kernels of the CPU read the rows of the hub's layout.
        let weight = TensorData::new(values, [columns, input]);
        let weight = Tensor::<2>::from_data(weight, self.device).transpose();
        Ok(Linear {
            weight: Param::from_tensor(weight),
            bias: bias.then(|| {
                let biases = TensorData::new(biases, [columns]);
                Param::from_tensor(Tensor::from_data(biases, self.device))
            }),
        })
    }

    pub(crate) fn norm(
        &self,
        name: &str,
        width: usize,
        epsilon: f64,
        bias: bool,
    ) -> Result<LayerNorm> {
        let config = LayerNormConfig::new(width).with_epsilon(epsilon).with_bias(bias);
        let mut norm = config.init(self.device);
        norm.gamma = Param::from_tensor(self.tensor(&format!("{name}.weight"), [width])?);
        if bias {
            norm.beta = Some(Param::from_tensor(self.tensor(&format!("{name}.bias"), [width])?));
        }
        Ok(norm)
    }
}

/// Tensors read back from the device, under the hub's names.
#[derive(Default)]
pub(crate) struct BlockTensors(pub(crate) Vec<NamedTensor>);

impl BlockTensors {
    pub(crate) async fn table(&mut self, name: &str, table: &Embedding) -> Result<()> {
        self.0.push(named(name, table.weight.val()).await?);
        Ok(())
    }

    /// Gives back the parts that [`BlockSource::linear`] stacked.
    pub(crate) async fn linear(&mut self, names: &[String], linear: &Linear) -> Result<()> {
        let [_, output] = linear.weight.val().dims();
        let width = output / names.len().max(1);
        for (part, name) in names.iter().enumerate() {
            let weight = linear.weight.val().narrow(1, part * width, width);
            self.0.push(named(&format!("{name}.weight"), weight.transpose()).await?);
            if let Some(bias) = &linear.bias {
                let bias = bias.val().narrow(0, part * width, width);
                self.0.push(named(&format!("{name}.bias"), bias).await?);
            }
        }
        Ok(())
    }

    pub(crate) async fn norm(&mut self, name: &str, norm: &LayerNorm) -> Result<()> {
        self.0.push(named(&format!("{name}.weight"), norm.gamma.val()).await?);
        if let Some(beta) = &norm.beta {
            self.0.push(named(&format!("{name}.bias"), beta.val()).await?);
        }
        Ok(())
    }
}
