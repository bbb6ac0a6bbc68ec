//! Calibration: whether probabilities mean what they say, and how to make them.

mod brier;
mod conformal;
mod conformal_sets;
mod isotonic;
mod platt;
mod reliability;
mod temperature;

pub use brier::{brier, brier_multiclass};
pub use conformal::conformal_quantile;
pub use conformal_sets::{ConformalInterval, OrdinalSets};
pub use isotonic::Isotonic;
pub use platt::Platt;
pub use reliability::{Bin, Reliability, reliability, reliability_by_mass};
pub use temperature::{Temperature, fit_temperature, fit_temperature_binary};
