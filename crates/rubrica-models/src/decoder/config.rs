//! `config.json` of decoders: how the block is put together.

use serde::Deserialize;
use serde_json::Value;

use super::ropes;
use crate::encoder::{BlockSource, Nonlinearity, RootMeanSquare};
use crate::{ModelError, Result};

/// No decoder has more layers.
const MOST_LAYERS: usize = 512;
/// Nor is anything in one wider.
const WIDEST: usize = 1 << 18;
/// Nor a larger vocabulary, or a longer sequence.
const MOST_WORDS: usize = 1 << 24;

/// The configuration of a decoder.
#[derive(Debug, Clone, PartialEq)]
pub struct DecoderConfig {
    pub(super) vocab_size: usize,
    pub(super) hidden_size: usize,
    /// Query heads.
    pub(super) heads: usize,
    /// Heads of keys and values, each shared by as many queries.
    pub(super) groups: usize,
    /// Width of a head.
    pub(super) head: usize,
    pub(super) inner: usize,
    pub(super) longest: usize,
    pub(super) epsilon: f64,
    pub(super) act: Nonlinearity,
    pub(super) query_bias: bool,
    pub(super) output_bias: bool,
    pub(super) inner_bias: bool,
    pub(super) head_norms: bool,
    /// Norms before and after attention and the feed-forward layer.
    pub(super) sandwich: bool,
    /// What is added to the weights of norms.
    pub(super) norm_offset: f64,
    pub(super) embedding_scale: Option<f32>,
    /// What products of queries and keys are multiplied by.
    pub(super) scale: f64,
    pub(super) logit_cap: Option<f32>,
    /// Of each layer, how many tokens one sees, itself included; absent where it sees all before it.
    pub(super) windows: Vec<Option<usize>>,
    /// Speeds of rotary positions in layers that see everything, and in those with a window.
    pub(super) speeds: [Vec<f32>; 2],
    pub(super) tied: bool,
}

/// The families that share the block.
#[derive(Clone, Copy, PartialEq, Deserialize)]
enum Family {
    #[serde(rename = "llama")]
    Llama,
    #[serde(rename = "qwen2")]
    Qwen2,
    #[serde(rename = "qwen3")]
    Qwen3,
    #[serde(rename = "gemma3_text")]
    Gemma3,
}

#[derive(Deserialize)]
struct Fields {
    model_type: Family,
    vocab_size: usize,
    hidden_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    #[serde(default)]
    num_key_value_heads: Option<usize>,
    #[serde(default)]
    head_dim: Option<usize>,
    intermediate_size: usize,
    #[serde(default)]
    max_position_embeddings: Option<usize>,
    #[serde(default)]
    rms_norm_eps: Option<f64>,
    #[serde(default)]
    hidden_act: Option<Nonlinearity>,
    #[serde(default)]
    hidden_activation: Option<Nonlinearity>,
    #[serde(default)]
    attention_bias: Option<bool>,
    #[serde(default)]
    mlp_bias: Option<bool>,
    #[serde(default)]
    use_sliding_window: Option<bool>,
    #[serde(default)]
    sliding_window: Option<usize>,
    #[serde(default)]
    max_window_layers: Option<usize>,
    #[serde(default)]
    sliding_window_pattern: Option<usize>,
    /// As newer versions of the library call it.
    #[serde(default)]
    _sliding_window_pattern: Option<usize>,
    #[serde(default)]
    layer_types: Option<Vec<LayerKind>>,
    #[serde(default)]
    query_pre_attn_scalar: Option<f64>,
    #[serde(default)]
    final_logit_softcapping: Option<f32>,
    #[serde(default)]
    attn_logit_softcapping: Option<f64>,
    #[serde(default)]
    use_bidirectional_attention: Option<bool>,
    #[serde(default)]
    tie_word_embeddings: Option<bool>,
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum LayerKind {
    FullAttention,
    SlidingAttention,
}

impl DecoderConfig {
    /// The `model_type`s that share the block.
    pub const MODEL_TYPES: &'static [&'static str] = &["llama", "qwen2", "qwen3", "gemma3_text"];

