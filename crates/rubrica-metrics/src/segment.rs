//! What a metric looks at: one response with its references.

use std::sync::OnceLock;

use rubrica_core::{Result, Sample};

use crate::error;
use crate::text::{Counts, is_mostly_latin};

/// One response, what it is compared with, and what it answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Segment<'a> {
    /// The text to score; may be empty.
    pub response: &'a str,
    /// Texts to compare with; metrics that need one refuse an empty list.
    pub references: Vec<&'a str>,
    /// What the response answers, if that is known.
    pub instruction: Option<&'a str>,
    /// Passages that the response should rest on; metrics that need one refuse an empty list.
    pub context: Vec<&'a str>,
    counted: Counted,
}

/// What readability counted of a response and where that response lies, so that eight formulas count it
/// once. It follows from the response and so tells no two segments apart.
#[derive(Debug, Clone, Default)]
struct Counted(OnceLock<((usize, usize), Option<Counts>)>);

impl PartialEq for Counted {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Counted {}

impl<'a> Segment<'a> {
    /// A response with its references, which may be none.
    pub fn new(response: &'a str, references: &[&'a str]) -> Self {
        Self { response, references: references.to_vec(), ..Self::default() }
    }

    /// The same segment, resting on `context`.
    #[must_use]
    pub fn with_context(mut self, context: &[&'a str]) -> Self {
        self.context = context.to_vec();
        self
    }

    /// The same segment, answering `instruction`.
    #[must_use]
    pub fn with_instruction(mut self, instruction: Option<&'a str>) -> Self {
        self.instruction = instruction;
        self
    }

    /// The response, references, instruction and context of a sample.
    ///
    /// # Errors
    /// [`rubrica_core::Error::Invalid`] when the sample has no response, or several.
    pub fn from_sample(sample: &'a Sample) -> Result<Self> {
        Ok(Self {
            response: sample.single_response()?,
            references: sample.all_references(),
            instruction: (!sample.instruction.is_empty()).then_some(&*sample.instruction),
            context: sample.context.iter().map(String::as_str).collect(),
            ..Self::default()
        })
    }

    /// The counts of the response, once for all formulas that ask for them; `None` when its letters are
    /// not mostly Latin.
    pub(crate) fn counts(&self) -> Option<Counts> {
        let count = || is_mostly_latin(self.response).then(|| Counts::of(self.response));
        let place = (self.response.as_ptr().addr(), self.response.len());
        let (counted, counts) = *self.counted.0.get_or_init(|| (place, count()));
        // The field is public: another response may stand there by now.
        if counted == place { counts } else { count() }
    }

    /// The context, of which there is at least one passage.
    ///
    /// # Errors
    /// `missing_context`, naming `metric`.
    pub(crate) fn needed_context(&self, metric: &str) -> Result<&[&'a str]> {
        if self.context.is_empty() {
            Err(error::missing_context(metric))
        } else {
            Ok(&self.context)
        }
    }

    /// The references, of which there is at least one.
    ///
    /// # Errors
    /// `missing_reference`, naming `metric`.
    pub(crate) fn needed_references(&self, metric: &str) -> Result<&[&'a str]> {
        if self.references.is_empty() {
            Err(error::missing_reference(metric))
        } else {
            Ok(&self.references)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_sample() {
        let sample = Sample {
            reference: Some("b".into()),
            references: vec!["c".into()],
            context: vec!["d".into()],
            ..Sample::new("q", "a")
        };
        let segment = Segment::from_sample(&sample).expect("one response");
        assert_eq!((segment.response, segment.instruction), ("a", Some("q")));
        assert_eq!((segment.references, segment.context), (vec!["b", "c"], vec!["d"]));
        assert_eq!(Segment::from_sample(&Sample::new("", "a")).expect("one").instruction, None);
    }

    #[test]
    fn counts_are_those_of_the_response() {
        let words = |segment: &Segment<'_>| segment.counts().map(|counts| counts.words);
        let mut segment = Segment::new("Two words.", &[]);
        assert_eq!((words(&segment), words(&segment.clone())), (Some(2.0), Some(2.0)));
        segment.response = "Three words now.";
        assert_eq!(words(&segment), Some(3.0));
        segment.response = "Это по-русски.";
        assert_eq!(words(&segment), None);
        assert_eq!(segment, Segment::new("Это по-русски.", &[]));
    }

    #[test]
    fn a_missing_reference_is_told() {
        let error = Segment::new("a", &[]).needed_references("bleu").expect_err("none");
        assert_eq!((error.code(), error.path()), ("missing_reference", Some("reference")));
        assert_eq!(error.to_string(), "reference: bleu got no reference; expected at least one");
        let error = Segment::new("a", &[]).needed_context("novelty").expect_err("none");
        assert_eq!((error.code(), error.path()), ("missing_context", Some("context")));
    }
}
