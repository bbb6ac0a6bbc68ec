//! One layer: attention in which several queries share a key, and a gated feed-forward layer, each after a norm.

use burn::module::Module;
use burn::nn::Linear;
use burn::tensor::Tensor;
use burn::tensor::module::attention;
use burn::tensor::ops::AttentionModuleOptions;

use super::DecoderConfig;
use super::cache::{LayerCache, Sight};
use crate::Result;
use crate::encoder::{BlockSource, BlockTensors, Nonlinearity, RootMeanSquare};

/// One layer.
#[derive(Module, Debug)]
pub(super) struct Layer {
    attention_norm: RootMeanSquare,
    query: Linear,
    /// Key and value in one product.
    key_value: Linear,
    /// Norms of queries and of keys, over a head.
    head_norms: Option<[RootMeanSquare; 2]>,
    output: Linear,
    /// Norms of what attention and the feed-forward layer give, before it is added.
    after: Option<[RootMeanSquare; 2]>,
    inner_norm: RootMeanSquare,
    /// What gates, and what goes on, in one product.
    up: Linear,
    down: Linear,
    #[module(skip)]
    act: Nonlinearity,
}

const ATTENTION_NORM: &str = "input_layernorm";
const AFTER_ATTENTION: &str = "post_attention_layernorm";
const BEFORE_INNER: &str = "pre_feedforward_layernorm";
const AFTER_INNER: &str = "post_feedforward_layernorm";

fn name(index: usize, part: &str) -> String {
    format!("layers.{index}.{part}")
}

fn names(index: usize, parts: [&str; 2]) -> [String; 2] {
    parts.map(|part| name(index, part))
}

const KEY_VALUE: [&str; 2] = ["self_attn.k_proj", "self_attn.v_proj"];
const HEAD_NORMS: [&str; 2] = ["self_attn.q_norm", "self_attn.k_norm"];
const UP: [&str; 2] = ["mlp.gate_proj", "mlp.up_proj"];

/// The norm before the feed-forward layer: the name means something else where norms follow, too.
fn inner_norm(sandwich: bool) -> &'static str {
    if sandwich { BEFORE_INNER } else { AFTER_ATTENTION }
}

impl Layer {
    pub(super) fn load(
        index: usize,
        config: &DecoderConfig,
        source: BlockSource<'_>,
    ) -> Result<Self> {
        let DecoderConfig { hidden_size: hidden, head, inner, .. } = *config;
        let (queries, keys) = (config.heads * head, config.groups * head);
        let linear = |part: &str, input, output, bias| {
            source.linear(&[name(index, part)], input, output, bias)
        };
        let norm = |part: &str, width| config.norm(&name(index, part), width, source);
        let both = |parts: [&str; 2], width| -> Result<_> {
            Ok([norm(parts[0], width)?, norm(parts[1], width)?])
        };
        Ok(Self {
            attention_norm: norm(ATTENTION_NORM, hidden)?,
            query: linear("self_attn.q_proj", hidden, queries, config.query_bias)?,
            key_value: source.linear(&names(index, KEY_VALUE), hidden, keys, config.query_bias)?,
            head_norms: config.head_norms.then(|| both(HEAD_NORMS, head)).transpose()?,
            output: linear("self_attn.o_proj", queries, hidden, config.output_bias)?,
            after: config
                .sandwich
                .then(|| both([AFTER_ATTENTION, AFTER_INNER], hidden))
                .transpose()?,
            inner_norm: norm(inner_norm(config.sandwich), hidden)?,
            up: source.linear(&names(index, UP), hidden, inner, config.inner_bias)?,
            down: linear("mlp.down_proj", inner, hidden, config.inner_bias)?,
            act: config.act,
        })
    }

    pub(super) async fn push(&self, index: usize, tensors: &mut BlockTensors) -> Result<()> {
        self.attention_norm.push(&name(index, ATTENTION_NORM), tensors).await?;
        tensors.linear(&[name(index, "self_attn.q_proj")], &self.query).await?;
        tensors.linear(&names(index, KEY_VALUE), &self.key_value).await?;
        tensors.linear(&[name(index, "self_attn.o_proj")], &self.output).await?;
        tensors.linear(&names(index, UP), &self.up).await?;
        tensors.linear(&[name(index, "mlp.down_proj")], &self.down).await?;
        self.inner_norm.push(&name(index, inner_norm(self.after.is_some())), tensors).await?;
        let pairs = [(&self.head_norms, HEAD_NORMS), (&self.after, [AFTER_ATTENTION, AFTER_INNER])];
        for (norms, parts) in pairs {
            for (norm, part) in norms.iter().flatten().zip(parts) {
                norm.push(&name(index, part), tensors).await?;
            }
        }
        Ok(())
    }

    /// `states` `[batch, new, hidden]` of tokens that follow those of `cache`.
    pub(super) fn forward(
        &self,
        states: Tensor<3>,
        sight: &Sight,
        window: Option<usize>,
        cache: &mut LayerCache,
        config: &DecoderConfig,
    ) -> Tensor<3> {
        let normed = self.attention_norm.forward(states.clone());
        let mut attended = self.attend(normed, sight, window, cache, config);
        if let Some([norm, _]) = &self.after {
            attended = norm.forward(attended);
        }
        let states = states + attended;
        let both = self.up.forward(self.inner_norm.forward(states.clone()));
        let [_, _, width] = both.dims();
        let gate = self.act.apply(both.clone().narrow(2, 0, width / 2));
        let mut inner = self.down.forward(gate * both.narrow(2, width / 2, width / 2));
        if let Some([_, norm]) = &self.after {
            inner = norm.forward(inner);
        }
        states + inner
    }

    fn attend(
        &self,
        states: Tensor<3>,
        sight: &Sight,
        window: Option<usize>,
        cache: &mut LayerCache,
        config: &DecoderConfig,
    ) -> Tensor<3> {
        let [batch, new, _] = states.dims();
        let DecoderConfig { heads, groups, head, .. } = *config;
        let split =
            |states: Tensor<3>, heads| states.reshape([batch, new, heads, head]).swap_dims(1, 2);
        let mut query = split(self.query.forward(states.clone()), heads);
        let both = split(self.key_value.forward(states), 2 * groups);
        let mut key = both.clone().narrow(1, 0, groups);
        let value = both.narrow(1, groups, groups);
        if let Some([of_query, of_key]) = &self.head_norms {
            (query, key) = (of_query.forward(query), of_key.forward(key));
        }
        let (query, key) = (sight.rotation.apply(query), sight.rotation.apply(key));
        let [keys, values] = cache.extend(key, value, window);
        let [_, _, seen, _] = keys.dims();
        // Queries that share a key stand below each other, so that no key is copied for each.
        let rows = heads / groups * new;
        let hidden = sight.hidden.clone().map(|mask| mask.expand([batch, groups, rows, seen]));
        let options = AttentionModuleOptions { scale: Some(config.scale), ..Default::default() };
        let query = query.reshape([batch, groups, rows, head]);
        let attended = attention(query, keys, values, hidden, None, options)
            .reshape([batch, heads, new, head])
            .swap_dims(1, 2)
            .reshape([batch, new, heads * head]);
        self.output.forward(attended)
    }
}
