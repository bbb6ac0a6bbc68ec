//! Leaderboards that hold style fixed (style control; Li et al., 2024), over all battles and by
//! category, with tiers of models that cannot be told apart.

use std::collections::BTreeMap;

use rubrica_core::{Error, Signature, Undefined};
use rubrica_stats::ranking::{
    Coefficient, CovariateBattle, Scored, expected_score, fit_covariates, quantiles, tiers,
};
use rubrica_stats::rng::Rng;
use rubrica_stats::{StatsError, take};
use serde::Serialize;

use super::report::{Example, Report};
use super::style::{StyleOptions, StyledBattle, StyledRows};
use crate::error::{AuditError, Result};
use crate::leaderboard::Resamples;

/// The rating of the baseline, or the mean of all ratings without one.
const ANCHOR: f64 = 1000.0;

/// A model's place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StyledModel {
    /// Its name.
    pub model: String,
    /// Points, style held fixed: 400 are odds of ten to one.
    pub rating: f64,
    /// Lower end of its interval.
    pub lower: f64,
    /// Upper end of its interval.
    pub upper: f64,
    /// Points when style counts as it falls; none where that has no finite value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plain_rating: Option<f64>,
    /// Share of battles, in percent, expected to be won against the baseline: value and interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<[f64; 3]>,
    /// From 1; the intervals of a tier overlap that of its first model.
    pub tier: usize,
    /// Rows in which it takes part.
    pub battles: usize,
}

/// What one covariate does.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StyleEffect {
    /// Its name.
    pub covariate: String,
    /// Change of the log-odds of a win for one standard deviation more of it.
    pub coefficient: f64,
    /// Lower end of its interval.
    pub lower: f64,
    /// Upper end of its interval.
    pub upper: f64,
}

/// Ratings from some battles.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StyleBoard {
    /// Battles.
    pub n: usize,
    /// Best first; empty when there is an `error`.
    pub ratings: Vec<StyledModel>,
    /// Covariates in the order of the options, or of their names.
    pub effects: Vec<StyleEffect>,
    /// With a bootstrap: its resamples, and those on which ratings exist.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resamples: Option<Resamples>,
    /// Why there are no ratings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Undefined>,
}

/// The boards.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StyleLeaderboard {
    /// Over all battles.
    pub overall: StyleBoard,
    /// Over the battles of each category.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub by_category: BTreeMap<String, StyleBoard>,
    /// What produced it.
    pub signature: Signature,
}

/// Rates the models of `battles` with their style held fixed, overall and by category. A category in
/// which no ratings exist says why.
///
/// # Errors
/// [`AuditError::Statistic`] without battles, or when no ratings exist overall: a group of models that never
/// lost to the others (without a ridge), covariates that follow from each other or from who plays;
/// [`AuditError::Input`] for a model against itself, a count that is missing or negative, an unknown
/// baseline.
pub fn style_leaderboard(
    battles: &[StyledBattle],
    options: &StyleOptions,
) -> Result<StyleLeaderboard> {
    if battles.is_empty() {
        return Err(StatsError::TooFew { what: "battles", found: 0, needed: 1 }.into());
    }
    let all: Vec<&StyledBattle> = battles.iter().collect();
    let overall = board(&all, options)?;
    let mut categories: BTreeMap<&str, Vec<&StyledBattle>> = BTreeMap::new();
    for battle in battles {
        if let Some(category) = &battle.category {
            categories.entry(category).or_default().push(battle);
        }
    }
    let boards = categories.into_iter().map(|(category, rows)| {
        let n = rows.len();
        let found = board(&rows, options).unwrap_or_else(|error| StyleBoard {
            n,
            ratings: Vec::new(),
            effects: Vec::new(),
            resamples: None,
            error: Some(Undefined::from(&error)),
        });
        (category.to_owned(), found)
    });
    let by_category = boards.collect();
    let held: Vec<&str> = overall.effects.iter().map(|e| e.covariate.as_str()).collect();
    let mut signature = Signature::new("style-leaderboard")
        .with("covariates", held.join(","))
        .with("ridge", options.ridge)
        .with("scaling", if options.compat { "z-score" } else { "root-mean-square" })
        .with("level", options.level);
    signature = match options.bootstrap {
        0 => signature.with("interval", "sandwich"),
        replicates => {
            signature.seed = Some(options.seed);
            signature.with("interval", format!("bootstrap:{replicates}"))
        }
    };
    if let Some(baseline) = &options.baseline {
        signature = signature.with("baseline", baseline);
    }
    Ok(StyleLeaderboard { overall, by_category, signature })
}

