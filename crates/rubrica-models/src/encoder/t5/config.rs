//! `config.json` of T5.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::encoder::Nonlinearity;
use crate::{ModelError, Result};

/// What a forward pass of the encoder depends on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct T5Config {
    pub(super) vocab_size: usize,
    pub(super) hidden_size: usize,
    pub(super) layers: usize,
    pub(super) heads: usize,
    /// Width of an attention head, which need not share the width evenly.
    pub(super) head: usize,
    pub(super) inner: usize,
    pub(super) buckets: usize,
    pub(super) max_distance: usize,
    pub(super) epsilon: f64,
    pub(super) act: Nonlinearity,
    /// Whether feed-forward layers are gated.
    pub(super) gated: bool,
}

#[derive(Deserialize)]
struct Fields {
    vocab_size: usize,
    d_model: usize,
    d_kv: usize,
    d_ff: usize,
    num_layers: usize,
    num_heads: usize,
    #[serde(default = "buckets")]
    relative_attention_num_buckets: usize,
    #[serde(default = "max_distance")]
    relative_attention_max_distance: usize,
    #[serde(default = "epsilon")]
    layer_norm_epsilon: f64,
    #[serde(default = "relu")]
    feed_forward_proj: String,
}

fn buckets() -> usize {
    32
}

fn max_distance() -> usize {
    128
}

fn epsilon() -> f64 {
    1e-6
}

fn relu() -> String {
    "relu".into()
}

/// The sizes of `google/flan-t5-base`, for files that only name it.
fn flan_t5_base() -> Value {
    json!({"vocab_size": 32128, "d_model": 768, "d_kv": 64, "d_ff": 2048, "num_layers": 12,
        "num_heads": 12, "feed_forward_proj": "gated-gelu"})
}

impl T5Config {
    pub(super) fn read(value: &Value) -> Result<Self> {
        match value.get("foundation").and_then(Value::as_str) {
            Some("google/flan-t5-base") if value.get("d_model").is_none() => {
                Self::read_fields(&flan_t5_base())
            }
            _ => Self::read_fields(value),
        }
    }

    fn read_fields(value: &Value) -> Result<Self> {
        let fail = |message: String| ModelError::Config { file: "config.json", message };
        let fields = Fields::deserialize(value).map_err(|error| fail(error.to_string()))?;
        let (gated, act) = match fields.feed_forward_proj.as_str() {
            "gated-gelu" => (true, Nonlinearity::GeluNew),
            "gated-silu" => (true, Nonlinearity::Silu),
            "gated-relu" => (true, Nonlinearity::Relu),
            "relu" => (false, Nonlinearity::Relu),
            "gelu" => (false, Nonlinearity::Gelu),
            "gelu_new" => (false, Nonlinearity::GeluNew),
            other => {
                return Err(fail(format!(
                    "feed_forward_proj is `{other}`; expected relu, gelu, gelu_new, gated-relu, gated-gelu or gated-silu"
                )));
            }
        };
        let buckets = fields.relative_attention_num_buckets;
        if !(4..=1 << 16).contains(&buckets) {
            let message =
                format!("relative_attention_num_buckets is {buckets}; expected 4 to 65536");
            return Err(fail(message));
        }
        let max_distance = fields.relative_attention_max_distance;
        if max_distance <= buckets / 4 {
            return Err(fail(format!(
                "relative_attention_max_distance is {max_distance}; expected more than {}",
                buckets / 4
            )));
        }
        if fields.d_kv == 0 || fields.d_kv > 1 << 16 {
            return Err(fail(format!("d_kv is {}; expected 1 to 65536", fields.d_kv)));
        }
        Ok(Self {
            vocab_size: fields.vocab_size,
            hidden_size: fields.d_model,
            layers: fields.num_layers,
            heads: fields.num_heads,
            head: fields.d_kv,
            inner: fields.d_ff,
            buckets,
            max_distance,
            epsilon: fields.layer_norm_epsilon,
            act,
            gated,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_names_its_foundation_has_its_sizes() {
        let named = json!({"model_type": "HHEMv2", "foundation": "google/flan-t5-base"});
        let config = T5Config::read(&named).expect("known");
        assert_eq!((config.hidden_size, config.layers, config.gated), (768, 12, true));
        let error = T5Config::read(&json!({"foundation": "somewhere/else"})).expect_err("unknown");
        assert!(error.to_string().contains("vocab_size"), "{error}");
    }
}
