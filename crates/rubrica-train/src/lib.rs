//! Fitting with burn autodiff: numbers in, weights out.
//!
//! Nothing here reads files or knows a data set. [`probe`] fits small heads on features that are
//! already computed.

mod error;
pub mod probe;
mod split;

pub use error::{Result, TrainError};
pub use split::split_by_group;
