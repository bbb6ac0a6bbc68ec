//! Closeness of response and reference in an encoder's vector space.
//!
//! A metric of this family says what it wants embedded and computes from vectors alone, so that its
//! arithmetic is held to goldens without a model. [`evaluate`] brings model and metric together.
//!
//! ```
//! use rubrica_metrics::Described;
//! use rubrica_metrics::semantic::{EmbedMetric, Request, SemanticCoverage, SemanticCoverageOptions};
//!
//! let coverage = SemanticCoverage::new(SemanticCoverageOptions { threshold: 0.7 })?;
//! assert_eq!(coverage.request(), Request::Sentences);
//! assert!(SemanticCoverage::new(SemanticCoverageOptions { threshold: 7.0 }).is_err());
//! # Ok::<(), rubrica_core::Error>(())
//! ```

mod answer_relevance;
mod bertscore;
mod closeness;
mod contract;
mod embedding_canberra;
mod embedding_cosine;
mod embedding_dot;
mod embedding_euclidean;
mod evaluate;
mod semantic_coverage;
mod transport;
mod wmd;

pub use answer_relevance::AnswerRelevance;
pub use bertscore::{BertScore, BertScoreOptions};
pub use closeness::{Closeness, ClosenessFormula};
pub use contract::{DocumentFrequencies, EmbedMetric, EmbeddedSegment, Request};
pub use embedding_canberra::{EmbeddingCanberra, NearestGrade, grade_by_nearest};
pub use embedding_cosine::EmbeddingCosine;
pub use embedding_dot::EmbeddingDot;
pub use embedding_euclidean::EmbeddingEuclidean;
pub use evaluate::{corpus, evaluate, sentence, signature};
pub use semantic_coverage::{SemanticCoverage, SemanticCoverageOptions};
pub use wmd::{Wmd, WmdOptions};

use crate::entry::Entry;
use closeness::dot;

/// The metrics of this family.
pub(crate) const ENTRIES: &[Entry] = &[
    Entry::embed::<Closeness<EmbeddingCosine>>(),
    Entry::embed::<Closeness<EmbeddingDot>>(),
    Entry::embed::<Closeness<EmbeddingEuclidean>>(),
    Entry::embed::<Closeness<EmbeddingCanberra>>(),
    Entry::embed::<BertScore>(),
    Entry::embed::<Wmd>(),
    Entry::embed::<SemanticCoverage>(),
    Entry::embed::<Closeness<AnswerRelevance>>(),
];

/// Cosine of two vectors of one length; 0 when one of them is zero.
fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let norms = (dot(a, a) * dot(b, b)).sqrt();
    if norms > 0.0 { (dot(a, b) / norms).clamp(-1.0, 1.0) } else { 0.0 }
}
