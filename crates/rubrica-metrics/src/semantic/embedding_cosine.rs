//! Cosine of the embeddings of response and reference.
//!
//! Reimers and Gurevych, "Sentence-BERT: sentence embeddings using Siamese BERT-networks", EMNLP 2019.

use super::closeness::ClosenessFormula;
use super::cosine;
use crate::info::Unit;

/// Cosine from −1 to 1, of the closest reference; 0 for a zero vector.
#[derive(Debug, Clone, Copy)]
pub struct EmbeddingCosine;

impl ClosenessFormula for EmbeddingCosine {
    const ID: &'static str = "embedding_cosine";
    const TITLE: &'static str = "Embedding cosine";
    const LOW: Option<f64> = Some(-1.0);
    const HIGH: Option<f64> = Some(1.0);
    const UNIT: Unit = Unit::Ratio;
    const HIGHER_IS_BETTER: bool = true;
    const SOURCE: &'static str = "Reimers and Gurevych, Sentence-BERT, EMNLP 2019";

    fn value(a: &[f32], b: &[f32]) -> f64 {
        cosine(a, b)
    }
}
