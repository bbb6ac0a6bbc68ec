//! Rubrica in WebAssembly: the functions that the npm package is built on.
//!
//! What crosses the boundary, and how:
//! - records and options come in as JSON text, read by [`case::from_json`] into the same structs that
//!   the command line uses: unknown fields are errors, which they are not when a JavaScript object is
//!   read by `serde-wasm-bindgen`;
//! - results go out as JavaScript objects, parsed by the engine from the JSON text of [`case::to_js`]:
//!   `serde-wasm-bindgen` calls JavaScript for each member, which takes longer than most metrics;
//! - struct fields are `snake_case` in Rust and `camelCase` in JavaScript, the caller's own keys
//!   (`metadata`, `anchors`, `scores`) are left alone;
//! - text comes in through [`text::well_formed`], since JavaScript strings may hold lone surrogates;
//! - errors go out as `Error` objects with `name`, `code` and `path`: see [`error::Failure`].

pub mod case;
#[cfg(feature = "models")]
mod engine;
pub mod error;
#[cfg(feature = "metrics")]
mod job;
#[cfg(feature = "metrics")]
mod metrics;
#[cfg(feature = "text")]
mod plain;
#[cfg(feature = "metrics")]
mod requests;
#[cfg(feature = "text")]
mod rubric;
#[cfg(feature = "statistics")]
mod statistics;
pub mod text;

#[cfg(feature = "models")]
pub use engine::Engine;
#[cfg(feature = "metrics")]
pub use job::Hooks;
#[cfg(feature = "metrics")]
pub use metrics::{metric_catalogue, metrics, sentence_spans, version};
#[cfg(feature = "text")]
pub use plain::{
    builtin_rubrics, check_row, checks_of_constraints, critique_without_model, run_checks,
};
#[cfg(feature = "text")]
pub use rubric::{parse_rubric, rubric_to_yaml};
#[cfg(feature = "statistics")]
pub use statistics::{judge_audit, leaderboard, named_report, rater_agreement, report_list};
