//! `config.json` of the family.

use serde::Deserialize;
use serde_json::Value;

use crate::encoder::Nonlinearity;
use crate::encoder::config::check_heads;
use crate::{ModelError, Result};

/// Buckets of MPNet's relative bias.
const BUCKETS: usize = 32;

/// The members of the family: one block, with other names and other positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Member {
    /// Devlin et al., 2019; MiniLM (Wang et al., 2020) as well.
    Bert,
    /// Liu et al., 2019, and XLM-R (Conneau et al., 2020): positions start after the padding token's.
    Roberta,
    /// Sanh et al., 2019: no segments.
    DistilBert,
    /// Clark et al., 2020: narrow embeddings, projected.
    Electra,
    /// Song et al., 2020: a relative bias beside the positions, no segments.
    MpNet,
}

impl Member {
    pub(super) const MODEL_TYPES: &'static [&'static str] =
        &["bert", "roberta", "xlm-roberta", "camembert", "distilbert", "electra", "mpnet"];

    fn of(model_type: &str) -> Self {
        match model_type {
            "roberta" | "xlm-roberta" | "camembert" => Self::Roberta,
            "distilbert" => Self::DistilBert,
            "electra" => Self::Electra,
            "mpnet" => Self::MpNet,
            _ => Self::Bert,
        }
    }
}

/// What a forward pass depends on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct BertConfig {
    pub(crate) member: Member,
    pub(crate) vocab_size: usize,
    pub(crate) hidden_size: usize,
    /// Width of the embeddings.
    pub(crate) embedding_size: usize,
    pub(crate) layers: usize,
    pub(crate) heads: usize,
    pub(crate) inner: usize,
    /// Rows of the table of positions.
    pub(crate) positions: usize,
    /// Position of the first token.
    pub(crate) first_position: usize,
    /// Rows of the table of segments; 0 without one.
    pub(crate) segments: usize,
    pub(crate) epsilon: f64,
    pub(crate) act: Nonlinearity,
    /// Rows of the table of the relative bias.
    pub(crate) buckets: Option<usize>,
}

/// The fields as BERT calls them.
#[derive(Deserialize)]
struct Fields {
    vocab_size: usize,
    hidden_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    intermediate_size: usize,
    max_position_embeddings: usize,
    #[serde(default)]
    type_vocab_size: Option<usize>,
    #[serde(default = "epsilon")]
    layer_norm_eps: f64,
    #[serde(default = "Nonlinearity::gelu")]
    hidden_act: Nonlinearity,
    #[serde(default)]
    embedding_size: Option<usize>,
    #[serde(default)]
    pad_token_id: Option<usize>,
    #[serde(default)]
    relative_attention_num_buckets: Option<usize>,
    #[serde(default)]
    position_embedding_type: Option<String>,
}

fn epsilon() -> f64 {
    1e-12
}

/// The fields as DistilBERT calls them.
#[derive(Deserialize)]
struct DistilFields {
    vocab_size: usize,
    dim: usize,
    n_layers: usize,
    n_heads: usize,
    hidden_dim: usize,
    max_position_embeddings: usize,
    #[serde(default = "Nonlinearity::gelu")]
    activation: Nonlinearity,
}

impl BertConfig {
    pub(super) fn read(model_type: &str, value: &Value) -> Result<Self> {
        let fail = |message: String| ModelError::Config { file: "config.json", message };
        let member = Member::of(model_type);
        if member == Member::DistilBert {
            let fields =
                DistilFields::deserialize(value).map_err(|error| fail(error.to_string()))?;
            check_heads(fields.dim, fields.n_heads)?;
            return Ok(Self {
                member,
                vocab_size: fields.vocab_size,
                hidden_size: fields.dim,
                embedding_size: fields.dim,
                layers: fields.n_layers,
                heads: fields.n_heads,
                inner: fields.hidden_dim,
                positions: fields.max_position_embeddings,
                first_position: 0,
                segments: 0,
                epsilon: epsilon(),
                act: fields.activation,
                buckets: None,
            });
        }
        let fields = Fields::deserialize(value).map_err(|error| fail(error.to_string()))?;
        check_heads(fields.hidden_size, fields.num_attention_heads)?;
        if let Some(kind) = fields.position_embedding_type.filter(|kind| kind != "absolute") {
            return Err(fail(format!("position_embedding_type is `{kind}`; expected `absolute`")));
        }
        // The reference takes 32 whatever the file says.
        let buckets = fields.relative_attention_num_buckets.unwrap_or(BUCKETS);
        if member == Member::MpNet && buckets != BUCKETS {
            return Err(fail(format!(
                "relative_attention_num_buckets is {buckets}; expected {BUCKETS}"
            )));
        }
        Ok(Self {
            member,
            vocab_size: fields.vocab_size,
            hidden_size: fields.hidden_size,
            embedding_size: match member {
                Member::Electra => fields.embedding_size.unwrap_or(fields.hidden_size),
                _ => fields.hidden_size,
            },
            layers: fields.num_hidden_layers,
            heads: fields.num_attention_heads,
            inner: fields.intermediate_size,
            positions: fields.max_position_embeddings,
            first_position: match member {
                Member::Roberta => fields.pad_token_id.unwrap_or(1).saturating_add(1),
                // Its tables are made so whatever the file calls the padding token.
                Member::MpNet => 2,
                _ => 0,
            },
            segments: match member {
                Member::MpNet => 0,
                _ => fields.type_vocab_size.unwrap_or(2),
            },
            epsilon: fields.layer_norm_eps,
            act: fields.hidden_act,
            buckets: (member == Member::MpNet).then_some(BUCKETS),
        })
    }
}
