//! Many answers to one question: do they agree, and does agreement mean that they are right?
//!
//! [`votes`] counts answers that are equal, [`semantic`] those that mean the same, [`truth`] reads what a model
//! says of its own answer, [`spread`] the scores of repeated runs, [`runs`] right and wrong over runs, and
//! [`contrast`] sets of which all members have to be right. [`mod@novelty`] and [`archive`] ask how different the
//! answers are.

pub mod archive;
pub mod contrast;
pub mod novelty;
pub mod projection;
pub mod runs;
pub mod semantic;
pub mod spread;
pub mod truth;
pub mod votes;

pub use archive::{Archive, ArchiveOptions, ArchivePoint, Cell};
pub use contrast::{ContrastAccuracy, contrast_accuracy};
pub use novelty::{Nearest, Novelty, cosine_similarities, novelty};
pub use projection::{ProjectionOptions, Triplet, TripletProjection};
pub use runs::{QuestionRuns, Runs};
pub use semantic::{ClusterRule, MeaningClusters, meaning_clusters};
pub use spread::{ChoiceRule, ScoreSpread, pooled_deviation, robust_choice, score_spread};
pub use truth::{TruthProbability, truth_probability};
pub use votes::{AnswerKind, Votes};
