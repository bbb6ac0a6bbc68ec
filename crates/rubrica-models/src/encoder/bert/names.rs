//! What the members of the family call their tensors.

use super::config::Member;

/// Names of the parts of one layer.
pub(super) struct LayerNames {
    pub(super) attention: [String; 3],
    pub(super) output: String,
    pub(super) attention_norm: String,
    pub(super) up: String,
    pub(super) down: String,
    pub(super) norm: String,
}

impl LayerNames {
    pub(super) fn new(member: Member, index: usize) -> Self {
        let (folder, attention, [output, attention_norm, up, down, norm]) = match member {
            Member::DistilBert => (
                "transformer.layer",
                ["attention.q_lin", "attention.k_lin", "attention.v_lin"],
                ["attention.out_lin", "sa_layer_norm", "ffn.lin1", "ffn.lin2", "output_layer_norm"],
            ),
            Member::MpNet => (
                "encoder.layer",
                ["attention.attn.q", "attention.attn.k", "attention.attn.v"],
                [
                    "attention.attn.o",
                    "attention.LayerNorm",
                    "intermediate.dense",
                    "output.dense",
                    "output.LayerNorm",
                ],
            ),
            Member::Bert | Member::Roberta | Member::Electra => (
                "encoder.layer",
                ["attention.self.query", "attention.self.key", "attention.self.value"],
                [
                    "attention.output.dense",
                    "attention.output.LayerNorm",
                    "intermediate.dense",
                    "output.dense",
                    "output.LayerNorm",
                ],
            ),
        };
        let name = |part: &str| format!("{folder}.{index}.{part}");
        Self {
            attention: attention.map(name),
            output: name(output),
            attention_norm: name(attention_norm),
            up: name(up),
            down: name(down),
            norm: name(norm),
        }
    }
}

pub(super) const WORDS: &str = "embeddings.word_embeddings.weight";
pub(super) const POSITIONS: &str = "embeddings.position_embeddings.weight";
pub(super) const SEGMENTS: &str = "embeddings.token_type_embeddings.weight";
pub(super) const EMBEDDING_NORM: &str = "embeddings.LayerNorm";
pub(super) const PROJECTION: &str = "embeddings_project";
pub(super) const RELATIVE: &str = "encoder.relative_attention_bias.weight";

/// What stands before the names in files of task models.
pub(super) fn prefixes(member: Member) -> &'static [&'static str] {
    match member {
        Member::Bert => &["bert."],
        Member::Roberta => &["roberta."],
        Member::DistilBert => &["distilbert."],
        Member::Electra => &["electra."],
        Member::MpNet => &["mpnet."],
    }
}
