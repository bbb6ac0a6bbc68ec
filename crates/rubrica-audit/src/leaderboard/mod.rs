//! Leaderboards: ratings with intervals from recorded battles, with no model present.
//!
//! Battles come in one by one ([`Battles::push`]); [`rank`] rates the models by one of six methods, overall
//! and, where battles have one, by category.

mod battles;
mod method;
mod rating;
#[cfg(test)]
mod tests;

pub use battles::{Battles, NamedBattle};
pub use method::{RankMethod, RankOptions};

use std::collections::BTreeMap;

use rubrica_core::{Error, Result, Signature, Undefined};
use rubrica_stats::StatsError;
use rubrica_stats::ranking::{Scored, WinMatrix, tiers};
use serde::Serialize;

use rating::{Rated, rate};

/// A model's place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RatedModel {
    /// Its name.
    pub model: String,
    /// Points: 400 are odds of ten to one, the mean is 1000. K-sort: mean − 3 deviations of its belief.
    pub rating: f64,
    /// Lower end of the interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lower: Option<f64>,
    /// Upper end of the interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upper: Option<f64>,
    /// 1 + the number of models whose interval lies wholly above its own (without intervals: whose
    /// rating is higher).
    pub rank: usize,
    /// From 1; the intervals of a tier overlap that of its first model (without intervals: the ratings of a
    /// tier are equal).
    pub tier: usize,
    /// Battles won.
    pub wins: u64,
    /// Battles without a winner.
    pub ties: u64,
    /// Battles lost.
    pub losses: u64,
}

/// A leaderboard.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Leaderboard {
    /// Best first.
    pub ratings: Vec<RatedModel>,
    /// θ of Rao and Kupper, ν of Davidson.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tie_parameter: Option<f64>,
    /// Wins, ties and losses of the model of the row against that of the column, both in the order of
    /// `ratings`; with [`RankOptions::matrix`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matrix: Option<Vec<Vec<[u64; 3]>>>,
    /// The battles of each category alone; with [`RankOptions::by_category`].
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub by_category: BTreeMap<String, CategoryBoard>,
    /// What produced it.
    pub signature: Signature,
}

/// The models of one category, rated by its battles alone; their mean is 1000 in each.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CategoryBoard {
    /// Battles.
    pub n: usize,
    /// Best first; empty when there is an `error`.
    pub ratings: Vec<RatedModel>,
    /// As that of the [`Leaderboard`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tie_parameter: Option<f64>,
    /// As that of the [`Leaderboard`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matrix: Option<Vec<Vec<[u64; 3]>>>,
    /// Why there are no ratings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Undefined>,
}

/// Ranks the models of `battles`, which were made for the same method. A category in which no ratings exist
/// says why.
///
/// # Errors
/// [`Error::Statistic`] when there are no finite ratings overall, saying between which models nothing
/// happened, or no battles; options out of range.
pub fn rank(battles: &Battles, options: &RankOptions) -> Result<Leaderboard> {
    let (method, known) = (options.method, battles.method);
    let same_order = method == known || !known.is_online();
    if method.is_online() != known.is_online() || !same_order {
        return Err(Error::invalid("method", format!("is {method}"), "the one of the battles"));
    }
    let Board { ratings, tie_parameter, matrix, with_intervals } = board(battles, options)?;
    let category = |battles: &Battles| {
        let n = battles.len();
        match board(battles, options) {
            Ok(Board { ratings, tie_parameter, matrix, .. }) => {
                CategoryBoard { n, ratings, tie_parameter, matrix, error: None }
            }
            Err(error) => {
                let error = Some(Undefined::from(&error));
                CategoryBoard { n, ratings: Vec::new(), tie_parameter: None, matrix: None, error }
            }
        }
    };
    let categories = battles.categories.iter().filter(|_| options.by_category);
    let by_category = categories.map(|(name, of)| (name.clone(), category(of))).collect();
    let signature = signature(options, with_intervals);
    Ok(Leaderboard { ratings, tie_parameter, matrix, by_category, signature })
}

/// What some battles come to.
struct Board {
    ratings: Vec<RatedModel>,
    tie_parameter: Option<f64>,
    matrix: Option<Vec<Vec<[u64; 3]>>>,
    with_intervals: bool,
}

fn board(battles: &Battles, options: &RankOptions) -> Result<Board> {
    let told = |error: StatsError| battles.told(&error);
    if battles.is_empty() {
        return Err(told(StatsError::TooFew { what: "battles", found: 0, needed: 1 }));
    }
    let counts = battles.win_matrix()?;
    let Rated { ratings, intervals, tie_parameter } =
        rate(battles, &counts, options).map_err(told)?;
    let order = best_first(battles, &ratings);
    let matrix = options.matrix.then(|| {
        let row = |&one: &usize| order.iter().map(|&o| counts.between(one, o).map(whole)).collect();
        order.iter().map(row).collect()
    });
    let with_intervals = intervals.is_some();
    let ratings = places(battles, &counts, &ratings, intervals.as_deref(), &order).map_err(told)?;
    Ok(Board { ratings, tie_parameter, matrix, with_intervals })
}

fn signature(options: &RankOptions, with_intervals: bool) -> Signature {
    let RankOptions { method, bootstrap, level, seed, .. } = *options;
    let mut signature = Signature::new("rank").with("method", method);
    signature = match method {
        RankMethod::KSort => signature.with("scale", "mean-3-deviations"),
        _ => signature.with("scale", "400/log10+1000"),
    };
    signature = match (method, bootstrap) {
        (RankMethod::KSort, _) => signature.with("interval", "3-deviations"),
        (_, 0) if with_intervals => signature.with("interval", "sandwich").with("level", level),
        (_, 0) => signature,
        (_, replicates) => {
            signature.seed = Some(seed);
            signature.with("interval", format!("bootstrap:{replicates}")).with("level", level)
        }
    };
    match method {
        RankMethod::Elo => signature.with("k", options.k),
        RankMethod::RankCentrality => signature.with("prior", options.prior),
        _ => signature,
    }
}

/// Models by rating, then by name.
fn best_first(battles: &Battles, ratings: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..ratings.len()).collect();
    let name = |m: usize| &battles.names[m];
    order.sort_by(|&a, &b| ratings[b].total_cmp(&ratings[a]).then_with(|| name(a).cmp(name(b))));
    order
}

/// A count that stands as a float.
fn whole(count: f64) -> u64 {
    count.round() as u64
}

fn places(
    battles: &Battles,
    counts: &WinMatrix,
    ratings: &[f64],
    intervals: Option<&[[f64; 2]]>,
    order: &[usize],
) -> rubrica_stats::Result<Vec<RatedModel>> {
    let reach = |m: usize| intervals.map_or([ratings[m]; 2], |all| all[m]);
    let scored = |m: usize| {
        let ([lower, upper], value) = (reach(m), ratings[m]);
        // The quantiles of few resamples can leave the rating out.
        Scored { value, lower: lower.min(value), upper: upper.max(value) }
    };
    let tiers = tiers(&(0..ratings.len()).map(scored).collect::<Vec<_>>())?;
    let rated = order
        .iter()
        .map(|&m| {
            let [wins, ties, losses] = counts.record(m).map(whole);
            RatedModel {
                model: battles.names[m].clone(),
                rating: ratings[m],
                lower: intervals.map(|all| all[m][0]),
                upper: intervals.map(|all| all[m][1]),
                rank: 1 + (0..ratings.len()).filter(|&o| reach(o)[0] > reach(m)[1]).count(),
                tier: tiers[m],
                wins,
                ties,
                losses,
            }
        })
        .collect();
    Ok(rated)
}
