//! What comes in, checked once for all protocols.

use rubrica_core::model::JudgeInput;
use rubrica_core::{Comparison, CutTokens, Error, Result, Sample};

/// Characters that a protocol reads of one field by default: some 35,000 English words.
pub const MAX_CHARS: usize = 200_000;

/// A sample that can be judged: one response with visible text, no field over the limit.
#[derive(Debug, Clone)]
pub(crate) struct Input<'a> {
    instruction: String,
    pub(crate) response: &'a str,
    pub(crate) reference: Option<&'a str>,
    context: &'a [String],
}

impl<'a> Input<'a> {
    /// The single response of `sample`.
    ///
    /// # Errors
    /// No response or several, [`Error::EmptyText`] or [`Error::TextTooLong`] with the path of the
    /// field.
    pub(crate) fn of_sample(sample: &'a Sample, max_chars: usize) -> Result<Self> {
        Self::of_response(sample, sample.single_response()?, "response", max_chars)
    }

    /// One of the responses of `sample`, at `path`.
    pub(crate) fn of_response(
        sample: &'a Sample,
        response: &'a str,
        path: &str,
        max_chars: usize,
    ) -> Result<Self> {
        let input = Self {
            instruction: sample.full_instruction(),
            response,
            reference: sample.all_references().first().copied(),
            context: &sample.context,
        };
        input.checked(path, "instruction", max_chars)
    }

    /// Both sides of a comparison.
    pub(crate) fn of_comparison(pair: &'a Comparison, max_chars: usize) -> Result<[Self; 2]> {
        let side = |path, response: &'a str| {
            let input = Self {
                instruction: pair.prompt.clone(),
                response,
                reference: pair.reference.as_deref(),
                context: &pair.context,
            };
            input.checked(path, "prompt", max_chars)
        };
        Ok([side("a", &pair.a.text)?, side("b", &pair.b.text)?])
    }

    fn checked(self, path: &str, instruction: &str, max_chars: usize) -> Result<Self> {
        if self.response.trim().is_empty() {
            return Err(Error::EmptyText { path: path.into() });
        }
        within(path, self.response, max_chars)?;
        within(instruction, &self.instruction, max_chars)?;
        within("reference", self.reference.unwrap_or_default(), max_chars)?;
        for (i, passage) in self.context.iter().enumerate() {
            within(&format!("context[{i}]"), passage, max_chars)?;
        }
        Ok(self)
    }

    /// The input as a model reads it.
    pub(crate) fn as_judge(&self) -> JudgeInput<'_> {
        JudgeInput {
            instruction: &self.instruction,
            response: self.response,
            reference: self.reference,
            context: self.context,
        }
    }

    /// The instruction with system prompt and earlier turns.
    pub(crate) fn instruction(&self) -> &str {
        &self.instruction
    }

    /// Which fields the judge saw besides the response, such as `instruction+reference`: scores with
    /// and without a reference are not comparable, so a signature names them.
    pub(crate) fn fields(&self) -> String {
        let fields = [
            ("instruction", !self.instruction.is_empty()),
            ("reference", self.reference.is_some()),
            ("context", !self.context.is_empty()),
        ];
        let seen: Vec<&str> =
            fields.iter().filter(|(_, seen)| *seen).map(|(name, _)| *name).collect();
        if seen.is_empty() { "response".into() } else { seen.join("+") }
    }
}

/// What a model did not read, in words; none where it read all.
pub(crate) fn cut_note(cut: CutTokens) -> Option<String> {
    let tokens = cut.first + cut.second;
    (tokens > 0).then(|| {
        format!("{tokens} tokens were not read, as they do not fit the window of the model")
    })
}

fn within(path: &str, text: &str, limit: usize) -> Result<()> {
    // Bytes are an upper bound of characters, and counting them costs nothing.
    if text.len() <= limit {
        return Ok(());
    }
    let length = text.chars().count();
    if length <= limit {
        return Ok(());
    }
    Err(Error::TextTooLong { path: path.into(), length, limit })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_count_characters() {
        let sample = Sample::new("", "é".repeat(10));
        assert!(Input::of_sample(&sample, 10).is_ok());
        assert_eq!(
            Input::of_sample(&sample, 9).expect_err("long"),
            Error::TextTooLong { path: "response".into(), length: 10, limit: 9 }
        );
    }

    #[test]
    fn every_field_is_checked() {
        let mut sample = Sample::new("Why?", "Because.");
        sample.context = vec!["short".into(), "x".repeat(50)];
        let error = Input::of_sample(&sample, 20).expect_err("context");
        assert_eq!(error.path(), Some("context[1]"));
        sample.context.clear();
        sample.reference = Some("x".repeat(50));
        assert_eq!(Input::of_sample(&sample, 20).expect_err("long").path(), Some("reference"));
        sample.reference = None;
        assert_eq!(Input::of_sample(&sample, 20).expect("fits").fields(), "instruction");
    }

    #[test]
    fn blank_is_empty_and_nul_is_not() {
        let blank = Sample::new("Why?", " \n\t\u{a0}");
        let error = Input::of_sample(&blank, 20).expect_err("blank");
        assert_eq!(error, Error::EmptyText { path: "response".into() });
        assert!(Input::of_sample(&Sample::new("Why?", "a\0b"), 20).is_ok());
        let pair = Comparison::new("p", "x", " ");
        assert_eq!(Input::of_comparison(&pair, 20).expect_err("blank").path(), Some("b"));
    }
}
