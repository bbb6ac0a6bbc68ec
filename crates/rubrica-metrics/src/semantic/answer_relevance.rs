//! Cosine of the embeddings of instruction and response.
//!
//! After the answer relevance of Es et al., "RAGAS: automated evaluation of retrieval augmented
//! generation", EACL 2024, which compares the instruction with questions that a language model writes
//! for the response; here the response itself is compared, so that an encoder is enough.

use super::closeness::ClosenessFormula;
use super::cosine;
use crate::info::{Needs, Unit};

/// Cosine of instruction and response, −1 to 1; 0 for a zero vector.
#[derive(Debug, Clone, Copy)]
pub struct AnswerRelevance;

impl ClosenessFormula for AnswerRelevance {
    const ID: &'static str = "answer_relevance";
    const TITLE: &'static str = "Answer relevance";
    const NEEDS: Needs = Needs::Instruction;
    const LOW: Option<f64> = Some(-1.0);
    const HIGH: Option<f64> = Some(1.0);
    const UNIT: Unit = Unit::Ratio;
    const HIGHER_IS_BETTER: bool = true;
    const SOURCE: &'static str = "after Es et al., RAGAS, EACL 2024";

    fn value(a: &[f32], b: &[f32]) -> f64 {
        cosine(a, b)
    }
}
