//! Bradley-Terry ratings that hold other reasons to win fixed, such as length and style: the odds of
//! a win are those of the strengths times e^(γ · x), x being what tells the two responses apart
//! (style control of Chatbot Arena and Arena-Hard; Li et al., 2024).

use serde::{Deserialize, Serialize};

use super::logit::Design;
use super::{POINTS, WinMatrix, on_scale};
use crate::{Result, StatsError, check, normal};

/// A battle with what tells the two responses apart.
#[derive(Debug, Clone, PartialEq)]
pub struct CovariateBattle {
    /// The first model.
    pub first: usize,
    /// The second model.
    pub second: usize,
    /// 1 when the first won, 0 when the second did, a half for a tie; between them for a preference.
    pub score: f64,
    /// Battles that it counts for, above 0.
    pub weight: f64,
    /// Differences of the two responses, first less second, `[covariates]`.
    pub covariates: Vec<f64>,
}

/// A coefficient with its standard error.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Coefficient {
    /// Change of the log-odds for a change of 1 in the covariate.
    pub value: f64,
    /// Standard error, by the sandwich.
    pub standard_error: f64,
}

impl Coefficient {
    /// The normal interval at `level`.
    ///
    /// # Errors
    /// A level outside `0..1`.
    pub fn interval(&self, level: f64) -> Result<[f64; 2]> {
        check::open_unit("level", level)?;
        let reach = normal::quantile(0.5 + level / 2.0) * self.standard_error;
        Ok([self.value - reach, self.value + reach])
    }
}

/// Ratings and coefficients.
#[derive(Debug, Clone, PartialEq)]
pub struct CovariateFit {
    /// Ratings on the scale of Elo, mean 1000, with standard errors, `[models]`.
    pub ratings: Vec<Coefficient>,
    /// One for each covariate.
    pub coefficients: Vec<Coefficient>,
    covariance: Vec<f64>,
}

impl CovariateFit {
    /// The rating of each model less that of `anchor`, with the standard errors of the differences,
    /// `[models]`.
    pub fn against(&self, anchor: usize) -> Vec<Coefficient> {
        let size = self.ratings.len() + self.coefficients.len();
        let cov = |i: usize, j: usize| self.covariance[i * size + j];
        let base = self.ratings[anchor].value;
        (0..self.ratings.len())
            .map(|m| {
                let variance = cov(m, m) + cov(anchor, anchor) - cov(m, anchor) - cov(anchor, m);
                Coefficient {
                    value: self.ratings[m].value - base,
                    standard_error: POINTS * variance.max(0.0).sqrt(),
                }
            })
            .collect()
    }
}

/// Fits strengths and covariates together by maximum likelihood. `ridge / 2` times the square of each
/// covariate's coefficient, and of each log-strength, is taken off the likelihood; 0 for none, 1 for
/// scikit-learn's default.
///
/// # Errors
/// Fewer than two models, no battles, covariates of unequal number, a number that is not finite or
/// out of range. Without a ridge: [`StatsError::NotConnected`], or [`StatsError::OutOfRange`] for
/// covariates that follow from each other or tell all wins from all losses.
pub fn fit_covariates(
    models: usize,
    battles: &[CovariateBattle],
    ridge: f64,
) -> Result<CovariateFit> {
    check::count("models", models, 2)?;
    check::count("battles", battles.len(), 1)?;
    if !(ridge >= 0.0 && ridge.is_finite()) {
        let what = "ridge".to_owned();
        return Err(StatsError::OutOfRange { what, value: ridge, expected: ">= 0" });
    }
    let count = battles[0].covariates.len();
    let mut design = Design::new(models + count, models);
    for (index, battle) in battles.iter().enumerate() {
        checked(index, battle, count)?;
        let sides = [(battle.first, 1.0), (battle.second, -1.0)];
        let covariates = battle.covariates.iter().enumerate().map(|(k, x)| (models + k, *x));
        let used = covariates.filter(|(_, x)| *x != 0.0);
        design.push(sides.into_iter().chain(used), battle.score, battle.weight);
    }
    // Also refuses models out of range and battles of a model with itself.
    let wins = battles.iter().map(|b| {
        let lost = b.weight * (1.0 - b.score);
        (b.first, b.second, [b.weight * b.score, lost, 0.0])
    });
    let counts = WinMatrix::from_pairs(models, wins)?;
    if ridge == 0.0 {
        counts.connected()?;
    }
    let fit = design.fit(&vec![ridge; models + count])?;
    let size = models + count;
    let error = |i: usize| fit.covariance[i * size + i].max(0.0).sqrt();
    let ratings = on_scale(&fit.coefficients[..models]);
    Ok(CovariateFit {
        ratings: ratings
            .into_iter()
            .enumerate()
            .map(|(i, value)| Coefficient { value, standard_error: POINTS * error(i) })
            .collect(),
        coefficients: (models..size)
            .map(|i| Coefficient { value: fit.coefficients[i], standard_error: error(i) })
            .collect(),
        covariance: fit.covariance,
    })
}

fn checked(index: usize, battle: &CovariateBattle, count: usize) -> Result<()> {
    check::same_length(
        ("covariates of the first battle", count),
        ("covariates of another", battle.covariates.len()),
    )?;
    if battle.covariates.iter().any(|x| !x.is_finite()) {
        return Err(StatsError::NotFinite { what: "covariates of battle", index });
    }
    let out = |field: &str, value, expected| {
        Err(StatsError::OutOfRange { what: format!("battles[{index}].{field}"), value, expected })
    };
    if !(0.0..=1.0).contains(&battle.score) {
        return out("score", battle.score, "0 to 1");
    }
    if !(battle.weight > 0.0 && battle.weight.is_finite()) {
        return out("weight", battle.weight, "> 0");
    }
    Ok(())
}

