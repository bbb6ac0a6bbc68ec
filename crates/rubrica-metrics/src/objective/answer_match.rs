//! Answer match: is the answer that a response gives the right one?
//!
//! Suzgun et al., "Challenging BIG-Bench tasks and whether chain-of-thought can solve them", ACL
//! Findings 2023; White et al., "LiveBench", ICLR 2025.

use rubrica_core::{Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use super::extract::{Extract, Extractor};
use super::items::folded;
use super::math::comparable;
use super::verdict::verdict;
use crate::averaged::Averaged;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::Described;
use crate::segment::Segment;
use crate::text::squad_normalized;

/// When two answers are the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Likeness {
    /// When they are equal.
    #[default]
    Exact,
    /// When they are equal but for case, white space and marks at the ends.
    Folded,
    /// When they are equal after SQuAD's normalisation: see [`squad_normalized`].
    Squad,
    /// When the reference stands somewhere in the answer.
    Contains,
}

impl Likeness {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Folded => "folded",
            Self::Squad => "squad",
            Self::Contains => "contains",
        }
    }

    /// True when `answer` is `reference`.
    pub(super) fn holds(self, answer: &str, reference: &str) -> bool {
        let reference = reference.trim();
        if self.equals(answer, reference) {
            return true;
        }
        // Formulas that only look different: `\dfrac`, `\text{...}`.
        let is_formula = [answer, reference].iter().any(|text| text.contains(['\\', '$']));
        is_formula && self.equals(&comparable(answer), &comparable(reference))
    }

    fn equals(self, answer: &str, reference: &str) -> bool {
        match self {
            Self::Exact => answer == reference,
            Self::Folded => folded(answer) == folded(reference),
            Self::Squad => squad_normalized(answer) == squad_normalized(reference),
            Self::Contains => answer.contains(reference),
        }
    }
}

/// Options of [`AnswerMatch`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AnswerMatchOptions {
    /// Where the answer stands.
    pub extract: Extract,
    /// When it is the reference.
    pub likeness: Likeness,
}

/// 1 when the answer is one of the references, else 0. Part: `extracted`, 1 when there was an answer.
///
/// Where all references are yes or no, or true or false, the answer's verdict counts, so that "Yes, it is
/// faster." and "Nope" are answers and "(B)" is none (not with `whole`, `last_line`, `bbh` or a pattern).
///
/// BIG-Bench Hard's score is `{"extract": "bbh"}`. The corpus score is the share of right answers.
#[derive(Debug, Clone)]
pub struct AnswerMatch {
    likeness: Likeness,
    extractor: Extractor,
}

impl Described for AnswerMatch {
    type Options = AnswerMatchOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "answer_match",
        title: "Answer match",
        family: Family::Objective,
        tier: Tier::T0,
        needs: Needs::Reference,
        low: Some(0.0),
        high: Some(1.0),
        unit: Unit::Ratio,
        higher_is_better: Some(true),
        source: "Suzgun et al., ACL Findings 2023",
    };

    fn new(options: AnswerMatchOptions) -> Result<Self> {
        Ok(Self { likeness: options.likeness, extractor: Extractor::new(options.extract)? })
    }
}

impl Averaged for AnswerMatch {
    const VALUES: &'static [&'static str] = &["correct", "extracted"];
    const UNDEFINED: (&'static str, &'static str) = ("no_segments", "there are no segments");

    fn sign(&self, signature: Signature) -> Signature {
        signature.with("extract", self.extractor.name()).with("like", self.likeness.name())
    }

    fn values(&self, segment: &Segment<'_>) -> Result<Option<Vec<f64>>> {
        let references = segment.needed_references(Self::INFO.id)?;
        let accepted = self.extractor.accepts(segment.response, &|answer| {
            references.iter().any(|reference| self.likeness.holds(answer, reference))
        });
        let mut correct = accepted == Some(true);
        let mut extracted = accepted.is_some();
        let wanted =
            references.iter().map(|reference| yes_or_no(reference)).collect::<Option<Vec<_>>>();
        if let Some(wanted) = wanted.filter(|_| !correct && self.extractor.finds_marks()) {
            let said = self.extractor.read(segment.response, &|answer, _| verdict(answer));
            correct = said.is_some_and(|said| wanted.contains(&said));
            extracted = said.is_some();
        }
        Ok(Some([correct, extracted].map(|yes| f64::from(u8::from(yes))).to_vec()))
    }
}

/// What a reference says that is yes or no, or true or false, and nothing else.
fn yes_or_no(reference: &str) -> Option<bool> {
    match folded(reference).as_str() {
        "yes" | "true" => Some(true),
        "no" | "false" => Some(false),
        _ => None,
    }
}
