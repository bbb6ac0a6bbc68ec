//! Multiple choice: the letter that a response chooses.
//!
//! Hendrycks et al., "Measuring massive multitask language understanding", ICLR 2021.

use rubrica_core::{Error, Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use super::choice::Letters;
use super::extract::{Extract, Extractor, Mark};
use crate::averaged::Averaged;
use crate::error;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::Described;
use crate::segment::Segment;

/// Options of [`MultipleChoice`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MultipleChoiceOptions {
    /// Where the answer stands.
    pub extract: Extract,
    /// How many choices there are, from A on, 2 to 26.
    pub choices: usize,
}

impl Default for MultipleChoiceOptions {
    fn default() -> Self {
        Self { extract: Extract::Auto, choices: 10 }
    }
}

/// 1 when the response chooses the letter of a reference, else 0. Part: `chosen`, 1 when a choice was
/// found; one that cannot be found is wrong.
///
/// In the answer, a letter at its start counts first (`B`, `(B)`, `b)`, `**B.**`), then one that is said to
/// be right ("Option A is right"), then the last one in brackets, then the last capital that stands alone
/// and is no English word (`A`, `I`) there; one that is said to be wrong does not count. A cue that leads to
/// no letter does not hide an earlier one. The corpus score is the share of right choices.
#[derive(Debug, Clone)]
pub struct MultipleChoice {
    choices: usize,
    extractor: Extractor,
}

impl Described for MultipleChoice {
    type Options = MultipleChoiceOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "multiple_choice",
        title: "Multiple choice",
        family: Family::Objective,
        tier: Tier::T0,
        needs: Needs::Reference,
        low: Some(0.0),
        high: Some(1.0),
        unit: Unit::Ratio,
        higher_is_better: Some(true),
        source: "Hendrycks et al., MMLU, ICLR 2021",
    };

    fn new(options: MultipleChoiceOptions) -> Result<Self> {
        if !(2..=26).contains(&options.choices) {
            return Err(Error::invalid("choices", format!("is {}", options.choices), "2 to 26"));
        }
        Ok(Self { choices: options.choices, extractor: Extractor::new(options.extract)? })
    }
}

impl Averaged for MultipleChoice {
    const VALUES: &'static [&'static str] = &["correct", "chosen"];
    const UNDEFINED: (&'static str, &'static str) = ("no_segments", "there are no segments");

    fn sign(&self, signature: Signature) -> Signature {
        signature.with("extract", self.extractor.name()).with("choices", self.choices)
    }

    fn values(&self, segment: &Segment<'_>) -> Result<Option<Vec<f64>>> {
        let letters = Letters { count: self.choices };
        let mut right = Vec::new();
        for reference in segment.needed_references(Self::INFO.id)? {
            right.push(letters.chosen(reference, true).ok_or_else(|| {
                error::bad_form(Self::INFO.id, "reference", "names no choice", "a letter")
            })?);
        }
        let chosen = self
            .extractor
            .read(segment.response, &|answer, mark| letters.chosen(answer, mark != Mark::None));
        let correct = chosen.is_some_and(|letter| right.contains(&letter));
        Ok(Some([correct, chosen.is_some()].map(|yes| f64::from(u8::from(yes))).to_vec()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::MetricExt;

    fn chosen(response: &str) -> Option<char> {
        let metric = MultipleChoice::new(MultipleChoiceOptions::default()).expect("valid");
        let is = |letter: &char| {
            let reference = letter.to_string();
            let segment = Segment::new(response, &[&reference]);
            metric.sentence(&segment).expect("a letter").value() == Some(1.0)
        };
        ('A'..='J').find(is)
    }

    #[test]
    fn forms_of_a_choice() {
        for (answer, choice) in [
            ("B", Some('B')),
            (" (c)", Some('C')),
            ("**D.** since", Some('D')),
            ("B because of that", Some('B')),
            ("I think that it is B, not", Some('B')),
            ("A man came. So (B), or C", Some('B')),
            ("But no", None),
            ("option D.", Some('D')),
            ("either of them", None),
            ("I'd say so", None),
            ("Z", None),
        ] {
            assert_eq!(chosen(answer), choice, "{answer}");
        }
        let options = MultipleChoiceOptions { choices: 1, ..Default::default() };
        assert_eq!(MultipleChoice::new(options).expect_err("one").path(), Some("choices"));
    }

    #[test]
    fn a_cue_without_a_choice_hides_no_earlier_one() {
        for (response, choice) in [
            ("Answer:\nB\n\nExplanation: option C is wrong.", 'B'),
            ("**Answer: B**\n\n#### Explanation\nOption C is wrong.", 'B'),
            ("The answer is B. Let me double-check my answer: yes, that holds.", 'B'),
            ("The correct option is B. C is close, but wrong.", 'B'),
            ("I choose B, not C.", 'B'),
            ("The answer is A because B is too small.", 'A'),
            ("Answer: I because H is too small.", 'I'),
            ("The answer is not C. It must be D.", 'D'),
            ("<think>Perhaps the answer is A.</think>\nB", 'B'),
            ("So my final answer:\n\n**(D)** Paris", 'D'),
            ("Final answer = E", 'E'),
            ("I'll go with option **F**.", 'F'),
            ("The best choice would be (G), as H is out.", 'G'),
            ("Answer\n\nC) 4\n\n## Why the answer: it fits", 'C'),
            ("\\boxed{\\text{B}}", 'B'),
            ("The answer is \\boxed{A} since I checked.", 'A'),
        ] {
            assert_eq!(chosen(response), Some(choice), "{response}");
        }
    }
}
