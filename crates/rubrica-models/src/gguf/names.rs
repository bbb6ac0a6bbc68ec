//! What the tensors of GGUF are called on the hub, and how they differ from those.

use std::collections::BTreeMap;

use super::GgufValue;

/// What the converter did to a tensor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Fix {
    None,
    /// Rows of each of so many heads were interleaved: their first half with their second.
    Interleaved(usize),
    /// 1 was added.
    Raised,
}

const LAYER_NAMES: [(&str, &str); 13] = [
    ("attn_norm", "input_layernorm"),
    ("attn_q", "self_attn.q_proj"),
    ("attn_k", "self_attn.k_proj"),
    ("attn_v", "self_attn.v_proj"),
    ("attn_output", "self_attn.o_proj"),
    ("attn_q_norm", "self_attn.q_norm"),
    ("attn_k_norm", "self_attn.k_norm"),
    ("post_attention_norm", "post_attention_layernorm"),
    ("ffn_norm", "post_attention_layernorm"),
    ("post_ffw_norm", "post_feedforward_layernorm"),
    ("ffn_gate", "mlp.gate_proj"),
    ("ffn_up", "mlp.up_proj"),
    ("ffn_down", "mlp.down_proj"),
];

const OTHER_NAMES: [(&str, &str); 4] = [
    ("token_embd", "model.embed_tokens"),
    ("output_norm", "model.norm"),
    ("output", "lm_head"),
    ("cls.output", "score"),
];

/// The hub's name of a tensor, and what was done to it; a name that is not known stays as it is.
pub(super) fn hub_name(
    name: &str,
    metadata: &BTreeMap<String, GgufValue>,
    shape: &[usize],
) -> Result<(String, Fix), String> {
    let kind = metadata.get("general.architecture").and_then(GgufValue::as_text).unwrap_or("");
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let layer = stem.strip_prefix("blk.").and_then(|rest| rest.split_once('.'));
    let known = |names: &[(&str, &'static str)], part: &str| {
        names.iter().find(|(ours, _)| *ours == part).map(|(_, hub)| *hub)
    };
    let hub = match layer {
        Some((index, part)) => {
            let before_inner = kind == "gemma3" && part == "ffn_norm";
            let hub = if before_inner {
                Some("pre_feedforward_layernorm")
            } else {
                known(&LAYER_NAMES, part)
            };
            hub.map(|hub| format!("model.layers.{index}.{hub}.{ending}"))
        }
        None => known(&OTHER_NAMES, stem).map(|hub| format!("{hub}.{ending}")),
    };
    let Some(hub) = hub else { return Ok((name.to_owned(), Fix::None)) };
    let heads = match layer {
        Some((_, "attn_q")) if kind == "llama" => Some("head_count"),
        Some((_, "attn_k")) if kind == "llama" => Some("head_count_kv"),
        _ => None,
    };
    let Some(field) = heads else {
        let raised = kind == "gemma3" && stem.ends_with("norm");
        return Ok((hub, if raised { Fix::Raised } else { Fix::None }));
    };
    let read = |field: &str| metadata.get(&format!("llama.attention.{field}"));
    let value = read(field).or_else(|| read("head_count"));
    let count = value.and_then(GgufValue::as_count).and_then(|count| usize::try_from(count).ok());
    match count {
        Some(count)
            if count > 0 && shape[0].is_multiple_of(2) && (shape[0] / 2).is_multiple_of(count) =>
        {
            Ok((hub, Fix::Interleaved(count)))
        }
        _ => Err(format!(
            "llama.attention.{field} is {value:?}; expected a number of heads that share the {} rows of `{name}` evenly",
            shape[0]
        )),
    }
}

impl Fix {
    /// The numbers as they were.
    pub(super) fn undo(self, values: Vec<f32>, shape: &[usize]) -> Vec<f32> {
        match self {
            Self::None => values,
            Self::Raised => values.into_iter().map(|value| value - 1.0).collect(),
            Self::Interleaved(heads) => {
                let rows = shape[0];
                let width = values.len() / rows;
                let half = rows / heads / 2;
                let places = (0..heads).flat_map(|head| {
                    (0..2).flat_map(move |part| {
                        (0..half).map(move |row| (head * half + row) * 2 + part)
                    })
                });
                places.flat_map(|row| values[row * width..][..width].iter().copied()).collect()
            }
        }
    }
}
