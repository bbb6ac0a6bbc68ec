//! Leaderboards: ratings with intervals from recorded battles, with no model present.
//!
//! Battles come in one by one ([`Battles::push`]); [`rank`] rates the models by one of six methods.

mod battles;
mod method;

use battles::Meeting;
pub use battles::{Battles, NamedBattle};
pub use method::{RankMethod, RankOptions};

use rubrica_core::{Error, Result, Signature};
use rubrica_stats::StatsError;
use rubrica_stats::ranking::{
    Battle, Belief, EloOptions, Outcome, Scored, ThurstoneMosteller, WinMatrix, bootstrap_ratings,
    elo, quantiles, rank_centrality, tiers,
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
    let same_order = method == battles.method || !battles.method.is_online();
    if method.is_online() != battles.method.is_online() || !same_order {
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
            0 => elo(models, fought(battles), &constants).map_err(told)?,
            replicates => {
                let mut rng = Rng::seeded(seed);
                let rows: Vec<Battle> = fought(battles).collect();
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
    let ratings = places(battles, &counts, &ratings, intervals.as_deref(), &order).map_err(told)?;
    Ok(Leaderboard { ratings, tie_parameter, matrix, signature })
}

/// What the order of the battles leads to believe.
fn beliefs(battles: &Battles) -> rubrica_stats::Result<Vec<Belief>> {
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
    fn published_shapes_are_battles() {
        let read = |method, text: &str| Battles::read(method, text.as_bytes()).expect("valid");
        let plain = RankMethod::BradleyTerry;
        let arena = "{\"model_a\":\"x\",\"model_b\":\"y\",\"winner\":\"model_a\",\"turn\":1}\n\
            {\"model_a\":\"x\",\"model_b\":\"y\",\"winner\":\"tie (bothbad)\"}\n";
        let options = RankOptions::default();
        let expected = rank(&read(plain, arena), &options).expect("connected");
        // A three to one: 400 log10 of 3.
        let gap = expected.ratings[0].rating - expected.ratings[1].rating;
        assert!((gap - 400.0 * 3f64.log10()).abs() < 1e-9, "{gap}");
        let icai = r#"{"metadata": {"default_annotator": "p"}, "comparisons": [
            {"response_a": {"model": "x"}, "response_b": {"model": "y"},
             "annotations": {"p": {"pref": "a"}, "q": {"pref": "b"}}},
            {"response_a": {"model": "y"}, "response_b": {"model": "x"},
             "annotations": {"p": {"pref": "tie"}}}]}"#;
        let table = "model,scenario,score\nx,s,2\ny,s,1\nx,t,3\ny,t,3\n";
        let rankings = "{\"ranking\":[\"x\",\"y\"]}\n{\"ranking\":[[\"x\",\"y\"]]}\n";
        for text in [icai, table, rankings] {
            assert_eq!(rank(&read(plain, text), &options).expect("connected"), expected, "{text}");
        }
        let bench = "chosen_model,rejected_model,subset\nx,y,chat\ny,x,chat\n";
        let level = rank(&read(plain, bench), &options).expect("connected");
        assert_eq!((level.ratings[0].rating, level.ratings[0].tier), (1000.0, 1));
    }

    #[test]
    fn a_ranking_of_four_is_one_update_of_beliefs() {
        let method = RankMethod::KSort;
        let text = "{\"ranking\":[\"a\",\"b\",\"c\",\"d\"]}";
        let battles = Battles::read(method, text.as_bytes()).expect("valid");
        let options = RankOptions { method, ..RankOptions::default() };
        let board = rank(&battles, &options).expect("four");
        for (model, mean) in board.ratings.iter().zip([37.6157, 29.2052, 20.7948, 12.3843]) {
            assert!((model.rating - (mean - 3.0 * 4.0488)).abs() < 1e-3, "{model:?}");
        }
        assert_eq!((board.ratings[0].wins, board.ratings[3].losses), (3, 3));
        // Elo knows pairs: of the same ranking it makes six battles.
        let method = RankMethod::Elo;
        let battles = Battles::read(method, text.as_bytes()).expect("valid");
        assert_eq!(battles.len(), 6);
        let board = rank(&battles, &RankOptions { method, ..options.clone() }).expect("four");
        assert_eq!(board.ratings[0].model, "a");
        let mixed = rank(&battles, &options).expect_err("battles of another method");
        assert_eq!(mixed.path(), Some("method"));
        let twice = Battles::read(method, "{\"ranking\":[\"a\",\"a\"]}".as_bytes());
        assert_eq!(twice.expect_err("twice").path(), Some("line 1: ranking"));
        let scores = Battles::read(method, "model,scenario,score\na,s,1\na,s,2\n".as_bytes());
        assert_eq!(scores.expect_err("twice").path(), Some("line 3: score"));
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
