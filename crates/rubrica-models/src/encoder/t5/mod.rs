//! The encoder of T5 (Raffel et al., 2020): a bias by relative position that all layers share, norms
//! without a mean, and attention whose scores are not scaled.

mod config;

use burn::module::Module;
use burn::nn::{Embedding, Linear};
use burn::tensor::Tensor;
use burn::tensor::module::attention;
use burn::tensor::ops::AttentionModuleOptions;
use serde_json::Value;

use self::config::T5Config;
use super::blocks::{BlockSource, BlockTensors, Nonlinearity};
use super::rms::RootMeanSquare;
use super::{Architecture, EncoderInput, Outline, relative};
use crate::head::{HeadConfig, HeadLayer, HeadTask, HubClass};
use crate::kernels;
use crate::{ModelError, NamedTensor, Pooling, Result};

const WORDS: [&str; 2] = ["shared.weight", "encoder.embed_tokens.weight"];
const RELATIVE: &str = "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight";
const FINAL_NORM: &str = "encoder.final_layer_norm";

/// The encoder.
#[derive(Module, Debug)]
pub struct T5 {
    words: Embedding,
    /// `[buckets, heads]`.
    relative: Embedding,
    layers: Vec<Layer>,
    norm: RootMeanSquare,
    max_distance: usize,
}

/// One encoder layer.
#[derive(Module, Debug)]
struct Layer {
    attention_norm: RootMeanSquare,
    /// Query, key and value in one product.
    qkv: Linear,
    output: Linear,
    inner_norm: RootMeanSquare,
    up: Linear,
    /// What `up` is gated by; absent in the first version.
    gate: Option<Linear>,
    down: Linear,
    heads: usize,
    #[module(skip)]
    act: Nonlinearity,
}

impl Architecture for T5 {
    type Config = T5Config;

    const MODEL_TYPES: &'static [&'static str] = &["t5", "mt5", "HHEMv2", "HHEMv2Config"];

    fn config(_model_type: &str, json: &Value) -> Result<T5Config> {
        T5Config::read(json)
    }

    fn outline(config: &T5Config) -> Outline {
        Outline {
            vocab_size: config.vocab_size,
            hidden_size: config.hidden_size,
            layers: config.layers,
            heads: config.heads,
            inner: config.inner,
            longest: None,
            segments: 0,
            prefixes: &["t5.transformer.", "transformer.", "t5."],
        }
    }

    fn head(_config: &T5Config, class: &HubClass) -> Result<HeadConfig> {
        // The only published class that reads the encoder's first token.
        if class.task == HeadTask::Sequence && !class.name.starts_with("HHEM") {
            let message = format!(
                "architectures[0] is `{}`, whose head reads the decoder; expected a class for tokens, HHEMv2ForSequenceClassification, or a head.json",
                class.name
            );
            return Err(ModelError::Config { file: "config.json", message });
        }
        let layers = vec![HeadLayer::new("classifier", Nonlinearity::None)];
        Ok(HeadConfig::of(class.task, Pooling::Cls, layers))
    }

    fn load(config: &T5Config, source: BlockSource<'_>) -> Result<Self> {
        let hidden = config.hidden_size;
        let words = WORDS.into_iter().find(|name| source.contains(name)).unwrap_or(WORDS[0]);
        Ok(Self {
            words: source.table(words, config.vocab_size, hidden)?,
            relative: source.table(RELATIVE, config.buckets, config.heads)?,
            layers: (0..config.layers)
                .map(|index| Layer::load(index, config, source))
                .collect::<Result<_>>()?,
            norm: RootMeanSquare::load(FINAL_NORM, hidden, config.epsilon, 0.0, source)?,
            max_distance: config.max_distance,
        })
    }

    fn depth(&self) -> usize {
        self.layers.len()
    }

    fn forward_to(&self, input: &EncoderInput, depth: usize) -> Tensor<3> {
        let [batch, seq] = input.dims();
        let bias = relative::bias(&self.relative, seq, self.max_distance);
        let [_, heads, _, _] = bias.dims();
        let bias = bias.expand([batch, heads, seq, seq]);
        let states = self.layers[..depth]
            .iter()
            .fold(self.words.forward(input.ids.clone()), |states, layer| {
                layer.forward(states, input, &bias)
            });
        if depth == self.layers.len() { self.norm.forward(states) } else { states }
    }

    fn freeze_lower(mut self, layers: usize) -> Self {
        self.words = self.words.no_grad();
        if layers > 0 {
            self.relative = self.relative.no_grad();
        }
        let upper = self.layers.split_off(layers.min(self.layers.len()));
        self.layers = self.layers.into_iter().map(Module::no_grad).chain(upper).collect();
        self
    }

    async fn tensors(&self) -> Result<Vec<NamedTensor>> {
        let mut tensors = BlockTensors::default();
        tensors.table(WORDS[0], &self.words).await?;
        tensors.table(RELATIVE, &self.relative).await?;
        for (index, layer) in self.layers.iter().enumerate() {
            layer.push(index, &mut tensors).await?;
        }
        self.norm.push(FINAL_NORM, &mut tensors).await?;
        Ok(tensors.0)
    }
}

