//! Decoders: one block for Llama, Qwen2, Qwen3 and Gemma 3, of which `config.json` says how it is put together.
//!
//! A sequence is read in pieces of any length: what earlier pieces gave stands in a [`DecoderCache`].
//! Texts of unequal length are padded at the end, where no token sees the padding.

mod cache;
mod config;
mod layer;
mod ropes;

use burn::module::Module;
use burn::nn::{Embedding, Linear};
use burn::tensor::{Int, Tensor};

pub use self::cache::DecoderCache;
use self::cache::Sights;
pub use self::config::DecoderConfig;
use self::layer::Layer;
use crate::encoder::{BlockSource, BlockTensors, RootMeanSquare};
use crate::{Device, Result, Weights};

const WORDS: &str = "embed_tokens.weight";
const FINAL_NORM: &str = "norm";
const OUTPUT: &str = "lm_head";

/// What stands before the names of its tensors in files of task models.
pub(crate) const PREFIXES: &[&str] = &["model."];

/// The layers of a decoder, without what follows them.
#[derive(Module, Debug)]
pub struct Decoder {
    words: Embedding,
    layers: Vec<Layer>,
    norm: RootMeanSquare,
    #[module(skip)]
    config: DecoderConfig,
}

impl Decoder {
    /// Loads the tensors of the hub's layout.
    ///
    /// # Errors
    /// [`crate::ModelError::MissingTensor`], [`crate::ModelError::WrongShape`],
    /// [`crate::ModelError::WrongType`], [`crate::ModelError::WeightNotFinite`].
    pub(crate) fn load(config: &DecoderConfig, source: BlockSource<'_>) -> Result<Self> {
        Ok(Self {
            words: source.table(WORDS, config.vocab_size, config.hidden_size)?,
            layers: (0..config.windows.len())
                .map(|index| Layer::load(index, config, source))
                .collect::<Result<_>>()?,
            norm: config.norm(FINAL_NORM, config.hidden_size, source)?,
            config: config.clone(),
        })
    }

    /// Number of layers.
    pub fn depth(&self) -> usize {
        self.layers.len()
    }

    /// Hidden states of tokens `[batch, seq]` that follow those of `cache`, `[batch, seq, hidden]`, after the final norm.
    ///
    /// # Panics
    /// When `cache` was filled by a batch of another size.
    pub fn forward(&self, ids: Tensor<2, Int>, cache: &mut DecoderCache) -> Tensor<3> {
        self.states_at(ids, cache, self.depth())
    }

    /// The same after `depth` layers, 0 being the embeddings; only after the last one the final norm.
    pub(crate) fn states_at(
        &self,
        ids: Tensor<2, Int>,
        cache: &mut DecoderCache,
        depth: usize,
    ) -> Tensor<3> {
        let [_, seq] = ids.dims();
        let mut states = self.words.forward(ids);
        if let Some(scale) = self.config.embedding_scale {
            states = states.mul_scalar(scale);
        }
        let sights = Sights::new(&self.config, cache, seq, &states.device());
        let layers = self.layers[..depth].iter().zip(cache.layers(depth));
        for (index, (layer, cache)) in layers.enumerate() {
            let window = self.config.windows[index];
            states = layer.forward(states, sights.of(window), window, cache, &self.config);
        }
        cache.advance(seq);
        if depth == self.layers.len() { self.norm.forward(states) } else { states }
    }

    pub(crate) fn freeze_lower(mut self, layers: usize) -> Self {
        self.words = self.words.no_grad();
        let upper = self.layers.split_off(layers.min(self.layers.len()));
        self.layers = self.layers.into_iter().map(Module::no_grad).chain(upper).collect();
        self
    }

    pub(crate) async fn push(&self, tensors: &mut BlockTensors) -> Result<()> {
        tensors.table(WORDS, &self.words).await?;
        for (index, layer) in self.layers.iter().enumerate() {
            layer.push(index, tensors).await?;
        }
        self.norm.push(FINAL_NORM, tensors).await
    }
}

/// A decoder that tells the next token.
#[derive(Module, Debug)]
pub struct CausalDecoder {
    decoder: Decoder,
    /// Absent where the embeddings are read backwards.
    output: Option<Linear>,
}

impl CausalDecoder {
    /// Loads the tensors of the hub's layout.
    ///
    /// # Errors
    /// [`crate::ModelError::MissingTensor`], [`crate::ModelError::WrongShape`],
    /// [`crate::ModelError::WrongType`], [`crate::ModelError::WeightNotFinite`].
    pub fn load(config: &DecoderConfig, weights: &Weights<'_>, device: &Device) -> Result<Self> {
        let source = BlockSource::new(weights, device.burn());
        let output = (!config.tied).then(|| {
            source.linear(&[OUTPUT.to_owned()], config.hidden_size, config.vocab_size, false)
        });
        Ok(Self { output: output.transpose()?, decoder: Decoder::load(config, source)? })
    }

    /// The layers.
    pub fn decoder(&self) -> &Decoder {
        &self.decoder
    }

    /// Logits of the next token after hidden states `[batch, seq, hidden]`, `[batch, seq, vocab]`.
    pub fn logits(&self, states: Tensor<3>) -> Tensor<3> {
        let logits = match &self.output {
            Some(output) => output.forward(states),
            None => states.matmul(self.decoder.words.weight.val().transpose().unsqueeze()),
        };
        match self.decoder.config.logit_cap {
            Some(cap) => logits.div_scalar(cap).tanh().mul_scalar(cap),
            None => logits,
        }
    }
}
