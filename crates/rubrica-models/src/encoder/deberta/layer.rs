//! A layer with disentangled attention, and the convolution beside the first one.

use burn::module::{Module, Param};
use burn::nn::{LayerNorm, Linear};
use burn::tensor::module::attention;
use burn::tensor::ops::AttentionModuleOptions;
use burn::tensor::{Bool, Int, Tensor, TensorData};

use super::config::DebertaConfig;
use crate::encoder::EncoderInput;
use crate::encoder::blocks::{BlockSource, BlockTensors, Nonlinearity};
use crate::kernels;
use crate::write::named;
use crate::{ModelError, Result};

/// Relative positions of a batch.
pub(super) struct Places {
    /// `[2 * span, hidden]`.
    pub(super) table: Tensor<2>,
    /// Rows of the table, `[seq, seq]`, where contents look at positions: query, then key.
    pub(super) content_to_position: Option<Tensor<2, Int>>,
    /// The same where positions look at contents: key, then query.
    pub(super) position_to_content: Option<Tensor<2, Int>>,
}

/// One encoder layer.
#[derive(Module, Debug)]
pub(super) struct Layer {
    query: Linear,
    key: Linear,
    value: Linear,
    /// Projections of positions, where they do not share those of contents.
    position_key: Option<Linear>,
    position_query: Option<Linear>,
    output: Linear,
    attention_norm: LayerNorm,
    up: Linear,
    down: Linear,
    norm: LayerNorm,
    heads: usize,
    #[module(skip)]
    act: Nonlinearity,
}

fn name(index: usize, part: &str) -> String {
    format!("encoder.layer.{index}.{part}")
}

impl Layer {
    pub(super) fn load(
        index: usize,
        config: &DebertaConfig,
        source: BlockSource<'_>,
    ) -> Result<Self> {
        let hidden = config.hidden_size;
        let linear =
            |part: &str, input, output| source.linear(&[name(index, part)], input, output, true);
        let norm = |part: &str| source.norm(&name(index, part), hidden, config.epsilon, true);
        let position = |part: &str, wanted: bool| {
            let own = config.relative.is_some_and(|relative| !relative.shared);
            (own && wanted).then(|| linear(part, hidden, hidden)).transpose()
        };
        let relative = config.relative;
        Ok(Self {
            query: linear("attention.self.query_proj", hidden, hidden)?,
            key: linear("attention.self.key_proj", hidden, hidden)?,
            value: linear("attention.self.value_proj", hidden, hidden)?,
            position_key: position(
                "attention.self.pos_key_proj",
                relative.is_some_and(|r| r.content_to_position),
            )?,
            position_query: position(
                "attention.self.pos_query_proj",
                relative.is_some_and(|r| r.position_to_content),
            )?,
            output: linear("attention.output.dense", hidden, hidden)?,
            attention_norm: norm("attention.output.LayerNorm")?,
            up: linear("intermediate.dense", hidden, config.inner)?,
            down: linear("output.dense", config.inner, hidden)?,
            norm: norm("output.LayerNorm")?,
            heads: config.heads,
            act: config.act,
        })
    }

    pub(super) async fn push(&self, index: usize, tensors: &mut BlockTensors) -> Result<()> {
        for (part, linear) in [
            ("attention.self.query_proj", Some(&self.query)),
            ("attention.self.key_proj", Some(&self.key)),
            ("attention.self.value_proj", Some(&self.value)),
            ("attention.self.pos_key_proj", self.position_key.as_ref()),
            ("attention.self.pos_query_proj", self.position_query.as_ref()),
            ("attention.output.dense", Some(&self.output)),
            ("intermediate.dense", Some(&self.up)),
            ("output.dense", Some(&self.down)),
        ] {
            if let Some(linear) = linear {
                tensors.linear(&[name(index, part)], linear).await?;
            }
        }
        tensors.norm(&name(index, "attention.output.LayerNorm"), &self.attention_norm).await?;
        tensors.norm(&name(index, "output.LayerNorm"), &self.norm).await
    }

    pub(super) fn forward(
        &self,
        hidden: Tensor<3>,
        input: &EncoderInput,
        places: Option<&Places>,
    ) -> Tensor<3> {
        let attended = self.attend(hidden.clone(), input, places);
        let none = Nonlinearity::None;
        let attended = kernels::linear(&self.output, attended, none);
        let hidden = self.attention_norm.forward(attended + hidden);
        let inner = kernels::linear(&self.up, hidden.clone(), self.act);
        let inner = kernels::linear(&self.down, inner, none);
        self.norm.forward(inner + hidden)
    }

    fn attend(
        &self,
        hidden: Tensor<3>,
        input: &EncoderInput,
        places: Option<&Places>,
    ) -> Tensor<3> {
        let [batch, seq, width] = hidden.dims();
        let [query, key, value] = [&self.query, &self.key, &self.value]
            .map(|layer| self.split(kernels::linear(layer, hidden.clone(), Nonlinearity::None)));
        // One share each for contents and for either way that positions come in.
        let shares = 1 + places.map_or(0, |places| {
            usize::from(places.content_to_position.is_some())
                + usize::from(places.position_to_content.is_some())
        });
        let scale = 1.0 / ((width / self.heads * shares) as f64).sqrt();
        let bias = places.and_then(|places| self.bias(&query, &key, places));
        let options = AttentionModuleOptions { scale: Some(scale), ..Default::default() };
        let padding = input.padding_of(self.heads);
        attention(query, key, value, padding, bias.map(|bias| bias * scale), options)
            .swap_dims(1, 2)
            .reshape([batch, seq, width])
    }

