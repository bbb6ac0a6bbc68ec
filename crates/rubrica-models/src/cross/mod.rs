//! A cross-encoder with several heads: task, criterion, instruction, reference and response are read
//! together, in one sequence (as in the re-rankers of Nogueira & Cho, 2019).

mod config;
mod features;
mod judge;
mod network;
mod template;

pub use config::{CrossConfig, CrossGolden};
pub use features::CROSS_FEATURES;
pub use judge::{CrossJudge, CrossPart};
pub use network::{
    CONTEXT_KINDS, CROSS_COSINES, CROSS_HIDDEN, CROSS_LEVELS, CrossBatch, CrossEncoder, CrossHeads,
    ERROR_KINDS, SUPPORT_KINDS,
};
pub use template::{CrossFields, CrossSequence, CrossTask, CrossTemplate, CrossVersion};
