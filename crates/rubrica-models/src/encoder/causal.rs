//! Decoders read as encoders are: reward models and embeddings take the hidden states of one.

use burn::tensor::Tensor;
use serde_json::Value;

use super::blocks::{BlockSource, BlockTensors, Nonlinearity};
use super::{Architecture, EncoderInput, Outline};
use crate::decoder::{Decoder, DecoderCache, DecoderConfig, PREFIXES};
use crate::head::{HeadConfig, HeadLayer, HubClass};
use crate::{NamedTensor, Pooling, Result};

impl Architecture for Decoder {
    type Config = DecoderConfig;

    const MODEL_TYPES: &'static [&'static str] = DecoderConfig::MODEL_TYPES;

    fn config(_model_type: &str, json: &Value) -> Result<DecoderConfig> {
        DecoderConfig::from_value(json)
    }

    fn outline(config: &DecoderConfig) -> Outline {
        Outline {
            vocab_size: config.vocab_size(),
            hidden_size: config.hidden_size(),
            layers: config.layers(),
            heads: config.heads(),
            inner: config.inner(),
            longest: Some(config.longest()),
            segments: 0,
            prefixes: PREFIXES,
        }
    }

    fn head(_config: &DecoderConfig, class: &HubClass) -> Result<HeadConfig> {
        let layers = vec![HeadLayer::new("score", Nonlinearity::None)];
        Ok(HeadConfig::of(class.task, Pooling::Last, layers))
    }

    fn load(config: &DecoderConfig, source: BlockSource<'_>) -> Result<Self> {
        Self::load(config, source)
    }

    fn depth(&self) -> usize {
        Self::depth(self)
    }

    /// Padding stands at the end, where no token of a text sees it.
    fn forward_to(&self, input: &EncoderInput, depth: usize) -> Tensor<3> {
        self.states_at(input.ids.clone(), &mut DecoderCache::default(), depth)
    }

    fn freeze_lower(self, layers: usize) -> Self {
        Self::freeze_lower(self, layers)
    }

    async fn tensors(&self) -> Result<Vec<NamedTensor>> {
        let mut tensors = BlockTensors::default();
        self.push(&mut tensors).await?;
        Ok(tensors.0)
    }
}
