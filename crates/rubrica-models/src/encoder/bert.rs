//! BERT (Devlin et al., 2019), which MiniLM (Wang et al., 2020) shares.

use burn::module::{Module, Param};
use burn::nn::{Embedding, EmbeddingConfig, LayerNorm, LayerNormConfig, Linear, LinearConfig};
use burn::tensor::module::attention;
use burn::tensor::ops::AttentionModuleOptions;
use burn::tensor::{Device, Int, Tensor, activation};
use serde::Deserialize;

use super::EncoderInput;
use crate::cross::named;
#[cfg(all(feature = "autodiff", feature = "threads"))]
use crate::fused::{self, Engine, FusedLayer};
use crate::{ModelError, NamedTensor, Result, Weights};

/// The fields of `config.json` that a forward pass depends on.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct BertConfig {
    /// Entries in the vocabulary.
    pub vocab_size: usize,
    /// Width of a hidden state.
    pub hidden_size: usize,
    /// Encoder layers.
    pub num_hidden_layers: usize,
    /// Attention heads; divides `hidden_size`.
    pub num_attention_heads: usize,
    /// Width of the feed-forward layer.
    pub intermediate_size: usize,
    /// Longest sequence, special tokens included.
    pub max_position_embeddings: usize,
    /// Segment ids.
    #[serde(default = "two")]
    pub type_vocab_size: usize,
    /// Epsilon of the layer norms.
    #[serde(default = "epsilon")]
    pub layer_norm_eps: f64,
    /// Activation of the feed-forward layer.
    #[serde(default)]
    pub hidden_act: HiddenAct,
}

fn two() -> usize {
    2
}

fn epsilon() -> f64 {
    1e-12
}

/// Activation of the feed-forward layer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HiddenAct {
    /// x·Φ(x), with the error function.
    #[default]
    Gelu,
    /// The tanh approximation.
    #[serde(alias = "gelu_pytorch_tanh")]
    GeluNew,
    /// max(0, x).
    Relu,
}

impl BertConfig {
    /// Reads `config.json`.
    ///
    /// # Errors
    /// [`ModelError::Config`] with the field, [`ModelError::UnknownArchitecture`].
    pub fn from_json(bytes: &[u8]) -> Result<Self> {
        let fail = |message: String| ModelError::Config { file: "config.json", message };
        let value: serde_json::Value =
            serde_json::from_slice(bytes).map_err(|e| fail(format!("not JSON: {e}")))?;
        super::architecture(&value)?;
        let config: Self = serde_json::from_value(value).map_err(|e| fail(e.to_string()))?;
        if config.num_attention_heads == 0
            || !config.hidden_size.is_multiple_of(config.num_attention_heads)
        {
            return Err(fail(format!(
                "hidden_size {} is not a multiple of num_attention_heads {}",
                config.hidden_size, config.num_attention_heads
            )));
        }
        Ok(config)
    }
}

/// The encoder: embeddings and a stack of layers.
#[derive(Module, Debug)]
pub struct Bert {
    words: Embedding,
    positions: Embedding,
    segments: Embedding,
    norm: LayerNorm,
    layers: Vec<Layer>,
}

/// One encoder layer: attention and a feed-forward network, each with a residual and a norm.
#[derive(Module, Debug)]
struct Layer {
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
    mixed_precision: bool,
    #[module(skip)]
    act: HiddenAct,
}

impl Bert {
    /// Loads the tensors of the hub's layout (`embeddings.*`, `encoder.layer.N.*`).
    ///
    /// # Errors
    /// [`ModelError::MissingTensor`], [`ModelError::WrongShape`], [`ModelError::WrongType`].
    pub fn load(config: &BertConfig, weights: &Weights<'_>, device: &Device) -> Result<Self> {
        let hidden = config.hidden_size;
        let table = |name: &str, rows: usize| -> Result<Embedding> {
            let mut table = EmbeddingConfig::new(rows, hidden).init(device);
            let name = format!("embeddings.{name}.weight");
            table.weight = Param::from_tensor(weights.tensor(&name, [rows, hidden], device)?);
            Ok(table)
        };
        Ok(Self {
            words: table("word_embeddings", config.vocab_size)?,
            positions: table("position_embeddings", config.max_position_embeddings)?,
            segments: table("token_type_embeddings", config.type_vocab_size)?,
            norm: load_norm("embeddings.LayerNorm", config, weights, device)?,
            layers: (0..config.num_hidden_layers)
                .map(|index| Layer::load(index, config, weights, device))
                .collect::<Result<_>>()?,
        })
    }

