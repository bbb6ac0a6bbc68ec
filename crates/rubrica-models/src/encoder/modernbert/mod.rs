//! ModernBERT (Warner et al., 2024), which Ettin and mmBERT share: rotary positions with two bases,
//! layers that see everything between layers that see their neighbourhood, gated feed-forward layers,
//! norms before each part.

mod config;

use burn::module::Module;
use burn::nn::{Embedding, LayerNorm, Linear};
use burn::tensor::module::attention;
use burn::tensor::ops::AttentionModuleOptions;
use burn::tensor::{Bool, Device, Tensor, TensorData};
use serde_json::Value;

use self::config::ModernBertConfig;
use super::blocks::{BlockSource, BlockTensors, Nonlinearity};
use super::rotation::{self, Rotation};
use super::{Architecture, EncoderInput, Outline};
use crate::head::{HeadConfig, HeadLayer, HeadNorm, HeadTask, HubClass};
use crate::{NamedTensor, Pooling, Result, kernels};

const WORDS: &str = "embeddings.tok_embeddings.weight";
const EMBEDDING_NORM: &str = "embeddings.norm";
const FINAL_NORM: &str = "final_norm";

/// The encoder.
#[derive(Module, Debug)]
pub struct ModernBert {
    words: Embedding,
    norm: LayerNorm,
    layers: Vec<Layer>,
    final_norm: LayerNorm,
    #[module(skip)]
    config: ModernBertConfig,
}

/// One encoder layer.
#[derive(Module, Debug)]
struct Layer {
    /// The first layer reads the embeddings, which have just been normed.
    attention_norm: Option<LayerNorm>,
    qkv: Linear,
    output: Linear,
    inner_norm: LayerNorm,
    /// What goes on and what gates it, in one product.
    up: Linear,
    down: Linear,
    heads: usize,
    #[module(skip)]
    act: Nonlinearity,
}

/// What a layer sees of a batch.
struct Sight {
    rotation: Rotation,
    /// True where a query does not see a key, `[batch, heads, seq, seq]`.
    hidden: Option<Tensor<4, Bool>>,
}

impl Architecture for ModernBert {
    type Config = ModernBertConfig;

    const MODEL_TYPES: &'static [&'static str] = &["modernbert"];

    fn config(_model_type: &str, json: &Value) -> Result<ModernBertConfig> {
        ModernBertConfig::read(json)
    }

    fn outline(config: &ModernBertConfig) -> Outline {
        Outline {
            vocab_size: config.vocab_size,
            hidden_size: config.hidden_size,
            layers: config.local.len(),
            heads: config.heads,
            inner: config.inner,
            longest: Some(config.longest),
            segments: 0,
            prefixes: &["model."],
        }
    }

    fn head(config: &ModernBertConfig, class: &HubClass) -> Result<HeadConfig> {
        let norm = HeadNorm { name: "head.norm".into(), epsilon: config.epsilon };
        let dense = HeadLayer { norm: Some(norm), ..HeadLayer::new("head.dense", config.head_act) };
        let layers = vec![dense, HeadLayer::new("classifier", Nonlinearity::None)];
        let pooling = match class.task {
            HeadTask::Sequence => config.pooling,
            HeadTask::Tokens => Pooling::default(),
        };
        Ok(HeadConfig::of(class.task, pooling, layers))
    }

    fn load(config: &ModernBertConfig, source: BlockSource<'_>) -> Result<Self> {
        let hidden = config.hidden_size;
        let norm = |name: &str| source.norm(name, hidden, config.epsilon, config.norm_bias);
        Ok(Self {
            words: source.table(WORDS, config.vocab_size, hidden)?,
            norm: norm(EMBEDDING_NORM)?,
            layers: (0..config.local.len())
                .map(|index| Layer::load(index, config, source))
                .collect::<Result<_>>()?,
            final_norm: norm(FINAL_NORM)?,
            config: config.clone(),
        })
    }

    fn depth(&self) -> usize {
        self.layers.len()
    }

    fn forward_to(&self, input: &EncoderInput, depth: usize) -> Tensor<3> {
        let embedded = self.norm.forward(self.words.forward(input.ids.clone()));
        let [global, local] = self.sights(input, &embedded.device());
        let states = self.layers[..depth].iter().zip(&self.config.local).fold(
            embedded,
            |states, (layer, is_local)| {
                layer.forward(states, if *is_local { &local } else { &global })
            },
        );
        if depth == self.layers.len() { self.final_norm.forward(states) } else { states }
    }

    fn freeze_lower(mut self, layers: usize) -> Self {
        self.words = self.words.no_grad();
        self.norm = self.norm.no_grad();
        let upper = self.layers.split_off(layers.min(self.layers.len()));
        self.layers = self.layers.into_iter().map(Module::no_grad).chain(upper).collect();
        self
    }

    async fn tensors(&self) -> Result<Vec<NamedTensor>> {
        let mut tensors = BlockTensors::default();
        tensors.table(WORDS, &self.words).await?;
        tensors.norm(EMBEDDING_NORM, &self.norm).await?;
        for (index, layer) in self.layers.iter().enumerate() {
            layer.push(index, &mut tensors).await?;
        }
        tensors.norm(FINAL_NORM, &self.final_norm).await?;
        Ok(tensors.0)
    }
}

