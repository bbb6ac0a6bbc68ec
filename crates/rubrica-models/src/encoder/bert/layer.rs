//! The block of the family.

use burn::module::Module;
use burn::nn::{LayerNorm, Linear};
use burn::tensor::Tensor;

use super::config::{BertConfig, Member};
use super::names::LayerNames;
use crate::Result;
use crate::encoder::EncoderInput;
use crate::encoder::blocks::{BlockSource, BlockTensors, Nonlinearity};
#[cfg(all(feature = "autodiff", feature = "threads"))]
use crate::fused::{self, Engine, FusedLayer};
use crate::kernels;

/// One encoder layer: attention and a feed-forward network, each with a residual and a norm.
#[derive(Module, Debug)]
pub(super) struct Layer {
    /// Query, key and value in one product: `[hidden, 3 * hidden]`.
    qkv: Linear,
    output: Linear,
    attention_norm: LayerNorm,
    up: Linear,
    down: Linear,
    norm: LayerNorm,
    heads: usize,
    epsilon: f64,
    /// Whether products may be of bfloat16 numbers.
    pub(super) mixed_precision: bool,
    #[module(skip)]
    act: Nonlinearity,
}

impl Layer {
    pub(super) fn load(index: usize, config: &BertConfig, source: BlockSource<'_>) -> Result<Self> {
        let (hidden, inner) = (config.hidden_size, config.inner);
        let names = LayerNames::new(config.member, index);
        let linear =
            |name: &str, input, output| source.linear(&[name.to_owned()], input, output, true);
        let norm = |name: &str| source.norm(name, hidden, config.epsilon, true);
        Ok(Self {
            qkv: source.linear(&names.attention, hidden, hidden, true)?,
            output: linear(&names.output, hidden, hidden)?,
            attention_norm: norm(&names.attention_norm)?,
            up: linear(&names.up, hidden, inner)?,
            down: linear(&names.down, inner, hidden)?,
            norm: norm(&names.norm)?,
            heads: config.heads,
            epsilon: config.epsilon,
            mixed_precision: false,
            act: config.act,
        })
    }

    /// Adds the tensors of layer `index`, in the layout that [`Layer::load`] reads.
    pub(super) async fn push(
        &self,
        member: Member,
        index: usize,
        tensors: &mut BlockTensors,
    ) -> Result<()> {
        let names = LayerNames::new(member, index);
        tensors.linear(&names.attention, &self.qkv).await?;
        for (name, linear) in
            [(names.output, &self.output), (names.up, &self.up), (names.down, &self.down)]
        {
            tensors.linear(&[name], linear).await?;
        }
        tensors.norm(&names.attention_norm, &self.attention_norm).await?;
        tensors.norm(&names.norm, &self.norm).await
    }

    /// `bias` is added to the scores of attention, `[batch, heads, seq, seq]`.
    pub(super) fn forward(
        &self,
        hidden: Tensor<3>,
        input: &EncoderInput,
        bias: Option<&Tensor<4>>,
    ) -> Tensor<3> {
        #[cfg(all(feature = "autodiff", feature = "threads"))]
        if self.mixed_precision
            && bias.is_none()
            && let Some(engine) = Engine::fast()
            && let Some(out) = self.forward_fused(engine, &hidden, input)
        {
            return out;
        }
        self.forward_plain(hidden, input, bias)
    }

    fn forward_plain(
        &self,
        hidden: Tensor<3>,
        input: &EncoderInput,
        bias: Option<&Tensor<4>>,
    ) -> Tensor<3> {
        let none = Nonlinearity::None;
        let qkv = kernels::linear(&self.qkv, hidden.clone(), none);
        let attended = kernels::self_attention(qkv, self.heads, input, bias);
        let attended = kernels::linear(&self.output, attended, none);
        let hidden = kernels::add_norm(&self.attention_norm, self.epsilon, attended, hidden);
        let inner = kernels::linear(&self.up, hidden.clone(), self.act);
        let inner = kernels::linear(&self.down, inner, none);
        kernels::add_norm(&self.norm, self.epsilon, inner, hidden)
    }

    /// The same in one operation on the CPU; `None` where that does not fit.
    #[cfg(all(feature = "autodiff", feature = "threads"))]
    fn forward_fused(
        &self,
        engine: Engine,
        hidden: &Tensor<3>,
        input: &EncoderInput,
    ) -> Option<Tensor<3>> {
        if self.act != Nonlinearity::Gelu {
            return None;
        }
        let linears = [&self.qkv, &self.output, &self.up, &self.down];
        let layer = FusedLayer {
            weights: linears.map(|l| l.weight.val()),
            biases: linears.map(|l| l.bias.as_ref().expect("made with a bias").val()),
            norms: [&self.attention_norm, &self.norm]
                .map(|n| [n.gamma.val(), n.beta.as_ref().expect("made with a bias").val()]),
            heads: self.heads,
            epsilon: self.epsilon,
        };
        fused::forward(engine, hidden, &input.lengths, layer)
    }
}

#[cfg(all(test, feature = "autodiff", feature = "threads"))]
#[path = "layer_tests.rs"]
mod tests;