    /// Reads `config.json`.
    ///
    /// # Errors
    /// [`ModelError::Config`] with the field, [`ModelError::UnknownArchitecture`].
    pub fn from_json(bytes: &[u8]) -> Result<Self> {
        let json: Value =
            serde_json::from_slice(bytes).map_err(|e| fail(format!("not JSON: {e}")))?;
        let model_type = json.get("model_type").and_then(Value::as_str);
        let model_type =
            model_type.ok_or_else(|| fail("no `model_type`; expected a string".into()))?;
        if !Self::MODEL_TYPES.contains(&model_type) {
            return Err(ModelError::UnknownArchitecture {
                found: model_type.to_owned(),
                known: Self::MODEL_TYPES.join(", "),
            });
        }
        Self::from_value(&json)
    }

    pub(crate) fn from_value(json: &Value) -> Result<Self> {
        let fields = Fields::deserialize(json).map_err(|error| fail(error.to_string()))?;
        Self::read(&fields, json).map_err(fail)
    }

    fn read(fields: &Fields, json: &Value) -> Result<Self, String> {
        let family = fields.model_type;
        let gemma = family == Family::Gemma3;
        let heads = fields.num_attention_heads;
        let groups = fields.num_key_value_heads.unwrap_or(heads);
        let head = match (fields.head_dim, family) {
            (Some(head), _) => head,
            (None, Family::Gemma3) => 256,
            (None, Family::Qwen3) => 128,
            (None, _) if heads > 0 => fields.hidden_size / heads,
            (None, _) => 0,
        };
        let longest = fields.max_position_embeddings.unwrap_or(match family {
            Family::Llama => 2048,
            Family::Gemma3 => 131_072,
            _ => 32_768,
        });
        for (name, found, most) in [
            ("num_hidden_layers", fields.num_hidden_layers, MOST_LAYERS),
            ("num_attention_heads", heads, WIDEST),
            ("num_key_value_heads", groups, WIDEST),
            ("head_dim", head, WIDEST),
            ("hidden_size", fields.hidden_size, WIDEST),
            ("intermediate_size", fields.intermediate_size, WIDEST),
            ("vocab_size", fields.vocab_size, MOST_WORDS),
            ("max_position_embeddings", longest, MOST_WORDS),
        ] {
            if found == 0 || found > most {
                return Err(format!("{name} is {found}; expected 1 to {most}"));
            }
        }
        if !heads.is_multiple_of(groups) {
            return Err(format!(
                "num_attention_heads is {heads}; expected a multiple of num_key_value_heads, {groups}"
            ));
        }
        if !head.is_multiple_of(2) {
            return Err(format!("head_dim is {head}; expected an even number"));
        }
        if fields.use_bidirectional_attention == Some(true) {
            return Err("use_bidirectional_attention is true; expected false".into());
        }
        if let Some(cap) = fields.attn_logit_softcapping {
            return Err(format!("attn_logit_softcapping is {cap}; expected none"));
        }
        let epsilon = fields.rms_norm_eps.unwrap_or(1e-6);
        let scalar = match gemma {
            true => fields.query_pre_attn_scalar.unwrap_or(256.0),
            false => head as f64,
        };
        for (name, found) in [
            ("rms_norm_eps", epsilon),
            ("query_pre_attn_scalar", scalar),
            ("final_logit_softcapping", fields.final_logit_softcapping.unwrap_or(1.0).into()),
        ] {
            if !(found > 0.0 && found.is_finite()) {
                return Err(format!("{name} is {found}; expected > 0"));
            }
        }
        let bias = fields.attention_bias.unwrap_or(false);
        let default_act = if gemma { Nonlinearity::GeluNew } else { Nonlinearity::Silu };
        Ok(Self {
            vocab_size: fields.vocab_size,
            hidden_size: fields.hidden_size,
            heads,
            groups,
            head,
            inner: fields.intermediate_size,
            longest,
            epsilon,
            act: fields.hidden_activation.or(fields.hidden_act).unwrap_or(default_act),
            query_bias: bias || family == Family::Qwen2,
            output_bias: bias && family != Family::Qwen2,
            inner_bias: family == Family::Llama && fields.mlp_bias.unwrap_or(false),
            head_norms: matches!(family, Family::Qwen3 | Family::Gemma3),
            sandwich: gemma,
            norm_offset: if gemma { 1.0 } else { 0.0 },
            embedding_scale: gemma.then(|| (fields.hidden_size as f32).sqrt()),
            scale: scalar.powf(-0.5),
            logit_cap: fields.final_logit_softcapping,
            windows: fields.windows()?,
            speeds: ropes::read(json, head, if gemma { [1e6, 1e4] } else { [1e4, 1e4] })?,
            tied: fields.tie_word_embeddings.unwrap_or(gemma),
        })
    }

