//! Confusion matrices, and what follows from them.

use serde::{Deserialize, Serialize};

use crate::{Result, StatsError, check};

/// Counts of (true class, predicted class).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Confusion<L> {
    labels: Vec<L>,
    counts: Vec<u64>,
}

/// Precision, recall and F1 of one class, each in `0..=1`; 0 where the denominator is 0, as in
/// scikit-learn's `zero_division=0`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ClassScores {
    /// Share of the predictions of this class that are right.
    pub precision: f64,
    /// Share of the items of this class that are found.
    pub recall: f64,
    /// Harmonic mean of both.
    pub f1: f64,
    /// Items of this class.
    pub support: u64,
}

impl<L: Ord + Clone> Confusion<L> {
    /// The matrix over the classes that occur.
    ///
    /// # Errors
    /// No items, or different lengths.
    pub fn new(truth: &[L], predicted: &[L]) -> Result<Self> {
        let mut labels: Vec<L> = truth.iter().chain(predicted).cloned().collect();
        labels.sort();
        labels.dedup();
        Self::with_labels(&labels, truth, predicted)
    }

    /// The matrix over given classes, of which some may not occur: the points of a scale, say.
    ///
    /// # Errors
    /// No items, different lengths, or a class that is not among `labels`.
    pub fn with_labels(labels: &[L], truth: &[L], predicted: &[L]) -> Result<Self> {
        check::same_length(("truth", truth.len()), ("predicted", predicted.len()))?;
        check::count("truth", truth.len(), 1)?;
        let mut labels = labels.to_vec();
        labels.sort();
        labels.dedup();
        let mut counts = vec![0; labels.len() * labels.len()];
        for (i, (t, p)) in truth.iter().zip(predicted).enumerate() {
            let find = |what, label| {
                labels.binary_search(label).map_err(|_| StatsError::UnknownClass { what, index: i })
            };
            counts[find("truth", t)? * labels.len() + find("predicted", p)?] += 1;
        }
        Ok(Self { labels, counts })
    }
}

impl<L> Confusion<L> {
    /// The classes, ascending.
    pub fn labels(&self) -> &[L] {
        &self.labels
    }

    /// Row-major `[true][predicted]`, each axis in the order of [`Confusion::labels`].
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// Items counted.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    pub(crate) fn at(&self, truth: usize, predicted: usize) -> u64 {
        self.counts[truth * self.labels.len() + predicted]
    }

    /// Items of each class, `[labels]`.
    pub fn truth_totals(&self) -> Vec<u64> {
        let k = self.labels.len();
        (0..k).map(|t| (0..k).map(|p| self.at(t, p)).sum()).collect()
    }

    /// Predictions of each class, `[labels]`.
    pub fn predicted_totals(&self) -> Vec<u64> {
        let k = self.labels.len();
        (0..k).map(|p| (0..k).map(|t| self.at(t, p)).sum()).collect()
    }

    /// Share of the items whose prediction is right.
    pub fn accuracy(&self) -> f64 {
        let right: u64 = (0..self.labels.len()).map(|i| self.at(i, i)).sum();
        right as f64 / self.total() as f64
    }

    /// Precision, recall and F1 of each class, `[labels]`.
    pub fn class_scores(&self) -> Vec<ClassScores> {
        let (truth, predicted) = (self.truth_totals(), self.predicted_totals());
        (0..self.labels.len())
            .map(|i| {
                let hits = self.at(i, i);
                ClassScores {
                    precision: ratio(hits, predicted[i]),
                    recall: ratio(hits, truth[i]),
                    f1: ratio(2 * hits, truth[i] + predicted[i]),
                    support: truth[i],
                }
            })
            .collect()
    }

    /// Mean recall over the classes that have items.
    pub fn balanced_accuracy(&self) -> f64 {
        let scores = self.class_scores();
        let present = scores.iter().filter(|s| s.support > 0);
        let (sum, n) = present.fold((0.0, 0.0), |(sum, n), s| (sum + s.recall, n + 1.0));
        sum / n
    }

    /// Mean F1 over the classes that occur in truth or prediction.
    pub fn macro_f1(&self) -> f64 {
        let scores = self.class_scores();
        let occurs = scores.iter().zip(self.predicted_totals()).filter(|(s, p)| s.support + p > 0);
        let (sum, n) = occurs.fold((0.0, 0.0), |(sum, n), (s, _)| (sum + s.f1, n + 1.0));
        sum / n
    }
}

fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Share of the items whose prediction is right.
///
/// # Errors
/// No items, or different lengths.
pub fn accuracy<L: PartialEq>(truth: &[L], predicted: &[L]) -> Result<f64> {
    check::same_length(("truth", truth.len()), ("predicted", predicted.len()))?;
    check::count("truth", truth.len(), 1)?;
    let right = truth.iter().zip(predicted).filter(|(t, p)| t == p).count();
    Ok(right as f64 / truth.len() as f64)
}

/// Mean recall over the classes of `truth`.
///
/// # Errors
/// No items, different lengths, or fewer than two classes in `truth`: with one class it would only
/// be the accuracy under a name that promises more.
pub fn balanced_accuracy<L: Ord + Clone>(truth: &[L], predicted: &[L]) -> Result<f64> {
    let confusion = Confusion::new(truth, predicted)?;
    if confusion.truth_totals().iter().filter(|n| **n > 0).count() < 2 {
        return Err(StatsError::OneClass { what: "truth", expected: "at least two classes" });
    }
    Ok(confusion.balanced_accuracy())
}

/// Mean F1 over the classes that occur in `truth` or `predicted`.
///
/// # Errors
/// No items, or different lengths.
pub fn macro_f1<L: Ord + Clone>(truth: &[L], predicted: &[L]) -> Result<f64> {
    Ok(Confusion::new(truth, predicted)?.macro_f1())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_class_has_no_balanced_accuracy() {
        assert_eq!(balanced_accuracy(&[1, 1], &[1, 2]).expect_err("one").code(), "one_class");
        assert_eq!(accuracy(&[1, 1], &[1, 2]), Ok(0.5));
    }

    #[test]
    fn unused_classes_do_not_change_the_means() {
        let (truth, predicted) = ([1, 1, 2], [1, 2, 2]);
        let plain = Confusion::new(&truth, &predicted).expect("three");
        let wide = Confusion::with_labels(&[1, 2, 3, 4], &truth, &predicted).expect("three");
        assert_eq!(plain.macro_f1(), wide.macro_f1());
        assert_eq!(plain.balanced_accuracy(), wide.balanced_accuracy());
        assert_eq!(wide.counts().len(), 16);
        let error = Confusion::with_labels(&[1], &truth, &predicted).expect_err("2 is missing");
        assert_eq!(error, StatsError::UnknownClass { what: "predicted", index: 1 });
    }

    #[test]
    fn per_class() {
        let confusion =
            Confusion::new(&["no", "no", "yes", "yes"], &["no", "yes", "yes", "yes"]).expect("ok");
        let yes = confusion.class_scores()[1];
        assert_eq!((yes.precision, yes.recall, yes.f1, yes.support), (2.0 / 3.0, 1.0, 0.8, 2));
    }
}