    /// Number of encoder layers.
    pub fn depth(&self) -> usize {
        self.layers.len()
    }

    /// Hidden states of the last layer, `[batch, seq, hidden]`.
    pub fn forward(&self, input: &EncoderInput) -> Tensor<3> {
        self.forward_to(input, self.depth())
    }

    /// Hidden states after `depth` layers; 0 is the embedding layer.
    pub fn forward_to(&self, input: &EncoderInput, depth: usize) -> Tensor<3> {
        let embedded = self.embed(input);
        self.layers[..depth].iter().fold(embedded, |hidden, layer| layer.forward(hidden, input))
    }

    /// The same encoder with the embeddings and the first `layers` layers kept as they are in
    /// training.
    #[must_use]
    pub fn freeze_lower(mut self, layers: usize) -> Self {
        self.words = self.words.no_grad();
        self.positions = self.positions.no_grad();
        self.segments = self.segments.no_grad();
        self.norm = self.norm.no_grad();
        let upper = self.layers.split_off(layers.min(self.layers.len()));
        self.layers = self.layers.into_iter().map(Module::no_grad).chain(upper).collect();
        self
    }

    /// The same encoder whose layers, on a CPU with a matrix unit (AMX), take products of bfloat16
    /// numbers, with sums in f32. Elsewhere nothing changes.
    #[must_use]
    pub fn with_mixed_precision(mut self, on: bool) -> Self {
        for layer in &mut self.layers {
            layer.mixed_precision = on;
        }
        self
    }

    /// All tensors, in the layout that [`Bert::load`] reads. Async, as reading a device is.
    ///
    /// # Errors
    /// [`ModelError::DeviceLost`].
    pub async fn tensors(&self) -> Result<Vec<NamedTensor>> {
        let mut tensors = Vec::new();
        for (name, table) in [
            ("word_embeddings", &self.words),
            ("position_embeddings", &self.positions),
            ("token_type_embeddings", &self.segments),
        ] {
            tensors.push(named(&format!("embeddings.{name}.weight"), table.weight.val()).await?);
        }
        push_norm(&mut tensors, "embeddings.LayerNorm", &self.norm).await?;
        for (index, layer) in self.layers.iter().enumerate() {
            let name = |part: &str| format!("encoder.layer.{index}.{part}");
            for (third, part) in ["query", "key", "value"].into_iter().enumerate() {
                let width = layer.norm.gamma.dims()[0];
                let weight = layer.qkv.weight.val().narrow(1, third * width, width);
                let bias = layer.qkv.bias.as_ref().expect("made with a bias").val();
                let bias = bias.narrow(0, third * width, width);
                push_linear(&mut tensors, &name(&format!("attention.self.{part}")), weight, bias)
                    .await?;
            }
            for (part, linear) in [
                ("attention.output.dense", &layer.output),
                ("intermediate.dense", &layer.up),
                ("output.dense", &layer.down),
            ] {
                let bias = linear.bias.as_ref().expect("made with a bias").val();
                push_linear(&mut tensors, &name(part), linear.weight.val(), bias).await?;
            }
            push_norm(&mut tensors, &name("attention.output.LayerNorm"), &layer.attention_norm)
                .await?;
            push_norm(&mut tensors, &name("output.LayerNorm"), &layer.norm).await?;
        }
        Ok(tensors)
    }

    fn embed(&self, input: &EncoderInput) -> Tensor<3> {
        let [_, seq] = input.ids.dims();
        let positions =
            Tensor::<1, Int>::arange(0..seq as i64, &input.ids.device()).reshape([1, seq]);
        let sum = self.words.forward(input.ids.clone())
            + self.segments.forward(input.segments.clone())
            + self.positions.forward(positions);
        self.norm.forward(sum)
    }
}

impl Layer {
    fn load(
        index: usize,
        config: &BertConfig,
        weights: &Weights<'_>,
        device: &Device,
    ) -> Result<Self> {
        let (hidden, inner) = (config.hidden_size, config.intermediate_size);
        let name = |part: &str| format!("encoder.layer.{index}.{part}");
        let attention = ["query", "key", "value"].map(|p| name(&format!("attention.self.{p}")));
        Ok(Self {
            qkv: load_linear(&attention, hidden, hidden, weights, device)?,
            output: load_linear(
                &[name("attention.output.dense")],
                hidden,
                hidden,
                weights,
                device,
            )?,
            attention_norm: load_norm(
                &name("attention.output.LayerNorm"),
                config,
                weights,
                device,
            )?,
            up: load_linear(&[name("intermediate.dense")], hidden, inner, weights, device)?,
            down: load_linear(&[name("output.dense")], inner, hidden, weights, device)?,
            norm: load_norm(&name("output.LayerNorm"), config, weights, device)?,
            heads: config.num_attention_heads,
            epsilon: config.layer_norm_eps,
            mixed_precision: false,
            act: config.hidden_act,
        })
    }

