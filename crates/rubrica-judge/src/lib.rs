//! Judging protocols: who judges what, in which order, and how the answers become one result.
//!
//! Nothing here knows a tensor. A protocol takes the model traits of [`rubrica_core::model`] and a
//! [`rubrica_core::Job`], so that page, package, command line and tests run the same code, on a real
//! model, on a scripted one, or on judge text that somebody pasted.

mod absolute;
pub mod adapt;
mod arena;
mod best_of_n;
mod critique;
pub mod double_pass;
mod input;
mod outcome;
mod pairwise;
mod panel;
mod parsed;
pub mod probe;
pub mod prometheus;
pub mod reading;
pub mod rubrics;
mod scope;
#[cfg(test)]
mod scripted;
mod severity;
mod signature;
mod support;

pub use absolute::{AbsoluteOptions, absolute, absolute_batch, absolute_without_model};
pub use arena::{ArenaLabel, parse_arena};
pub use best_of_n::{BestOfNOptions, Ranked, Ranking, best_of_n, best_of_n_rubric};
pub use critique::{CritiqueOptions, DifferenceLimits, MetricLimits};
pub use input::MAX_CHARS;
pub use pairwise::{
    PairJudge, PairwiseOptions, ReplyFormat, pairwise, pairwise_batch, pairwise_double,
    pairwise_texts,
};
pub use panel::{Panel, Seat};
pub use parsed::Parsed;
pub use scope::scope_notes;
pub use support::{SupportOptions, support};
