//! What a classifier has to give for known inputs, on every device.

use rubrica_core::{Quiet, TextPair};
use serde::{Deserialize, Serialize};

use super::Classifier;
use crate::golden::reproduced;
use crate::head::HeadTask;
use crate::{ModelError, Result};

/// `golden.json` of a classifier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassGolden {
    /// What computed the logits, with versions.
    pub tool: String,
    /// Inputs with their logits.
    pub rows: Vec<ClassGoldenRow>,
    /// Largest absolute difference allowed.
    pub tolerance: f64,
}

/// One input with its logits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassGoldenRow {
    /// The text; of a pair, the first one.
    pub first: String,
    /// The second text of a pair.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<String>,
    /// Raw logits; of a model that labels tokens, those of all tokens one after the other.
    pub logits: Vec<f64>,
}

impl ClassGolden {
    /// Reads `golden.json`.
    ///
    /// # Errors
    /// [`ModelError::Config`].
    pub fn from_json(bytes: &[u8]) -> Result<Self> {
        serde_json::from_slice(bytes)
            .map_err(|e| ModelError::Config { file: "golden.json", message: e.to_string() })
    }
}

impl Classifier {
    /// Raw logits for the inputs of a golden, in the layout of [`ClassGoldenRow::logits`].
    ///
    /// # Errors
    /// A model error.
    pub async fn golden_logits(
        &self,
        inputs: &[TextPair<'_>],
    ) -> rubrica_core::Result<Vec<Vec<f64>>> {
        use rubrica_core::ClassifierModel as _;
        Ok(match self.task() {
            HeadTask::Sequence => {
                let rows = self.classify(inputs, &Quiet).await?;
                rows.into_iter().map(|row| row.logits).collect()
            }
            HeadTask::Tokens => {
                let rows = self.label_tokens(inputs, &Quiet).await?;
                let logits = |row: rubrica_core::TokenClassification| {
                    row.tokens.into_iter().flat_map(|token| token.logits).collect()
                };
                rows.into_iter().map(logits).collect()
            }
        })
    }

    /// Largest absolute difference between the logits of `golden` and those that the device gives; NaN where one is
    /// no number or missing.
    ///
    /// # Errors
    /// A model error.
    pub async fn golden_error(&self, golden: &ClassGolden) -> rubrica_core::Result<f64> {
        let pairs = self.golden_pairs(golden).await?;
        let worst = |worst: f64, (a, b): (f64, f64)| {
            let difference = (a - b).abs();
            if worst.is_nan() || difference <= worst { worst } else { difference }
        };
        Ok(pairs.into_iter().fold(0.0, worst))
    }

    /// Whether the device gives the logits of `golden`.
    pub(super) async fn check(&self, golden: &ClassGolden) -> Result<()> {
        let pairs = self.golden_pairs(golden).await.map_err(|e| self.device.lost(e))?;
        reproduced(&pairs, golden.tolerance, &self.info.device)
    }

    /// The logits of `golden`, each beside the one found.
    async fn golden_pairs(&self, golden: &ClassGolden) -> rubrica_core::Result<Vec<(f64, f64)>> {
        let inputs: Vec<TextPair<'_>> = golden
            .rows
            .iter()
            .map(|row| TextPair { first: &row.first, second: row.second.as_deref() })
            .collect();
        let found = self.golden_logits(&inputs).await?;
        let mut pairs = Vec::new();
        for (row, found) in golden.rows.iter().zip(found) {
            let width = row.logits.len().max(found.len());
            // A logit that is missing on either side is as wrong as one that is no number.
            let at = |values: &[f64], i: usize| values.get(i).copied().unwrap_or(f64::NAN);
            pairs.extend((0..width).map(|i| (at(&row.logits, i), at(&found, i))));
        }
        Ok(pairs)
    }
}
