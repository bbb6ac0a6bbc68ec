//! What a metric over an encoder's vectors is: what it wants embedded, and what it makes of the vectors.

use std::collections::{HashMap, HashSet};

use rubrica_core::model::TokenEmbeddings;
use rubrica_core::{Result, Signature};

use crate::info::MetricInfo;
use crate::metric::{Level, MetricScore};

/// What a metric wants embedded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    /// One vector a text, in [`TokenEmbeddings::embedding`].
    Texts,
    /// One vector a sentence, in [`TokenEmbeddings::vectors`].
    Sentences,
    /// One vector a token, after encoder layer `layer` (the last if `None`).
    Tokens {
        /// The layer; 0 is the embedding layer.
        layer: Option<usize>,
    },
}

/// The vectors of a segment. A blank text has none.
#[derive(Debug, Clone)]
pub struct EmbeddedSegment<'a> {
    /// Vectors of the response.
    pub response: Option<&'a TokenEmbeddings>,
    /// Vectors of each text that the response is compared with, the references or the instruction;
    /// at least one entry.
    pub references: Vec<Option<&'a TokenEmbeddings>>,
}

/// In how many texts each token of the vocabulary occurs.
#[derive(Debug, Clone, Default)]
pub struct DocumentFrequencies {
    documents: usize,
    counts: HashMap<u32, usize>,
}

impl DocumentFrequencies {
    /// Counts one text, given as its token ids.
    pub fn add(&mut self, ids: &[u32]) {
        self.documents += 1;
        for id in ids.iter().collect::<HashSet<_>>() {
            *self.counts.entry(*id).or_insert(0) += 1;
        }
    }

    /// ln((texts + 1) / (texts with the token + 1)).
    pub fn inverse(&self, id: u32) -> f64 {
        let with = self.counts.get(&id).copied().unwrap_or(0);
        ((self.documents + 1) as f64 / (with + 1) as f64).ln()
    }
}

/// A metric that needs an encoder. As [`crate::Metric`], but over vectors.
pub trait EmbedMetric {
    /// What the metric is.
    fn info(&self) -> MetricInfo;

    /// What produced a score, but for the model: [`evaluate`](super::evaluate()) knows that.
    fn signature(&self, level: Level) -> Signature;

    /// What the metric wants embedded.
    fn request(&self) -> Request;

    /// True when [`EmbedMetric::statistics`] wants the document frequencies of all references.
    fn wants_frequencies(&self) -> bool {
        false
    }

    /// Refuses texts of so many tokens (`[response, reference]`) in vectors of `dim` numbers, where their
    /// comparison would take too long. Asked before texts are embedded, with fewer tokens than they have.
    ///
    /// # Errors
    /// `texts_too_long`.
    fn check_lengths(&self, _dim: usize, _lengths: [usize; 2]) -> Result<()> {
        Ok(())
    }

    /// The row of one segment. `frequencies` are those of the references of all segments.
    ///
    /// # Errors
    /// `embedding_shape` when vectors do not fit together or are not finite.
    fn statistics(
        &self,
        segment: &EmbeddedSegment<'_>,
        frequencies: &DocumentFrequencies,
    ) -> Result<Vec<f64>>;

    /// The score of a row, or of the sum of several.
    fn score(&self, statistics: &[f64], level: Level) -> MetricScore;
}
