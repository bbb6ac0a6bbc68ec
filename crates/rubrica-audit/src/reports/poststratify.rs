//! Weights that make a sample of people look like the population (post-stratification), as PRISM does
//! with a census (Kirk et al., 2024).

use std::collections::BTreeMap;

use rubrica_core::Signature;
use rubrica_stats::bootstrap::{Bootstrap, Units, bootstrap};
use rubrica_stats::{StatsError, take};
use serde::{Deserialize, Serialize};

use super::report::{Example, Report};
use super::user_ratings::{self, UserRating, checked};
use crate::audit::Figure;
use crate::error::{AuditError, Result};

/// One group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stratum {
    /// Its name.
    pub group: String,
    /// People of the sample in it.
    pub n: usize,
    /// The census: people, or a share.
    pub population: f64,
    /// Population over sample, `N / n`; none when nobody of the sample is in it.
    pub weight: Option<f64>,
    /// The weight relative to the mean weight of the sample, which is 1.
    pub relative: Option<f64>,
}

/// Weights of groups.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Strata {
    /// In the order of their names.
    pub groups: Vec<Stratum>,
    /// People of an unweighted sample that would be as precise (Kish, 1965): `(Σ w)² / Σ w²`.
    pub effective_n: f64,
    /// Share of the population whose groups nobody of the sample is in: weights do not help there.
    pub uncovered: f64,
    /// What produced it.
    pub signature: Signature,
}

/// Weights for people of `groups` (one entry a person) by a `census` of people or shares.
///
/// # Errors
/// [`AuditError::Statistic`] without people; [`AuditError::Input`] for a person of a group that the census does
/// not have, a population that is negative or not finite, or one of 0 for a group with people.
pub fn poststratify(groups: &[String], census: &BTreeMap<String, f64>) -> Result<Strata> {
    if groups.is_empty() {
        return Err(StatsError::TooFew { what: "groups", found: 0, needed: 1 }.into());
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, group) in groups.iter().enumerate() {
        if !census.contains_key(group) {
            let problem = format!("is `{group}`, which the census has not");
            let known: Vec<&str> = census.keys().map(String::as_str).collect();
            let expected = format!("one of {}", known.join(", "));
            return Err(AuditError::invalid(format!("groups[{index}]"), problem, expected));
        }
        *counts.entry(group).or_default() += 1;
    }
    for (group, population) in census {
        let least = if counts.contains_key(group.as_str()) { f64::MIN_POSITIVE } else { 0.0 };
        if !(*population >= least && population.is_finite()) {
            let expected = if least > 0.0 { "> 0, as people are in it" } else { ">= 0" };
            return Err(AuditError::invalid(
                format!("census.{group}"),
                format!("is {population}"),
                expected,
            ));
        }
    }
    let covered: f64 = counts.keys().map(|group| census[*group]).sum();
    let total: f64 = census.values().sum();
    let mean_weight = covered / groups.len() as f64;
    let strata = census.iter().map(|(group, &population)| {
        let n = counts.get(group.as_str()).copied().unwrap_or(0);
        let weight = (n > 0).then(|| population / n as f64);
        let relative = weight.map(|weight| weight / mean_weight);
        Stratum { group: group.clone(), n, population, weight, relative }
    });
    let strata: Vec<Stratum> = strata.collect();
    let over = |power: i32| -> f64 {
        strata.iter().filter_map(|s| Some(s.n as f64 * s.relative?.powi(power))).sum()
    };
    let effective_n = over(1).powi(2) / over(2);
    if !(effective_n.is_finite() && total.is_finite()) {
        return Err(AuditError::invalid(
            "census",
            "has figures that are too far apart",
            "one measure",
        ));
    }
    let signature = Signature::new("poststratify").with("groups", strata.len());
    // A sum of nothing is -0.0.
    let out = strata.iter().filter(|s| s.n == 0).fold(0.0, |sum, s| sum + s.population);
    Ok(Strata { groups: strata, effective_n, uncovered: out / total, signature })
}

/// A model's mean rating.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PoststratifiedModel {
    /// The model.
    pub model: String,
    /// Plain mean of its ratings, with an interval from resampled users.
    pub plain: Figure,
    /// Mean with each user's weight, with an interval from resampled users; weights stay as they are.
    pub weighted: Figure,
}

/// Mean ratings of models, each rating with the weight of its user's group; best first.
///
/// # Errors
/// As [`poststratify`]; a rating without a group.
pub fn poststratified_means(
    ratings: &[UserRating],
    census: &BTreeMap<String, f64>,
    options: &Bootstrap,
) -> Result<Vec<PoststratifiedModel>> {
    checked(ratings)?;
    let mut group_of: BTreeMap<&str, &String> = BTreeMap::new();
    for (index, rating) in ratings.iter().enumerate() {
        let Some(group) = &rating.group else {
            return Err(AuditError::invalid(format!("[{index}].group"), "is missing", "a group"));
        };
        group_of.insert(&rating.user_id, group);
    }
    let people: Vec<String> = group_of.values().map(|group| (*group).clone()).collect();
    let strata = poststratify(&people, census)?;
    let weights: BTreeMap<&str, f64> =
        strata.groups.iter().filter_map(|s| Some((s.group.as_str(), s.relative?))).collect();
    let mut of: BTreeMap<&str, Vec<(&str, f64, f64)>> = BTreeMap::new();
    for rating in ratings {
        let user = rating.user_id.as_str();
        let weight = weights[group_of[user].as_str()];
        of.entry(&rating.model).or_default().push((user, rating.score, weight));
    }
    let mut models = Vec::with_capacity(of.len());
    for (model, rows) in of {
        let mut users: Vec<&str> = rows.iter().map(|row| row.0).collect();
        users.sort_unstable();
        users.dedup();
        let ids: Vec<usize> =
            rows.iter().map(|row| users.binary_search(&row.0).unwrap_or_default()).collect();
        let units = Units::clusters(&ids)?;
        let figure = |weighted: bool| {
            let found = bootstrap(&units, options, |items| {
                let (mut sum, mut all) = (0.0, 0.0);
                for (_, score, weight) in take(&rows, items) {
                    let weight = if weighted { weight } else { 1.0 };
                    (sum, all) = (sum + weight * score, all + weight);
                }
                Ok(sum / all)
            });
            Figure::from(found)
        };
        let (plain, weighted) = (figure(false), figure(true));
        models.push(PoststratifiedModel { model: model.to_owned(), plain, weighted });
    }
    let value = |m: &PoststratifiedModel| m.weighted.value().unwrap_or(f64::NEG_INFINITY);
    models.sort_by(|a, b| value(b).total_cmp(&value(a)));
    Ok(models)
}

