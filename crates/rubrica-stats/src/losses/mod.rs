//! Losses of preference learning as pure functions of recorded numbers, with their gradients.
//!
//! What a loss is of: rewards of a model or log-probabilities of a text under it. With the value of a loss one sees
//! what training would push; with the gradient, on which answer. No model is trained here.
//!
//! [`list`]: seven losses over a ranked list (LiPO). [`preference`]: two answers (Bradley–Terry, margin, DPO).
//! [`mod@assessment`]: right answers above wrong ones (AFT). [`gap`]: a revision against its original (PIT). [`scoped`]:
//! feedback that holds in its scope only (RLVF). [`pretraining`]: tagged, filtered and weighted corpora (PHF).
//! [`multi_reward`]: several rewards as one (MusicRL).

pub mod assessment;
pub mod gap;
pub mod list;
pub mod multi_reward;
pub mod preference;
pub mod pretraining;
pub mod scoped;

pub use assessment::{
    Assessment, AssessmentGroup, AssessmentLoss, Constraint, assessment, assessment_loss,
    boundary_floor,
};
pub use gap::{GapScores, Improvement, gap_loss, improvement};
pub use list::{ListLoss, ListLossOptions, lambda_pair_weights, list_loss};
pub use multi_reward::{combine_rewards, standardised};
pub use preference::{
    DpoLogs, OrderedProbability, RankingFigures, dpo_loss, margin_loss, order_averaged,
    ranking_figures,
};
pub use pretraining::{
    AdvantageOptions, PreferenceTag, TagOptions, TagThreshold, advantage_weighted_loss,
    kept_documents, tag_scores, unlikelihood_loss,
};
pub use scoped::{RetentionOptions, ScopeWeights, retention_loss, scoped_loss};

use serde::{Deserialize, Serialize};

/// The value of a loss and its derivative by each of the numbers that it is a function of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Loss {
    /// The value.
    pub value: f64,
    /// The derivatives, in the order of the inputs.
    pub gradient: Vec<f64>,
}

/// `ln(1 + eˣ)`, also where `eˣ` overflows.
pub(crate) fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

/// `1 / (1 + e⁻ˣ)`.
pub(crate) fn sigmoid(x: f64) -> f64 {
    if x >= 0.0 { 1.0 / (1.0 + (-x).exp()) } else { x.exp() / (1.0 + x.exp()) }
}

/// `ln Σ eˣ`; at least one value, all finite.
pub(crate) fn log_sum_exp(values: &[f64]) -> f64 {
    let highest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    highest + values.iter().map(|x| (x - highest).exp()).sum::<f64>().ln()
}

/// A loss whose numbers are all finite.
pub(crate) fn finite(value: f64, gradient: Vec<f64>) -> crate::Result<Loss> {
    if !value.is_finite() {
        return Err(crate::StatsError::NotFinite { what: "loss", index: 0 });
    }
    crate::check::values("gradient", &gradient, 0)?;
    Ok(Loss { value, gradient })
}
