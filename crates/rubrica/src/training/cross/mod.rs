//! The judge that is one cross-encoder: labelled rows become its examples.

mod claims;
mod examples;
mod recipe;
mod synthetic;

pub use examples::{CrossData, cross_examples};
pub use recipe::{CrossRecipe, ErrorSource, RatingSource, Synthetic};
