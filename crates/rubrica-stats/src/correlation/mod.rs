//! Correlation of two series, with intervals, tests, and over grids of systems and items.

mod dependent;
mod grouped;
mod interval;
mod kendall;
mod pearson;
mod spearman;
mod tau_eq;

pub use dependent::{
    CorrelationTest, dependent_difference_interval, steiger_test, steiger_test_apart, williams_test,
};
pub use grouped::{Grouped, Grouping, grouped_correlation};
pub use interval::{StandardError, correlation_interval};
pub use kendall::{kendall_tau_a, kendall_tau_b, kendall_tau_c};
pub use pearson::pearson;
pub use spearman::spearman;
pub use tau_eq::{TauEq, calibrate_ties, tau_eq};
