//! Ratings by each of the methods.

use rubrica_stats::Result;
use rubrica_stats::ranking::{
    Battle, Belief, EloOptions, Outcome, ThurstoneMosteller, WinMatrix, bootstrap_ratings, elo,
    quantiles, rank_centrality,
};
use rubrica_stats::rng::Rng;

use super::battles::{Battles, Meeting};
use super::method::{RankMethod, RankOptions};

/// Ratings of the models, in the order of their numbers.
pub(super) struct Rated {
    pub(super) ratings: Vec<f64>,
    pub(super) intervals: Option<Vec<[f64; 2]>>,
    /// θ of Rao and Kupper, ν of Davidson.
    pub(super) tie_parameter: Option<f64>,
}

/// Rates the models of `battles`, whose `counts` these are.
pub(super) fn rate(battles: &Battles, counts: &WinMatrix, options: &RankOptions) -> Result<Rated> {
    let RankOptions { method, bootstrap, level, seed, .. } = *options;
    let models = battles.names.len();
    if let Some(model) = method.paired() {
        let fit = model.fit(counts)?;
        let intervals = match bootstrap {
            0 => fit.sandwich(counts, level)?,
            replicates => fit.bootstrap(counts, replicates, level, seed)?,
        };
        let (ratings, tie_parameter) = (fit.ratings(), fit.tie_parameter());
        return Ok(Rated { ratings, intervals: Some(intervals), tie_parameter });
    }
    let (ratings, intervals) = match method {
        RankMethod::RankCentrality => {
            let walk = |counts: &WinMatrix| Ok(rank_centrality(counts, options.prior)?.ratings());
            let drawn = (bootstrap > 0)
                .then(|| bootstrap_ratings(counts, bootstrap, level, seed, walk))
                .transpose()?;
            (walk(counts)?, drawn)
        }
        RankMethod::Elo => {
            let constants = EloOptions { k: options.k, ..EloOptions::default() };
            if bootstrap == 0 {
                (elo(models, fought(battles), &constants)?, None)
            } else {
                let tail = (1.0 - level) / 2.0;
                let mut rng = Rng::seeded(seed);
                let rows: Vec<Battle> = fought(battles).collect();
                let found = quantiles(bootstrap, &[tail, 0.5, 1.0 - tail], || {
                    let drawn = (0..rows.len()).map(|_| rows[rng.below(rows.len())]);
                    elo(models, drawn, &constants)
                })?;
                let ends = found.iter().map(|q| [q[0], q[2]]).collect();
                (found.iter().map(|q| q[1]).collect(), Some(ends))
            }
        }
        _ => {
            let beliefs = beliefs(battles)?;
            let reach = |b: &Belief| [b.mean - 3.0 * b.deviation, b.mean + 3.0 * b.deviation];
            let ends = beliefs.iter().map(reach).collect();
            (beliefs.iter().map(Belief::conservative).collect(), Some(ends))
        }
    };
    Ok(Rated { ratings, intervals, tie_parameter: None })
}

/// What the order of the battles leads to believe.
fn beliefs(battles: &Battles) -> Result<Vec<Belief>> {
    let engine = ThurstoneMosteller::default();
    let mut beliefs = vec![engine.start; battles.names.len()];
    for meeting in &battles.rows {
        match meeting {
            Meeting::Ranking(ranking) => engine.update(&mut beliefs, ranking)?,
            &Meeting::Battle(Battle { first, second, outcome }) => {
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

/// Battles of two, in their order.
fn fought(battles: &Battles) -> impl Iterator<Item = Battle> + '_ {
    battles.rows.iter().filter_map(|meeting| match meeting {
        Meeting::Battle(battle) => Some(*battle),
        Meeting::Ranking(_) => None,
    })
}
