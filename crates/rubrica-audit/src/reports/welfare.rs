//! Whom to ask decides what all get (PRISM; Kirk et al., 2024): draw raters from one group, choose the
//! model that they like, and see what a population thinks of it.

use std::collections::BTreeMap;

use rubrica_core::{Error, Signature};
use rubrica_stats::StatsError;
use rubrica_stats::moments::mean;
use rubrica_stats::quantile::quantile;
use rubrica_stats::rng::Rng;
use serde::{Deserialize, Serialize};

use super::report::{Example, Report};
use super::user_ratings::{self, UserRating, checked};
use crate::error::{AuditError, Result};

/// How the drawn raters choose a model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WelfareRule {
    /// The highest mean rating.
    #[default]
    MeanRating,
    /// Most often the best of its turn, of the turns that it is in; equals share.
    ChoiceRate,
    /// Least often under the veto.
    VetoRate,
}

/// How to simulate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WelfareOptions {
    /// The group to draw from; none given stands for all users.
    pub sample_group: Option<String>,
    /// The group that lives with the choice; none given stands for all users.
    pub population_group: Option<String>,
    /// Raters of a draw, with replacement.
    pub k: usize,
    /// How they choose.
    pub rule: WelfareRule,
    /// Ratings under it are a veto.
    pub veto: f64,
    /// Draws.
    pub draws: usize,
    /// Their seed.
    pub seed: u64,
}

impl Default for WelfareOptions {
    fn default() -> Self {
        Self {
            sample_group: None,
            population_group: None,
            k: 100,
            rule: WelfareRule::default(),
            veto: 10.0,
            draws: 1000,
            seed: 0,
        }
    }
}

/// What the population thinks of what was chosen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WelfareReport {
    /// Mean over draws of the population's mean rating of the chosen model.
    pub mean: f64,
    /// Its quantiles over draws: 0.05, 0.25, 0.75, 0.95.
    pub quantiles: [f64; 4],
    /// Draws in which each model was chosen, in `0..=1`.
    pub chosen: BTreeMap<String, f64>,
    /// The population's mean rating of each model that it rated.
    pub population: BTreeMap<String, f64>,
    /// Raters to draw from.
    pub raters: usize,
    /// Draws whose model nobody of the population rated; they are left out.
    pub unrated: usize,
    /// What produced it.
    pub signature: Signature,
}

/// Simulates choices of a sample for a population. Equal models: the first by name.
///
/// # Errors
/// [`AuditError::Statistic`] without ratings, or when the population rated the model of less than half of the
/// draws; [`AuditError::Input`] for no raters or no draws, a rating or veto that is not finite;
/// [`AuditError::Input`] for a group without ratings.
pub fn welfare(ratings: &[UserRating], options: &WelfareOptions) -> Result<WelfareReport> {
    checked(ratings)?;
    for (field, value) in [("k", options.k), ("draws", options.draws)] {
        if value == 0 {
            return Err(AuditError::invalid(field, "is 0", "at least 1"));
        }
    }
    if !options.veto.is_finite() {
        return Err(AuditError::invalid("veto", format!("is {}", options.veto), "a finite number"));
    }
    known(ratings, "sample_group", options.sample_group.as_deref())?;
    known(ratings, "population_group", options.population_group.as_deref())?;
    let mut models: Vec<&str> = ratings.iter().map(|r| r.model.as_str()).collect();
    models.sort_unstable();
    models.dedup();
    let raters = raters(ratings, &models, options);
    let population = population(ratings, &models, options.population_group.as_deref());
    let mut rng = Rng::seeded(options.seed);
    let mut counts = vec![0usize; models.len()];
    let mut outcomes = Vec::with_capacity(options.draws);
    for _ in 0..options.draws {
        let mut sums = vec![(0.0, 0.0); models.len()];
        for _ in 0..options.k {
            for (model, merit) in &raters[rng.below(raters.len())] {
                sums[*model].0 += merit;
                sums[*model].1 += 1.0;
            }
        }
        let merits = sums.iter().enumerate().filter(|(_, s)| s.1 > 0.0);
        let best =
            merits.map(|(model, (sum, n))| (model, sum / n)).fold(None, |top, one| match top {
                Some((_, merit)) if merit >= one.1 => top,
                _ => Some(one),
            });
        if let Some((model, _)) = best {
            counts[model] += 1;
            outcomes.extend(population[model]);
        }
    }
    let (defined, replicates) = (outcomes.len(), options.draws);
    if 2 * defined < replicates {
        return Err(StatsError::Unstable { defined, replicates }.into());
    }
    let at = |q: f64| quantile(&outcomes, q);
    let rule = match options.rule {
        WelfareRule::MeanRating => "mean_rating",
        WelfareRule::ChoiceRate => "choice_rate",
        WelfareRule::VetoRate => "veto_rate",
    };
    let mut signature = Signature::new("welfare")
        .with("sample_group", options.sample_group.as_deref().unwrap_or("all"))
        .with("population_group", options.population_group.as_deref().unwrap_or("all"))
        .with("k", options.k)
        .with("rule", rule)
        .with("draws", options.draws);
    if options.rule == WelfareRule::VetoRate {
        signature = signature.with("veto", options.veto);
    }
    signature.seed = Some(options.seed);
    let names = || models.iter().map(|model| (*model).to_owned());
    let shares = names().zip(counts.iter().map(|&n| n as f64 / options.draws as f64));
    Ok(WelfareReport {
        mean: mean(&outcomes)?,
        quantiles: [at(0.05)?, at(0.25)?, at(0.75)?, at(0.95)?],
        chosen: shares.filter(|(_, share)| *share > 0.0).collect(),
        population: names().zip(&population).filter_map(|(m, v)| Some((m, (*v)?))).collect(),
        raters: raters.len(),
        unrated: replicates - defined,
        signature,
    })
}

