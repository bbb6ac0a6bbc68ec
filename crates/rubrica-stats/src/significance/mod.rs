//! Is a difference more than chance? Tests, corrections for many of them, and how many items to take.

mod categorical;
mod correction;
mod newcombe;
mod permutation;
mod power;
mod ranks;

use serde::{Deserialize, Serialize};

pub use categorical::{FisherExact, McNemar, fisher_exact, mcnemar};
pub use correction::{Correction, adjust_p_values};
pub use newcombe::newcombe;
pub use permutation::{
    PermutationOptions, Randomisation, paired_randomisation, permutation_test, sign_flip_test,
};
pub use power::{
    CorrelationPower, PairedPower, ProportionPower, correlation_power, paired_power,
    proportion_power,
};
pub use ranks::{
    KruskalWallis, MannWhitney, NullDistribution, RankTest, Wilcoxon, kruskal_wallis, mann_whitney,
    wilcoxon,
};

/// Which differences speak against chance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alternative {
    /// Those of either sign.
    #[default]
    TwoSided,
    /// The first is smaller.
    Less,
    /// The first is larger.
    Greater,
}

impl Alternative {
    /// The chance from those of both tails, each of which includes the value itself.
    fn p_value(self, lower: f64, upper: f64) -> f64 {
        match self {
            Self::TwoSided => (2.0 * lower.min(upper)).min(1.0),
            Self::Less => lower.min(1.0),
            Self::Greater => upper.min(1.0),
        }
    }
}

/// Where a p-value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Null {
    /// Every arrangement was counted.
    Exact,
    /// Random arrangements were drawn.
    Sampled,
    /// The limit for many items.
    Asymptotic,
}
