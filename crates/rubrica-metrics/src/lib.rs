//! Text metrics and verifiable checks.
//!
//! [`text`] holds the segmentation that metrics and the judge share.

pub mod text;
