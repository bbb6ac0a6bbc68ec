//! `head.json`.

use serde::{Deserialize, Serialize};

use super::Activation;
use crate::encoder::Nonlinearity;
use crate::{ModelError, Pooling, Result};

/// What a head gives logits for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum HeadTask {
    /// The input as a whole.
    #[default]
    Sequence,
    /// Each token.
    Tokens,
}

/// A norm after a layer of a head.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadNorm {
    /// Name of its tensors in the weights, without `.weight` and `.bias`.
    pub name: String,
    /// Added to the variance.
    pub epsilon: f64,
}

/// One linear layer of a head. It has a bias where the weights have one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadLayer {
    /// Name of its tensors in the weights, without `.weight` and `.bias`.
    pub name: String,
    /// What follows it.
    #[serde(default)]
    pub activation: Nonlinearity,
    /// What follows that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub norm: Option<HeadNorm>,
}

impl HeadLayer {
    /// A layer without a norm.
    pub fn new(name: &str, activation: Nonlinearity) -> Self {
        Self { name: name.to_owned(), activation, norm: None }
    }
}

/// `head.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadConfig {
    /// What it gives logits for.
    #[serde(default)]
    pub task: HeadTask,
    /// From hidden states to one vector; a head on tokens has no use for it.
    #[serde(default)]
    pub pooling: Pooling,
    /// At least one layer; the last one gives the logits.
    pub layers: Vec<HeadLayer>,
    /// From logits to values.
    pub activation: Activation,
    /// Names of the values.
    pub labels: Vec<String>,
}

impl HeadConfig {
    /// Reads `head.json`.
    ///
    /// # Errors
    /// [`ModelError::Config`].
    pub fn from_json(bytes: &[u8]) -> Result<Self> {
        let fail = |message: String| ModelError::Config { file: "head.json", message };
        let config: Self = serde_json::from_slice(bytes).map_err(|e| fail(e.to_string()))?;
        if config.layers.is_empty() {
            return Err(fail("layers is empty; expected at least one".into()));
        }
        if config.labels.is_empty() {
            return Err(fail("labels is empty; expected at least one".into()));
        }
        if config.activation == Activation::Ordinal && config.task == HeadTask::Tokens {
            return Err(fail(
                "activation is `ordinal` on tokens; expected a head on sequences".into(),
            ));
        }
        Ok(config)
    }

    /// A head without labels and activation, which the caller knows from elsewhere.
    pub(crate) fn of(task: HeadTask, pooling: Pooling, layers: Vec<HeadLayer>) -> Self {
        Self { task, pooling, layers, activation: Activation::None, labels: Vec::new() }
    }
}
