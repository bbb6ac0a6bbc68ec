//! Pairs: does a judge order two things as people do?
//!
//! [`order_counts`] compares every two items of a list of scores; [`preference_counts`] compares
//! given pairs. Both count into [`PairCounts`], from which every pairwise figure follows.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::{Result, StatsError, check};

/// What a tie does to pairwise accuracy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ties {
    /// Pairs that people call a tie are left out; a predicted tie counts half.
    #[default]
    Half,
    /// Pairs that people call a tie are left out; a predicted tie is wrong.
    Wrong,
    /// Pairs in which either side is a tie are left out.
    Skip,
    /// Every pair counts: a tie is right when both call it one. For labelled pairs this is
    /// three-way accuracy, for scores the `acc_eq` of Deutsch et al. (2023).
    Match,
}

/// How the pairs fall out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairCounts {
    /// Same order.
    pub concordant: u64,
    /// Opposite order.
    pub discordant: u64,
    /// A tie in the prediction only.
    pub tied_predicted: u64,
    /// A tie in the gold labels only.
    pub tied_gold: u64,
    /// A tie in both.
    pub tied_both: u64,
}

impl PairCounts {
    /// All pairs.
    pub fn total(&self) -> u64 {
        self.concordant + self.discordant + self.tied_predicted + self.tied_gold + self.tied_both
    }

    /// Share of the pairs that are right, in `0..=1`.
    ///
    /// # Errors
    /// No pair is left to count.
    pub fn accuracy(&self, ties: Ties) -> Result<f64> {
        let (concordant, discordant) = (self.concordant as f64, self.discordant as f64);
        let tied = self.tied_predicted as f64;
        let (right, counted) = match ties {
            Ties::Half => (concordant + tied / 2.0, concordant + discordant + tied),
            Ties::Wrong => (concordant, concordant + discordant + tied),
            Ties::Skip => (concordant, concordant + discordant),
            Ties::Match => (concordant + self.tied_both as f64, self.total() as f64),
        };
        if counted > 0.0 {
            Ok(right / counted)
        } else {
            Err(StatsError::NothingToCount { what: "pairs", expected: "a pair that is no tie" })
        }
    }

    /// Kendall's tau-b, in `-1..=1`.
    ///
    /// # Errors
    /// All pairs are ties in one of the two.
    pub fn tau_b(&self) -> Result<f64> {
        let agree = self.concordant as f64 - self.discordant as f64;
        let ordered = (self.concordant + self.discordant) as f64;
        let (in_gold, in_predicted) =
            (ordered + self.tied_predicted as f64, ordered + self.tied_gold as f64);
        if in_predicted == 0.0 {
            return Err(StatsError::Constant { what: "x" });
        }
        if in_gold == 0.0 {
            return Err(StatsError::Constant { what: "y" });
        }
        Ok((agree / in_predicted.sqrt() / in_gold.sqrt()).clamp(-1.0, 1.0))
    }

    /// Kendall's tau-a, `(concordant − discordant) / pairs`, in `-1..=1`: ties keep it from the ends.
    ///
    /// # Errors
    /// No pairs.
    pub fn tau_a(&self) -> Result<f64> {
        if self.total() == 0 {
            return Err(StatsError::NothingToCount { what: "pairs", expected: "a pair" });
        }
        Ok((self.concordant as f64 - self.discordant as f64) / self.total() as f64)
    }

    /// The counts of two disjoint sets of pairs together, such as one set a group of items.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            concordant: self.concordant + other.concordant,
            discordant: self.discordant + other.discordant,
            tied_predicted: self.tied_predicted + other.tied_predicted,
            tied_gold: self.tied_gold + other.tied_gold,
            tied_both: self.tied_both + other.tied_both,
        }
    }
}

/// Compares every two of n items, in O(n log n). Predictions at most `epsilon` apart are a tie.
///
/// # Errors
/// Fewer than two items, different lengths, a value that is not finite, or a negative epsilon.
pub fn order_counts(predicted: &[f64], gold: &[f64], epsilon: f64) -> Result<PairCounts> {
    check::paired(("x", predicted), ("y", gold), 2)?;
    check_epsilon(epsilon)?;
    let mut distinct = predicted.to_vec();
    distinct.sort_by(f64::total_cmp);
    distinct.dedup();
    // Number of distinct predictions that lie clearly below, and clearly below or level with, `p`.
    let below = |p: f64| distinct.partition_point(|q| p - q > epsilon);
    let level = |p: f64| distinct.partition_point(|q| q - p <= epsilon);

    let order = crate::rank::ascending(gold);
    let mut seen = Fenwick::new(distinct.len());
    let mut counts = PairCounts::default();
    let mut start = 0;
    while start < order.len() {
        let tied = |&&i: &&usize| gold[i] == gold[order[start]];
        let end = start + order[start..].iter().take_while(tied).count();
        let group = &order[start..end];
        for &i in group {
            let (low, high) = (seen.before(below(predicted[i])), seen.before(level(predicted[i])));
            counts.concordant += low;
            counts.tied_predicted += high - low;
            counts.discordant += start as u64 - high;
        }
        let both = close_pairs(group.iter().map(|&i| predicted[i]).collect(), epsilon);
        let size = group.len() as u64;
        counts.tied_both += both;
        counts.tied_gold += size * (size - 1) / 2 - both;
        for &i in group {
            seen.add(distinct.partition_point(|q| *q < predicted[i]));
        }
        start = end;
    }
    Ok(counts)
}

