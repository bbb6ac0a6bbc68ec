//! The vocabulary that every part of Rubrica shares.
//!
//! Samples and comparisons come in, rubrics and criteria say what counts, judgments, verdicts and
//! critiques go out, and each result carries a [`Signature`] that says what produced it. The async
//! traits of [`model`] are all that protocols know of a model. Nothing here does I/O or knows burn.
//!
//! Records serialise to the JSON of the command line (`snake_case`); the wasm boundary renames
//! struct fields to `camelCase` and converts [`Span`] offsets to UTF-16.

mod classes;
mod comparison;
mod critique;
mod cut_points;
mod distribution;
mod error;
mod formats;
mod id;
mod job;
mod judgment;
mod locate;
pub mod model;
mod nearest;
mod plain;
mod plain_rubric;
mod records;
mod rubric;
mod sample;
mod scale;
mod signature;
mod span;
mod strict;
mod support;
mod verdict;

pub use classes::{
    ClassLabel, Classification, CutTokens, LabelMeaning, LabelledToken, PairPart, TextPair,
    TokenClassification, ValueKind,
};
pub use comparison::{Candidate, Comparison};
pub use critique::{Critique, Evidence, Layer, Point, Severity};
pub use cut_points::CutPoints;
pub use distribution::Distribution;
pub use error::{Error, Result, path_within};
pub use formats::{
    read_comparison, read_rubric, read_sample, read_value, without_mark, write_rubric,
};
pub use id::Id;
pub use job::{Job, Progress, Quiet, Stage};
pub use judgment::{CriterionJudgment, Judgment, Score, Tier, Undefined};
pub use locate::{from_members, from_spelled_value, from_value};
pub use model::{
    ClassifierModel, EmbedModel, GenerateModel, GenerateOptions, ModelInfo, RewardModel,
    RubricModel,
};
pub use nearest::nearest;
pub use plain::plain_message;
pub use records::{Label, ListExample, Rating, ScoreRow};
pub use rubric::{Aggregate, Criterion, Rubric};
pub use sample::{Message, Role, Sample};
pub use scale::{Scale, ScaleKind};
pub use signature::{ModelSignature, Signature, sha256_hex};
pub use span::{Span, Utf16Index};
pub use support::{SentenceSupport, Support, SupportJudgment, SupportModel};
pub use verdict::{Order, OrderVerdict, Preference, Verdict};

/// The version of this crate, recorded in every [`Signature`].
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
