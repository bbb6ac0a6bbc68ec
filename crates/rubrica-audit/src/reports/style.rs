//! Battles with what their responses look like, and how that becomes covariates.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use rubrica_core::Preference;
use rubrica_stats::ranking::{CovariateBattle, relative_difference};
use serde::{Deserialize, Serialize};

use crate::error::{AuditError, Result};
use crate::records::{name, optional_name, optional_number};

/// One battle. Style is counts by name, such as `length`, `headers`, `lists`, `bold`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StyledBattle {
    /// The first model.
    #[serde(alias = "modelA", deserialize_with = "name")]
    pub model_a: String,
    /// The second model.
    #[serde(alias = "modelB", deserialize_with = "name")]
    pub model_b: String,
    /// Who won: `model_a`, `model_b` or `tie`.
    pub winner: Preference,
    /// What kind of question it was, for a board of each kind.
    #[serde(default, deserialize_with = "optional_name")]
    pub category: Option<String>,
    /// Battles that it counts for, above 0; 1 without it. Arena-Hard counts strong verdicts 3 times.
    #[serde(default, deserialize_with = "optional_number")]
    pub weight: Option<f64>,
    /// Length of the first response, which becomes the covariate `length`.
    #[serde(default, alias = "lenA", deserialize_with = "optional_number")]
    pub len_a: Option<f64>,
    /// Length of the second response.
    #[serde(default, alias = "lenB", deserialize_with = "optional_number")]
    pub len_b: Option<f64>,
    /// Further counts of the first response.
    #[serde(default, alias = "styleA")]
    pub style_a: BTreeMap<String, f64>,
    /// Further counts of the second response.
    #[serde(default, alias = "styleB")]
    pub style_b: BTreeMap<String, f64>,
}

/// How to rate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StyleOptions {
    /// Covariates to hold fixed; none given stands for all that the battles have.
    pub covariates: Option<Vec<String>>,
    /// The model that others are held against: it gets the rating 1000, and all get a score.
    pub baseline: Option<String>,
    /// Half of it times the square of each log-strength and coefficient is taken off the likelihood;
    /// 0 for none. Arena-Hard's regression, which counts every battle twice, has 0.5.
    pub ridge: f64,
    /// As the official code: z-scores of the covariates, mean included. That makes ratings depend on
    /// which model is called the first, so by default covariates are only scaled.
    pub compat: bool,
    /// Resamples of a bootstrap interval; 0 for the sandwich.
    pub bootstrap: usize,
    /// Coverage of the intervals, between 0 and 1.
    pub level: f64,
    /// Seed of the bootstrap.
    pub seed: u64,
}

impl Default for StyleOptions {
    fn default() -> Self {
        Self {
            covariates: None,
            baseline: None,
            ridge: 0.0,
            compat: false,
            bootstrap: 0,
            level: 0.95,
            seed: 0,
        }
    }
}

/// Battles as numbers: `names` of the models, `covariates` of the columns.
#[derive(Debug, Clone)]
pub(super) struct StyledRows {
    pub(super) names: Vec<String>,
    pub(super) covariates: Vec<String>,
    pub(super) rows: Vec<CovariateBattle>,
}

const LENGTH: &str = "length";

impl StyledBattle {
    fn count(&self, first: bool, covariate: &str) -> Option<f64> {
        let (style, length) =
            if first { (&self.style_a, self.len_a) } else { (&self.style_b, self.len_b) };
        let own = style.get(covariate).copied();
        if covariate == LENGTH { own.or(length) } else { own }
    }

    fn covariates(&self) -> impl Iterator<Item = &str> {
        let length = (self.len_a.is_some() && self.len_b.is_some()).then_some(LENGTH);
        self.style_a.keys().map(String::as_str).chain(length)
    }
}

impl StyledRows {
    /// Every covariate is (a − b) / (a + b + 1) of its two counts, put on a common scale.
    pub(super) fn new(battles: &[&StyledBattle], options: &StyleOptions) -> Result<Self> {
        let names: BTreeSet<&str> =
            battles.iter().flat_map(|b| [b.model_a.as_str(), b.model_b.as_str()]).collect();
        let names: Vec<&str> = names.into_iter().collect();
        let covariates: Vec<String> = match &options.covariates {
            Some(wanted) => wanted.clone(),
            None => {
                let all: BTreeSet<&str> = battles.iter().flat_map(|b| b.covariates()).collect();
                all.into_iter().map(str::to_owned).collect()
            }
        };
        let place = |model: &str| names.binary_search(&model).unwrap_or_default();
        let mut rows = Vec::with_capacity(battles.len());
        for (index, battle) in battles.iter().enumerate() {
            let path = |field: &str| format!("[{index}].{field}");
            if battle.model_a == battle.model_b {
                let problem = format!("is `{}`, as model_a is", battle.model_b);
                return Err(AuditError::invalid(path("model_b"), problem, "another model"));
            }
            let weight = battle.weight.unwrap_or(1.0);
            if !(weight > 0.0 && weight.is_finite()) {
                return Err(AuditError::invalid(path("weight"), format!("is {weight}"), "> 0"));
            }
            let mut values = Vec::with_capacity(covariates.len());
            for covariate in &covariates {
                let count = |first: bool| {
                    let field = path(if first { "style_a" } else { "style_b" });
                    match battle.count(first, covariate) {
                        Some(count) if count >= 0.0 && count.is_finite() => Ok(count),
                        Some(count) => {
                            let problem = format!("`{covariate}` is {count}");
                            Err(AuditError::invalid(field, problem, "a count >= 0"))
                        }
                        None => Err(AuditError::invalid(
                            field,
                            format!("has no `{covariate}`"),
                            "a count",
                        )),
                    }
                };
                values.push(relative_difference(count(true)?, count(false)?));
            }
            rows.push(CovariateBattle {
                first: place(&battle.model_a),
                second: place(&battle.model_b),
                score: match battle.winner {
                    Preference::A => 1.0,
                    Preference::B => 0.0,
                    Preference::Tie => 0.5,
                },
                weight,
                covariates: values,
            });
        }
        scale(&mut rows, covariates.len(), options.compat);
        let names = names.into_iter().map(str::to_owned).collect();
        Ok(Self { names, covariates, rows })
    }
}

/// Puts every column on the scale of its spread: around 0, or with `centre` around its mean. A column
/// without any stays as it is, and the fit will name it.
fn scale(rows: &mut [CovariateBattle], columns: usize, centre: bool) {
    let n = rows.len() as f64;
    for column in 0..columns {
        let sum: f64 = rows.iter().map(|row| row.covariates[column]).sum();
        let mean = if centre { sum / n } else { 0.0 };
        let square: f64 = rows.iter().map(|row| (row.covariates[column] - mean).powi(2)).sum();
        let spread = (square / n).sqrt();
        for row in rows.iter_mut() {
            let value = row.covariates[column] - mean;
            row.covariates[column] = if spread > 0.0 { value / spread } else { value };
        }
    }
}