fn known(ratings: &[UserRating], field: &'static str, group: Option<&str>) -> Result<()> {
    let Some(group) = group else { return Ok(()) };
    if ratings.iter().any(|r| r.group.as_deref() == Some(group)) {
        return Ok(());
    }
    let mut all: Vec<&str> = ratings.iter().filter_map(|r| r.group.as_deref()).collect();
    all.sort_unstable();
    all.dedup();
    let (name, known) = (group.to_owned(), all.join(", "));
    Err(Error::Unknown { path: field.into(), what: "group", name, known }.into())
}

/// For each rater of the sample, the models and what each rating says for them.
fn raters(
    ratings: &[UserRating],
    models: &[&str],
    options: &WelfareOptions,
) -> Vec<Vec<(usize, f64)>> {
    type Turns<'r> = BTreeMap<Option<&'r str>, Vec<&'r UserRating>>;
    let mut of: BTreeMap<&str, Turns> = BTreeMap::new();
    for rating in ratings {
        if options.sample_group.is_none() || rating.group == options.sample_group {
            let turns = of.entry(&rating.user_id).or_default();
            turns.entry(rating.turn.as_deref()).or_default().push(rating);
        }
    }
    let of_turn = |turn: &Vec<&UserRating>| {
        let top = turn.iter().map(|r| r.score).fold(f64::NEG_INFINITY, f64::max);
        let equals = turn.iter().filter(|r| r.score == top).count() as f64;
        let merit = |rating: &UserRating| match options.rule {
            WelfareRule::MeanRating => rating.score,
            WelfareRule::ChoiceRate if rating.score == top => 1.0 / equals,
            WelfareRule::ChoiceRate => 0.0,
            WelfareRule::VetoRate => -f64::from(u8::from(rating.score < options.veto)),
        };
        let place = |model: &str| models.binary_search(&model).unwrap_or_default();
        turn.iter().map(|r| (place(&r.model), merit(r))).collect::<Vec<_>>()
    };
    of.values().map(|turns| turns.values().flat_map(of_turn).collect()).collect()
}

/// Mean rating of each model in the population.
fn population(ratings: &[UserRating], models: &[&str], group: Option<&str>) -> Vec<Option<f64>> {
    let of = |model: &&str| {
        let scores: Vec<f64> = ratings
            .iter()
            .filter(|r| r.model == **model && (group.is_none() || r.group.as_deref() == group))
            .map(|r| r.score)
            .collect();
        mean(&scores).ok()
    };
    models.iter().map(of).collect()
}

