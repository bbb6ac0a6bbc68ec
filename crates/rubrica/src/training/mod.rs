//! From labelled rows to fitted judges.

pub mod cross;
mod probe;
mod remember;

pub use probe::{ProbeRecipe, ProbeReport, SourceWeight, TrainedProbe, train_probe};
pub use remember::Remembering;
