//! What a metric looks at: one response with its references.

use rubrica_core::{Result, Sample};

use crate::error;

/// One response, what it is compared with, and what it answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Segment<'a> {
    /// The text to score; may be empty.
    pub response: &'a str,
    /// Texts to compare with; metrics that need one refuse an empty list.
    pub references: Vec<&'a str>,
    /// What the response answers, if that is known.
    pub instruction: Option<&'a str>,
}

impl<'a> Segment<'a> {
    /// A response with its references, which may be none.
    pub fn new(response: &'a str, references: &[&'a str]) -> Self {
        Self { response, references: references.to_vec(), instruction: None }
    }

    /// The response, references and instruction of a sample.
    ///
    /// # Errors
    /// [`rubrica_core::Error::Invalid`] when the sample has no response, or several.
    pub fn from_sample(sample: &'a Sample) -> Result<Self> {
        Ok(Self {
            response: sample.single_response()?,
            references: sample.all_references(),
            instruction: (!sample.instruction.is_empty()).then_some(&*sample.instruction),
        })
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
            ..Sample::new("q", "a")
        };
        let segment = Segment::from_sample(&sample).expect("one response");
        assert_eq!((segment.response, segment.instruction), ("a", Some("q")));
        assert_eq!(segment.references, ["b", "c"]);
        assert_eq!(Segment::from_sample(&Sample::new("", "a")).expect("one").instruction, None);
    }

    #[test]
    fn a_missing_reference_is_told() {
        let error = Segment::new("a", &[]).needed_references("bleu").expect_err("none");
        assert_eq!((error.code(), error.path()), ("missing_reference", Some("reference")));
        assert_eq!(error.to_string(), "reference: bleu got no reference; expected at least one");
    }
}
