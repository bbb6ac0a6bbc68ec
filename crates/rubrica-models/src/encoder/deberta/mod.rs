//! DeBERTa-v2 and v3 (He et al., 2021): attention adds to the product of contents those of contents with
//! relative positions.

mod config;
mod layer;
mod positions;

use burn::module::Module;
use burn::nn::{Embedding, LayerNorm, Linear};
use burn::tensor::{Int, Tensor};
use serde_json::Value;

use self::config::DebertaConfig;
use self::layer::{Convolution, Layer, Places};
use super::blocks::{BlockSource, BlockTensors, Nonlinearity};
use super::{Architecture, EncoderInput, Outline};
use crate::head::{HeadConfig, HeadLayer, HeadTask, HubClass};
use crate::{NamedTensor, Pooling, Result};

const WORDS: &str = "embeddings.word_embeddings.weight";
const POSITIONS: &str = "embeddings.position_embeddings.weight";
const SEGMENTS: &str = "embeddings.token_type_embeddings.weight";
const PROJECTION: &str = "embeddings.embed_proj";
const EMBEDDING_NORM: &str = "embeddings.LayerNorm";
const RELATIVE: &str = "encoder.rel_embeddings.weight";
const RELATIVE_NORM: &str = "encoder.LayerNorm";

/// The encoder: embeddings, a table of relative positions that all layers share, and the layers.
#[derive(Module, Debug)]
pub struct Deberta {
    words: Embedding,
    positions: Option<Embedding>,
    segments: Option<Embedding>,
    project: Option<Linear>,
    norm: LayerNorm,
    /// `[2 * span, hidden]`.
    relative: Option<Embedding>,
    relative_norm: Option<LayerNorm>,
    layers: Vec<Layer>,
    convolution: Option<Convolution>,
    #[module(skip)]
    config: DebertaConfig,
}

impl Architecture for Deberta {
    type Config = DebertaConfig;

