//! Classes: how often a judge gives the right one, and how well a score tells two apart.

mod confusion;
mod curve;

pub use confusion::{ClassScores, Confusion, accuracy, balanced_accuracy, macro_f1};
pub use curve::{auroc, average_precision};