impl Report for WelfareReport {
    const NAME: &'static str = "welfare";
    const QUESTION: &'static str = "Whose taste decides, and what does that do to the others?";
    const SOURCE: &'static str = "PRISM; Kirk et al., 2024";
    const ROW: &'static str = "user_id, model, score, group?";
    const EXAMPLE: Example = Example { options: "{}", rows: user_ratings::EXAMPLE };
    type Row = UserRating;
    type Options = WelfareOptions;

    fn run(rows: Vec<Self::Row>, options: &Self::Options) -> Result<Self> {
        welfare(&rows, options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nine of ten like `many`; the rest hate it, and like `few`.
    fn ratings() -> Vec<UserRating> {
        let mut rows = Vec::new();
        for user in 0..30 {
            let few = user % 10 == 0;
            for (model, score) in [
                ("many", if few { 5.0 } else { 90.0 }),
                ("few", if few { 95.0 } else { 40.0 }),
                ("safe", 60.0),
            ] {
                rows.push(UserRating {
                    user_id: format!("u{user}"),
                    model: model.into(),
                    score,
                    turn: None,
                    opening: true,
                    group: Some(if few { "few" } else { "many" }.into()),
                });
            }
        }
        rows
    }

    fn options(rule: WelfareRule, sample: Option<&str>) -> WelfareOptions {
        let sample_group = sample.map(str::to_owned);
        WelfareOptions { rule, sample_group, draws: 200, ..WelfareOptions::default() }
    }

    #[test]
    fn whom_one_asks_decides() {
        let run = |rule, sample| welfare(&ratings(), &options(rule, sample)).expect("valid");
        let all = run(WelfareRule::MeanRating, None);
        assert_eq!(all.chosen["many"], 1.0);
        assert!((all.mean - 81.5).abs() < 1e-9 && all.quantiles == [81.5; 4]);
        let few = run(WelfareRule::MeanRating, Some("few"));
        assert!((few.mean - 45.5).abs() < 1e-9 && few.chosen["few"] == 1.0 && few.raters == 3);
        assert_eq!(run(WelfareRule::ChoiceRate, None).chosen["many"], 1.0);
        // Nobody has a veto against the safe one; `few` has none either, and comes first by name.
        assert_eq!(run(WelfareRule::VetoRate, None).chosen.get("many"), None);
        assert_eq!(run(WelfareRule::VetoRate, Some("few")).chosen["few"], 1.0);
        let small = WelfareOptions { k: 1, ..options(WelfareRule::MeanRating, None) };
        let found = welfare(&ratings(), &small).expect("valid");
        assert!(found.chosen["few"] > 0.02 && found.chosen["few"] < 0.2);
        assert!(found.quantiles[0] < found.quantiles[3]);
        assert_eq!(found, welfare(&ratings(), &small).expect("valid"));
    }

    #[test]
    fn degenerate_samples() {
        let base = options(WelfareRule::MeanRating, None);
        let code = |rows: &[UserRating], options: &WelfareOptions| {
            welfare(rows, options).expect_err("bad").code()
        };
        assert_eq!(code(&[], &base), "too_few_values");
        assert_eq!(code(&ratings(), &WelfareOptions { k: 0, ..base.clone() }), "invalid_input");
        let unknown = options(WelfareRule::MeanRating, Some("?"));
        assert_eq!(code(&ratings(), &unknown), "unknown_name");
        let nan = WelfareOptions { veto: f64::NAN, ..base.clone() };
        assert_eq!(code(&ratings(), &nan), "invalid_input");
        // The population has not rated what the sample chooses.
        let mut rows = ratings();
        rows.retain(|r| (r.group.as_deref() == Some("few")) == (r.model == "few"));
        let apart = WelfareOptions {
            sample_group: Some("few".into()),
            population_group: Some("many".into()),
            ..base.clone()
        };
        assert_eq!(code(&rows, &apart), "unstable_statistic");
        let one = welfare(&ratings()[..1], &base).expect("one rating");
        assert_eq!((one.mean, one.raters), (5.0, 1));
    }
}
