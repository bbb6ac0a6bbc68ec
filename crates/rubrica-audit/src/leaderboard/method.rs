//! The methods of ranking and their options.

use std::fmt;

use rubrica_stats::ranking::{EloOptions, PairedModel};
use serde::{Deserialize, Serialize};

/// How ratings come about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RankMethod {
    /// Maximum likelihood, a tie being half a win for each (Bradley & Terry, 1952).
    #[default]
    BradleyTerry,
    /// Online updates in the order of the battles (Elo, 1978). With a bootstrap the rating is the median
    /// over the resamples, in which the order is mixed, as Chatbot Arena did at first.
    Elo,
    /// Maximum likelihood with a threshold for ties (Rao & Kupper, 1967).
    RaoKupper,
    /// Maximum likelihood with a propensity for ties (Davidson, 1970).
    Davidson,
    /// A random walk towards those that win (Negahban et al., 2017).
    RankCentrality,
    /// Bayesian updates, ranked by what is near certain (Li et al., 2024).
    KSort,
}

impl RankMethod {
    /// All methods.
    pub const ALL: [Self; 6] = [
        Self::BradleyTerry,
        Self::Elo,
        Self::RaoKupper,
        Self::Davidson,
        Self::RankCentrality,
        Self::KSort,
    ];

    /// The name in options and signatures.
    pub fn name(self) -> &'static str {
        match self {
            Self::BradleyTerry => "bradley-terry",
            Self::Elo => "elo",
            Self::RaoKupper => "rao-kupper",
            Self::Davidson => "davidson",
            Self::RankCentrality => "rank-centrality",
            Self::KSort => "k-sort",
        }
    }

    /// The model of paired comparisons, for methods that have one.
    pub(super) fn paired(self) -> Option<PairedModel> {
        match self {
            Self::BradleyTerry => Some(PairedModel::BradleyTerry),
            Self::RaoKupper => Some(PairedModel::RaoKupper),
            Self::Davidson => Some(PairedModel::Davidson),
            Self::Elo | Self::RankCentrality | Self::KSort => None,
        }
    }

    /// True when the order of the battles matters, so that they have to be kept.
    pub(super) fn is_online(self) -> bool {
        matches!(self, Self::Elo | Self::KSort)
    }
}

impl fmt::Display for RankMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How to rank.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RankOptions {
    /// The method.
    pub method: RankMethod,
    /// Resamples of a bootstrap interval. With 0, models of paired comparisons have their sandwich
    /// interval, the others none (k-sort: that of its beliefs).
    pub bootstrap: usize,
    /// Coverage of the intervals, between 0 and 1.
    pub level: f64,
    /// Seed of the bootstrap.
    pub seed: u64,
    /// Rank centrality: wins added to each model over each other.
    pub prior: f64,
    /// Elo: the greatest change of a rating in one battle.
    pub k: f64,
    /// Also give the outcomes of each model against each other.
    pub matrix: bool,
    /// Also give a board of each category, where battles have one.
    pub by_category: bool,
}

impl Default for RankOptions {
    fn default() -> Self {
        Self {
            method: RankMethod::default(),
            bootstrap: 0,
            level: 0.95,
            seed: 0,
            prior: 0.0,
            k: EloOptions::default().k,
            matrix: false,
            by_category: false,
        }
    }
}
