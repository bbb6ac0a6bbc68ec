//! The family of BERT (Devlin et al., 2019): encoders that share one block. MiniLM, RoBERTa, XLM-R,
//! DistilBERT, ELECTRA and MPNet differ in names, positions and heads.

mod config;
mod layer;
mod names;

use burn::module::Module;
use burn::nn::{Embedding, LayerNorm, Linear};
use burn::tensor::{Int, Tensor};
use serde_json::Value;

use self::config::{BertConfig, Member};
use self::layer::Layer;
use super::blocks::{BlockSource, BlockTensors, Nonlinearity};
use super::{Architecture, EncoderInput, Outline, relative};
use crate::head::{HeadConfig, HeadLayer, HeadTask, HubClass};
use crate::{NamedTensor, Pooling, Result};

/// Distance beyond which the relative bias of MPNet tells nothing apart.
const MAX_DISTANCE: usize = 128;

/// The encoder: embeddings and a stack of layers.
#[derive(Module, Debug)]
pub struct Bert {
    words: Embedding,
    positions: Embedding,
    segments: Option<Embedding>,
    norm: LayerNorm,
    project: Option<Linear>,
    /// `[buckets, heads]`.
    relative: Option<Embedding>,
    layers: Vec<Layer>,
    first_position: usize,
    #[module(skip)]
    member: Member,
}

impl Architecture for Bert {
    type Config = BertConfig;

    const MODEL_TYPES: &'static [&'static str] = Member::MODEL_TYPES;

    fn config(model_type: &str, json: &Value) -> Result<BertConfig> {
        BertConfig::read(model_type, json)
    }

    fn outline(config: &BertConfig) -> Outline {
        Outline {
            vocab_size: config.vocab_size,
            hidden_size: config.hidden_size,
            layers: config.layers,
            heads: config.heads,
            inner: config.inner,
            longest: Some(config.positions.saturating_sub(config.first_position)),
            segments: config.segments,
            prefixes: names::prefixes(config.member),
        }
    }

    fn head(config: &BertConfig, class: &HubClass) -> Result<HeadConfig> {
        let layer = HeadLayer::new;
        let layers = match (class.task, config.member) {
            (HeadTask::Tokens, _) => vec![layer("classifier", Nonlinearity::None)],
            (HeadTask::Sequence, Member::Bert) => vec![
                layer("pooler.dense", Nonlinearity::Tanh),
                layer("classifier", Nonlinearity::None),
            ],
            (HeadTask::Sequence, Member::DistilBert) => vec![
                layer("pre_classifier", Nonlinearity::Relu),
                layer("classifier", Nonlinearity::None),
            ],
            (HeadTask::Sequence, member) => {
                let act = match member {
                    Member::Electra => Nonlinearity::Gelu,
                    _ => Nonlinearity::Tanh,
                };
                vec![
                    layer("classifier.dense", act),
                    layer("classifier.out_proj", Nonlinearity::None),
                ]
            }
        };
        Ok(HeadConfig::of(class.task, Pooling::Cls, layers))
    }

    fn load(config: &BertConfig, source: BlockSource<'_>) -> Result<Self> {
        let width = config.embedding_size;
        Ok(Self {
            words: source.table(names::WORDS, config.vocab_size, width)?,
            positions: source.table(names::POSITIONS, config.positions, width)?,
            segments: (config.segments > 0)
                .then(|| source.table(names::SEGMENTS, config.segments, width))
                .transpose()?,
            norm: source.norm(names::EMBEDDING_NORM, width, config.epsilon, true)?,
            project: (width != config.hidden_size)
                .then(|| {
                    source.linear(&[names::PROJECTION.into()], width, config.hidden_size, true)
                })
                .transpose()?,
            relative: config
                .buckets
                .map(|buckets| source.table(names::RELATIVE, buckets, config.heads))
                .transpose()?,
            layers: (0..config.layers)
                .map(|index| Layer::load(index, config, source))
                .collect::<Result<_>>()?,
            first_position: config.first_position,
            member: config.member,
        })
    }

    fn depth(&self) -> usize {
        self.layers.len()
    }

    fn forward_to(&self, input: &EncoderInput, depth: usize) -> Tensor<3> {
        let [batch, seq] = input.dims();
        let bias = self.relative.as_ref().map(|table| {
            let bias = relative::bias(table, seq, MAX_DISTANCE);
            let [_, heads, _, _] = bias.dims();
            bias.expand([batch, heads, seq, seq])
        });
        let embedded = self.embed(input);
        self.layers[..depth]
            .iter()
            .fold(embedded, |hidden, layer| layer.forward(hidden, input, bias.as_ref()))
    }

    fn freeze_lower(mut self, layers: usize) -> Self {
        self.words = self.words.no_grad();
        self.positions = self.positions.no_grad();
        self.segments = self.segments.map(Module::no_grad);
        self.norm = self.norm.no_grad();
        self.project = self.project.map(Module::no_grad);
        self.relative = self.relative.map(Module::no_grad);
        let upper = self.layers.split_off(layers.min(self.layers.len()));
        self.layers = self.layers.into_iter().map(Module::no_grad).chain(upper).collect();
        self
    }

    fn with_mixed_precision(mut self, on: bool) -> Self {
        for layer in &mut self.layers {
            layer.mixed_precision = on;
        }
        self
    }

    async fn tensors(&self) -> Result<Vec<NamedTensor>> {
        let mut tensors = BlockTensors::default();
        tensors.table(names::WORDS, &self.words).await?;
        tensors.table(names::POSITIONS, &self.positions).await?;
        if let Some(segments) = &self.segments {
            tensors.table(names::SEGMENTS, segments).await?;
        }
        tensors.norm(names::EMBEDDING_NORM, &self.norm).await?;
        if let Some(project) = &self.project {
            tensors.linear(&[names::PROJECTION.into()], project).await?;
        }
        if let Some(relative) = &self.relative {
            tensors.table(names::RELATIVE, relative).await?;
        }
        for (index, layer) in self.layers.iter().enumerate() {
            layer.push(self.member, index, &mut tensors).await?;
        }
        Ok(tensors.0)
    }
}

impl Bert {
    fn embed(&self, input: &EncoderInput) -> Tensor<3> {
        let [_, seq] = input.dims();
        let first = self.first_position as i64;
        let positions = Tensor::<1, Int>::arange(first..first + seq as i64, &input.ids.device())
            .reshape([1, seq]);
        let mut sum = self.words.forward(input.ids.clone());
        if let Some(table) = &self.segments {
            let [rows, _] = table.weight.val().dims();
            // With one segment there is nothing to tell apart, whatever the tokenizer says.
            let segments = match rows {
                1 => input.segments.zeros_like(),
                _ => input.segments.clone(),
            };
            sum = sum + table.forward(segments);
        }
        let embedded = self.norm.forward(sum + self.positions.forward(positions));
        match &self.project {
            Some(project) => project.forward(embedded),
            None => embedded,
        }
    }
}

#[cfg(test)]
mod tests;
