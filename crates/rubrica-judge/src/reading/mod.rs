//! Judge text in, verdict or score out: the formats in which published judges are told to answer.
//!
//! A [`Format`] says all about itself: its id, its paper, what it gives, and an example with what is read
//! from it. Reading is strict: a text without a verdict in the format, with one that is out of range, or with
//! two that differ is no verdict, and says why ([`TextReading::Undefined`]). Nothing is guessed.

mod choices;
mod format;
mod labels;
mod objects;
mod ratings;
mod registry;
mod row;
mod ultra;

pub use format::{Format, Gives, Reading, TextReading};
pub use registry::{format, formats};
pub use row::{ReadRow, read_row};
pub use ultra::{Repaired, fine_grained_score, repaired_overall};