    fn forward(&self, hidden: Tensor<3>, input: &EncoderInput) -> Tensor<3> {
        #[cfg(all(feature = "autodiff", feature = "threads"))]
        if self.mixed_precision
            && let Some(engine) = Engine::fast()
            && let Some(out) = self.forward_fused(engine, &hidden, input)
        {
            return out;
        }
        self.forward_plain(hidden, input)
    }

    fn forward_plain(&self, hidden: Tensor<3>, input: &EncoderInput) -> Tensor<3> {
        let attended = self.attend(hidden.clone(), input);
        let hidden = self.attention_norm.forward(self.output.forward(attended) + hidden);
        let inner = self.up.forward(hidden.clone());
        let inner = match self.act {
            HiddenAct::Gelu => activation::gelu(inner),
            HiddenAct::GeluNew => activation::gelu_approximate(inner),
            HiddenAct::Relu => activation::relu(inner),
        };
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
        if self.act != HiddenAct::Gelu {
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
    fn attend(&self, hidden: Tensor<3>, input: &EncoderInput) -> Tensor<3> {
        let [batch, seq, width] = hidden.dims();
        let [query, key, value]: [Tensor<4>; 3] = self
            .qkv
            .forward(hidden)
            .reshape([batch, seq, 3 * self.heads, width / self.heads])
            .swap_dims(1, 2)
            .chunk(3, 1)
            .try_into()
            .expect("three chunks");
        let padding = input.padding.clone().map(|mask| mask.expand([batch, self.heads, seq, seq]));
        attention(query, key, value, padding, None, AttentionModuleOptions::default())
            .swap_dims(1, 2)
            .reshape([batch, seq, width])
    }
}

async fn push_linear(
    tensors: &mut Vec<NamedTensor>,
    name: &str,
    weight: Tensor<2>,
    bias: Tensor<1>,
) -> Result<()> {
    tensors.push(named(&format!("{name}.weight"), weight.transpose()).await?);
    tensors.push(named(&format!("{name}.bias"), bias).await?);
    Ok(())
}

async fn push_norm(tensors: &mut Vec<NamedTensor>, name: &str, norm: &LayerNorm) -> Result<()> {
    tensors.push(named(&format!("{name}.weight"), norm.gamma.val()).await?);
    let beta = norm.beta.as_ref().expect("made with a bias").val();
    tensors.push(named(&format!("{name}.bias"), beta).await?);
    Ok(())
}

/// A linear layer from the hub's `[out, in]` matrices, transposed to burn's `[in, out]`. Several
/// names are stacked along the output.
pub(crate) fn load_linear(
    names: &[String],
    input: usize,
    output: usize,
    weights: &Weights<'_>,
    device: &Device,
) -> Result<Linear> {
    let mut matrices = Vec::new();
    let mut biases = Vec::new();
    for name in names {
        let weight = weights.tensor(&format!("{name}.weight"), [output, input], device)?;
        matrices.push(weight.transpose());
        biases.push(weights.tensor(&format!("{name}.bias"), [output], device)?);
    }
    let mut linear = LinearConfig::new(input, output * names.len()).init(device);
    linear.weight = Param::from_tensor(Tensor::cat(matrices, 1));
    linear.bias = Some(Param::from_tensor(Tensor::cat(biases, 0)));
    Ok(linear)
}

fn load_norm(
    name: &str,
    config: &BertConfig,
    weights: &Weights<'_>,
    device: &Device,
) -> Result<LayerNorm> {
    let width = config.hidden_size;
    let mut norm = LayerNormConfig::new(width).with_epsilon(config.layer_norm_eps).init(device);
    norm.gamma = Param::from_tensor(weights.tensor(&format!("{name}.weight"), [width], device)?);
    norm.beta =
        Some(Param::from_tensor(weights.tensor(&format!("{name}.bias"), [width], device)?));
    Ok(norm)
}

#[cfg(test)]
#[path = "bert_tests.rs"]
mod tests;
