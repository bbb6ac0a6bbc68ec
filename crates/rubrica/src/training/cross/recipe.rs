//! What a cross-encoder is fitted on, and how.

use std::collections::BTreeMap;

use rubrica_train::cross::CrossOptions;
use serde::{Deserialize, Serialize};

use crate::training::SourceWeight;

/// A run, as a file says it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CrossRecipe {
    /// Catalogue id of the result.
    pub id: String,
    /// Catalogue id of the encoder to start from.
    pub encoder: String,
    /// Tokens in a sequence.
    pub window: usize,
    /// Sources of ratings.
    pub ratings: BTreeMap<String, RatingSource>,
    /// Sources of preferences. Within each, pairs whose longer response is better weigh as much as
    /// those whose shorter one is, so that length says nothing.
    pub pairs: BTreeMap<String, SourceWeight>,
    /// Sources of support labels.
    pub grounding: BTreeMap<String, SourceWeight>,
    /// Sources of errors in segments.
    pub errors: BTreeMap<String, ErrorSource>,
    /// Sources of contexts whose parts are marked.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub context: BTreeMap<String, SourceWeight>,
    /// Examples that are made, not found.
    #[serde(default)]
    pub synthetic: Synthetic,
    /// The fit.
    pub fit: CrossOptions,
}

/// A source of ratings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RatingSource {
    /// Rows to take at most; all when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<usize>,
    /// Share of the loss.
    pub weight: f64,
    /// Times that a pass reads each row; 1 when left out.
    #[serde(default = "once")]
    pub repeats: usize,
    /// Share of these readings, in `0..=1`, that go without the reference: a judge that always has one
    /// learns to compare with it, and knows nothing without.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub without_reference: f64,
    /// What such a reading asks for, one of these at random; the source's own criterion when there are
    /// none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub criteria: Vec<String>,
}

fn once() -> usize {
    1
}

fn is_zero(share: &f64) -> bool {
    *share == 0.0
}

/// A source of errors in segments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorSource {
    /// Rows to take at most; all when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<usize>,
    /// Share of the loss.
    pub weight: f64,
    /// Which kind each of its labels is.
    pub labels: BTreeMap<String, String>,
}

/// How many examples are made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Synthetic {
    /// Pairs of the better response and the response to another prompt, of any length.
    pub mismatched_pairs: usize,
    /// Pairs of the better response and the response to the most similar of some other prompts: on the
    /// subject, but not what was asked (as in LLMBar and OffsetBias; Park et al., 2024).
    pub neighbour_pairs: usize,
    /// Pairs of the better response and the same with its words shuffled, sentences of another response
    /// put in, a sentence said again, the end cut off, or what is no answer at all, in turn.
    pub spoilt_pairs: usize,
    /// Ratings of a response to another prompt: the worst.
    pub mismatched_ratings: usize,
    /// Ratings of helpfulness without a reference: the better and the worse response of a pair, one to
    /// another prompt, and what is no answer at all, in turn.
    pub helpfulness_ratings: usize,
    /// Ratings of fluency: a response as it stands, or with words shuffled, lost or doubled.
    pub fluency_ratings: usize,
    /// Ratings of consistency: a labelled claim under the question whether its context supports it.
    pub consistency_ratings: usize,
    /// Claims out of a context: as they stand, or with a number, a name or a negation changed
    /// (as in FactCC; Kryściński et al., 2020).
    pub claims: usize,
    /// Weight of a made example, against 1 for a found one.
    pub weight: f32,
}
