//! What a principle says of a comparison.

use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a principle says of a comparison. Also reads what the official code writes: true, false and null, `for`,
/// `against` and `abstain`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PrincipleVote {
    /// It prefers the response that was preferred.
    Agree,
    /// It prefers the other one.
    Disagree,
    /// Both responses follow it.
    Both,
    /// Neither response follows it.
    Neither,
    /// It has no bearing on the two.
    NotApplicable,
    /// The voter's answer could not be read.
    Invalid,
}

impl PrincipleVote {
    /// All that there are.
    pub(super) const ALL: [Self; 6] = [
        Self::Agree,
        Self::Disagree,
        Self::Both,
        Self::Neither,
        Self::NotApplicable,
        Self::Invalid,
    ];
}

impl<'de> Deserialize<'de> for PrincipleVote {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let word = match &value {
            Value::Null => "null".to_owned(),
            Value::Bool(truth) => truth.to_string(),
            Value::String(text) => text.trim().to_ascii_lowercase().replace([' ', '-'], "_"),
            _ => String::new(),
        };
        match word.as_str() {
            "agree" | "true" | "for" => Ok(Self::Agree),
            "disagree" | "false" | "against" => Ok(Self::Disagree),
            "both" => Ok(Self::Both),
            "neither" => Ok(Self::Neither),
            "not_applicable" | "null" | "none" | "abstain" => Ok(Self::NotApplicable),
            "invalid" => Ok(Self::Invalid),
            _ => Err(D::Error::custom(format!(
                "the vote is {value}; expected agree, disagree, both, neither, not_applicable or invalid"
            ))),
        }
    }
}
