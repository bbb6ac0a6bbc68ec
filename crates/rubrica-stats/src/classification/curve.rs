//! How well a score tells two classes apart, over all thresholds.

use crate::{Result, StatsError, check, rank};

/// Area under the ROC curve: the probability that a positive scores above a negative, a tie
/// counting half. In `0..=1`.
///
/// # Errors
/// Different lengths, a score that is not finite, or only one class.
pub fn auroc(positive: &[bool], scores: &[f64]) -> Result<f64> {
    check::same_length(("positive", positive.len()), ("scores", scores.len()))?;
    check::values("scores", scores, 1)?;
    let positives = positive.iter().filter(|p| **p).count();
    let negatives = positive.len() - positives;
    if positives == 0 || negatives == 0 {
        return Err(StatsError::OneClass { what: "positive", expected: "positives and negatives" });
    }
    let ranks = rank::raw_average_ranks(scores);
    let sum: f64 = ranks.iter().zip(positive).filter(|(_, p)| **p).map(|(r, _)| r).sum();
    let (positives, negatives) = (positives as f64, negatives as f64);
    let above = sum - positives * (positives + 1.0) / 2.0;
    Ok((above / (positives * negatives)).clamp(0.0, 1.0))
}

/// Average precision: precision at each distinct score, weighted by the recall gained there, without
/// interpolation (as in scikit-learn). In `0..=1`.
///
/// # Errors
/// Different lengths, a score that is not finite, or no positives.
pub fn average_precision(positive: &[bool], scores: &[f64]) -> Result<f64> {
    check::same_length(("positive", positive.len()), ("scores", scores.len()))?;
    check::values("scores", scores, 1)?;
    let positives = positive.iter().filter(|p| **p).count();
    if positives == 0 {
        return Err(StatsError::OneClass { what: "positive", expected: "at least one positive" });
    }
    let mut order = rank::ascending(scores);
    order.reverse();
    let (mut hits, mut start, mut sum) = (0usize, 0, 0.0);
    while start < order.len() {
        let tied = |&&i: &&usize| scores[i] == scores[order[start]];
        let end = start + order[start..].iter().take_while(tied).count();
        let gained = order[start..end].iter().filter(|i| positive[**i]).count();
        hits += gained;
        sum += gained as f64 * hits as f64 / end as f64;
        start = end;
    }
    Ok((sum / positives as f64).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_count_half() {
        assert_eq!(auroc(&[true, false], &[1.0, 1.0]), Ok(0.5));
        assert_eq!(auroc(&[true, false, true, false], &[2.0, 1.0, 2.0, 2.0]), Ok(0.75));
        assert_eq!(average_precision(&[true, false], &[1.0, 1.0]), Ok(0.5));
    }

    #[test]
    fn one_class_is_refused() {
        assert_eq!(auroc(&[true, true], &[1.0, 2.0]).expect_err("one").code(), "one_class");
        assert_eq!(auroc(&[], &[]).expect_err("none").code(), "too_few_values");
        let error = average_precision(&[false], &[1.0]).expect_err("no positive");
        assert_eq!(error.code(), "one_class");
        assert_eq!(average_precision(&[true], &[1.0]), Ok(1.0));
    }
}
