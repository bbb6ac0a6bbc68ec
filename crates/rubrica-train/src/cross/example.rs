//! What a cross-encoder learns from.

use std::ops::Range;

use rubrica_models::{CONTEXT_KINDS, CrossSequence, CrossTask, ERROR_KINDS, SUPPORT_KINDS};

/// The right answer of an example.
#[derive(Debug, Clone, PartialEq)]
pub enum CrossTarget {
    /// A rating as the share of the way from worst to best, in `0..=1`.
    Rating(f32),
    /// Probability that the first of two responses is the better one.
    Pair(f32),
    /// Probabilities of [`SUPPORT_KINDS`], for each span.
    Support(Vec<[f32; SUPPORT_KINDS.len()]>),
    /// Whether each of [`ERROR_KINDS`] is there (1 or 0) for each span, and which of them the source
    /// says anything about.
    Errors(Vec<[f32; ERROR_KINDS.len()]>, [bool; ERROR_KINDS.len()]),
    /// The same for [`CONTEXT_KINDS`] and the sentences of a context.
    Context(Vec<[f32; CONTEXT_KINDS.len()]>, [bool; CONTEXT_KINDS.len()]),
}

/// One input, or two to compare, with the right answer.
#[derive(Debug, Clone, PartialEq)]
pub struct CrossExample {
    /// Two for [`CrossTarget::Pair`], else one.
    pub sequences: Vec<CrossSequence>,
    /// Positions that [`CrossTarget::Support`], [`CrossTarget::Errors`] and [`CrossTarget::Context`]
    /// speak of; empty for the others, which speak of the whole response.
    pub spans: Vec<Range<usize>>,
    /// The answer.
    pub target: CrossTarget,
    /// Weight in the loss; 1 on average.
    pub weight: f32,
    /// Examples of one group are never on both sides of the validation split.
    pub group: u64,
    /// The data set that it comes from: thresholds are chosen so that each counts as much.
    pub source: String,
}

impl CrossExample {
    /// The task that it teaches.
    pub fn task(&self) -> CrossTask {
        match self.target {
            CrossTarget::Rating(_) => CrossTask::Rubric,
            CrossTarget::Pair(_) => CrossTask::Reward,
            CrossTarget::Support(_) => CrossTask::Grounding,
            CrossTarget::Errors(..) => CrossTask::Errors,
            CrossTarget::Context(..) => CrossTask::Context,
        }
    }

    /// Tokens of the longest sequence.
    pub(super) fn length(&self) -> usize {
        self.sequences.iter().map(|s| s.ids.len()).max().unwrap_or(0)
    }

    /// The spans asked about in each sequence.
    pub(super) fn asked(&self) -> Vec<Vec<Vec<Range<usize>>>> {
        if self.spans.is_empty() {
            self.sequences.iter().map(|s| vec![vec![s.response()]]).collect()
        } else {
            vec![self.spans.iter().map(|span| vec![span.clone()]).collect()]
        }
    }

    /// Whether sequences, spans and target fit each other.
    pub(super) fn is_sound(&self) -> bool {
        let spans = match &self.target {
            CrossTarget::Rating(_) | CrossTarget::Pair(_) => 0,
            CrossTarget::Support(rows) => rows.len(),
            CrossTarget::Errors(rows, _) => rows.len(),
            CrossTarget::Context(rows, _) => rows.len(),
        };
        let sequences = if matches!(self.target, CrossTarget::Pair(_)) { 2 } else { 1 };
        let whole = matches!(self.target, CrossTarget::Rating(_) | CrossTarget::Pair(_));
        self.sequences.len() == sequences && self.spans.len() == spans && (whole || spans > 0)
    }
}
