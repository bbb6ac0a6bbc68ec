//! The outcome of a pairwise judgement.

use serde::{Deserialize, Serialize};

use crate::{Critique, Id, Signature};

/// Which of two responses is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preference {
    /// The first.
    #[serde(alias = "A", alias = "A>B", alias = "A>>B", alias = "model_a")]
    A,
    /// The second.
    #[serde(alias = "B", alias = "B>A", alias = "B>>A", alias = "model_b")]
    B,
    /// Neither.
    #[serde(alias = "Tie", alias = "A=B", alias = "tie (bothbad)", alias = "both_bad")]
    Tie,
}

impl Preference {
    /// The preference with the two sides swapped.
    #[must_use]
    pub fn flipped(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
            Self::Tie => Self::Tie,
        }
    }

    /// A, B or a tie when `probability_a` lies within `margin` of one half.
    pub fn from_probability(probability_a: f64, margin: f64) -> Self {
        if (probability_a - 0.5).abs() <= margin {
            Self::Tie
        } else if probability_a > 0.5 {
            Self::A
        } else {
            Self::B
        }
    }
}

/// The order in which a judge saw the responses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// `a` first.
    #[serde(rename = "ab")]
    Ab,
    /// `b` first.
    #[serde(rename = "ba")]
    Ba,
}

/// What the judge said in one order, told in terms of the original `a` and `b`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderVerdict {
    /// The order in which the responses were shown.
    pub order: Order,
    /// The winner, un-swapped.
    pub preferred: Preference,
    /// Probability that `a` is better, un-swapped.
    pub probability: f64,
}

/// The verdict over both orders.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// Id of the comparison.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
    /// The winner; a tie when the probability is within the tie margin, or when the two orders,
    /// combined by the rule that the signature names, favour neither.
    pub preferred: Preference,
    /// Probability that `a` is better: mean over both orders, in `0..=1`.
    pub probability: f64,
    /// One entry an order.
    pub per_order: Vec<OrderVerdict>,
    /// True when both orders named the same winner.
    pub consistent: bool,
    /// Why, and where the responses differ.
    pub critique: Critique,
    /// What produced the verdict.
    pub signature: Signature,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_labels_of_public_sets() {
        for (text, expected) in [
            ("\"A>B\"", Preference::A),
            ("\"B>A\"", Preference::B),
            ("\"tie (bothbad)\"", Preference::Tie),
            ("\"model_a\"", Preference::A),
            ("\"a\"", Preference::A),
        ] {
            assert_eq!(serde_json::from_str::<Preference>(text).expect(text), expected);
        }
        assert_eq!(serde_json::to_string(&Preference::Tie).expect("json"), "\"tie\"");
    }

    #[test]
    fn probability_to_preference() {
        assert_eq!(Preference::from_probability(0.7, 0.05), Preference::A);
        assert_eq!(Preference::from_probability(0.3, 0.05), Preference::B);
        assert_eq!(Preference::from_probability(0.54, 0.05), Preference::Tie);
        assert_eq!(Preference::A.flipped().flipped(), Preference::A);
    }
}
