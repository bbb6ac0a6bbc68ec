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
    pub ratings: BTreeMap<String, SourceWeight>,
    /// Sources of preferences. Within each, pairs whose longer response is better weigh as much as
    /// those whose shorter one is, so that length says nothing.
    pub pairs: BTreeMap<String, SourceWeight>,
    /// Sources of support labels.
    pub grounding: BTreeMap<String, SourceWeight>,
    /// Sources of errors in segments.
    pub errors: BTreeMap<String, ErrorSource>,
    /// Examples that are made, not found.
    #[serde(default)]
    pub synthetic: Synthetic,
    /// The fit.
    pub fit: CrossOptions,
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
    /// Pairs of the better response and the same with its words shuffled.
    pub shuffled_pairs: usize,
    /// Ratings of a response to another prompt: the worst.
    pub mismatched_ratings: usize,
    /// Claims out of a context: as they stand, or with a number, a name or a negation changed
    /// (as in FactCC; Kryściński et al., 2020).
    pub claims: usize,
    /// Weight of a made example, against 1 for a found one.
    pub weight: f32,
}
