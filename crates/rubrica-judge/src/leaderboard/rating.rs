//! Ratings by each of the methods.

use rubrica_stats::Result;
use rubrica_stats::ranking::{
    Battle, Belief, BootstrapBounds, Bounds, EloOptions, Outcome, ThurstoneMosteller, WinMatrix,
    bootstrap_ratings, elo_weighted, quantiles, rank_centrality,
};
use rubrica_stats::rng::Rng;

use super::Resamples;
use super::battles::{Battles, Meeting};
use super::method::{RankMethod, RankOptions};

/// Ratings of the models, in the order of their numbers.
pub(super) struct Rated {
    pub(super) ratings: Vec<f64>,
    pub(super) intervals: Option<Vec<Interval>>,
    /// θ of Rao and Kupper, ν of Davidson.
    pub(super) tie_parameter: Option<f64>,
    /// K-sort: what is believed of each model.
    pub(super) beliefs: Option<Vec<Belief>>,
    /// Of a bootstrap: resamples drawn, and those on which all models have ratings.
    pub(super) resamples: Option<Resamples>,
}

/// The ends of an interval; none where one is open.
#[derive(Debug, Clone, Copy)]
pub(super) struct Interval {
    pub(super) lower: Option<f64>,
    pub(super) upper: Option<f64>,
    /// Resamples on which the model stands above all numbers, below all, and those that say nothing about it.
    pub(super) above: usize,
    pub(super) below: usize,
    pub(super) left_out: usize,
}

impl From<[f64; 2]> for Interval {
    fn from([lower, upper]: [f64; 2]) -> Self {
        Self { lower: Some(lower), upper: Some(upper), above: 0, below: 0, left_out: 0 }
    }
}

fn closed(ends: impl IntoIterator<Item = [f64; 2]>) -> Vec<Interval> {
    ends.into_iter().map(Interval::from).collect()
}

/// Intervals of resamples, and how many of those there are.
fn open(found: BootstrapBounds) -> (Vec<Interval>, Resamples) {
    let interval = |bounds: Bounds| {
        let Bounds { lower, upper, above, below, left_out } = bounds;
        Interval { lower, upper, above, below, left_out }
    };
    let BootstrapBounds { models, replicates: drawn, finite } = found;
    (models.into_iter().map(interval).collect(), Resamples { drawn, finite })
}

/// Rates the models of `battles`, whose weighted `counts` these are.
pub(super) fn rate(battles: &Battles, counts: &WinMatrix, options: &RankOptions) -> Result<Rated> {
    let RankOptions { method, bootstrap, level, seed, .. } = *options;
    let models = battles.names.len();
    let rated = |ratings, intervals| Rated {
        ratings,
        intervals,
        tie_parameter: None,
        beliefs: None,
        resamples: None,
    };
    if let Some(model) = method.paired() {
        let fit = model.fit(counts)?;
        let (intervals, resamples) = match bootstrap {
            0 => (closed(fit.sandwich(counts, level)?), None),
            replicates => {
                let (ends, resamples) = open(fit.bootstrap(counts, replicates, level, seed)?);
                (ends, Some(resamples))
            }
        };
        let tie_parameter = fit.tie_parameter();
        return Ok(Rated { tie_parameter, resamples, ..rated(fit.ratings(), Some(intervals)) });
    }
    Ok(match method {
        RankMethod::RankCentrality => {
            let walk = |counts: &WinMatrix| Ok(rank_centrality(counts, options.prior)?.ratings());
            let ratings = walk(counts)?;
            if bootstrap == 0 {
                return Ok(rated(ratings, None));
            }
            let (ends, resamples) = open(bootstrap_ratings(counts, bootstrap, level, seed, walk)?);
            Rated { resamples: Some(resamples), ..rated(ratings, Some(ends)) }
        }
        RankMethod::Elo => {
            let constants = EloOptions { k: options.k, ..EloOptions::default() };
            if bootstrap == 0 {
                return Ok(rated(elo_weighted(models, of_two(battles), &constants)?, None));
            }
            let tail = (1.0 - level) / 2.0;
            let mut rng = Rng::seeded(seed);
            let rows: Vec<(Battle, f64)> = of_two(battles).collect();
            let found = quantiles(bootstrap, &[tail, 0.5, 1.0 - tail], || {
                let drawn = (0..rows.len()).map(|_| rows[rng.below(rows.len())]);
                elo_weighted(models, drawn, &constants)
            })?;
            let ends = closed(found.models.iter().map(|q| [q[0], q[2]]));
            let resamples = Resamples { drawn: bootstrap, finite: found.defined };
            let ratings = found.models.iter().map(|q| q[1]).collect();
            Rated { resamples: Some(resamples), ..rated(ratings, Some(ends)) }
        }
        _ => {
            let beliefs = beliefs(battles)?;
            let reach = |b: &Belief| [b.mean - 3.0 * b.deviation, b.mean + 3.0 * b.deviation];
            let ends = closed(beliefs.iter().map(reach));
            let ratings = beliefs.iter().map(Belief::conservative).collect();
            Rated { beliefs: Some(beliefs), ..rated(ratings, Some(ends)) }
        }
    })
}

/// What the order of the battles leads to believe.
fn beliefs(battles: &Battles) -> Result<Vec<Belief>> {
    let engine = ThurstoneMosteller::default();
    let mut beliefs = vec![engine.start; battles.names.len()];
    for meeting in &battles.rows {
        match meeting {
            Meeting::Ranking(ranking) => engine.update(&mut beliefs, ranking)?,
            &Meeting::Battle(Battle { first, second, outcome }, _) => {
                let ranking = match outcome {
                    Outcome::First => vec![vec![first], vec![second]],
                    Outcome::Second => vec![vec![second], vec![first]],
                    Outcome::Tie => vec![vec![first, second]],
                };
                engine.update(&mut beliefs, &ranking)?;
            }
        }
    }
    Ok(beliefs)
}

/// Battles of two with their weights, in their order.
fn of_two(battles: &Battles) -> impl Iterator<Item = (Battle, f64)> + '_ {
    battles.rows.iter().filter_map(|meeting| match meeting {
        Meeting::Battle(battle, weight) => Some((*battle, *weight)),
        Meeting::Ranking(_) => None,
    })
}
