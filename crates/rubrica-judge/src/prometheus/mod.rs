//! Prometheus (Kim et al., 2024): feedback under a rubric, ending in `[RESULT]` and a score or a
//! winner.
//!
//! Three ways in, of which the first needs no model (T0): read judge text that somebody pasted or
//! imported ([`judge_texts`], [`parse_absolute`], [`parse_relative`]); only lay out the prompt for a
//! judge elsewhere ([`absolute_prompt`], [`relative_prompt`]); or run a causal language model here
//! ([`judge`], [`Relative`]; T2 and T3). The layout follows the published structure in words of our
//! own, so a published checkpoint may score a little differently than under its training prompt.

mod judge;
mod parse;
mod prompt;

pub use judge::{PrometheusOptions, Relative, judge, judge_texts};
pub use parse::{Scored, parse_absolute, parse_relative};
pub use prompt::{TEMPLATE, absolute_prompt, relative_prompt};
