//! What a judge likes that the labels do not: length, its own responses, headers and lists.

use rubrica_core::Preference;
use rubrica_stats::StatsError;
use rubrica_stats::bootstrap::Bootstrap;
use serde::Serialize;

use super::Figure;
use super::seen::Seen;

/// Preference for the response that a pair marks, over the pairs that mark one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Leaning {
    /// Share of the judge's winners that are marked.
    pub prefers: Figure,
    /// Share of the labelled winners that are marked.
    pub label: Figure,
    /// The first minus the second: above 0 the judge likes it more than the labels do.
    pub excess: Figure,
    /// Accuracy where the marked one is better.
    pub accuracy_marked_better: Figure,
    /// Accuracy where the other one is better.
    pub accuracy_other_better: Figure,
}

/// Preference for length, over the pairs whose lengths differ.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LengthBias {
    /// Share of the judge's winners that are longer.
    pub prefers_longer: Figure,
    /// Share of the labelled winners that are longer.
    pub label_longer: Figure,
    /// The first minus the second: above 0 the judge likes length more than the labels do.
    pub excess: Figure,
    /// Accuracy where the longer one is better.
    pub accuracy_longer_better: Figure,
    /// Accuracy where the shorter one is better.
    pub accuracy_shorter_better: Figure,
}

impl From<Leaning> for LengthBias {
    fn from(longer: Leaning) -> Self {
        Self {
            prefers_longer: longer.prefers,
            label_longer: longer.label,
            excess: longer.excess,
            accuracy_longer_better: longer.accuracy_marked_better,
            accuracy_shorter_better: longer.accuracy_other_better,
        }
    }
}

/// The leaning towards `marked`, one of each pair of `seen`.
pub(super) fn leaning(
    seen: &[Seen],
    marked: &[Option<Preference>],
    options: &Bootstrap,
) -> Leaning {
    // Marked winners and all winners of a pair that marks one.
    let judged = |item: usize| {
        let winners = seen[item].passes.iter().flatten().filter(|p| **p != Preference::Tie);
        let counted: Vec<&Preference> = winners.filter(|_| marked[item].is_some()).collect();
        [counted.iter().filter(|p| Some(***p) == marked[item]).count(), counted.len()]
    };
    let labelled = |item: usize| {
        let counts = marked[item].is_some() && seen[item].label != Preference::Tie;
        [usize::from(counts && marked[item] == Some(seen[item].label)), usize::from(counts)]
    };
    let share = |of: &dyn Fn(usize) -> [usize; 2]| {
        Figure::of_items(seen.len(), options, |items| ratio(items, of))
    };
    let accuracy = |marked_better: bool| {
        let counted = seen.iter().zip(marked).filter(|(one, marked)| {
            let better = marked.map(|marked| marked == one.label);
            one.label != Preference::Tie && better == Some(marked_better)
        });
        let (right, all) =
            counted.fold((0, 0), |(right, n), (one, _)| (right + usize::from(one.right()), n + 1));
        Figure::share(right, all, options.level)
    };
    Leaning {
        prefers: share(&judged),
        label: share(&labelled),
        excess: Figure::of_items(seen.len(), options, |items| {
            Ok(ratio(items, &judged)? - ratio(items, &labelled)?)
        }),
        accuracy_marked_better: accuracy(true),
        accuracy_other_better: accuracy(false),
    }
}

/// A share of things of which each pair has several, so that pairs are resampled.
pub(super) fn ratio(
    items: &[usize],
    of: &dyn Fn(usize) -> [usize; 2],
) -> rubrica_stats::Result<f64> {
    let (mut some, mut all) = (0, 0);
    for &item in items {
        let [one, of_all] = of(item);
        some += one;
        all += of_all;
    }
    if all == 0 {
        return Err(StatsError::NothingToCount { what: "winners", expected: "at least one" });
    }
    Ok(some as f64 / all as f64)
}
