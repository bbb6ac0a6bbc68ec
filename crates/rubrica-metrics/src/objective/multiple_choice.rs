//! Multiple choice: the letter that a response chooses.
//!
//! Hendrycks et al., "Measuring massive multitask language understanding", ICLR 2021.

use rubrica_core::{Error, Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use super::extract::{Extract, Extractor};
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
/// In the answer, a letter at its start counts first (`B`, `(B)`, `b)`, `**B.**`), then the last one
/// in brackets, then the last capital that stands alone and is no English word (`A`, `I`) there. The corpus
/// score is the share of right choices.
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
        let mut right = Vec::new();
        for reference in segment.needed_references(Self::INFO.id)? {
            right.push(self.choice(reference).ok_or_else(|| {
                error::bad_form(Self::INFO.id, "reference", "names no choice", "a letter")
            })?);
        }
        let answer = self.extractor.answer(segment.response).filter(|answer| !answer.is_empty());
        let chosen = answer.and_then(|answer| self.choice(answer));
        let correct = chosen.is_some_and(|letter| right.contains(&letter));
        Ok(Some([correct, chosen.is_some()].map(|yes| f64::from(u8::from(yes))).to_vec()))
    }
}

impl MultipleChoice {
    /// The letter that `answer` chooses.
    fn choice(&self, answer: &str) -> Option<char> {
        let mark = |c: char| c.is_whitespace() || "([{*_`\"'$".contains(c);
        let body = answer.trim_start_matches(mark);
        let mut chars = body.chars();
        let first = chars.next().and_then(|c| self.letter(c));
        let next = chars.next();
        // "B", "B)", "B: because", but not "But" or "A man".
        let ends = match next {
            None => true,
            Some(' ') => first.is_some_and(|c| !is_word(c)) && body.starts_with(char::is_uppercase),
            Some(c) => !c.is_alphanumeric() && c != '\'' && c != '’',
        };
        first.filter(|_| ends).or_else(|| self.last_letter(answer))
    }

    /// The last letter in brackets, else the last capital that stands alone.
    fn last_letter(&self, text: &str) -> Option<char> {
        let mut alone = None;
        let mut bracketed = None;
        let mut before = (' ', ' ');
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            let after = chars.peek().copied().unwrap_or('\n');
            if let Some(letter) = self.letter(c) {
                if before.1 == '(' && after == ')' {
                    bracketed = Some(letter);
                } else if c.is_uppercase()
                    && !before.1.is_alphanumeric()
                    && !after.is_alphanumeric()
                    && !matches!(after, '\'' | '’')
                    && (after != ' ' || !is_word(letter))
                {
                    alone = Some(letter);
                }
            }
            before = (before.1, c);
        }
        bracketed.or(alone)
    }

    /// `c` as a capital, when it is one of the choices.
    fn letter(&self, c: char) -> Option<char> {
        let upper = c.to_ascii_uppercase();
        let place = (upper as usize).checked_sub('A' as usize)?;
        (c.is_ascii_alphabetic() && place < self.choices).then_some(upper)
    }
}

fn is_word(letter: char) -> bool {
    matches!(letter, 'A' | 'I')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_choice() {
        let metric = MultipleChoice::new(MultipleChoiceOptions::default()).expect("valid");
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
            assert_eq!(metric.choice(answer), choice, "{answer}");
        }
        let options = MultipleChoiceOptions { choices: 1, ..Default::default() };
        assert_eq!(MultipleChoice::new(options).expect_err("one").path(), Some("choices"));
    }
}