/// Two counts as a covariate: (first − second) / (first + second + 1), in `-1..=1`, after Arena-Hard.
pub fn relative_difference(first: f64, second: f64) -> f64 {
    (first - second) / (first + second + 1.0)
}

#[cfg(test)]
mod tests {
    use super::super::PairedModel;
    use super::*;

    fn battle(first: usize, second: usize, score: f64, covariates: &[f64]) -> CovariateBattle {
        CovariateBattle { first, second, score, weight: 1.0, covariates: covariates.to_vec() }
    }

    #[test]
    fn without_covariates_it_is_bradley_terry() {
        let mut rows = Vec::new();
        for (first, second, wins, losses) in [(0, 1, 7, 3), (1, 2, 6, 4), (0, 2, 9, 2)] {
            rows.extend((0..wins).map(|_| battle(first, second, 1.0, &[])));
            rows.extend((0..losses).map(|_| battle(first, second, 0.0, &[])));
            rows.push(battle(first, second, 0.5, &[]));
        }
        let fit = fit_covariates(3, &rows, 0.0).expect("connected");
        let counts = WinMatrix::from_pairs(
            3,
            [(0, 1, [7.0, 3.0, 1.0]), (1, 2, [6.0, 4.0, 1.0]), (0, 2, [9.0, 2.0, 1.0])],
        )
        .expect("valid");
        let plain = PairedModel::BradleyTerry.fit(&counts).expect("connected");
        let errors = plain.standard_errors(&counts).expect("regular");
        for (m, rating) in fit.ratings.iter().enumerate() {
            assert!((rating.value - plain.ratings()[m]).abs() < 1e-8);
            assert!((rating.standard_error - errors[m]).abs() < 1e-8);
        }
        let against = fit.against(1);
        assert_eq!((against[1].value, against[1].standard_error), (0.0, 0.0));
        assert!(against[0].standard_error > fit.ratings[0].standard_error);
    }

    #[test]
    fn a_covariate_takes_what_is_its_own() {
        // Both models are equal, and the longer response wins 3 of 4 times; model 0 is longer.
        let mut rows = Vec::new();
        for (x, wins, losses) in [(1.0, 9, 3), (1.0, 9, 3), (-1.0, 2, 6)] {
            rows.extend((0..wins).map(|_| battle(0, 1, 1.0, &[x])));
            rows.extend((0..losses).map(|_| battle(0, 1, 0.0, &[x])));
        }
        let fit = fit_covariates(2, &rows, 0.0).expect("regular");
        assert!((fit.coefficients[0].value - 3f64.ln()).abs() < 1e-9, "{fit:?}");
        assert!((fit.ratings[0].value - fit.ratings[1].value).abs() < 1e-6);
        // Swapping the sides of every row changes nothing.
        let swapped: Vec<_> = rows
            .iter()
            .map(|b| battle(b.second, b.first, 1.0 - b.score, &[-b.covariates[0]]))
            .collect();
        let other = fit_covariates(2, &swapped, 0.0).expect("regular");
        assert!((other.coefficients[0].value - fit.coefficients[0].value).abs() < 1e-9);
    }

    #[test]
    fn degenerate_data_are_refused() {
        let code = |models, rows: &[CovariateBattle], ridge| {
            fit_covariates(models, rows, ridge).expect_err("bad").code()
        };
        assert_eq!(code(1, &[battle(0, 0, 1.0, &[])], 0.0), "too_few_values");
        assert_eq!(code(2, &[], 0.0), "too_few_values");
        assert_eq!(code(2, &[battle(0, 1, 1.0, &[])], 0.0), "not_connected");
        assert!(fit_covariates(2, &[battle(0, 1, 1.0, &[])], 1.0).is_ok());
        assert_eq!(code(2, &[battle(0, 0, 1.0, &[])], 1.0), "out_of_range");
        assert_eq!(code(2, &[battle(0, 5, 1.0, &[])], 1.0), "unknown_class");
        assert_eq!(code(2, &[battle(0, 1, 1.5, &[])], 1.0), "out_of_range");
        assert_eq!(code(2, &[battle(0, 1, f64::NAN, &[])], 1.0), "out_of_range");
        assert_eq!(code(2, &[battle(0, 1, 1.0, &[f64::NAN])], 1.0), "not_finite");
        let uneven = [battle(0, 1, 1.0, &[1.0]), battle(0, 1, 0.0, &[])];
        assert_eq!(code(2, &uneven, 1.0), "length_mismatch");
        let constant = [battle(0, 1, 1.0, &[1.0]), battle(0, 1, 0.0, &[1.0])];
        assert_eq!(code(2, &constant, 0.0), "out_of_range");
        let zero = [battle(0, 1, 1.0, &[0.0]), battle(0, 1, 0.0, &[0.0])];
        assert_eq!(code(2, &zero, 0.0), "out_of_range");
    }

    #[test]
    fn relative_differences() {
        assert_eq!(relative_difference(3.0, 1.0), 0.4);
        assert_eq!(relative_difference(0.0, 0.0), 0.0);
    }
}
