//! Heads on frozen features: an ordinal one for rubric scores, a Bradley-Terry one for preferences.

mod data;
mod fit;
mod network;

pub use data::{OrdinalData, PairData, Rows};
pub use fit::{Epoch, FitOptions, FittedHead, fit_ordinal, fit_pairs};
