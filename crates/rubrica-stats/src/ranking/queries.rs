//! Which pair is worth a person's time: the one on which draws from the posterior of a linear
//! preference model disagree most (after preference-based learning via randomisation; Wu & Sun, 2024).
//!
//! The paper's exact form is not verified. Ours: P(a ≻ b) = σ(⟨φₐ − φᵦ, θ⟩), θ near its fit is normal
//! by Laplace's approximation, and the disagreement of two draws θ₀, θ₁ is the mean of
//! |⟨φₐ − φᵦ, θ₀ − θ₁⟩|, which is √(2/π) · √2 · ‖φₐ − φᵦ‖ in the posterior covariance.

use serde::{Deserialize, Serialize};

use super::duel::Duel;
use super::linear::Cholesky;
use super::logit::Design;
use crate::{Result, StatsError, check};

/// What is believed of the weights of features.
#[derive(Debug, Clone, PartialEq)]
pub struct PreferencePosterior {
    mean: Vec<f64>,
    /// Inverse covariance, row-major.
    precision: Vec<f64>,
}

/// A pair with the disagreement about it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Query {
    /// Position in the list of pairs.
    pub pair: usize,
    /// Expected difference of the log-odds under two draws from the posterior, 0 or more.
    pub disagreement: f64,
}

impl PreferencePosterior {
    /// The posterior after `labels` about `items` with the features `[items][features]`, when each weight
    /// is normal around 0 with deviation `prior` before them.
    ///
    /// # Errors
    /// No items, unequal or no features, numbers that are not finite, labels of items that are not
    /// there, a prior that is not above 0.
    pub fn new(items: &[Vec<f64>], labels: &[Duel], prior: f64) -> Result<Self> {
        if !(prior > 0.0 && prior.is_finite() && (prior * prior).recip().is_finite()) {
            let what = "prior".to_owned();
            return Err(StatsError::OutOfRange { what, value: prior, expected: "> 0" });
        }
        check::count("items", items.len(), 1)?;
        let features = items[0].len();
        for item in items {
            check::same_length(
                ("features of the first item", features),
                ("features of another", item.len()),
            )?;
            check::values("features of an item", item, 1)?;
        }
        let mut design = Design::new(features, 0);
        for (index, label) in labels.iter().enumerate() {
            if label.first.max(label.second) >= items.len() || label.first == label.second {
                return Err(StatsError::UnknownClass { what: "labels", index });
            }
            let terms = items[label.first].iter().zip(&items[label.second]);
            let terms = terms.map(|(a, b)| a - b).enumerate();
            design.push(terms, check::indicator(label.first_won), 1.0);
        }
        let fit = design.fit(&vec![1.0 / (prior * prior); features])?;
        Ok(Self { mean: fit.coefficients, precision: fit.curvature })
    }

    /// A posterior that is known: mean `[features]` and inverse covariance, row-major.
    ///
    /// # Errors
    /// No features, sizes that do not fit, numbers that are not finite; a matrix that is not positive
    /// definite.
    pub fn normal(mean: Vec<f64>, precision: Vec<f64>) -> Result<Self> {
        check::values("mean", &mean, 1)?;
        check::same_length(("mean squared", mean.len().pow(2)), ("precision", precision.len()))?;
        check::values("precision", &precision, 1)?;
        let found = Self { mean, precision };
        found.factor()?;
        Ok(found)
    }

    /// Means of the weights, `[features]`.
    pub fn mean(&self) -> &[f64] {
        &self.mean
    }

    /// Expected difference of the log-odds of a preference between items with these features, under two
    /// draws from the posterior.
    ///
    /// # Errors
    /// Another number of features, or a number that is not finite.
    pub fn disagreement(&self, first: &[f64], second: &[f64]) -> Result<f64> {
        self.measure(&self.factor()?, first, second)
    }

    /// The pair of `pairs` with the highest disagreement, if that is above `epsilon`; none means that
    /// no label is worth its price.
    ///
    /// # Errors
    /// As [`PreferencePosterior::disagreement`]; pairs of items that are not there; a negative epsilon.
    pub fn next_query(
        &self,
        items: &[Vec<f64>],
        pairs: &[(usize, usize)],
        epsilon: f64,
    ) -> Result<Option<Query>> {
        if !(epsilon >= 0.0 && epsilon.is_finite()) {
            let what = "epsilon".to_owned();
            return Err(StatsError::OutOfRange { what, value: epsilon, expected: ">= 0" });
        }
        let factor = self.factor()?;
        let mut best: Option<Query> = None;
        for (pair, &(first, second)) in pairs.iter().enumerate() {
            let (Some(a), Some(b)) = (items.get(first), items.get(second)) else {
                return Err(StatsError::UnknownClass { what: "pairs", index: pair });
            };
            let disagreement = self.measure(&factor, a, b)?;
            if disagreement > best.map_or(epsilon, |best| best.disagreement) {
                best = Some(Query { pair, disagreement });
            }
        }
        Ok(best)
    }

