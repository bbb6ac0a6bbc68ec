//! The check of a device: known inputs have to give known logits.

use std::collections::BTreeMap;

use rubrica_core::model::JudgeInput;

use super::CrossJudge;
use super::reading::{Keep, Reading};
use crate::Result;
use crate::cross::{CrossGolden, CrossTask};
use crate::golden::reproduced;

impl CrossJudge {
    /// Raw logits of each task for the input of `golden`.
    ///
    /// # Errors
    /// A model error.
    pub async fn golden_logits(
        &self,
        golden: &CrossGolden,
    ) -> rubrica_core::Result<BTreeMap<CrossTask, Vec<f64>>> {
        let mut logits = BTreeMap::new();
        for &task in self.config.template.tasks() {
            let criterion = if task == CrossTask::Rubric { golden.criterion.as_str() } else { "" };
            // Rewards are checked as they are asked for most: without a reference.
            let reference = (task != CrossTask::Reward).then_some(golden.reference.as_str());
            let input = JudgeInput {
                instruction: &golden.instruction,
                response: &golden.response,
                reference,
                context: &[],
            };
            let ask = self.ask(criterion, &input)?;
            let readings = ask.compose(&self.template, task).into_iter().map(|sequence| {
                let parts = vec![(0, vec![sequence.response()])];
                Reading { sequence, parts }
            });
            let readings = readings.collect();
            let quiet = rubrica_core::Quiet;
            let mut answers = self.read(task, readings, 1, Keep::Nothing, &quiet).await?;
            logits.insert(task, answers.remove(0).logits);
        }
        Ok(logits)
    }

    /// Whether the device gives the logits of `golden`.
    pub(super) async fn check(&self, golden: &CrossGolden) -> Result<()> {
        let found = self.golden_logits(golden).await.map_err(|e| self.device.lost(e))?;
        let pairs: Vec<(f64, f64)> = golden
            .logits
            .iter()
            .flat_map(|(task, row)| {
                let found = found.get(task).cloned().unwrap_or_default();
                // A missing logit is as wrong as one that is no number.
                row.iter().copied().zip(found.into_iter().chain(std::iter::repeat(f64::NAN)))
            })
            .collect();
        reproduced(&pairs, golden.tolerance, &self.info.device)
    }
}
