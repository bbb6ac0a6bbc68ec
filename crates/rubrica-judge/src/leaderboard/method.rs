//! The methods of ranking and their options.

use std::fmt;

use rubrica_core::{Error, Result};
use rubrica_stats::bootstrap::Bootstrap;
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
    /// Resamples of a bootstrap interval, at least [`Bootstrap::FEWEST`]. With 0, models of paired comparisons have their sandwich
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

impl RankOptions {
    /// Checks that options are in range, and that those which the method does not use are left as they are.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the option.
    pub fn validate(&self) -> Result<()> {
        let Self { method, bootstrap, level, prior, k, .. } = *self;
        let default = Self::default();
        let invalid = |option: &str, problem: String, expected: &str| {
            Err(Error::invalid(option, problem, expected))
        };
        if !(level > 0.0 && level < 1.0) {
            return invalid("level", format!("is {level}"), "a number between 0 and 1");
        }
        if bootstrap != 0 && !(Bootstrap::FEWEST..=Bootstrap::MOST).contains(&bootstrap) {
            let expected = format!("0, or {} to {} resamples", Bootstrap::FEWEST, Bootstrap::MOST);
            return invalid("bootstrap", format!("is {bootstrap}"), &expected);
        }
        if !(k > 0.0 && k <= EloOptions::MOST_K) {
            return invalid("k", format!("is {k}"), "above 0, at most 10000");
        }
        if !(0.0..=1e9).contains(&prior) {
            return invalid("prior", format!("is {prior}"), "0 to 1e9");
        }
        let unused = |option: &str, of: &str| {
            let problem = format!("is given, and {method} does not use it");
            Err(Error::invalid(option, problem, format!("it with {of} only")))
        };
        match method {
            RankMethod::KSort if bootstrap != 0 => {
                unused("bootstrap", "the other methods: k-sort has the intervals of its beliefs,")
            }
            RankMethod::KSort if level != default.level => unused("level", "the other methods"),
            method if k != default.k && method != RankMethod::Elo => unused("k", "elo"),
            method if prior != default.prior && method != RankMethod::RankCentrality => {
                unused("prior", "rank-centrality")
            }
            _ => Ok(()),
        }
    }
}
