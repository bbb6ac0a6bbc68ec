//! Euclidean distance of the embeddings of response and reference.
//!
//! Reimers and Gurevych, "Sentence-BERT: sentence embeddings using Siamese BERT-networks", EMNLP 2019.

use super::closeness::ClosenessFormula;
use crate::info::Unit;

/// The distance to the closest reference; 0 to 2 for an encoder whose vectors have unit length.
#[derive(Debug, Clone, Copy)]
pub struct EmbeddingEuclidean;

impl ClosenessFormula for EmbeddingEuclidean {
    const ID: &'static str = "embedding_euclidean";
    const TITLE: &'static str = "Embedding distance";
    const LOW: Option<f64> = Some(0.0);
    const HIGH: Option<f64> = None;
    const UNIT: Unit = Unit::Points;
    const HIGHER_IS_BETTER: bool = false;
    const SOURCE: &'static str = "Reimers and Gurevych, Sentence-BERT, EMNLP 2019";

    fn value(a: &[f32], b: &[f32]) -> f64 {
        let square = |(x, y): (&f32, &f32)| (f64::from(*x) - f64::from(*y)).powi(2);
        a.iter().zip(b).map(square).sum::<f64>().sqrt()
    }
}
