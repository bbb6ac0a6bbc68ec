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

use rubrica_core::{Signature, Undefined};
use rubrica_stats::StatsError;
use rubrica_stats::ranking::{Belief, Scored, WinMatrix, tiers};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use rating::{Interval, Rated, rate};

use crate::error::{AuditError, Result};

/// A model's place.
#[derive(Debug, Clone, PartialEq)]
pub struct RatedModel {
    /// Its name.
    pub model: String,
    /// Points: 400 are odds of ten to one, the mean is 1000. K-sort: mean − 3 deviations of its belief.
    pub rating: f64,
    /// Its interval, where there is one. Written as `lower` and `upper`, null where the end is open.
    pub interval: Option<RatingInterval>,
    /// K-sort: what is believed of its skill. Written as `mean` and `deviation`.
    pub belief: Option<Belief>,
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

/// The interval of a rating.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RatingInterval {
    /// Lower end; none where it is open.
    pub lower: Option<f64>,
    /// Upper end; none where it is open.
    pub upper: Option<f64>,
    /// Resamples without a finite rating of the model; none where all have one.
    pub unbounded: Option<Unbounded>,
}

/// Resamples on which a model has no finite rating.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Unbounded {
    /// It was never beaten there, nor tied with, by the others.
    pub above: usize,
    /// It never beat, nor tied with, any of the others there.
    pub below: usize,
    /// Others were so, and nothing can be told about this one.
    pub left_out: usize,
}

impl RatedModel {
    /// The lower end of its interval, where there is one that is closed.
    pub fn lower(&self) -> Option<f64> {
        self.interval?.lower
    }

    /// The upper end of its interval, where there is one that is closed.
    pub fn upper(&self) -> Option<f64> {
        self.interval?.upper
    }
}

impl Serialize for RatedModel {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_struct("RatedModel", 9)?;
        row.serialize_field("model", &self.model)?;
        row.serialize_field("rating", &self.rating)?;
        if let Some(interval) = &self.interval {
            row.serialize_field("lower", &interval.lower)?;
            row.serialize_field("upper", &interval.upper)?;
            if let Some(unbounded) = &interval.unbounded {
                row.serialize_field("unbounded", unbounded)?;
            }
        }
        if let Some(belief) = &self.belief {
            row.serialize_field("mean", &belief.mean)?;
            row.serialize_field("deviation", &belief.deviation)?;
        }
        row.serialize_field("rank", &self.rank)?;
        row.serialize_field("tier", &self.tier)?;
        row.serialize_field("wins", &self.wins)?;
        row.serialize_field("ties", &self.ties)?;
        row.serialize_field("losses", &self.losses)?;
        row.end()
    }
}

/// Resamples of a bootstrap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Resamples {
    /// How many were drawn.
    pub drawn: usize,
    /// Those on which all models have finite ratings.
    pub finite: usize,
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
    /// With a bootstrap: its resamples.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resamples: Option<Resamples>,
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
    /// As that of the [`Leaderboard`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resamples: Option<Resamples>,
    /// Why there are no ratings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Undefined>,
}

/// Ranks the models of `battles`, which were made for the same method. A category in which no ratings exist
/// says why.
///
/// # Errors
/// [`AuditError::Statistic`] when there are no finite ratings overall, saying between which models nothing
/// happened, or no battles; options out of range.
pub fn rank(battles: &Battles, options: &RankOptions) -> Result<Leaderboard> {
    let (method, known) = (options.method, battles.method);
    let same_order = method == known || !known.is_online();
    if method.is_online() != known.is_online() || !same_order {
        return Err(AuditError::invalid(
            "method",
            format!("is {method}"),
            "the one of the battles",
        ));
    }
    options.validate()?;
    let Board { ratings, tie_parameter, matrix, resamples } = board(battles, options)?;
    let category = |battles: &Battles| {
        let n = battles.len();
        match board(battles, options) {
            Ok(Board { ratings, tie_parameter, matrix, resamples }) => {
                CategoryBoard { n, ratings, tie_parameter, matrix, resamples, error: None }
            }
            Err(error) => CategoryBoard {
                n,
                ratings: Vec::new(),
                tie_parameter: None,
                matrix: None,
                resamples: None,
                error: Some(Undefined::from(&error)),
            },
        }
    };
    let categories = battles.categories.iter().filter(|_| options.by_category);
    let by_category = categories.map(|(name, of)| (name.clone(), category(of))).collect();
    let with_intervals = ratings.iter().any(|model| model.interval.is_some());
    let mut signature = signature(options, with_intervals);
    if battles.is_weighted() {
        signature = signature.with("weights", "rows");
    }
    Ok(Leaderboard { ratings, tie_parameter, matrix, resamples, by_category, signature })
}

/// What some battles come to.
struct Board {
    ratings: Vec<RatedModel>,
    tie_parameter: Option<f64>,
    matrix: Option<Vec<Vec<[u64; 3]>>>,
    resamples: Option<Resamples>,
}

fn board(battles: &Battles, options: &RankOptions) -> Result<Board> {
    let named = |error: StatsError| battles.named(error);
    if battles.is_empty() {
        return Err(named(StatsError::TooFew { what: "battles", found: 0, needed: 1 }));
    }
    // Ratings go by the weights, records by the battles.
    let counts = battles.counted()?;
    let rated = rate(battles, &battles.win_matrix()?, options).map_err(named)?;
    let order = best_first(battles, &rated.ratings);
    let matrix = options.matrix.then(|| {
        let row = |&one: &usize| order.iter().map(|&o| counts.between(one, o).map(whole)).collect();
        order.iter().map(row).collect()
    });
    let ratings = places(battles, &counts, &rated, &order).map_err(named)?;
    let Rated { tie_parameter, resamples, .. } = rated;
    Ok(Board { ratings, tie_parameter, matrix, resamples })
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
    rated: &Rated,
    order: &[usize],
) -> rubrica_stats::Result<Vec<RatedModel>> {
    let Rated { ratings, intervals, beliefs, .. } = rated;
    let intervals = intervals.as_deref();
    // An open end is further than any rating, though still a number.
    const FAR: f64 = 1e100;
    let reach = |m: usize| match intervals {
        None => [ratings[m]; 2],
        Some(all) => [all[m].lower.unwrap_or(-FAR), all[m].upper.unwrap_or(FAR)],
    };
    let scored = |m: usize| {
        let ([lower, upper], value) = (reach(m), ratings[m]);
        // The quantiles of few resamples can leave the rating out.
        Scored { value, lower: lower.min(value), upper: upper.max(value) }
    };
    let tiers = tiers(&(0..ratings.len()).map(scored).collect::<Vec<_>>())?;
    let interval = |m: usize| {
        let Interval { lower, upper, above, below, left_out } = intervals?[m];
        let unbounded =
            (above + below + left_out > 0).then_some(Unbounded { above, below, left_out });
        Some(RatingInterval { lower, upper, unbounded })
    };
    let rated = order
        .iter()
        .map(|&m| {
            let [wins, ties, losses] = counts.record(m).map(whole);
            RatedModel {
                model: battles.names[m].clone(),
                rating: ratings[m],
                interval: interval(m),
                belief: beliefs.as_ref().map(|all| all[m]),
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
