//! Two passes over a pair, one in each order, and how they become one verdict.
//!
//! A judge that prefers whatever stands first says A in both orders; after un-swapping, its two
//! answers disagree. After JudgeBench (Tan et al., 2024) the pass in the second order is flipped, and
//! the passes vote: +1, −1, or 0 for a tie and for text without a verdict.

use rubrica_core::{Order, OrderVerdict, Preference};
use serde::{Deserialize, Serialize};

/// What a judge said about a pair in the order in which it saw it: `A` is the one shown first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reply {
    /// The winner.
    pub preferred: Preference,
    /// Probability that the one shown first is better, in `0..=1`.
    pub probability: f64,
}

impl Reply {
    /// A reply of a judge that names a winner and gives no probability: 1, 0, or 0.5 for a tie.
    pub fn bare(preferred: Preference) -> Self {
        let probability = match preferred {
            Preference::A => 1.0,
            Preference::B => 0.0,
            Preference::Tie => 0.5,
        };
        Self { preferred, probability }
    }

    /// A reply of a judge that gives a probability; within `margin` of one half it is a tie.
    pub fn of_probability(probability: f64, margin: f64) -> Self {
        Self { preferred: Preference::from_probability(probability, margin), probability }
    }

    fn seen_in(self, order: Order) -> OrderVerdict {
        match order {
            Order::Ab => {
                OrderVerdict { order, preferred: self.preferred, probability: self.probability }
            }
            Order::Ba => OrderVerdict {
                order,
                preferred: self.preferred.flipped(),
                probability: 1.0 - self.probability,
            },
        }
    }
}

/// How two passes become one winner.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PassRule {
    /// JudgeBench: the passes vote. A winner against a tie or an unreadable pass wins; A against B
    /// is a tie.
    #[default]
    Votes,
    /// Both passes must name the same winner, else it is a tie.
    Strict,
}

impl PassRule {
    /// Name as in options and signatures.
    pub fn name(self) -> &'static str {
        match self {
            Self::Votes => "votes",
            Self::Strict => "strict",
        }
    }
}

/// Both passes together, in terms of the original `a` and `b`.
#[derive(Debug, Clone, PartialEq)]
pub struct Combined {
    /// The winner.
    pub preferred: Preference,
    /// Mean probability that `a` is better.
    pub probability: f64,
    /// The passes that could be read.
    pub per_order: Vec<OrderVerdict>,
    /// True when both passes could be read and named the same winner.
    pub consistent: bool,
}

/// Combines the replies in the orders `ab` and `ba`, each as its judge saw the pair. `None` stands
/// for text without a verdict; the result is `None` when neither pass has one.
pub fn combine(ab: Option<Reply>, ba: Option<Reply>, rule: PassRule) -> Option<Combined> {
    let passes = [(Order::Ab, ab), (Order::Ba, ba)];
    let per_order: Vec<OrderVerdict> =
        passes.into_iter().filter_map(|(order, reply)| Some(reply?.seen_in(order))).collect();
    let first = per_order.first()?.preferred;
    let consistent = per_order.len() == 2 && per_order.iter().all(|v| v.preferred == first);
    let preferred = match rule {
        PassRule::Votes => Preference::by_votes(per_order.iter().map(|v| v.preferred)),
        PassRule::Strict if consistent => first,
        PassRule::Strict => Preference::Tie,
    };
    let probability = per_order.iter().map(|v| v.probability).sum::<f64>() / per_order.len() as f64;
    Some(Combined { preferred, probability, per_order, consistent })
}

#[cfg(test)]
mod tests {
    use super::*;
    use Preference::{A, B, Tie};

    fn bare(preferred: Option<Preference>) -> Option<Reply> {
        preferred.map(Reply::bare)
    }

    /// As seen in order ab, as seen in order ba, by votes, strict, consistent.
    type Row = (Option<Preference>, Option<Preference>, Preference, Preference, bool);

    const TABLE: [Row; 9] = [
        (Some(A), Some(B), A, A, true),
        (Some(B), Some(A), B, B, true),
        (Some(Tie), Some(Tie), Tie, Tie, true),
        // Position bias: the first or the second, whatever stands there.
        (Some(A), Some(A), Tie, Tie, false),
        (Some(B), Some(B), Tie, Tie, false),
        (Some(A), Some(Tie), A, Tie, false),
        (Some(Tie), Some(A), B, Tie, false),
        (Some(A), None, A, Tie, false),
        (None, Some(A), B, Tie, false),
    ];

    #[test]
    fn passes_combine() {
        for (ab, ba, votes, strict, consistent) in TABLE {
            let by_votes = combine(bare(ab), bare(ba), PassRule::Votes).expect("readable");
            let by_rule = combine(bare(ab), bare(ba), PassRule::Strict).expect("readable");
            assert_eq!((by_votes.preferred, by_rule.preferred), (votes, strict), "{ab:?} {ba:?}");
            assert_eq!(by_votes.consistent, consistent, "{ab:?} {ba:?}");
        }
        assert_eq!(combine(None, None, PassRule::Votes), None);
    }

    #[test]
    fn swapping_the_pair_swaps_the_verdict() {
        for (ab, ba, votes, ..) in TABLE {
            // The swapped pair shown in order ab is the pair shown in order ba.
            let swapped = combine(bare(ba), bare(ab), PassRule::Votes).expect("readable");
            assert_eq!(swapped.preferred, votes.flipped(), "{ab:?} {ba:?}");
        }
    }

    #[test]
    fn probabilities_are_unswapped_and_averaged() {
        let (ab, ba) = (Reply::of_probability(0.9, 0.1), Reply::of_probability(0.7, 0.1));
        let combined = combine(Some(ab), Some(ba), PassRule::Votes).expect("readable");
        assert!((combined.probability - 0.6).abs() < 1e-12);
        assert!((combined.per_order[1].probability - 0.3).abs() < 1e-12);
        assert_eq!((combined.preferred, combined.consistent), (Tie, false));
    }
}
