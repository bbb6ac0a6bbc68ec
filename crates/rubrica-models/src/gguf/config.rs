//! The configuration of a decoder from GGUF's metadata.

use serde_json::{Value, json};

use super::{Gguf, GgufValue, fail};
use crate::Result;

/// Architectures, with the hub's `model_type`.
const TYPES: [(&str, &str); 4] =
    [("llama", "llama"), ("qwen2", "qwen2"), ("qwen3", "qwen3"), ("gemma3", "gemma3_text")];

impl Gguf<'_> {
    /// The `config.json` that the metadata stand for.
    ///
    /// # Errors
    /// [`crate::ModelError::Gguf`] for a key that is missing or of another type, or an architecture that is not known.
    pub fn config_json(&self) -> Result<Vec<u8>> {
        let found = self.value("general.architecture").and_then(GgufValue::as_text);
        let known = TYPES.iter().find(|(name, _)| Some(*name) == found);
        let &(name, model_type) = known.ok_or_else(|| {
            let names = TYPES.map(|(name, _)| name).join(", ");
            fail(0, format!("general.architecture is {found:?}; expected one of {names}"))
        })?;
        let keys = Keys { file: self, name };
        let embeddings = self.shape("model.embed_tokens.weight");
        let vocabulary = embeddings
            .map(|shape| shape[0])
            .ok_or_else(|| fail(0, "no tensor `token_embd.weight`; expected one".into()))?;
        let (heads, hidden) =
            (keys.needed("attention.head_count")?, keys.needed("embedding_length")?);
        let layers = keys.needed("block_count")?;
        let head = match keys.count("attention.key_length")? {
            Some(head) => head,
            None => hidden.checked_div(heads).unwrap_or(0),
        };
        let gemma = name == "gemma3";
        // The largest of the family scales by another width than that of its heads.
        let scalar =
            if gemma && layers == 62 { hidden.checked_div(heads).unwrap_or(0) } else { head };
        let bias = self.shape("model.layers.0.self_attn.q_proj.bias").is_some();
        let mut config = json!({
            "model_type": model_type,
            "vocab_size": vocabulary,
            "hidden_size": hidden,
            "num_hidden_layers": layers,
            "num_attention_heads": heads,
            "num_key_value_heads": keys.count("attention.head_count_kv")?.unwrap_or(heads),
            "head_dim": head,
            "intermediate_size": keys.needed("feed_forward_length")?,
            "max_position_embeddings": keys.needed("context_length")?,
            "rms_norm_eps": keys.number("attention.layer_norm_rms_epsilon")?,
            "attention_bias": bias,
            "mlp_bias": self.shape("model.layers.0.mlp.down_proj.bias").is_some(),
            "rope_theta": keys.number("rope.freq_base")?.unwrap_or(if gemma { 1e6 } else { 1e4 }),
            "rope_scaling": keys.scaling()?,
            "query_pre_attn_scalar": gemma.then_some(scalar),
            "final_logit_softcapping": keys.number("final_logit_softcapping")?,
            "tie_word_embeddings": self.shape("lm_head.weight").is_none(),
        });
        if gemma {
            config["rope_local_base_freq"] = json!(1e4);
            config["sliding_window"] = json!(keys.count("attention.sliding_window")?);
            keys.pattern(&mut config)?;
        }
        Ok(config.to_string().into_bytes())
    }

    /// Factors by which pairs of rotary positions turn slower, where the file has them.
    pub(crate) fn rope_factors(&self) -> Option<Vec<f32>> {
        self.values("rope_freqs.weight")
    }
}

/// The keys of an architecture.
struct Keys<'a> {
    file: &'a Gguf<'a>,
    name: &'a str,
}

impl Keys<'_> {
    fn value(&self, key: &str) -> Option<&GgufValue> {
        self.file.value(&format!("{}.{key}", self.name))
    }

    fn wrong(&self, key: &str, expected: &str) -> crate::ModelError {
        let found = match self.value(key) {
            Some(value) => format!("is {value:?}"),
            None => "is missing".into(),
        };
        fail(0, format!("{}.{key} {found}; expected {expected}", self.name))
    }

    fn count(&self, key: &str) -> Result<Option<u64>> {
        self.value(key).map(|v| v.as_count().ok_or_else(|| self.wrong(key, "a count"))).transpose()
    }

    fn needed(&self, key: &str) -> Result<u64> {
        self.count(key)?.ok_or_else(|| self.wrong(key, "a count"))
    }

    fn number(&self, key: &str) -> Result<Option<f64>> {
        match self.value(key) {
            None => Ok(None),
            Some(GgufValue::Float(value)) => Ok(Some(*value)),
            Some(value) => match value.as_count() {
                Some(count) => Ok(Some(count as f64)),
                None => Err(self.wrong(key, "a number")),
            },
        }
    }

    fn scaling(&self) -> Result<Value> {
        let kind = match self.value("rope.scaling.type") {
            None => return Ok(Value::Null),
            Some(value) => {
                value.as_text().ok_or_else(|| self.wrong("rope.scaling.type", "a name"))?
            }
        };
        Ok(match kind {
            "none" => Value::Null,
            kind => json!({"rope_type": kind, "factor": self.number("rope.scaling.factor")?}),
        })
    }

    /// Which layers have a window.
    fn pattern(&self, config: &mut Value) -> Result<()> {
        const KEY: &str = "attention.sliding_window_pattern";
        match self.value(KEY) {
            None => {}
            Some(GgufValue::List(flags)) => {
                let kinds = flags.iter().map(|flag| match flag {
                    GgufValue::Bool(true) => Ok("sliding_attention"),
                    GgufValue::Bool(false) => Ok("full_attention"),
                    _ => Err(self.wrong(KEY, "a flag a layer, or a count")),
                });
                config["layer_types"] = json!(kinds.collect::<Result<Vec<_>>>()?);
            }
            Some(_) => config["sliding_window_pattern"] = json!(self.needed(KEY)?),
        }
        Ok(())
    }
}
