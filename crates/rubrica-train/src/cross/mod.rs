//! Fine-tuning of a [`rubrica_models::CrossEncoder`] on several tasks at once (multi-task learning;
//! Caruana, 1997).

mod answers;
mod batches;
mod calibration;
mod checkpoint;
mod example;
mod fit;
mod loss;
mod validation;

pub use calibration::{COVERAGE, calibrate};
pub use checkpoint::CrossCheckpoint;
pub use example::{CrossExample, CrossTarget};
pub use fit::{CrossObserver, CrossOptions, CrossStep, fit_cross};
pub use validation::{CrossValidation, TaskValidation};
