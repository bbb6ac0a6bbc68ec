//! Retrieval without a model: a scorer of documents, fusion of rankings, figures of graded rankings, and what
//! clicks say once the position is taken out of them.

pub mod bm25;
pub mod fusion;
pub mod graded;
pub mod position_bias;

pub use bm25::{Bm25, Bm25Options, Idf};
pub use fusion::{Fused, comb_sum, merge_keywords, reciprocal_rank_fusion};
pub use graded::{
    PositiveNegativeRatio, dcg, expected_reciprocal_rank, ndcg, positive_negative_ratio,
};
pub use position_bias::{
    EmOptions, Impression, PositionBias, inverse_propensity_relevance, position_bias,
    randomised_propensities,
};
