//! Everything that a run needs to go on where it stopped.

use burn::module::Module;
use burn::optim::ModuleOptimizer;
use burn::store::ModuleRecord;
use burn::tensor::Bytes;
use rubrica_models::CrossEncoder;

use super::CrossValidation;
use crate::{Result, TrainError};

/// The state of a run after a step. A run that goes on from it takes the same steps as one that
/// never stopped, up to the rounding of sums whose order burn does not fix.
#[derive(Debug, Clone, PartialEq)]
pub struct CrossCheckpoint {
    /// Optimiser steps taken.
    pub step: usize,
    /// What validation gave so far.
    pub curve: Vec<CrossValidation>,
    /// The model, the optimiser of the encoder, the optimiser of the heads: burn's own records.
    pub records: [Vec<u8>; 3],
}

impl CrossCheckpoint {
    pub(super) fn of(
        step: usize,
        curve: &[CrossValidation],
        model: &CrossEncoder,
        optimizers: [&ModuleOptimizer; 2],
    ) -> Result<Self> {
        let failed = |e: burn::store::RecordError| TrainError::Checkpoint(format!("{e:?}"));
        let model = model.clone().into_record().into_bytes().map_err(failed)?;
        let [encoder, heads] = optimizers.map(|o| o.into_bytes().map_err(failed));
        let records = [model.to_vec(), encoder?.to_vec(), heads?.to_vec()];
        Ok(Self { step, curve: curve.to_vec(), records })
    }

    pub(super) fn restore(
        &self,
        model: CrossEncoder,
        optimizers: [ModuleOptimizer; 2],
    ) -> Result<(CrossEncoder, [ModuleOptimizer; 2])> {
        let failed = |e: burn::store::RecordError| TrainError::Checkpoint(format!("{e:?}"));
        let bytes = |i: usize| Bytes::from_bytes_vec(self.records[i].clone());
        let record = ModuleRecord::from_bytes(bytes(0)).map_err(failed)?;
        let model = model.try_load_record(record).map_err(failed)?;
        let [encoder, heads] = optimizers;
        let encoder = encoder.from_bytes(bytes(1)).map_err(failed)?;
        let heads = heads.from_bytes(bytes(2)).map_err(failed)?;
        Ok((model, [encoder, heads]))
    }
}
