//! The block of the family.

use burn::module::Module;
use burn::nn::{LayerNorm, Linear};
use burn::tensor::Tensor;
use burn::tensor::module::attention;
use burn::tensor::ops::AttentionModuleOptions;

use super::config::{BertConfig, Member};
use super::names::LayerNames;
use crate::Result;
use crate::encoder::EncoderInput;
use crate::encoder::blocks::{BlockSource, BlockTensors, Nonlinearity};
#[cfg(all(feature = "autodiff", feature = "threads"))]
use crate::fused::{self, Engine, FusedLayer};

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
        let attended = self.attend(hidden.clone(), input, bias);
        let hidden = self.attention_norm.forward(self.output.forward(attended) + hidden);
        let inner = self.up.forward(hidden.clone());
        let inner = self.act.apply(inner);
        self.norm.forward(self.down.forward(inner) + hidden)
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

    /// Multi-head self-attention before its output projection, `[batch, seq, hidden]`.
    fn attend(
        &self,
        hidden: Tensor<3>,
        input: &EncoderInput,
        bias: Option<&Tensor<4>>,
    ) -> Tensor<3> {
        let [batch, seq, width] = hidden.dims();
        let [query, key, value]: [Tensor<4>; 3] = self
            .qkv
            .forward(hidden)
            .reshape([batch, seq, 3 * self.heads, width / self.heads])
            .swap_dims(1, 2)
            .chunk(3, 1)
            .try_into()
            .expect("three chunks");
        let padding = input.padding_of(self.heads);
        attention(query, key, value, padding, bias.cloned(), AttentionModuleOptions::default())
            .swap_dims(1, 2)
            .reshape([batch, seq, width])
    }
}

#[cfg(all(test, feature = "autodiff", feature = "threads"))]
#[path = "layer_tests.rs"]
mod tests;
