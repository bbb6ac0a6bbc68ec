//! The probe judge: two small heads on the frozen features of a sentence encoder.
//!
//! The encoder reads instruction, response, reference and criterion apart; a head sees their
//! embeddings, products and differences, and a few cheap features of the text. The rubric head is a
//! cumulative link model over the scale (McCullagh, 1980), the reward head a Bradley-Terry model
//! (Bradley & Terry, 1952). It is the baseline that a judge which reads the fields together has to
//! beat.

mod features;
mod head;
mod judge;
mod text;

pub use features::{
    Embedded, SCALARS, reward_features, reward_width, rubric_features, rubric_width,
};
pub use head::{Dense, HeadWeights, LEVELS, ProbeWeights};
pub use judge::{OcclusionBudget, ProbeJudge};
pub use text::{TEXT_FEATURES, TextFeatures};

/// Layout of the features; goes into the signature.
pub const TEMPLATE: &str = "probe/1";