/// Compares given pairs. `margins` are above 0 where the judge prefers the first; those within
/// `epsilon` of 0 are a tie. `gold` is `Greater` where the first is better.
///
/// # Errors
/// No pairs, different lengths, a margin that is not finite, or a negative epsilon.
pub fn preference_counts(margins: &[f64], gold: &[Ordering], epsilon: f64) -> Result<PairCounts> {
    check::same_length(("margins", margins.len()), ("gold", gold.len()))?;
    check::values("margins", margins, 1)?;
    check_epsilon(epsilon)?;
    let mut counts = PairCounts::default();
    for (&margin, &gold) in margins.iter().zip(gold) {
        let tie = margin.abs() <= epsilon;
        let slot = match gold {
            Ordering::Equal if tie => &mut counts.tied_both,
            Ordering::Equal => &mut counts.tied_gold,
            _ if tie => &mut counts.tied_predicted,
            Ordering::Greater if margin > 0.0 => &mut counts.concordant,
            Ordering::Less if margin < 0.0 => &mut counts.concordant,
            _ => &mut counts.discordant,
        };
        *slot += 1;
    }
    Ok(counts)
}

fn check_epsilon(epsilon: f64) -> Result<()> {
    if epsilon.is_finite() && epsilon >= 0.0 {
        Ok(())
    } else {
        let what = "epsilon".into();
        Err(StatsError::OutOfRange { what, value: epsilon, expected: "a number >= 0" })
    }
}

/// Pairs of values at most `epsilon` apart.
fn close_pairs(mut values: Vec<f64>, epsilon: f64) -> u64 {
    values.sort_by(f64::total_cmp);
    let mut first = 0;
    let mut pairs = 0;
    for (i, v) in values.iter().enumerate() {
        while v - values[first] > epsilon {
            first += 1;
        }
        pairs += (i - first) as u64;
    }
    pairs
}

/// Counts by position, with prefix sums in O(log n) (Fenwick, 1994).
struct Fenwick(Vec<u64>);

impl Fenwick {
    fn new(size: usize) -> Self {
        Self(vec![0; size + 1])
    }

    fn add(&mut self, position: usize) {
        let mut i = position + 1;
        while i < self.0.len() {
            self.0[i] += 1;
            i += i & i.wrapping_neg();
        }
    }

    /// Count at positions `0..end`.
    fn before(&self, end: usize) -> u64 {
        let (mut i, mut sum) = (end, 0);
        while i > 0 {
            sum += self.0[i];
            i &= i - 1;
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tie_policies() {
        let counts = PairCounts {
            concordant: 5,
            discordant: 2,
            tied_predicted: 1,
            tied_gold: 1,
            tied_both: 1,
        };
        assert_eq!(counts.accuracy(Ties::Half), Ok(5.5 / 8.0));
        assert_eq!(counts.accuracy(Ties::Wrong), Ok(5.0 / 8.0));
        assert_eq!(counts.accuracy(Ties::Skip), Ok(5.0 / 7.0));
        assert_eq!(counts.accuracy(Ties::Match), Ok(0.6));
        let ties = PairCounts { tied_both: 3, ..PairCounts::default() };
        assert_eq!(ties.accuracy(Ties::Half).expect_err("ties").code(), "nothing_to_count");
        assert_eq!(ties.accuracy(Ties::Match), Ok(1.0));
        assert_eq!(ties.tau_b().expect_err("ties").code(), "constant_input");
    }

    #[test]
    fn preferences() {
        use Ordering::{Equal, Greater, Less};
        let margins = [2.0, -1.0, 0.05, 0.0, 3.0, -2.0];
        let gold = [Greater, Less, Greater, Equal, Equal, Greater];
        let counts = preference_counts(&margins, &gold, 0.1).expect("six");
        assert_eq!(
            counts,
            PairCounts {
                concordant: 2,
                discordant: 1,
                tied_predicted: 1,
                tied_gold: 1,
                tied_both: 1
            }
        );
        assert!(preference_counts(&margins, &gold, -0.1).is_err());
        assert!(preference_counts(&margins, &gold[..2], 0.1).is_err());
    }
}
