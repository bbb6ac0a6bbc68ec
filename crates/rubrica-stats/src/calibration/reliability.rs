//! Reliability diagrams and the expected calibration error (Naeini et al., 2015; Guo et al., 2017).

use serde::{Deserialize, Serialize};

use crate::{Result, StatsError, check, quantile};

/// More bins than this say nothing and take long.
const MOST_BINS: usize = 1000;

/// One bin of a reliability diagram.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// Lower end, excluded (but 0 belongs to the first bin).
    pub lower: f64,
    /// Upper end, included.
    pub upper: f64,
    /// Items in the bin; the other figures are absent when there are none.
    pub count: usize,
    /// Mean probability of its items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
    /// Share of its items that happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frequency: Option<f64>,
}

/// A reliability diagram.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reliability {
    /// Bins in ascending order.
    pub bins: Vec<Bin>,
    /// Expected calibration error: Σ over bins of share of items × |frequency − confidence|, in
    /// `0..=1`.
    pub ece: f64,
    /// The largest |frequency − confidence| of a bin, in `0..=1`.
    pub mce: f64,
}

/// Sorts predictions into `bins` bins of equal width by their probability.
///
/// For a classifier, `probabilities` are those of the class it chose and `happened` says whether it
/// was right.
///
/// # Errors
/// No items, no bins, different lengths, or a probability outside `0..=1`.
pub fn reliability(happened: &[bool], probabilities: &[f64], bins: usize) -> Result<Reliability> {
    check_items(happened, probabilities, bins)?;
    Ok(sorted_into(
        &(0..=bins).map(|i| i as f64 / bins as f64).collect::<Vec<_>>(),
        happened,
        probabilities,
    ))
}

/// The same with bins of equal mass: edges at the quantiles of the probabilities, so that every bin
/// has about as many items (Nguyen and O'Connor, 2015; scikit-learn's `strategy="quantile"`).
///
/// Equal probabilities stay together; with many of them, bins can be empty and of no width. The error
/// depends less on where the probabilities crowd than with equal widths.
///
/// # Errors
/// As [`reliability`].
pub fn reliability_by_mass(
    happened: &[bool],
    probabilities: &[f64],
    bins: usize,
) -> Result<Reliability> {
    check_items(happened, probabilities, bins)?;
    let mut sorted = probabilities.to_vec();
    sorted.sort_by(f64::total_cmp);
    let edge = |i: usize| quantile::of_sorted(&sorted, i as f64 / bins as f64);
    Ok(sorted_into(&(0..=bins).map(edge).collect::<Vec<_>>(), happened, probabilities))
}

fn check_items(happened: &[bool], probabilities: &[f64], bins: usize) -> Result<()> {
    check::same_length(("happened", happened.len()), ("probabilities", probabilities.len()))?;
    check::count("probabilities", probabilities.len(), 1)?;
    check::count("bins", bins, 1)?;
    if bins > MOST_BINS {
        let (what, value) = ("bins".to_owned(), bins as f64);
        return Err(StatsError::OutOfRange { what, value, expected: "1 to 1000" });
    }
    check::probabilities("probabilities", probabilities)
}

fn sorted_into(edges: &[f64], happened: &[bool], probabilities: &[f64]) -> Reliability {
    let bins = edges.len() - 1;
    let mut sums = vec![(0usize, 0.0, 0usize); bins];
    for (&p, &h) in probabilities.iter().zip(happened) {
        let bin = edges[1..bins].partition_point(|edge| *edge < p);
        let (count, confidence, hits) = &mut sums[bin];
        (*count, *confidence, *hits) = (*count + 1, *confidence + p, *hits + usize::from(h));
    }
    let (mut ece, mut mce) = (0.0, 0.0f64);
    let bins = sums.into_iter().enumerate().map(|(i, (count, confidence, hits))| {
        let mean = |sum: f64| (count > 0).then(|| sum / count as f64);
        let (confidence, frequency) = (mean(confidence), mean(hits as f64));
        if let (Some(confidence), Some(frequency)) = (confidence, frequency) {
            let gap = (frequency - confidence).abs();
            ece += gap * count as f64 / happened.len() as f64;
            mce = mce.max(gap);
        }
        Bin { lower: edges[i], upper: edges[i + 1], count, confidence, frequency }
    });
    let bins = bins.collect();
    Reliability { bins, ece, mce }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_belong_to_the_bin_below() {
        let diagram = reliability(&[false, true, true], &[0.0, 0.5, 1.0], 2).expect("three");
        let counts: Vec<usize> = diagram.bins.iter().map(|b| b.count).collect();
        assert_eq!(counts, [2, 1]);
        assert_eq!(diagram.bins[0].confidence, Some(0.25));
        assert_eq!(diagram.bins[0].frequency, Some(0.5));
        assert!((diagram.ece - 0.25 * 2.0 / 3.0).abs() < 1e-15);
        assert_eq!(diagram.mce, 0.25);
    }

    #[test]
    fn bins_of_equal_mass() {
        let (happened, p) = ([false, true, true, true], [0.9, 0.91, 0.95, 0.99]);
        let diagram = reliability_by_mass(&happened, &p, 2).expect("four");
        let counts: Vec<usize> = diagram.bins.iter().map(|b| b.count).collect();
        assert_eq!(counts, [2, 2]);
        assert_eq!((diagram.bins[0].lower, diagram.bins[1].upper), (0.9, 0.99));
        // |.5 − .905| and |1 − .97|, each half of the items.
        assert!((diagram.ece - (0.405 + 0.03) / 2.0).abs() < 1e-12);
        assert!((diagram.mce - 0.405).abs() < 1e-12);
        let level = reliability_by_mass(&[true, false], &[0.5, 0.5], 4).expect("two");
        assert_eq!((level.ece, level.bins.iter().map(|b| b.count).max()), (0.0, Some(2)));
        assert_eq!(reliability_by_mass(&[], &[], 2).expect_err("none").code(), "too_few_values");
        let nan = reliability_by_mass(&[true], &[f64::NAN], 2).expect_err("nan");
        assert_eq!(nan.code(), "out_of_range");
    }

    #[test]
    fn an_empty_bin_has_no_figures() {
        let diagram = reliability(&[true], &[0.9], 10).expect("one");
        assert_eq!(diagram.bins[0].confidence, None);
        assert_eq!(diagram.bins.len(), 10);
        assert_eq!(reliability(&[true], &[0.9], 0).expect_err("bins").code(), "too_few_values");
    }
}
