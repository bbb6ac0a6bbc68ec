//! Leaderboards: ratings with intervals from recorded battles, with no model present.
//!
//! Battles come in one by one ([`Battles::push`]); [`rank`] rates the models by one of six methods.

mod battles;
mod method;

pub use battles::{Battles, NamedBattle};
pub use method::{RankMethod, RankOptions};

use rubrica_core::{Error, Result, Signature};
use rubrica_stats::StatsError;
use rubrica_stats::ranking::{
    Battle, Belief, EloOptions, Outcome, ThurstoneMosteller, WinMatrix, bootstrap_ratings, elo,
    quantiles, rank_centrality,
};
use rubrica_stats::rng::Rng;
use serde::Serialize;

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
    /// What produced it.
    pub signature: Signature,
}

/// Ranks the models of `battles`, which were made for the same method.
///
/// # Errors
/// [`Error::Statistic`] when there are no finite ratings, saying between which models nothing
/// happened, or no battles; options out of range.
pub fn rank(battles: &Battles, options: &RankOptions) -> Result<Leaderboard> {
    let told = |error: StatsError| battles.told(&error);
    let RankOptions { method, bootstrap, level, seed, .. } = *options;
    if battles.is_empty() {
        return Err(told(StatsError::TooFew { what: "battles", found: 0, needed: 1 }));
    }
    if method.is_online() != battles.keep {
        return Err(Error::invalid("method", format!("is {method}"), "the one of the battles"));
    }
    let models = battles.names.len();
    let counts = battles.win_matrix()?;
    let tail = (1.0 - level) / 2.0;
    let mut tie_parameter = None;
    let mut intervals: Option<Vec<[f64; 2]>> = None;
    let ratings = if let Some(model) = method.paired() {
        let fit = model.fit(&counts).map_err(told)?;
        tie_parameter = fit.tie_parameter();
        let found = match bootstrap {
            0 => fit.sandwich(&counts, level),
            replicates => fit.bootstrap(&counts, replicates, level, seed),
        };
        intervals = Some(found.map_err(told)?);
        fit.ratings()
    } else if method == RankMethod::RankCentrality {
        let walk = |counts: &WinMatrix| Ok(rank_centrality(counts, options.prior)?.ratings());
        if bootstrap > 0 {
            let found = bootstrap_ratings(&counts, bootstrap, level, seed, walk);
            intervals = Some(found.map_err(told)?);
        }
        walk(&counts).map_err(told)?
    } else if method == RankMethod::Elo {
        let constants = EloOptions { k: options.k, ..EloOptions::default() };
        match bootstrap {
            0 => elo(models, battles.rows.iter().copied(), &constants).map_err(told)?,
            replicates => {
                let mut rng = Rng::seeded(seed);
                let rows = &battles.rows;
                let found = quantiles(replicates, &[tail, 0.5, 1.0 - tail], || {
                    let drawn = (0..rows.len()).map(|_| rows[rng.below(rows.len())]);
                    elo(models, drawn, &constants)
                });
                let found = found.map_err(told)?;
                intervals = Some(found.iter().map(|q| [q[0], q[2]]).collect());
                found.iter().map(|q| q[1]).collect()
            }
        }
    } else {
        let beliefs = beliefs(battles).map_err(told)?;
        let reach = |b: &Belief| [b.mean - 3.0 * b.deviation, b.mean + 3.0 * b.deviation];
        intervals = Some(beliefs.iter().map(reach).collect());
        beliefs.iter().map(Belief::conservative).collect()
    };
    let mut signature = Signature::new("rank").with("method", method);
    signature = match method {
        RankMethod::KSort => signature.with("scale", "mean-3-deviations"),
        _ => signature.with("scale", "400/log10+1000"),
    };
    signature = match (method, bootstrap) {
        (RankMethod::KSort, _) => signature.with("interval", "3-deviations"),
        (_, 0) if intervals.is_some() => {
            signature.with("interval", "sandwich").with("level", level)
        }
        (_, 0) => signature,
        (_, replicates) => {
            signature.seed = Some(seed);
            signature.with("interval", format!("bootstrap:{replicates}")).with("level", level)
        }
    };
    match method {
        RankMethod::Elo => signature = signature.with("k", options.k),
        RankMethod::RankCentrality => signature = signature.with("prior", options.prior),
        _ => {}
    }
    let order = best_first(battles, &ratings);
    let matrix = options.matrix.then(|| {
        let row = |&one: &usize| order.iter().map(|&o| counts.between(one, o).map(whole)).collect();
        order.iter().map(row).collect()
    });
    let ratings = places(battles, &counts, &ratings, intervals.as_deref(), &order);
    Ok(Leaderboard { ratings, tie_parameter, matrix, signature })
}

