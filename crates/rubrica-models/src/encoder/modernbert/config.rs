//! `config.json` of ModernBERT.

use serde::Deserialize;
use serde_json::Value;

use crate::encoder::Nonlinearity;
use crate::encoder::config::check_heads;
use crate::{ModelError, Pooling, Result};

/// What a forward pass depends on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ModernBertConfig {
    pub(super) vocab_size: usize,
    pub(super) hidden_size: usize,
    pub(super) heads: usize,
    pub(super) inner: usize,
    pub(super) longest: usize,
    pub(super) epsilon: f64,
    pub(super) act: Nonlinearity,
    pub(super) norm_bias: bool,
    pub(super) attention_bias: bool,
    pub(super) inner_bias: bool,
    /// Of each layer, whether it sees only its neighbourhood.
    pub(super) local: Vec<bool>,
    /// Tokens that a local layer sees on each side.
    pub(super) reach: usize,
    /// Bases of the rotations, of layers that see everything and of local ones.
    pub(super) bases: [f64; 2],
    pub(super) pooling: Pooling,
    pub(super) head_act: Nonlinearity,
}

#[derive(Deserialize)]
struct Fields {
    vocab_size: usize,
    hidden_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    intermediate_size: usize,
    #[serde(default = "longest")]
    max_position_embeddings: usize,
    #[serde(default = "epsilon")]
    norm_eps: f64,
    #[serde(default = "Nonlinearity::gelu")]
    hidden_activation: Nonlinearity,
    #[serde(default)]
    norm_bias: bool,
    #[serde(default)]
    attention_bias: bool,
    #[serde(default)]
    mlp_bias: bool,
    #[serde(default = "local_attention")]
    local_attention: usize,
    #[serde(default)]
    layer_types: Option<Vec<LayerKind>>,
    #[serde(default = "interval")]
    global_attn_every_n_layers: usize,
    #[serde(default)]
    global_rope_theta: Option<f64>,
    #[serde(default)]
    local_rope_theta: Option<f64>,
    #[serde(default)]
    rope_parameters: Option<Ropes>,
    #[serde(default)]
    classifier_pooling: ClassifierPooling,
    #[serde(default = "Nonlinearity::gelu")]
    classifier_activation: Nonlinearity,
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum LayerKind {
    FullAttention,
    SlidingAttention,
}

#[derive(Default, Deserialize)]
struct Ropes {
    #[serde(default)]
    full_attention: Option<Rope>,
    #[serde(default)]
    sliding_attention: Option<Rope>,
}

#[derive(Deserialize)]
struct Rope {
    #[serde(default)]
    rope_theta: Option<f64>,
    #[serde(default)]
    rope_type: Option<String>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ClassifierPooling {
    #[default]
    Cls,
    Mean,
}

fn longest() -> usize {
    8192
}

fn epsilon() -> f64 {
    1e-5
}

fn local_attention() -> usize {
    128
}

fn interval() -> usize {
    3
}

impl ModernBertConfig {
    pub(super) fn read(value: &Value) -> Result<Self> {
        let fail = |message: String| ModelError::Config { file: "config.json", message };
        let fields = Fields::deserialize(value).map_err(|error| fail(error.to_string()))?;
        check_heads(fields.hidden_size, fields.num_attention_heads)?;
        if !(fields.hidden_size / fields.num_attention_heads).is_multiple_of(2) {
            return Err(fail("the width of an attention head is odd; expected an even one".into()));
        }
        crate::encoder::config::check_layers(fields.num_hidden_layers)?;
        let local = match &fields.layer_types {
            Some(kinds) if kinds.len() == fields.num_hidden_layers => {
                kinds.iter().map(|kind| *kind == LayerKind::SlidingAttention).collect()
            }
            Some(kinds) => {
                return Err(fail(format!(
                    "layer_types has {} entries; expected num_hidden_layers, {}",
                    kinds.len(),
                    fields.num_hidden_layers
                )));
            }
            None if fields.global_attn_every_n_layers == 0 => {
                return Err(fail("global_attn_every_n_layers is 0; expected >= 1".into()));
            }
            None => (0..fields.num_hidden_layers)
                .map(|index| !index.is_multiple_of(fields.global_attn_every_n_layers))
                .collect(),
        };
        let ropes = fields.rope_parameters.unwrap_or_default();
        let base = |rope: Option<Rope>, old: Option<f64>, default: f64| -> Result<f64> {
            let kind = rope.as_ref().and_then(|rope| rope.rope_type.as_deref());
            if let Some(kind) = kind.filter(|&kind| kind != "default") {
                return Err(fail(format!("rope_type is `{kind}`; expected `default`")));
            }
            let base = rope.and_then(|rope| rope.rope_theta).or(old).unwrap_or(default);
            if base > 0.0 && base.is_finite() {
                Ok(base)
            } else {
                Err(fail(format!("rope_theta is {base}; expected > 0")))
            }
        };
        Ok(Self {
            vocab_size: fields.vocab_size,
            hidden_size: fields.hidden_size,
            heads: fields.num_attention_heads,
            inner: fields.intermediate_size,
            longest: fields.max_position_embeddings,
            epsilon: fields.norm_eps,
            act: fields.hidden_activation,
            norm_bias: fields.norm_bias,
            attention_bias: fields.attention_bias,
            inner_bias: fields.mlp_bias,
            local,
            reach: fields.local_attention / 2,
            bases: [
                base(ropes.full_attention, fields.global_rope_theta, 160_000.0)?,
                base(ropes.sliding_attention, fields.local_rope_theta, 10_000.0)?,
            ],
            pooling: match fields.classifier_pooling {
                ClassifierPooling::Cls => Pooling::Cls,
                ClassifierPooling::Mean => Pooling::Mean,
            },
            head_act: fields.classifier_activation,
        })
    }
}
