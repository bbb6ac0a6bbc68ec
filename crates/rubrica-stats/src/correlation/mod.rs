//! Correlation of two series.

mod kendall;
mod pearson;
mod spearman;

pub use kendall::kendall_tau_b;
pub use pearson::pearson;
pub use spearman::spearman;
