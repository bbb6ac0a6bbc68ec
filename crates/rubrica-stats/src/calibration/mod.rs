//! Calibration: whether probabilities mean what they say, and how to make them.

mod brier;
mod conformal;
mod isotonic;
mod reliability;
mod temperature;

pub use brier::{brier, brier_multiclass};
pub use conformal::conformal_quantile;
pub use isotonic::Isotonic;
pub use reliability::{Bin, Reliability, reliability};
pub use temperature::{Temperature, fit_temperature, fit_temperature_binary};