/// What the order of the battles leads to believe.
fn beliefs(battles: &Battles) -> rubrica_stats::Result<Vec<Belief>> {
    let engine = ThurstoneMosteller::default();
    let mut beliefs = vec![engine.start; battles.names.len()];
    for &Battle { first, second, outcome } in &battles.rows {
        let ranking = match outcome {
            Outcome::First => vec![vec![first], vec![second]],
            Outcome::Second => vec![vec![second], vec![first]],
            Outcome::Tie => vec![vec![first, second]],
        };
        engine.update(&mut beliefs, &ranking)?;
    }
    Ok(beliefs)
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
) -> Vec<RatedModel> {
    let reach = |m: usize| intervals.map_or([ratings[m]; 2], |all| all[m]);
    order
        .iter()
        .map(|&m| {
            let [wins, ties, losses] = counts.record(m).map(whole);
            RatedModel {
                model: battles.names[m].clone(),
                rating: ratings[m],
                lower: intervals.map(|all| all[m][0]),
                upper: intervals.map(|all| all[m][1]),
                rank: 1 + (0..ratings.len()).filter(|&o| reach(o)[0] > reach(m)[1]).count(),
                wins,
                ties,
                losses,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use rubrica_core::Preference;

    use super::*;

    fn battles(method: RankMethod, rows: &[(&str, &str, Preference)]) -> Battles {
        let mut battles = Battles::new(method);
        for (a, b, winner) in rows {
            let battle =
                NamedBattle { model_a: (*a).into(), model_b: (*b).into(), winner: *winner };
            battles.push(&battle).expect("sound");
        }
        battles
    }

    fn cycle() -> Vec<(&'static str, &'static str, Preference)> {
        let mut rows = Vec::new();
        for _ in 0..30 {
            rows.push(("gold", "iron", Preference::A));
            rows.push(("iron", "tin", Preference::A));
            rows.push(("tin", "gold", Preference::B));
            rows.push(("tin", "iron", Preference::Tie));
        }
        rows.push(("tin", "gold", Preference::A));
        rows.push(("iron", "gold", Preference::A));
        rows
    }

    #[test]
    fn every_method_puts_the_best_first() {
        for method in RankMethod::ALL {
            for bootstrap in [0, 40] {
                let options = RankOptions { method, bootstrap, ..RankOptions::default() };
                let ranking = rank(&battles(method, &cycle()), &options).expect("connected");
                assert_eq!(ranking.ratings[0].model, "gold", "{method}");
                assert_eq!(ranking.ratings[0].rank, 1);
                let gold = &ranking.ratings[0];
                assert_eq!((gold.wins, gold.ties, gold.losses), (60, 0, 2));
                if let (Some(lower), Some(upper)) = (gold.lower, gold.upper) {
                    assert!(lower <= gold.rating && gold.rating <= upper, "{method} {gold:?}");
                }
                let again = rank(&battles(method, &cycle()), &options).expect("connected");
                assert_eq!(ranking, again);
            }
        }
    }

    #[test]
    fn the_matrix_has_the_order_of_the_ratings() {
        let options = RankOptions { matrix: true, ..RankOptions::default() };
        let board = rank(&battles(options.method, &cycle()), &options).expect("connected");
        let matrix = board.matrix.expect("asked for");
        assert_eq!(board.ratings[1].model, "iron");
        // Gold beat iron 30 times, and iron gold once.
        assert_eq!((matrix[0][1], matrix[1][0]), ([30, 0, 1], [1, 0, 30]));
        assert_eq!(matrix[2][2], [0; 3]);
    }

    #[test]
    fn what_cannot_be_ranked_is_told_by_name() {
        let method = RankMethod::BradleyTerry;
        let rows = [("gold", "tin", Preference::A)];
        let error = rank(&battles(method, &rows), &RankOptions::default()).expect_err("one way");
        assert_eq!(error.code(), "not_connected");
        assert!(error.to_string().contains("gold") && error.to_string().contains("tin"), "{error}");
        let none = rank(&Battles::new(method), &RankOptions::default()).expect_err("none");
        assert_eq!(none.code(), "too_few_values");
        let mut battles = Battles::new(method);
        let itself =
            NamedBattle { model_a: "x".into(), model_b: "x".into(), winner: Preference::Tie };
        assert_eq!(battles.push(&itself).expect_err("itself").path(), Some("model_b"));
        let empty = NamedBattle { model_a: " ".into(), ..itself };
        assert_eq!(battles.push(&empty).expect_err("no name").path(), Some("model_a"));
    }
}