    /// The norm called `name`.
    pub(super) fn norm(
        &self,
        name: &str,
        width: usize,
        source: BlockSource<'_>,
    ) -> Result<RootMeanSquare> {
        RootMeanSquare::load(name, width, self.epsilon, self.norm_offset, source)
    }

    /// The same with each pair turning slower by its factor.
    ///
    /// # Errors
    /// [`ModelError::Config`] when there is not one factor a pair, or one is none.
    pub(crate) fn slowed(mut self, factors: &[f32]) -> Result<Self> {
        for speeds in &mut self.speeds {
            if factors.len() != speeds.len() || factors.iter().any(|&factor| factor <= 0.0) {
                return Err(fail(format!(
                    "{} factors of rotary positions; expected {}, each > 0",
                    factors.len(),
                    speeds.len()
                )));
            }
            speeds.iter_mut().zip(factors).for_each(|(speed, factor)| *speed /= factor);
        }
        Ok(self)
    }

    /// Entries in the vocabulary.
    pub fn vocab_size(&self) -> usize {
        self.vocab_size
    }

    /// Width of a hidden state.
    pub fn hidden_size(&self) -> usize {
        self.hidden_size
    }

    /// Number of layers.
    pub fn layers(&self) -> usize {
        self.windows.len()
    }

    /// The longest sequence that it was made for.
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// What stands before the names of its tensors in files of task models, for [`crate::Weights::parse`].
    pub fn prefixes(&self) -> &'static [&'static str] {
        super::PREFIXES
    }

    pub(crate) fn heads(&self) -> usize {
        self.heads
    }

    pub(crate) fn inner(&self) -> usize {
        self.inner
    }
}

impl Fields {
    /// What one token sees of those before it, of each layer.
    fn windows(&self) -> Result<Vec<Option<usize>>, String> {
        let layers = self.num_hidden_layers;
        let family = self.model_type;
        let sliding: Vec<bool> = match (&self.layer_types, family) {
            (Some(kinds), _) if kinds.len() == layers => {
                kinds.iter().map(|kind| *kind == LayerKind::SlidingAttention).collect()
            }
            (Some(kinds), _) => {
                return Err(format!(
                    "layer_types has {} entries; expected num_hidden_layers, {layers}",
                    kinds.len()
                ));
            }
            (None, Family::Gemma3) => {
                match self.sliding_window_pattern.or(self._sliding_window_pattern).unwrap_or(6) {
                    0 => return Err("sliding_window_pattern is 0; expected >= 1".into()),
                    pattern => (1..=layers).map(|index| !index.is_multiple_of(pattern)).collect(),
                }
            }
            (None, Family::Qwen2 | Family::Qwen3) if self.use_sliding_window == Some(true) => {
                let first = self.max_window_layers.unwrap_or(28);
                (0..layers).map(|index| index >= first).collect()
            }
            (None, _) => vec![false; layers],
        };
        let window = match self.sliding_window.unwrap_or(4096) {
            window @ 1..=MOST_WORDS => window,
            window => {
                return Err(format!("sliding_window is {window}; expected 1 to {MOST_WORDS}"));
            }
        };
        Ok(sliding.into_iter().map(|sliding| sliding.then_some(window)).collect())
    }
}

fn fail(message: String) -> ModelError {
    ModelError::Config { file: "config.json", message }
}