/// Options of `poststratify`.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct CensusOptions {
    /// People of each group in the population, in any unit.
    pub(super) census: BTreeMap<String, f64>,
    /// Resamples, level and seed of the intervals.
    pub(super) bootstrap: Bootstrap,
}

/// Means of models, and the weights behind them.
#[derive(Serialize)]
pub(super) struct Poststratified {
    pub(super) models: Vec<PoststratifiedModel>,
    pub(super) strata: Strata,
}

impl Report for Poststratified {
    const NAME: &'static str = "poststratify";
    const QUESTION: &'static str = "What would the population say, and not only who came?";
    const SOURCE: &'static str = "PRISM; Kirk et al., 2024";
    const ROW: &'static str = "user_id, model, score, group";
    const EXAMPLE: Example =
        Example { options: r#"{"census": {"n": 30, "s": 70}}"#, rows: user_ratings::EXAMPLE };
    type Row = UserRating;
    type Options = CensusOptions;

    fn run(rows: Vec<Self::Row>, options: &Self::Options) -> Result<Self> {
        let models = poststratified_means(&rows, &options.census, &options.bootstrap)?;
        let groups: BTreeMap<&str, &String> = rows
            .iter()
            .filter_map(|row| Some((row.user_id.as_str(), row.group.as_ref()?)))
            .collect();
        let groups: Vec<String> = groups.into_values().cloned().collect();
        Ok(Self { models, strata: poststratify(&groups, &options.census)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn census(of: &[(&str, f64)]) -> BTreeMap<String, f64> {
        of.iter().map(|(group, n)| ((*group).to_owned(), *n)).collect()
    }

    fn people(of: &[(&str, usize)]) -> Vec<String> {
        of.iter().flat_map(|(group, n)| std::iter::repeat_n((*group).to_owned(), *n)).collect()
    }

    #[test]
    fn weights_by_hand() {
        let sample = people(&[("old", 2), ("young", 8)]);
        let found =
            poststratify(&sample, &census(&[("old", 500.0), ("young", 500.0), ("x", 250.0)]));
        let found = found.expect("valid");
        let row = |g: usize| (found.groups[g].weight, found.groups[g].relative);
        assert_eq!(row(0), (Some(250.0), Some(2.5)));
        assert_eq!(row(2), (Some(62.5), Some(0.625)));
        assert_eq!((row(1), found.uncovered), ((None, None), 0.2));
        // 10² / (2 · 2.5² + 8 · 0.625²)
        assert!((found.effective_n - 6.4).abs() < 1e-12);
        let even = poststratify(&sample, &census(&[("old", 0.2), ("young", 0.8)])).expect("valid");
        assert!((even.effective_n - 10.0).abs() < 1e-9 && even.uncovered == 0.0);
    }

    #[test]
    fn means_are_those_of_the_population() {
        let mut rows = Vec::new();
        for (index, group) in people(&[("old", 2), ("young", 8)]).into_iter().enumerate() {
            let score = if group == "old" { 20.0 } else { 70.0 };
            rows.push(UserRating {
                user_id: index.to_string(),
                model: "m".into(),
                score,
                turn: None,
                opening: true,
                group: Some(group),
            });
        }
        let census = census(&[("old", 1.0), ("young", 1.0)]);
        let found = poststratified_means(&rows, &census, &Bootstrap::default()).expect("valid");
        assert_eq!(found[0].plain.value(), Some(60.0));
        assert_eq!(found[0].weighted.value(), Some(45.0));
        rows[3].group = None;
        let error = poststratified_means(&rows, &census, &Bootstrap::default()).expect_err("none");
        assert_eq!(error.path(), Some("[3].group"));
    }

    #[test]
    fn mistakes_are_named() {
        let path = |sample: &[String], of: &[(&str, f64)]| {
            let error = poststratify(sample, &census(of)).expect_err("bad");
            error.path().unwrap_or(error.code()).to_owned()
        };
        let one = people(&[("a", 1)]);
        assert_eq!(path(&[], &[("a", 1.0)]), "too_few_values");
        assert_eq!(path(&one, &[("b", 1.0)]), "groups[0]");
        assert_eq!(path(&one, &[("a", 0.0)]), "census.a");
        assert_eq!(path(&one, &[("a", 1.0), ("b", -1.0)]), "census.b");
        assert_eq!(path(&one, &[("a", f64::NAN)]), "census.a");
        assert_eq!(path(&one, &[("a", f64::MAX), ("b", f64::MAX)]), "census");
    }
}
