//! Gwet's AC1 and AC2 (Gwet, 2008; 2014, chapters 2 to 5).

use super::{AgreementWeights, Ratings};
use crate::{Result, StatsError};

/// AC1: AC2 with [`AgreementWeights::Identity`].
///
/// # Errors
/// As [`gwet_ac2`].
pub fn gwet_ac1(ratings: &Ratings, categories: Option<&[f64]>) -> Result<f64> {
    gwet_ac2(ratings, AgreementWeights::Identity, categories)
}

/// AC2, `(p − pₑ) / (1 − pₑ)`, at most 1. Unlike kappa it stays high when raters agree and nearly all
/// items are of one category.
///
/// `p` is the weighted agreement of pairs of ratings of an item, averaged over items with at least
/// two; `pₑ = Σᵢⱼ wᵢⱼ · Σₖ πₖ (1 − πₖ) / (q (q − 1))` over q categories, `πₖ` the share of category k
/// averaged over items with a rating. `categories` are the points of the scale: `q` counts those that
/// do not occur, too. Without it, those that occur. Weights other than identity take time quadratic in
/// the number of categories.
///
/// # Errors
/// No item with two ratings, fewer than two categories, or a rating that is not among them.
pub fn gwet_ac2(
    ratings: &Ratings,
    weights: AgreementWeights,
    categories: Option<&[f64]>,
) -> Result<f64> {
    let counts = ratings.counts(categories)?;
    let q = counts.categories.len();
    let weights = weights.of(&counts.categories)?;
    let observed = observe(&counts.rows, q, |i, j| weights.of(i, j))?;
    if q < 2 {
        return Err(StatsError::Constant { what: "ratings" });
    }
    let spread: f64 = observed.shares.iter().map(|share| share * (1.0 - share)).sum();
    let expected = weights.sum() * spread / (q * (q - 1)) as f64;
    // With weights near 1 everywhere, chance alone can reach full agreement.
    if expected >= 1.0 {
        return Err(StatsError::Constant { what: "ratings" });
    }
    Ok((observed.agreement - expected) / (1.0 - expected))
}

/// What the raters did.
pub(super) struct Observed {
    /// Weighted agreement of two ratings of an item, averaged over items.
    pub(super) agreement: f64,
    /// Share of each category, averaged over items.
    pub(super) shares: Vec<f64>,
}

pub(super) fn observe(
    rows: &[Vec<(usize, f64)>],
    categories: usize,
    weight: impl Fn(usize, usize) -> f64,
) -> Result<Observed> {
    let (mut agreement, mut pairs, mut rated) = (0.0, 0.0, 0.0);
    let mut shares = vec![0.0; categories];
    for row in rows {
        let n: f64 = row.iter().map(|(_, count)| count).sum();
        if n == 0.0 {
            continue;
        }
        rated += 1.0;
        row.iter().for_each(|(category, count)| shares[*category] += count / n);
        if n < 2.0 {
            continue;
        }
        pairs += 1.0;
        let credit = row.iter().map(|(i, count)| {
            let others: f64 = row.iter().map(|(j, count)| count * weight(*i, *j)).sum();
            count * (others - 1.0)
        });
        agreement += credit.sum::<f64>() / (n * (n - 1.0));
    }
    if pairs == 0.0 {
        let expected = "an item with at least two ratings";
        return Err(StatsError::NothingToCount { what: "ratings", expected });
    }
    shares.iter_mut().for_each(|share| *share /= rated);
    Ok(Observed { agreement: agreement / pairs, shares })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn high_where_kappa_is_low() {
        // 18 of 20 agree on the common category, 2 differ: kappa is below 0 here.
        let mut cells = vec![1.0; 36];
        cells.extend([1.0, 2.0, 2.0, 1.0]);
        let ratings = Ratings::complete(&cells, 2).expect("twenty");
        let ac1 = gwet_ac1(&ratings, None).expect("defined");
        // π = .95 and .05; pₑ = 2 · .95 · .05 = .095.
        assert!((ac1 - (0.9 - 0.095) / 0.905).abs() < 1e-12, "{ac1}");
        assert!(super::super::fleiss_kappa(&ratings).expect("defined") < 0.0);
    }

    #[test]
    fn unused_points_of_the_scale_count() {
        let ratings = Ratings::complete(&[1.0, 1.0, 1.0, 1.0], 2).expect("two");
        assert_eq!(gwet_ac1(&ratings, None).expect_err("one").code(), "constant_input");
        assert_eq!(gwet_ac1(&ratings, Some(&[1.0, 2.0])), Ok(1.0));
        let single = Ratings::complete(&[1.0, 2.0], 1).expect("one rater");
        assert_eq!(gwet_ac1(&single, None).expect_err("single").code(), "nothing_to_count");
        assert_eq!(
            gwet_ac1(&ratings, Some(&[2.0, 3.0])).expect_err("class").code(),
            "unknown_class"
        );
    }
}
