//! From the hidden states of a window to one vector.

use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

/// How the hidden states of a text become one vector.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Pooling {
    /// Mean over all tokens, special ones included (Reimers & Gurevych, 2019).
    #[default]
    Mean,
    /// The first token.
    Cls,
    /// The last token that is not padding.
    Last,
}

impl Pooling {
    /// Pools `hidden` `[batch, seq, hidden]` to `[batch, hidden]`. `lengths` gives the number of
    /// tokens of each row that are not padding; padding stands at the end.
    pub fn apply(self, hidden: Tensor<3>, lengths: &[usize]) -> Tensor<2> {
        let [batch, seq, dim] = hidden.dims();
        match self {
            Self::Mean if lengths.iter().all(|&n| n == seq) => {
                hidden.mean_dim(1).reshape([batch, dim])
            }
            Self::Mean => {
                let device = hidden.device();
                let weights: Vec<f32> = lengths
                    .iter()
                    .flat_map(|&n| (0..seq).map(move |i| if i < n { 1.0 / n as f32 } else { 0.0 }))
                    .collect();
                let weights = Tensor::<1>::from_floats(weights.as_slice(), &device);
                weights.reshape([batch, 1, seq]).matmul(hidden).reshape([batch, dim])
            }
            Self::Cls => hidden.slice([0..batch, 0..1]).reshape([batch, dim]),
            Self::Last => {
                let rows = lengths.iter().enumerate();
                let picked =
                    rows.map(|(i, &n)| hidden.clone().slice([i..i + 1, n - 1..n])).collect();
                Tensor::cat(picked, 0).reshape([batch, dim])
            }
        }
    }
}