fn name(index: usize, part: &str) -> String {
    format!("encoder.block.{index}.layer.{part}")
}

fn attention_names(index: usize) -> [String; 3] {
    ["q", "k", "v"].map(|part| name(index, &format!("0.SelfAttention.{part}")))
}

impl Layer {
    fn load(index: usize, config: &T5Config, source: BlockSource<'_>) -> Result<Self> {
        let (hidden, width) = (config.hidden_size, config.heads * config.head);
        let linear =
            |part: &str, input, output| source.linear(&[name(index, part)], input, output, false);
        let norm = |part: &str| {
            RootMeanSquare::load(&name(index, part), hidden, config.epsilon, 0.0, source)
        };
        let up = if config.gated { "1.DenseReluDense.wi_0" } else { "1.DenseReluDense.wi" };
        Ok(Self {
            attention_norm: norm("0.layer_norm")?,
            qkv: source.linear(&attention_names(index), hidden, width, false)?,
            output: linear("0.SelfAttention.o", width, hidden)?,
            inner_norm: norm("1.layer_norm")?,
            up: linear(up, hidden, config.inner)?,
            gate: config
                .gated
                .then(|| linear("1.DenseReluDense.wi_1", hidden, config.inner))
                .transpose()?,
            down: linear("1.DenseReluDense.wo", config.inner, hidden)?,
            heads: config.heads,
            act: config.act,
        })
    }

    async fn push(&self, index: usize, tensors: &mut BlockTensors) -> Result<()> {
        self.attention_norm.push(&name(index, "0.layer_norm"), tensors).await?;
        tensors.linear(&attention_names(index), &self.qkv).await?;
        tensors.linear(&[name(index, "0.SelfAttention.o")], &self.output).await?;
        self.inner_norm.push(&name(index, "1.layer_norm"), tensors).await?;
        let up = if self.gate.is_some() { "1.DenseReluDense.wi_0" } else { "1.DenseReluDense.wi" };
        tensors.linear(&[name(index, up)], &self.up).await?;
        if let Some(gate) = &self.gate {
            tensors.linear(&[name(index, "1.DenseReluDense.wi_1")], gate).await?;
        }
        tensors.linear(&[name(index, "1.DenseReluDense.wo")], &self.down).await
    }

    fn forward(&self, states: Tensor<3>, input: &EncoderInput, bias: &Tensor<4>) -> Tensor<3> {
        let attended = self.attend(self.attention_norm.forward(states.clone()), input, bias);
        let states = states + kernels::linear(&self.output, attended, Nonlinearity::None);
        let normed = self.inner_norm.forward(states.clone());
        let mut inner = kernels::linear(&self.up, normed.clone(), self.act);
        if let Some(gate) = &self.gate {
            inner = inner * kernels::linear(gate, normed, Nonlinearity::None);
        }
        states + kernels::linear(&self.down, inner, Nonlinearity::None)
    }

    fn attend(&self, states: Tensor<3>, input: &EncoderInput, bias: &Tensor<4>) -> Tensor<3> {
        let [batch, seq, _] = states.dims();
        let qkv = kernels::linear(&self.qkv, states, Nonlinearity::None);
        let [_, _, width] = qkv.dims();
        let head = width / 3 / self.heads;
        let [query, key, value]: [Tensor<4>; 3] = qkv
            .reshape([batch, seq, 3 * self.heads, head])
            .swap_dims(1, 2)
            .chunk(3, 1)
            .try_into()
            .expect("three chunks");
        let options = AttentionModuleOptions { scale: Some(1.0), ..Default::default() };
        let padding = input.padding_of(self.heads);
        attention(query, key, value, padding, Some(bias.clone()), options)
            .swap_dims(1, 2)
            .reshape([batch, seq, self.heads * head])
    }
}
