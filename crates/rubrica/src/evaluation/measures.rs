//! The measures, each defined once for judge and baselines.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use rubrica_core::Preference;
use rubrica_stats::classification::{auroc, balanced_accuracy};
use rubrica_stats::correlation::{kendall_tau_b, pearson, spearman};
use rubrica_stats::pairs::{PairCounts, Ties, order_counts, preference_counts};
use rubrica_stats::{Result, StatsError, take};

use crate::data::Shape;

/// A statistic of scores against labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Share of pairs without a tie label in which the preferred response scores higher; equal
    /// scores count one half.
    Accuracy,
    /// Three-way accuracy: `a`, `b` or a tie when the margin is small enough.
    AccuracyWithTies,
    /// [`Measure::Accuracy`] over the pairs whose better response is the shorter one.
    AccuracyShorter,
    /// Pearson's correlation.
    Pearson,
    /// Spearman's rank correlation.
    Spearman,
    /// Kendall's tau-b.
    Kendall,
    /// Share of the pairs of one prompt with different ratings that are scored in the same order.
    PairwiseAccuracy,
    /// Area under the ROC curve; a rating of 1 is positive, anything lower negative.
    Auroc,
    /// Mean of the recalls of both classes at the scorer's threshold.
    BalancedAccuracy,
}

impl Measure {
    /// Measures of pairwise sets.
    pub(super) const PAIRWISE: [Self; 3] =
        [Self::Accuracy, Self::AccuracyWithTies, Self::AccuracyShorter];

    /// Measures of rating sets.
    pub(super) fn of_shape(shape: Shape) -> &'static [Self] {
        match shape {
            Shape::Pairwise => &Self::PAIRWISE,
            Shape::Rubric => {
                &[Self::Pearson, Self::Spearman, Self::Kendall, Self::PairwiseAccuracy]
            }
            Shape::Grounding => {
                &[Self::BalancedAccuracy, Self::Auroc, Self::Pearson, Self::Kendall]
            }
            Shape::Segments => &[Self::Auroc, Self::BalancedAccuracy, Self::Pearson, Self::Kendall],
        }
    }

    /// Name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accuracy => "accuracy",
            Self::AccuracyWithTies => "accuracy_with_ties",
            Self::AccuracyShorter => "accuracy_shorter_better",
            Self::Pearson => "pearson",
            Self::Spearman => "spearman",
            Self::Kendall => "kendall_tau_b",
            Self::PairwiseAccuracy => "pairwise_accuracy",
            Self::Auroc => "auroc",
            Self::BalancedAccuracy => "balanced_accuracy",
        }
    }

    /// Whether a pair with this label takes part.
    pub(super) fn counts_pair(self, label: Preference, shorter_is_better: bool) -> bool {
        match self {
            Self::AccuracyWithTies => true,
            Self::AccuracyShorter => shorter_is_better,
            _ => label != Preference::Tie,
        }
    }

    /// The statistic over the pairs `items`; `margins` are score(a) − score(b).
    pub(super) fn pairwise(
        self,
        items: &[usize],
        margins: &[f64],
        labels: &[Preference],
        tie_margin: f64,
    ) -> Result<f64> {
        let gold: Vec<Ordering> = items.iter().map(|&i| order(labels[i])).collect();
        let margins = take(margins, items);
        if self == Self::AccuracyWithTies {
            preference_counts(&margins, &gold, tie_margin)?.accuracy(Ties::Match)
        } else {
            preference_counts(&margins, &gold, 0.0)?.accuracy(Ties::Half)
        }
    }

    /// The statistic over the ratings `items`.
    pub(super) fn rating(
        self,
        items: &[usize],
        scores: &[f64],
        targets: &[f64],
        groups: &[u64],
        threshold: Option<f64>,
    ) -> Result<f64> {
        let (scores, targets) = (take(scores, items), take(targets, items));
        let positive = || targets.iter().map(|t| *t >= 1.0).collect::<Vec<bool>>();
        match self {
            Self::Pearson => pearson(&scores, &targets),
            Self::Spearman => spearman(&scores, &targets),
            Self::Kendall => kendall_tau_b(&scores, &targets),
            Self::PairwiseAccuracy => within_prompts(&scores, &targets, &take(groups, items)),
            Self::Auroc => auroc(&positive(), &scores),
            Self::BalancedAccuracy => {
                let none = StatsError::NothingToCount { what: "thresholds", expected: "one" };
                let threshold = threshold.ok_or(none)?;
                let said: Vec<bool> = scores.iter().map(|s| *s >= threshold).collect();
                balanced_accuracy(&positive(), &said)
            }
            Self::Accuracy | Self::AccuracyWithTies | Self::AccuracyShorter => {
                unreachable!("of_shape names no pairwise measure for ratings")
            }
        }
    }
}

fn within_prompts(scores: &[f64], targets: &[f64], groups: &[u64]) -> Result<f64> {
    let mut prompts: BTreeMap<u64, (Vec<f64>, Vec<f64>)> = BTreeMap::new();
    for ((score, target), group) in scores.iter().zip(targets).zip(groups) {
        let (s, t) = prompts.entry(*group).or_default();
        s.push(*score);
        t.push(*target);
    }
    let mut counts: Option<PairCounts> = None;
    for (scores, targets) in prompts.values().filter(|(s, _)| s.len() > 1) {
        let these = order_counts(scores, targets, 0.0)?;
        counts = Some(counts.map_or(these, |c| c.plus(these)));
    }
    let none = StatsError::NothingToCount { what: "prompts", expected: "one with two responses" };
    counts.ok_or(none)?.accuracy(Ties::Half)
}

fn order(label: Preference) -> Ordering {
    match label {
        Preference::A => Ordering::Greater,
        Preference::B => Ordering::Less,
        Preference::Tie => Ordering::Equal,
    }
}