    const MODEL_TYPES: &'static [&'static str] = &["deberta-v2"];

    fn config(_model_type: &str, json: &Value) -> Result<DebertaConfig> {
        DebertaConfig::read(json)
    }

    fn outline(config: &DebertaConfig) -> Outline {
        Outline {
            vocab_size: config.vocab_size,
            hidden_size: config.hidden_size,
            layers: config.layers,
            heads: config.heads,
            inner: config.inner,
            longest: (config.positions > 0).then_some(config.positions),
            segments: config.segments,
            prefixes: &["deberta."],
        }
    }

    fn head(config: &DebertaConfig, class: &HubClass) -> Result<HeadConfig> {
        let output = HeadLayer::new("classifier", Nonlinearity::None);
        let layers = match class.task {
            HeadTask::Sequence => vec![HeadLayer::new("pooler.dense", config.pooler_act), output],
            HeadTask::Tokens => vec![output],
        };
        Ok(HeadConfig::of(class.task, Pooling::Cls, layers))
    }

    fn load(config: &DebertaConfig, source: BlockSource<'_>) -> Result<Self> {
        let (width, hidden) = (config.embedding_size, config.hidden_size);
        let table = |name: &str, rows: usize| {
            (rows > 0).then(|| source.table(name, rows, width)).transpose()
        };
        let relative = config.relative;
        Ok(Self {
            words: source.table(WORDS, config.vocab_size, width)?,
            positions: table(POSITIONS, config.positions)?,
            segments: table(SEGMENTS, config.segments)?,
            project: (width != hidden)
                .then(|| source.linear(&[PROJECTION.into()], width, hidden, false))
                .transpose()?,
            norm: source.norm(EMBEDDING_NORM, hidden, config.epsilon, true)?,
            relative: relative
                .map(|relative| source.table(RELATIVE, 2 * relative.span(), hidden))
                .transpose()?,
            relative_norm: relative
                .filter(|relative| relative.normed)
                .map(|_| source.norm(RELATIVE_NORM, hidden, config.epsilon, true))
                .transpose()?,
            layers: (0..config.layers)
                .map(|index| Layer::load(index, config, source))
                .collect::<Result<_>>()?,
            convolution: config
                .convolution
                .map(|_| Convolution::load(config, source))
                .transpose()?,
            config: config.clone(),
        })
    }

    fn depth(&self) -> usize {
        self.layers.len()
    }

    fn forward_to(&self, input: &EncoderInput, depth: usize) -> Tensor<3> {
        let embedded = self.embed(input);
        let places = self.places(input);
        let mut hidden = embedded.clone();
        for (index, layer) in self.layers[..depth].iter().enumerate() {
            hidden = layer.forward(hidden, input, places.as_ref());
            if let (0, Some(convolution)) = (index, &self.convolution) {
                hidden = convolution.forward(embedded.clone(), hidden, input);
            }
        }
        hidden
    }

    fn freeze_lower(mut self, layers: usize) -> Self {
        self.words = self.words.no_grad();
        self.positions = self.positions.map(Module::no_grad);
        self.segments = self.segments.map(Module::no_grad);
        self.project = self.project.map(Module::no_grad);
        self.norm = self.norm.no_grad();
        if layers > 0 {
            self.relative = self.relative.map(Module::no_grad);
            self.relative_norm = self.relative_norm.map(Module::no_grad);
            self.convolution = self.convolution.map(Module::no_grad);
        }
        let upper = self.layers.split_off(layers.min(self.layers.len()));
        self.layers = self.layers.into_iter().map(Module::no_grad).chain(upper).collect();
        self
    }

    async fn tensors(&self) -> Result<Vec<NamedTensor>> {
        let mut tensors = BlockTensors::default();
        tensors.table(WORDS, &self.words).await?;
        for (name, table) in
            [(POSITIONS, &self.positions), (SEGMENTS, &self.segments), (RELATIVE, &self.relative)]
        {
            if let Some(table) = table {
                tensors.table(name, table).await?;
            }
        }
        if let Some(project) = &self.project {
            tensors.linear(&[PROJECTION.into()], project).await?;
        }
        tensors.norm(EMBEDDING_NORM, &self.norm).await?;
        if let Some(norm) = &self.relative_norm {
            tensors.norm(RELATIVE_NORM, norm).await?;
        }
        for (index, layer) in self.layers.iter().enumerate() {
            layer.push(index, &mut tensors).await?;
        }
        if let Some(convolution) = &self.convolution {
            convolution.push(&mut tensors).await?;
        }
        Ok(tensors.0)
    }
}

impl Deberta {
    fn embed(&self, input: &EncoderInput) -> Tensor<3> {
        let [_, seq] = input.dims();
        let mut sum = self.words.forward(input.ids.clone());
        if let Some(table) = &self.positions {
            let places = Tensor::<1, Int>::arange(0..seq as i64, &input.ids.device());
            sum = sum + table.forward(places.reshape([1, seq]));
        }
        if let Some(table) = &self.segments {
            let segments = match self.config.segments {
                1 => input.segments.zeros_like(),
                _ => input.segments.clone(),
            };
            sum = sum + table.forward(segments);
        }
        if let Some(project) = &self.project {
            sum = project.forward(sum);
        }
        self.norm.forward(sum)
    }

    /// The relative positions of a batch, which are the same in every layer.
    fn places(&self, input: &EncoderInput) -> Option<Places> {
        let (relative, table) = (self.config.relative?, self.relative.as_ref()?);
        let [_, seq] = input.dims();
        let table = table.weight.val();
        let table = match &self.relative_norm {
            Some(norm) => norm.forward(table),
            None => table,
        };
        let device = table.device();
        Some(Places {
            content_to_position: relative
                .content_to_position
                .then(|| positions::rows(relative, seq, false, &device)),
            position_to_content: relative
                .position_to_content
                .then(|| positions::rows(relative, seq, true, &device)),
            table,
        })
    }
}
