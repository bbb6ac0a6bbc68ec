//! What RewardBench publishes: which of two models' responses is preferred, and the scores that a reward model
//! gives them.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::records::{name, number};

/// A preference between the responses of two models.
#[derive(Debug, Deserialize)]
pub(super) struct RewardBenchPreference {
    #[serde(deserialize_with = "name")]
    pub(super) chosen_model: String,
    #[serde(deserialize_with = "name")]
    pub(super) rejected_model: String,
}

/// Scores of the better response and of the worse one, or ones.
#[derive(Debug, Deserialize)]
pub(crate) struct RewardBenchScores<C, R> {
    #[serde(deserialize_with = "name")]
    pub(crate) id: String,
    #[serde(alias = "score_chosen")]
    pub(crate) scores_chosen: C,
    #[serde(alias = "score_rejected")]
    pub(crate) scores_rejected: R,
    /// What kind of question it was.
    #[serde(default)]
    pub(super) subset: Option<Value>,
    /// The better response, which may be a conversation.
    #[serde(default, alias = "text_chosen")]
    pub(super) chosen: Option<Value>,
    /// The worse one, or several.
    #[serde(default, alias = "text_rejected")]
    pub(super) rejected: Option<Value>,
}

/// A finite number, or a text that is one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Finite(pub(super) f64);

impl<'de> Deserialize<'de> for Finite {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        number(deserializer).map(Self)
    }
}