    fn factor(&self) -> Result<Cholesky> {
        let factor = Cholesky::new(self.precision.clone(), self.mean.len());
        factor.ok_or(StatsError::OutOfRange {
            what: "precision".into(),
            value: 0.0,
            expected: "a matrix that is positive definite",
        })
    }

    fn measure(&self, factor: &Cholesky, first: &[f64], second: &[f64]) -> Result<f64> {
        for side in [first, second] {
            check::same_length(("weights", self.mean.len()), ("features", side.len()))?;
            check::values("features", side, 1)?;
        }
        let apart: Vec<f64> = first.iter().zip(second).map(|(a, b)| a - b).collect();
        let solved = factor.solve(&apart);
        let variance: f64 = apart.iter().zip(solved).map(|(a, s)| a * s).sum();
        let found = 2.0 * (variance.max(0.0) / std::f64::consts::PI).sqrt();
        check::values("disagreement", &[found], 1)?;
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items() -> Vec<Vec<f64>> {
        vec![vec![1.0, 0.0], vec![0.0, 0.0], vec![0.0, 3.0], vec![1.0, 0.0]]
    }

    #[test]
    fn a_unit_apart_under_a_standard_posterior() {
        let posterior =
            PreferencePosterior::normal(vec![0.0; 2], vec![1.0, 0.0, 0.0, 1.0]).expect("normal");
        let found = posterior.disagreement(&[1.0, 0.0], &[0.0, 0.0]).expect("valid");
        assert!((found - std::f64::consts::FRAC_2_SQRT_PI).abs() < 1e-9);
        assert_eq!(posterior.disagreement(&[1.0, 2.0], &[1.0, 2.0]).expect("valid"), 0.0);
        // Items alike are never asked about.
        assert_eq!(posterior.next_query(&items(), &[(0, 3)], 0.0).expect("valid"), None);
        let query = posterior.next_query(&items(), &[(0, 1), (1, 2)], 0.5).expect("valid");
        assert_eq!(query.expect("far apart").pair, 1);
        assert_eq!(posterior.next_query(&items(), &[(0, 1)], 5.0).expect("valid"), None);
    }

    #[test]
    fn every_label_makes_it_surer() {
        let mut labels = Vec::new();
        let ask = |labels: &[Duel]| {
            let posterior = PreferencePosterior::new(&items(), labels, 1.0).expect("valid");
            (posterior.disagreement(&items()[0], &items()[1]).expect("valid"), posterior)
        };
        let (mut last, _) = ask(&labels);
        assert!((last - std::f64::consts::FRAC_2_SQRT_PI).abs() < 1e-9);
        for _ in 0..5 {
            labels.push(Duel { first: 0, second: 1, first_won: true });
            let (now, posterior) = ask(&labels);
            assert!(now < last && posterior.mean()[0] > 0.0 && posterior.mean()[1] == 0.0);
            last = now;
        }
    }

    #[test]
    fn mistakes_are_refused() {
        let new = |items: &[Vec<f64>], labels: &[Duel], prior| {
            PreferencePosterior::new(items, labels, prior).expect_err("bad").code()
        };
        assert_eq!(new(&[], &[], 1.0), "too_few_values");
        assert_eq!(new(&[vec![]], &[], 1.0), "too_few_values");
        assert_eq!(new(&items(), &[], 0.0), "out_of_range");
        assert_eq!(new(&items(), &[], f64::NAN), "out_of_range");
        let beyond = [Duel { first: 0, second: 9, first_won: true }];
        assert_eq!(new(&items(), &beyond, 1.0), "unknown_class");
        let flat = PreferencePosterior::normal(vec![0.0; 2], vec![1.0; 4]).expect_err("singular");
        assert_eq!(flat.code(), "out_of_range");
        let posterior = PreferencePosterior::new(&items(), &[], 1.0).expect("valid");
        let code = posterior.next_query(&items(), &[(0, 9)], 0.0).expect_err("beyond").code();
        assert_eq!(code, "unknown_class");
        let code = posterior.next_query(&items(), &[], -1.0).expect_err("negative").code();
        assert_eq!(code, "out_of_range");
        assert_eq!(posterior.disagreement(&[1.0], &[1.0]).expect_err("").code(), "length_mismatch");
    }
}
