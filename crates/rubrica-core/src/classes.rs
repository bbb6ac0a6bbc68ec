//! What a classifier says of a text, of a pair of texts, or of each token.

use serde::{Deserialize, Serialize};

use crate::Span;

/// A text, or two texts that are read together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextPair<'a> {
    /// The text; of a pair, the first one.
    pub first: &'a str,
    /// The second text of a pair.
    pub second: Option<&'a str>,
}

impl<'a> TextPair<'a> {
    /// One text.
    pub fn single(text: &'a str) -> Self {
        Self { first: text, second: None }
    }

    /// Two texts.
    pub fn pair(first: &'a str, second: &'a str) -> Self {
        Self { first, second: Some(second) }
    }
}

/// What a label says, whatever the model calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LabelMeaning {
    /// The second text follows from the first.
    Entailed,
    /// It neither follows nor is contradicted.
    Neutral,
    /// The first text contradicts it.
    Contradicted,
    /// It does not follow, contradicted or not.
    NotEntailed,
    /// A claim rests on its passages.
    Supported,
    /// It does not.
    NotSupported,
    /// A part of the text is at fault, such as one that is made up.
    Faulty,
    /// A part of the text is sound.
    Sound,
    /// The text does harm, of the kind that the label names.
    Harmful,
    /// It does none.
    Harmless,
    /// The text speaks of what the label names, which is no fault.
    Topic,
    /// A number, higher for better, more relevant, or whatever the model measures.
    Score,
    /// Yes, to the question that the model was asked.
    Yes,
    /// No.
    No,
}

/// One label of a classifier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassLabel {
    /// As the model calls it.
    pub name: String,
    /// What it says; absent where the model's files do not tell.
    pub meaning: Option<LabelMeaning>,
}

/// What the values of a classifier are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueKind {
    /// Logits or scores without bounds.
    Unbounded,
    /// A probability for each label by itself.
    Probabilities,
    /// One distribution over the labels.
    Distribution,
}

/// Tokens of each text that the model did not read, as they did not fit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CutTokens {
    /// Of the first text.
    pub first: usize,
    /// Of the second text.
    pub second: usize,
}

impl CutTokens {
    /// Whether anything was left out.
    pub fn any(self) -> bool {
        self.first + self.second > 0
    }
}

/// What a classifier says of one input.
#[derive(Debug, Clone, PartialEq)]
pub struct Classification {
    /// Raw logits, `[labels]`.
    pub logits: Vec<f64>,
    /// The same after the model's activation, `[labels]`.
    pub values: Vec<f64>,
    /// What was left out.
    pub cut: CutTokens,
}

/// Which text of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PairPart {
    /// The first one, or the only one.
    First,
    /// The second one.
    Second,
}

/// What a token classifier says of one token.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelledToken {
    /// The text that it stands in.
    pub part: PairPart,
    /// Where it stands there.
    pub span: Span,
    /// Raw logits, `[labels]`.
    pub logits: Vec<f64>,
    /// The same after the model's activation, `[labels]`.
    pub values: Vec<f64>,
}

/// What a token classifier says of one input: its tokens without special ones, in the order of the text.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenClassification {
    /// The tokens that were read.
    pub tokens: Vec<LabelledToken>,
    /// What was left out.
    pub cut: CutTokens,
}