    /// What positions add to the scores, before they are scaled: `[batch, heads, seq, seq]`.
    fn bias(&self, query: &Tensor<4>, key: &Tensor<4>, places: &Places) -> Option<Tensor<4>> {
        let [batch, heads, seq, _] = query.dims();
        let spread = |rows: &Tensor<2, Int>| {
            rows.clone().reshape([1, 1, seq, seq]).expand([batch, heads, seq, seq])
        };
        let project = |linear: &Linear| {
            let table = self.split(linear.forward(places.table.clone().unsqueeze::<3>()));
            table.swap_dims(2, 3)
        };
        let from_content = places.content_to_position.as_ref().map(|rows| {
            let keys = project(self.position_key.as_ref().unwrap_or(&self.key));
            query.clone().matmul(keys).gather(3, spread(rows))
        });
        let to_content = places.position_to_content.as_ref().map(|rows| {
            let queries = project(self.position_query.as_ref().unwrap_or(&self.query));
            key.clone().matmul(queries).gather(3, spread(rows)).swap_dims(2, 3)
        });
        match (from_content, to_content) {
            (Some(a), Some(b)) => Some(a + b),
            (a, b) => a.or(b),
        }
    }

    /// `[batch, seq, hidden]` as `[batch, heads, seq, head]`.
    fn split(&self, states: Tensor<3>) -> Tensor<4> {
        let [batch, seq, width] = states.dims();
        states.reshape([batch, seq, self.heads, width / self.heads]).swap_dims(1, 2)
    }
}

/// A convolution over the embeddings, added to the states of the first layer.
#[derive(Module, Debug)]
pub(super) struct Convolution {
    /// One matrix `[in, out]` a tap.
    taps: Vec<Param<Tensor<2>>>,
    bias: Param<Tensor<1>>,
    norm: LayerNorm,
    #[module(skip)]
    act: Nonlinearity,
}

const CONVOLUTION: &str = "encoder.conv.conv";
const CONVOLUTION_NORM: &str = "encoder.conv.LayerNorm";

impl Convolution {
    pub(super) fn load(config: &DebertaConfig, source: BlockSource<'_>) -> Result<Self> {
        let hidden = config.hidden_size;
        let convolution = config.convolution.ok_or_else(|| ModelError::Config {
            file: "config.json",
            message: "has no conv_kernel_size".into(),
        })?;
        let name = format!("{CONVOLUTION}.weight");
        // `[out, in, kernel]`.
        let weight = source.tensor(&name, [hidden, hidden, convolution.kernel])?;
        let tap = |index: usize| {
            let tap = weight.clone().narrow(2, index, 1).reshape([hidden, hidden]);
            Param::from_tensor(tap.transpose())
        };
        Ok(Self {
            taps: (0..convolution.kernel).map(tap).collect(),
            bias: Param::from_tensor(source.tensor(&format!("{CONVOLUTION}.bias"), [hidden])?),
            norm: source.norm(CONVOLUTION_NORM, hidden, config.epsilon, true)?,
            act: convolution.act,
        })
    }

    pub(super) async fn push(&self, tensors: &mut BlockTensors) -> Result<()> {
        let taps = self.taps.iter().map(|tap| tap.val().transpose().unsqueeze_dim::<3>(2));
        let weight = Tensor::cat(taps.collect(), 2);
        tensors.0.push(named(&format!("{CONVOLUTION}.weight"), weight).await?);
        tensors.0.push(named(&format!("{CONVOLUTION}.bias"), self.bias.val()).await?);
        tensors.norm(CONVOLUTION_NORM, &self.norm).await
    }

    /// `embedded` are the states before the first layer, `states` those after it.
    pub(super) fn forward(
        &self,
        embedded: Tensor<3>,
        states: Tensor<3>,
        input: &EncoderInput,
    ) -> Tensor<3> {
        let [batch, seq, width] = embedded.dims();
        let device = embedded.device();
        let padding = padding(input, &device);
        // What stands beyond the text is nothing, as outside the sequence.
        let embedded = match &padding {
            Some(padding) => embedded.mask_fill(padding.clone().expand([batch, seq, width]), 0.0),
            None => embedded,
        };
        let side = self.taps.len() / 2;
        let edge = || Tensor::<3>::zeros([batch, side, width], &device);
        let wide = Tensor::cat(vec![edge(), embedded, edge()], 1);
        let mut sum: Tensor<3> = self.bias.val().reshape([1, 1, width]).expand([batch, seq, width]);
        for (index, tap) in self.taps.iter().enumerate() {
            sum = sum + wide.clone().narrow(1, index, seq).matmul(tap.val().unsqueeze::<3>());
        }
        let out = self.norm.forward(states + self.act.apply(sum));
        match padding {
            Some(padding) => out.mask_fill(padding.expand([batch, seq, width]), 0.0),
            None => out,
        }
    }
}

/// True where a token is padding, `[batch, seq, 1]`; none when nothing is padded.
fn padding(input: &EncoderInput, device: &burn::tensor::Device) -> Option<Tensor<3, Bool>> {
    let [batch, seq] = input.dims();
    input.padding.as_ref()?;
    let values: Vec<bool> =
        input.lengths.iter().flat_map(|&n| (0..seq).map(move |i| i >= n)).collect();
    Some(Tensor::from_data(TensorData::new(values, [batch, seq, 1]), device))
}