impl ModernBert {
    /// What layers that see everything see, and what local ones do.
    fn sights(&self, input: &EncoderInput, device: &Device) -> [Sight; 2] {
        let ModernBertConfig { hidden_size, heads, reach, bases, .. } = self.config;
        let [batch, seq] = input.dims();
        let rotation =
            |base| Rotation::new(&rotation::speeds(base, hidden_size / heads), 0..seq, device);
        let padding = input.padding_of(heads);
        let local = if seq <= reach + 1 {
            padding.clone()
        } else {
            let far = pairs(seq, |query, key| query.abs_diff(key) > reach, device)
                .expand([batch, heads, seq, seq]);
            // A token beyond the text sees at least itself: a sum over nothing is no number.
            let others =
                pairs(seq, |query, key| query != key, device).expand([batch, heads, seq, seq]);
            Some(match &padding {
                Some(padding) => padding.clone().bool_or(far).bool_and(others),
                None => far,
            })
        };
        [
            Sight { rotation: rotation(bases[0]), hidden: padding },
            Sight { rotation: rotation(bases[1]), hidden: local },
        ]
    }
}

/// `[1, 1, seq, seq]`.
fn pairs(seq: usize, holds: impl Fn(usize, usize) -> bool, device: &Device) -> Tensor<4, Bool> {
    let values: Vec<bool> = (0..seq)
        .flat_map(|query| (0..seq).map(move |key| (query, key)))
        .map(|(q, k)| holds(q, k))
        .collect();
    Tensor::from_data(TensorData::new(values, [1, 1, seq, seq]), device)
}

fn name(index: usize, part: &str) -> String {
    format!("layers.{index}.{part}")
}

impl Layer {
    fn load(index: usize, config: &ModernBertConfig, source: BlockSource<'_>) -> Result<Self> {
        let (hidden, inner) = (config.hidden_size, config.inner);
        let linear = |part: &str, input, output, bias| {
            source.linear(&[name(index, part)], input, output, bias)
        };
        let norm =
            |part: &str| source.norm(&name(index, part), hidden, config.epsilon, config.norm_bias);
        Ok(Self {
            attention_norm: (index > 0).then(|| norm("attn_norm")).transpose()?,
            qkv: linear("attn.Wqkv", hidden, 3 * hidden, config.attention_bias)?,
            output: linear("attn.Wo", hidden, hidden, config.attention_bias)?,
            inner_norm: norm("mlp_norm")?,
            up: linear("mlp.Wi", hidden, 2 * inner, config.inner_bias)?,
            down: linear("mlp.Wo", inner, hidden, config.inner_bias)?,
            heads: config.heads,
            act: config.act,
        })
    }

    async fn push(&self, index: usize, tensors: &mut BlockTensors) -> Result<()> {
        if let Some(norm) = &self.attention_norm {
            tensors.norm(&name(index, "attn_norm"), norm).await?;
        }
        for (part, linear) in [
            ("attn.Wqkv", &self.qkv),
            ("attn.Wo", &self.output),
            ("mlp.Wi", &self.up),
            ("mlp.Wo", &self.down),
        ] {
            tensors.linear(&[name(index, part)], linear).await?;
        }
        tensors.norm(&name(index, "mlp_norm"), &self.inner_norm).await
    }

    fn forward(&self, states: Tensor<3>, sight: &Sight) -> Tensor<3> {
        let normed = match &self.attention_norm {
            Some(norm) => norm.forward(states.clone()),
            None => states.clone(),
        };
        let states =
            states + kernels::linear(&self.output, self.attend(normed, sight), Nonlinearity::None);
        let both =
            kernels::linear(&self.up, self.inner_norm.forward(states.clone()), Nonlinearity::None);
        let [_, _, width] = both.dims();
        let inner = self.act.apply(both.clone().narrow(2, 0, width / 2));
        states
            + kernels::linear(
                &self.down,
                inner * both.narrow(2, width / 2, width / 2),
                Nonlinearity::None,
            )
    }

    fn attend(&self, states: Tensor<3>, sight: &Sight) -> Tensor<3> {
        let [batch, seq, width] = states.dims();
        let [query, key, value]: [Tensor<4>; 3] =
            kernels::linear(&self.qkv, states, Nonlinearity::None)
                .reshape([batch, seq, 3 * self.heads, width / self.heads])
                .swap_dims(1, 2)
                .chunk(3, 1)
                .try_into()
                .expect("three chunks");
        let (query, key) = (sight.rotation.apply(query), sight.rotation.apply(key));
        attention(query, key, value, sight.hidden.clone(), None, AttentionModuleOptions::default())
            .swap_dims(1, 2)
            .reshape([batch, seq, width])
    }
}
