//! Ranks.

use crate::{Result, check};

/// Ranks from 1, ties sharing the mean of their ranks (SciPy's `rankdata(method="average")`).
///
/// # Errors
/// A value that is not finite.
pub fn average_ranks(values: &[f64]) -> Result<Vec<f64>> {
    check::values("values", values, 0)?;
    Ok(raw_average_ranks(values))
}

/// Ranks of values that were checked already.
pub(crate) fn raw_average_ranks(values: &[f64]) -> Vec<f64> {
    let order = ascending(values);
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    while start < order.len() {
        let tied = |&&i: &&usize| values[i] == values[order[start]];
        let end = start + order[start..].iter().take_while(tied).count();
        // Ranks start + 1 ..= end, whose mean is half the sum of the ends.
        let rank = (start + 1 + end) as f64 / 2.0;
        for &i in &order[start..end] {
            ranks[i] = rank;
        }
        start = end;
    }
    ranks
}

/// Σ (t³ − t) over groups of t tied values, which have been checked already.
pub(crate) fn tie_term(values: &[f64]) -> f64 {
    let order = ascending(values);
    let groups = order.chunk_by(|&i, &j| values[i] == values[j]);
    groups.map(|group| group.len() as f64).map(|t| t * t * t - t).sum()
}

/// Positions of the values, smallest value first; ties keep their order.
pub(crate) fn ascending(values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&i, &j| values[i].total_cmp(&values[j]));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_share_the_mean_rank() {
        let ranks = average_ranks(&[2.0, 1.0, 2.0, 5.0, 2.0]).expect("finite");
        assert_eq!(ranks, [3.0, 1.0, 3.0, 5.0, 3.0]);
        assert!(average_ranks(&[]).expect("empty").is_empty());
    }

    #[test]
    fn zeros_of_both_signs_are_one_value() {
        assert_eq!(average_ranks(&[0.0, -0.0, 1.0]).expect("finite"), [1.5, 1.5, 3.0]);
    }
}