fn board(battles: &[&StyledBattle], options: &StyleOptions) -> Result<StyleBoard> {
    let StyledRows { names, covariates, rows } = StyledRows::new(battles, options)?;
    let anchor = match &options.baseline {
        None => None,
        Some(model) => Some(names.binary_search(model).map_err(|_| Error::Unknown {
            path: "baseline".into(),
            what: "model",
            name: model.clone(),
            known: names.join(", "),
        })?),
    };
    let told = |e: StatsError| AuditError::of_models(e, &names, true);
    let fit = |rows: &[CovariateBattle]| {
        let fit = fit_covariates(names.len(), rows, options.ridge)?;
        let ratings = match anchor {
            None => fit.ratings,
            Some(anchor) => {
                let moved = |c: Coefficient| Coefficient { value: c.value + ANCHOR, ..c };
                fit.against(anchor).into_iter().map(moved).collect()
            }
        };
        Ok([ratings, fit.coefficients].concat())
    };
    let found = fit(&rows).map_err(told)?;
    let mut resamples = None;
    let intervals: Vec<[f64; 2]> = match options.bootstrap {
        0 => found
            .iter()
            .map(|c| c.interval(options.level))
            .collect::<rubrica_stats::Result<_>>()
            .map_err(told)?,
        replicates => {
            // Also checks the level.
            found[0].interval(options.level).map_err(told)?;
            let tail = (1.0 - options.level) / 2.0;
            let mut rng = Rng::seeded(options.seed);
            let drawn = quantiles(replicates, &[tail, 1.0 - tail], || {
                let items: Vec<usize> = rows.iter().map(|_| rng.below(rows.len())).collect();
                let values = fit(&take(&rows, &items))?;
                Ok(values.iter().map(|c| c.value).collect())
            });
            let drawn = drawn.map_err(told)?;
            resamples = Some(Resamples { drawn: replicates, finite: drawn.defined });
            drawn.models.into_iter().map(|ends| [ends[0], ends[1]]).collect()
        }
    };
    let plain =
        (!covariates.is_empty()).then(|| plain_ratings(&rows, names.len(), anchor, options));
    let plain = plain.flatten();
    // A bootstrap interval need not hold the rating.
    let scored: Vec<Scored> = found[..names.len()]
        .iter()
        .zip(&intervals)
        .map(|(c, [lower, upper])| Scored {
            value: c.value,
            lower: lower.min(c.value),
            upper: upper.max(c.value),
        })
        .collect();
    let tiers = tiers(&scored).map_err(told)?;
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by(|&a, &b| found[b].value.total_cmp(&found[a].value));
    let ratings = order.into_iter().map(|m| {
        let (rating, [lower, upper]) = (found[m].value, intervals[m]);
        StyledModel {
            model: names[m].clone(),
            rating,
            lower,
            upper,
            plain_rating: plain.as_ref().map(|plain| plain[m]),
            score: anchor.map(|_| [rating, lower, upper].map(|r| expected_score(r, ANCHOR))),
            tier: tiers[m],
            battles: rows.iter().filter(|row| row.first == m || row.second == m).count(),
        }
    });
    let ratings = ratings.collect();
    let effects = covariates.into_iter().enumerate().map(|(k, covariate)| {
        let place = names.len() + k;
        let [lower, upper] = intervals[place];
        StyleEffect { covariate, coefficient: found[place].value, lower, upper }
    });
    let effects = effects.collect();
    Ok(StyleBoard { n: battles.len(), ratings, effects, resamples, error: None })
}

fn plain_ratings(
    rows: &[CovariateBattle],
    models: usize,
    anchor: Option<usize>,
    options: &StyleOptions,
) -> Option<Vec<f64>> {
    let bare: Vec<CovariateBattle> =
        rows.iter().map(|row| CovariateBattle { covariates: Vec::new(), ..row.clone() }).collect();
    let fit = fit_covariates(models, &bare, options.ridge).ok()?;
    Some(match anchor {
        None => fit.ratings.iter().map(|c| c.value).collect(),
        Some(anchor) => fit.against(anchor).iter().map(|c| c.value + ANCHOR).collect(),
    })
}

impl Report for StyleLeaderboard {
    const NAME: &'static str = "style-control";
    const QUESTION: &'static str = "Who is better when length and style are held fixed?";
    const SOURCE: &'static str = "style control; Li et al., 2024";
    const ROW: &'static str = "model_a, model_b, winner, category?, weight?, len_a?, len_b?, style_a?, style_b? {name: count}";
    const EXAMPLE: Example = Example {
        options: r#"{"ridge": 0.5}"#,
        rows: r#"{"model_a": "x", "model_b": "y", "winner": "model_a", "len_a": 10, "len_b": 20}
{"model_a": "x", "model_b": "y", "winner": "model_b", "len_a": 30, "len_b": 20}
{"model_a": "x", "model_b": "y", "winner": "model_a", "len_a": 25, "len_b": 24}
{"model_a": "x", "model_b": "y", "winner": "tie", "len_a": 5, "len_b": 9}
"#,
    };
    type Row = StyledBattle;
    type Options = StyleOptions;

    fn run(rows: Vec<Self::Row>, options: &Self::Options) -> Result<Self> {
        style_leaderboard(&rows, options)
    }
}

#[cfg(test)]
#[path = "style_board_tests.rs"]
mod tests;
