//! A norm that scales and neither shifts nor centres (Zhang & Sennrich, 2019).

use burn::module::{Module, Param};
use burn::tensor::Tensor;

use super::blocks::{BlockSource, BlockTensors};
use crate::Result;
use crate::write::named;

/// The norm.
#[derive(Module, Debug)]
pub(crate) struct RootMeanSquare {
    weight: Param<Tensor<1>>,
    epsilon: f64,
    /// Added to the weight: some families store how far it is from 1.
    offset: f64,
}

impl RootMeanSquare {
    /// Loads `name.weight`, `[width]`.
    pub(crate) fn load(
        name: &str,
        width: usize,
        epsilon: f64,
        offset: f64,
        source: BlockSource<'_>,
    ) -> Result<Self> {
        let weight = source.tensor(&format!("{name}.weight"), [width])?;
        Ok(Self { weight: Param::from_tensor(weight), epsilon, offset })
    }

    pub(crate) async fn push(&self, name: &str, tensors: &mut BlockTensors) -> Result<()> {
        tensors.0.push(named(&format!("{name}.weight"), self.weight.val()).await?);
        Ok(())
    }

    /// Scales the vectors of the last axis.
    pub(crate) fn forward<const D: usize>(&self, states: Tensor<D>) -> Tensor<D> {
        let spread = states.clone().square().mean_dim(D - 1).add_scalar(self.epsilon).sqrt();
        let weight = match self.offset {
            0.0 => self.weight.val(),
            offset => self.weight.val().add_scalar(offset),
        };
        states / spread * weight.unsqueeze()
    }
}
