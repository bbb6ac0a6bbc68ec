//! Rankings from comparisons: who beats whom, and how sure that is.
//!
//! Models are numbered `0..n`. [`WinMatrix`] holds the outcomes of all battles, one entry a pair, so
//! that memory does not grow with the number of battles. From it come maximum-likelihood ratings
//! ([`PairedModel`]: Bradley-Terry, Rao-Kupper, Davidson) with sandwich or bootstrap intervals, and
//! [`rank_centrality`]. [`elo`] goes through battles in their order, [`ThurstoneMosteller`] updates
//! beliefs after each ranking of two or more.
//!
//! Ratings of the first three stand on the scale of Elo: 400 points are odds of ten to one, and the
//! mean is 1000.

mod bounds;
mod centrality;
mod centrality_compat;
mod covariates;
mod duel;
mod elo;
mod likelihood;
mod linear;
mod logit;
mod matchmaking;
mod network;
mod paired;
mod quality;
mod queries;
mod refit;
mod resample;
mod sandwich;
mod thurstone;
mod win_matrix;

pub use bounds::{BootstrapBounds, Bounds};
pub use centrality::{Centrality, rank_centrality};
pub use centrality_compat::rank_centrality_compat;
pub use covariates::{
    Coefficient, CovariateBattle, CovariateFit, fit_covariates, relative_difference,
};
pub use duel::{Duel, DuelOptions, NextDuel};
pub use elo::{EloOptions, elo, elo_weighted};
pub use matchmaking::Matchmaking;
pub use network::NetworkOptions;
pub use paired::{PairedFit, PairedModel};
pub use quality::{
    BenchmarkQuality, Scored, Separability, benchmark_quality, expected_score, separability, tiers,
};
pub use queries::{PreferencePosterior, Query};
pub use thurstone::{Belief, ThurstoneMosteller};
pub use win_matrix::{Battle, Outcome, WinMatrix};

use bounds::{Collected, check_replicates};
use resample::Resampler;

use crate::quantile::quantile;
use crate::rng::Rng;
use crate::{Result, StatsError, check};

/// Points of a rating in which the odds grow by a factor of e.
pub const POINTS: f64 = 400.0 / std::f64::consts::LN_10;

/// The rating of an average model.
pub const MEAN: f64 = 1000.0;

/// Log-strengths on the scale of Elo with mean [`MEAN`].
fn on_scale(strengths: &[f64]) -> Vec<f64> {
    let mean = strengths.iter().sum::<f64>() / strengths.len() as f64;
    strengths.iter().map(|s| MEAN + POINTS * (s - mean)).collect()
}

/// Percentile bootstrap intervals of any ratings: the battles of `counts` are drawn with replacement
/// `replicates` times and rated anew.
///
/// # Errors
/// A level out of range; too few or too many replicates.
pub fn bootstrap_ratings(
    counts: &WinMatrix,
    replicates: usize,
    level: f64,
    seed: u64,
    ratings: impl Fn(&WinMatrix) -> Result<Vec<f64>>,
) -> Result<BootstrapBounds> {
    check::open_unit("level", level)?;
    check_replicates(replicates, counts.models())?;
    let mut rng = Rng::seeded(seed);
    let resampler = Resampler::new(counts);
    let mut all = Collected::new(counts.models());
    for _ in 0..replicates {
        let drawn = resampler.draw(&mut rng);
        all.add(ratings(&drawn), || drawn.clone());
    }
    Ok(all.bounds(level))
}

/// Quantiles of each model's ratings over resamples.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantiles {
    /// `[models][at]`.
    pub models: Vec<Vec<f64>>,
    /// Resamples that have ratings.
    pub defined: usize,
}

/// Quantiles `at` of each model's ratings, which `draw` gives `replicates` times.
///
/// # Errors
/// As [`bootstrap_ratings`]; [`StatsError::Unstable`] when more than half of the resamples have no ratings.
pub fn quantiles(
    replicates: usize,
    at: &[f64],
    mut draw: impl FnMut() -> Result<Vec<f64>>,
) -> Result<Quantiles> {
    check_replicates(replicates, 1)?;
    let mut drawn: Vec<Vec<f64>> = Vec::new();
    let mut defined = 0;
    for _ in 0..replicates {
        if let Ok(ratings) = draw() {
            check_replicates(replicates, ratings.len())?;
            defined += 1;
            drawn.resize(ratings.len(), Vec::new());
            for (all, rating) in drawn.iter_mut().zip(ratings) {
                all.push(rating);
            }
        }
    }
    if 2 * defined < replicates {
        return Err(StatsError::Unstable { defined, replicates });
    }
    let of_model = |all: &Vec<f64>| at.iter().map(|&q| quantile(all, q)).collect();
    let models = drawn.iter().map(of_model).collect::<Result<_>>()?;
    Ok(Quantiles { models, defined })
}
