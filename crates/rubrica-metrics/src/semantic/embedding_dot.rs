//! Dot product of the embeddings of response and reference.
//!
//! Reimers and Gurevych, "Sentence-BERT: sentence embeddings using Siamese BERT-networks", EMNLP 2019.

use super::closeness::{ClosenessFormula, dot};
use crate::info::Unit;

/// The dot product with the closest reference: the cosine, for an encoder whose vectors have unit
/// length; without bounds for others.
#[derive(Debug, Clone, Copy)]
pub struct EmbeddingDot;

impl ClosenessFormula for EmbeddingDot {
    const ID: &'static str = "embedding_dot";
    const TITLE: &'static str = "Embedding dot product";
    const LOW: Option<f64> = None;
    const HIGH: Option<f64> = None;
    const UNIT: Unit = Unit::Points;
    const HIGHER_IS_BETTER: bool = true;
    const SOURCE: &'static str = "Reimers and Gurevych, Sentence-BERT, EMNLP 2019";

    fn value(a: &[f32], b: &[f32]) -> f64 {
        dot(a, b)
    }
}
