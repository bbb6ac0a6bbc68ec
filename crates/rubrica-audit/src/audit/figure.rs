//! A figure of a report: an estimate, or the reason why there is none.

use rubrica_core::Undefined;
use rubrica_stats::bootstrap::{Bootstrap, Units, bootstrap};
use rubrica_stats::{Estimate, StatsError, wilson};
use serde::Serialize;

/// A number with its interval, or why it is undefined on these data.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Figure {
    /// The number.
    Estimate(Estimate),
    /// No number.
    Undefined {
        /// Always null.
        value: (),
        /// Why.
        error: Undefined,
    },
}

impl Figure {
    /// A share of `trials` with its Wilson interval.
    pub fn share(successes: usize, trials: usize, level: f64) -> Self {
        wilson::wilson(successes, trials, level).into()
    }

    /// A statistic over item indices with its bootstrap interval.
    pub fn of_items(
        n: usize,
        options: &Bootstrap,
        statistic: impl FnMut(&[usize]) -> rubrica_stats::Result<f64>,
    ) -> Self {
        if n == 0 {
            return StatsError::TooFew { what: "rows", found: 0, needed: 1 }.into();
        }
        bootstrap(&Units::items(n), options, statistic).into()
    }

    /// The value, if there is one.
    pub fn value(&self) -> Option<f64> {
        match self {
            Self::Estimate(estimate) => Some(estimate.value),
            Self::Undefined { .. } => None,
        }
    }
}

impl From<StatsError> for Figure {
    fn from(error: StatsError) -> Self {
        let error = Undefined { code: error.code().to_owned(), reason: error.to_string() };
        Self::Undefined { value: (), error }
    }
}

impl From<rubrica_stats::Result<Estimate>> for Figure {
    fn from(result: rubrica_stats::Result<Estimate>) -> Self {
        result.map_or_else(Self::from, Self::Estimate)
    }
}
