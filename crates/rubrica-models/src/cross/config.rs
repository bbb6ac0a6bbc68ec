//! What stands beside the weights of a cross-encoder: how its logits are read, and a check of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{CrossTask, CrossVersion};
use crate::{ModelError, Result};

/// `head.json` of a cross-encoder: how its logits become what people read. Fitted on held-in rows
/// after training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CrossConfig {
    /// The template that it was trained with.
    pub template: CrossVersion,
    /// Tokens in a sequence.
    pub window: usize,
    /// What the logits of each task are divided by; 1 where none is given.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub temperature: BTreeMap<CrossTask, f64>,
    /// Half the width of the conformal interval of a rubric score, as a share of the scale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<f64>,
    /// Largest difference of rewards that is a tie.
    #[serde(default)]
    pub tie_margin: f64,
    /// Probability of support from which a part counts as supported.
    #[serde(default = "half")]
    pub support_threshold: f64,
    /// Probability of an error from which a part counts as faulty.
    #[serde(default = "half")]
    pub error_threshold: f64,
    /// Probability of an error, or of no support, from which a critique tells it. Thresholds that tell
    /// rare errors apart best lie low, and most of what they find is none.
    #[serde(default = "half")]
    pub finding_threshold: f64,
    /// Probability from which a sentence of a context counts as used.
    #[serde(default = "half")]
    pub context_threshold: f64,
}

fn half() -> f64 {
    0.5
}

impl CrossConfig {
    /// A configuration that calibrates nothing.
    pub fn new(window: usize) -> Self {
        Self {
            template: CrossVersion::LATEST,
            window,
            temperature: BTreeMap::new(),
            interval: None,
            tie_margin: 0.0,
            support_threshold: half(),
            error_threshold: half(),
            finding_threshold: half(),
            context_threshold: half(),
        }
    }

    /// Reads `head.json`.
    ///
    /// # Errors
    /// [`ModelError::Config`] for a malformed file, a template that is not ours, or a temperature
    /// that is not above 0.
    pub fn from_json(bytes: &[u8]) -> Result<Self> {
        let fail = |message: String| ModelError::Config { file: "head.json", message };
        let config: Self = serde_json::from_slice(bytes).map_err(|e| fail(e.to_string()))?;
        if let Some((task, t)) = config.temperature.iter().find(|(_, t)| **t <= 0.0) {
            return Err(fail(format!("temperature of {task:?} is {t}; expected > 0")));
        }
        Ok(config)
    }

    pub(super) fn temperature(&self, task: CrossTask) -> f64 {
        self.temperature.get(&task).copied().unwrap_or(1.0)
    }
}

/// `golden.json` of a cross-encoder: an input with the logits that every device has to give.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CrossGolden {
    /// What computed the logits.
    pub tool: String,
    /// The question of the rubric head.
    pub criterion: String,
    /// What the response answers.
    pub instruction: String,
    /// What it should rest on.
    pub reference: String,
    /// The response, asked about as one part.
    pub response: String,
    /// Raw logits of each task.
    pub logits: BTreeMap<CrossTask, Vec<f64>>,
    /// Largest absolute difference allowed.
    pub tolerance: f64,
}

impl CrossGolden {
    /// Reads `golden.json`.
    ///
    /// # Errors
    /// [`ModelError::Config`].
    pub fn from_json(bytes: &[u8]) -> Result<Self> {
        serde_json::from_slice(bytes)
            .map_err(|e| ModelError::Config { file: "golden.json", message: e.to_string() })
    }
}
