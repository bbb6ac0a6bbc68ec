//! Judges of criteria made of models that tell something else.
//!
//! - [`RewardCriterion`]: a reward through a [`Calibration`] to a place on the scale.
//! - [`SupportCriterion`]: the share of sentences that the context supports.
//! - [`LevelCriterion`]: each level of a criterion as a hypothesis about the response.
//!
//! Only the last reads the criterion. What the numbers are worth is said with each judgment
//! ([`rubrica_core::RubricModel::caveats`]).

mod level;
mod reward;
mod spread;
mod support;

pub use level::LevelCriterion;
pub use reward::{Calibration, RewardCriterion};
pub use support::SupportCriterion;
