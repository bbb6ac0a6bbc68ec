//! From labelled rows to fitted judges.

mod probe;
mod remember;

pub use probe::{ProbeRecipe, ProbeReport, SourceWeight, TrainedProbe, train_probe};
pub use remember::Remembering;
