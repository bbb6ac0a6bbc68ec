//! Fleiss' kappa of many raters (Fleiss, 1971).

use super::{Ratings, gwet};
use crate::{Result, StatsError, check};

/// Agreement of any number of raters on categories, `(p − pₑ) / (1 − pₑ)`, at most 1.
///
/// `p` is the share of agreeing pairs of ratings of an item, averaged over items; `pₑ = Σ πₖ²` with
/// `πₖ` the share of category k, averaged over items. Items may have different numbers of ratings:
/// those with one count towards `πₖ` only, those with none not at all (Gwet, 2014).
///
/// # Errors
/// No item with two ratings, or one category throughout.
pub fn fleiss_kappa(ratings: &Ratings) -> Result<f64> {
    let counts = ratings.counts(None)?;
    kappa(&counts.rows, counts.categories.len())
}

/// The same from counts, row-major `[items, categories]`.
///
/// # Errors
/// As [`fleiss_kappa`], or counts that do not fill whole rows.
pub fn fleiss_kappa_of_counts(counts: &[usize], categories: usize) -> Result<f64> {
    check::count("categories", categories, 1)?;
    let rows = counts.len().div_ceil(categories);
    check::same_length(("counts", counts.len()), ("items × categories", rows * categories))?;
    let rows = counts.chunks_exact(categories).map(|row| {
        let given = row.iter().enumerate().filter(|(_, count)| **count > 0);
        given.map(|(category, count)| (category, *count as f64)).collect()
    });
    kappa(&rows.collect::<Vec<_>>(), categories)
}

fn kappa(rows: &[Vec<(usize, f64)>], categories: usize) -> Result<f64> {
    let observed = gwet::observe(rows, categories, |i, j| check::indicator(i == j))?;
    let expected: f64 = observed.shares.iter().map(|share| share * share).sum();
    if observed.shares.iter().filter(|share| **share > 0.0).count() < 2 {
        return Err(StatsError::Constant { what: "ratings" });
    }
    Ok((observed.agreement - expected) / (1.0 - expected))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn perfect_undefined_and_from_counts() {
        let same = Ratings::complete(&[1.0, 1.0, 1.0, 2.0, 2.0, 2.0], 3).expect("two");
        assert!((fleiss_kappa(&same).expect("defined") - 1.0).abs() < 1e-15);
        assert_eq!(fleiss_kappa_of_counts(&[3, 0, 0, 3], 2), fleiss_kappa(&same));
        let flat = Ratings::complete(&[1.0; 6], 3).expect("two");
        assert_eq!(fleiss_kappa(&flat).expect_err("flat").code(), "constant_input");
        let single = Ratings::complete(&[1.0, 2.0], 1).expect("one rater");
        assert_eq!(fleiss_kappa(&single).expect_err("single").code(), "nothing_to_count");
        let none = Ratings::new(vec![], 3).expect("no items");
        assert_eq!(fleiss_kappa(&none).expect_err("none").code(), "nothing_to_count");
        assert_eq!(
            fleiss_kappa_of_counts(&[1, 2, 3], 2).expect_err("rows").code(),
            "length_mismatch"
        );
    }
}
