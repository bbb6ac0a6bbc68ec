//! `config.json` of DeBERTa-v2 and v3.

use serde::Deserialize;
use serde_json::Value;

use crate::encoder::Nonlinearity;
use crate::encoder::config::check_heads;
use crate::{ModelError, Result};

/// What a forward pass depends on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DebertaConfig {
    pub(super) vocab_size: usize,
    pub(super) hidden_size: usize,
    /// Width of the embeddings.
    pub(super) embedding_size: usize,
    pub(super) layers: usize,
    pub(super) heads: usize,
    pub(super) inner: usize,
    /// Rows of the table of positions; 0 without one.
    pub(super) positions: usize,
    /// Rows of the table of segments; 0 without one.
    pub(super) segments: usize,
    pub(super) epsilon: f64,
    pub(super) act: Nonlinearity,
    pub(super) pooler_act: Nonlinearity,
    pub(super) relative: Option<Relative>,
    pub(super) convolution: Option<Convolution>,
}

/// How attention sees relative positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Relative {
    /// Buckets on each side; absent where every distance has a place of its own.
    pub(super) buckets: Option<usize>,
    /// Distance from which on all are one.
    pub(super) most: usize,
    /// Whether positions go through the projections of the contents.
    pub(super) shared: bool,
    /// Whether the table of positions has a norm.
    pub(super) normed: bool,
    /// Contents look at positions.
    pub(super) content_to_position: bool,
    /// Positions look at contents.
    pub(super) position_to_content: bool,
}

impl Relative {
    /// Half the rows of the table.
    pub(super) fn span(&self) -> usize {
        self.buckets.unwrap_or(self.most)
    }
}

/// The convolution that some v2 models have beside their first layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Convolution {
    pub(super) kernel: usize,
    pub(super) act: Nonlinearity,
}

#[derive(Deserialize)]
struct Fields {
    vocab_size: usize,
    hidden_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    intermediate_size: usize,
    #[serde(default = "positions")]
    max_position_embeddings: usize,
    #[serde(default)]
    type_vocab_size: usize,
    #[serde(default = "epsilon")]
    layer_norm_eps: f64,
    #[serde(default = "Nonlinearity::gelu")]
    hidden_act: Nonlinearity,
    #[serde(default = "Nonlinearity::gelu")]
    pooler_hidden_act: Nonlinearity,
    #[serde(default)]
    embedding_size: Option<usize>,
    #[serde(default)]
    attention_head_size: Option<usize>,
    #[serde(default)]
    relative_attention: bool,
    #[serde(default = "unset")]
    position_buckets: i64,
    #[serde(default = "unset")]
    max_relative_positions: i64,
    #[serde(default)]
    pos_att_type: Option<Kinds>,
    #[serde(default)]
    share_att_key: bool,
    #[serde(default)]
    norm_rel_ebd: Option<String>,
    #[serde(default = "yes")]
    position_biased_input: bool,
    #[serde(default)]
    conv_kernel_size: usize,
    #[serde(default)]
    conv_groups: Option<usize>,
    #[serde(default)]
    conv_act: Option<Nonlinearity>,
}

/// `p2c|c2p`, or a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum Kinds {
    Joined(String),
    List(Vec<String>),
}

fn positions() -> usize {
    512
}

fn epsilon() -> f64 {
    1e-7
}

fn unset() -> i64 {
    -1
}

fn yes() -> bool {
    true
}

fn fail(message: String) -> ModelError {
    ModelError::Config { file: "config.json", message }
}

/// Distances and buckets beyond this are no model's.
const MOST_DISTANCE: usize = 1 << 20;

impl DebertaConfig {
    pub(super) fn read(value: &Value) -> Result<Self> {
        let fields = Fields::deserialize(value).map_err(|error| fail(error.to_string()))?;
        check_heads(fields.hidden_size, fields.num_attention_heads)?;
        let head = fields.hidden_size / fields.num_attention_heads;
        if let Some(size) = fields.attention_head_size.filter(|&size| size != head) {
            return Err(fail(format!("attention_head_size is {size}; expected {head}")));
        }
        let convolution = match fields.conv_kernel_size {
            0 => None,
            kernel if kernel % 2 == 1 && kernel <= 31 => {
                let act = fields.conv_act.unwrap_or(Nonlinearity::Tanh);
                Some(Convolution { kernel, act })
            }
            kernel => {
                let message =
                    format!("conv_kernel_size is {kernel}; expected an odd number up to 31");
                return Err(fail(message));
            }
        };
        if let Some(groups) = fields.conv_groups.filter(|&groups| groups != 1) {
            return Err(fail(format!("conv_groups is {groups}; expected 1")));
        }
        Ok(Self {
            vocab_size: fields.vocab_size,
            hidden_size: fields.hidden_size,
            embedding_size: fields.embedding_size.unwrap_or(fields.hidden_size),
            layers: fields.num_hidden_layers,
            heads: fields.num_attention_heads,
            inner: fields.intermediate_size,
            positions: match fields.position_biased_input {
                true => fields.max_position_embeddings,
                false => 0,
            },
            segments: fields.type_vocab_size,
            epsilon: fields.layer_norm_eps,
            act: fields.hidden_act,
            pooler_act: fields.pooler_hidden_act,
            relative: fields.relative()?,
            convolution,
        })
    }
}

impl Fields {
    fn relative(&self) -> Result<Option<Relative>> {
        if !self.relative_attention {
            return Ok(None);
        }
        let size = |name: &str, value: i64| match usize::try_from(value) {
            Ok(0) | Err(_) => Ok(None),
            Ok(value) if value <= MOST_DISTANCE => Ok(Some(value)),
            Ok(value) => Err(fail(format!("{name} is {value}; expected at most {MOST_DISTANCE}"))),
        };
        let most = size("max_relative_positions", self.max_relative_positions)?
            .unwrap_or(self.max_position_embeddings);
        if most == 0 || most > MOST_DISTANCE {
            let message =
                format!("max_position_embeddings is {most}; expected 1 to {MOST_DISTANCE}");
            return Err(fail(message));
        }
        let buckets = size("position_buckets", self.position_buckets)?;
        if let Some(buckets) = buckets.filter(|&buckets| buckets < 4 || buckets / 2 + 1 >= most) {
            return Err(fail(format!(
                "position_buckets is {buckets}; expected 4 to {}, for distances up to {most}",
                2 * most.saturating_sub(2)
            )));
        }
        let kinds: Vec<String> = match &self.pos_att_type {
            None => Vec::new(),
            Some(Kinds::Joined(kinds)) => {
                kinds.split('|').map(|kind| kind.trim().to_lowercase()).collect()
            }
            Some(Kinds::List(kinds)) => kinds.clone(),
        };
        if let Some(kind) = kinds.iter().find(|kind| !["c2p", "p2c", ""].contains(&kind.as_str())) {
            return Err(fail(format!("pos_att_type has `{kind}`; expected c2p or p2c")));
        }
        let has = |wanted: &str| kinds.iter().any(|kind| kind == wanted);
        let norms = self.norm_rel_ebd.as_deref().unwrap_or("none").to_lowercase();
        Ok(Some(Relative {
            buckets,
            most,
            shared: self.share_att_key,
            normed: norms.split('|').any(|norm| norm.trim() == "layer_norm"),
            content_to_position: has("c2p"),
            position_to_content: has("p2c"),
        }))
    }
}
