//! Tests of 2×2 tables: Fisher's exact test (Fisher, 1934) and McNemar's (McNemar, 1947).

use serde::{Deserialize, Serialize};

use super::{Alternative, Null};
use crate::{Result, StatsError, distribution};

/// Most tables with the same margins that are looked at.
const LONGEST: u64 = 10_000_000;

/// Outcome of Fisher's exact test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FisherExact {
    /// Odds ratio of the sample, `ad / bc`; absent where bc is 0.
    pub odds_ratio: Option<f64>,
    /// Chance of as extreme a table with the same margins.
    pub p_value: f64,
}

/// Fisher's exact test of the table `[[a, b], [c, d]]`, in O(smallest margin).
///
/// Two-sided, it adds up all tables that are at most as likely as this one, as SciPy does.
///
/// # Errors
/// A row or column that is empty, so that there is nothing to compare; more than 2⁵³ items;
/// or more than 10 million in the smallest margin.
pub fn fisher_exact(
    [[a, b], [c, d]]: [[u64; 2]; 2],
    alternative: Alternative,
) -> Result<FisherExact> {
    let margins = [a.checked_add(b), c.checked_add(d), a.checked_add(c), b.checked_add(d)];
    let total = margins[0].zip(margins[1]).and_then(|(one, two)| one.checked_add(two));
    let (Some(total), [Some(row), Some(other), Some(column), Some(last)]) = (total, margins) else {
        return Err(too_many(f64::INFINITY));
    };
    if total > 1 << 53 {
        return Err(too_many(total as f64));
    }
    if [row, other, column, last].contains(&0) {
        let expected = "items in both rows and both columns";
        return Err(StatsError::NothingToCount { what: "table", expected });
    }
    let (low, high) = (column.saturating_sub(other), row.min(column));
    if high - low > LONGEST {
        let (what, expected) = ("smallest margin".into(), "at most 10 million");
        return Err(StatsError::OutOfRange { what, value: (high - low) as f64, expected });
    }
    // Chances relative to the likeliest table, outwards from it; far tails vanish harmlessly.
    let ratio = |k: u64| {
        let (k, row, column, total) = (k as f64, row as f64, column as f64, total as f64);
        (row - k) * (column - k) / ((k + 1.0) * (total - row - column + k + 1.0))
    };
    let mode = ((row + 1) as f64 * (column + 1) as f64 / (total + 2) as f64) as u64;
    let mode = mode.clamp(low, high);
    let mut chances = vec![0.0; (high - low + 1) as usize];
    let place = |k: u64| (k - low) as usize;
    chances[place(mode)] = 1.0;
    for k in mode..high {
        chances[place(k + 1)] = chances[place(k)] * ratio(k);
    }
    for k in (low..mode).rev() {
        chances[place(k)] = chances[place(k + 1)] / ratio(k);
    }
    let own = chances[place(a)];
    // Smallest first, so that the sum keeps them.
    let sum = |values: &mut dyn Iterator<Item = f64>| {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        values.iter().sum::<f64>()
    };
    let all = sum(&mut chances.iter().copied());
    let tail = match alternative {
        Alternative::Less => sum(&mut chances[..=place(a)].iter().copied()),
        Alternative::Greater => sum(&mut chances[place(a)..].iter().copied()),
        // Tables as likely as this one but for rounding count too.
        Alternative::TwoSided => {
            sum(&mut chances.iter().copied().filter(|chance| *chance <= own * (1.0 + 1e-12)))
        }
    };
    let crossed = b as f64 * c as f64;
    Ok(FisherExact {
        odds_ratio: (crossed > 0.0).then(|| a as f64 * d as f64 / crossed),
        p_value: (tail / all).min(1.0),
    })
}

fn too_many(value: f64) -> StatsError {
    StatsError::OutOfRange { what: "items".into(), value, expected: "at most 2^53" }
}

/// Outcome of McNemar's test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct McNemar {
    /// The smaller count (exact), or chi-squared.
    pub statistic: f64,
    /// Chance of as uneven a split.
    pub p_value: f64,
    /// Whether the binomial distribution was used or its limit.
    pub null: Null,
}

/// McNemar's test of two judges on the same items: `first_only` items only the first has right,
/// `second_only` only the second.
///
/// Exact, it is the two-sided binomial test of an even split; else chi-squared with one degree of
/// freedom, `(|b − c| − 1)² / (b + c)`, or without the 1 when `continuity` is false.
///
/// # Errors
/// No item on which they differ, or more than a billion.
pub fn mcnemar(
    first_only: usize,
    second_only: usize,
    exact: bool,
    continuity: bool,
) -> Result<McNemar> {
    let n = first_only.saturating_add(second_only);
    if n > 1_000_000_000 {
        let (what, expected) = ("items".into(), "at most a billion");
        return Err(StatsError::OutOfRange { what, value: n as f64, expected });
    }
    if n == 0 {
        let expected = "an item that only one has right";
        return Err(StatsError::NothingToCount { what: "items", expected });
    }
    if exact {
        let fewer = first_only.min(second_only);
        let p_value = (2.0 * distribution::fair_binomial_tail(fewer, n)).min(1.0);
        return Ok(McNemar { statistic: fewer as f64, p_value, null: Null::Exact });
    }
    let apart = first_only.abs_diff(second_only) as f64;
    let apart = if continuity { apart - 1.0 } else { apart };
    let statistic = apart * apart / n as f64;
    let p_value = distribution::chi_squared_tail(statistic, 1.0);
    Ok(McNemar { statistic, p_value, null: Null::Asymptotic })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tea_tasting() {
        let table = [[3, 1], [1, 3]];
        let greater = fisher_exact(table, Alternative::Greater).expect("eight cups");
        assert!((greater.p_value - 17.0 / 70.0).abs() < 1e-15);
        let both = fisher_exact(table, Alternative::TwoSided).expect("eight cups");
        assert!((both.p_value - 34.0 / 70.0).abs() < 1e-15);
        assert_eq!(both.odds_ratio, Some(9.0));
        let less = fisher_exact(table, Alternative::Less).expect("eight cups");
        assert!((less.p_value - 69.0 / 70.0).abs() < 1e-15);
    }

    #[test]
    fn large_and_degenerate_tables() {
        let large = fisher_exact([[100_000, 99_000], [99_000, 100_000]], Alternative::TwoSided);
        let large = large.expect("valid").p_value;
        assert!(large > 0.0 && large < 0.01);
        let far = fisher_exact([[5000, 0], [0, 5000]], Alternative::TwoSided).expect("valid");
        assert_eq!((far.odds_ratio, far.p_value), (None, 0.0));
        for table in [[[0, 0], [1, 2]], [[0, 3], [0, 2]], [[0, 0], [0, 0]]] {
            let error = fisher_exact(table, Alternative::Less).expect_err("empty margin");
            assert_eq!(error.code(), "nothing_to_count");
        }
        let huge = fisher_exact([[u64::MAX, 1], [1, 1]], Alternative::Less).expect_err("huge");
        assert_eq!(huge.code(), "out_of_range");
        let wide = [[1 << 40, 1 << 40], [1 << 40, 1 << 40]];
        let wide = fisher_exact(wide, Alternative::Less).expect_err("too many tables");
        assert_eq!(wide.code(), "out_of_range");
        let long = 1 << 51;
        let narrow = fisher_exact([[1, long], [0, long]], Alternative::Greater).expect("narrow");
        assert!((narrow.p_value - 0.5).abs() < 1e-9);
    }

    #[test]
    fn an_even_split_is_no_difference() {
        let even = mcnemar(5, 5, true, true).expect("ten");
        assert_eq!((even.statistic, even.p_value), (5.0, 1.0));
        let one = mcnemar(0, 1, true, true).expect("one");
        assert_eq!(one.p_value, 1.0);
        assert_eq!(mcnemar(4, 16, false, false).expect("twenty").statistic, 7.2);
        let many = mcnemar(499_000_000, 501_000_000, true, true).expect("a billion");
        assert!(many.p_value < 1e-100);
        assert_eq!(mcnemar(usize::MAX, 9, true, true).expect_err("more").code(), "out_of_range");
        assert_eq!(mcnemar(0, 0, true, true).expect_err("none").code(), "nothing_to_count");
        assert_eq!(mcnemar(0, 0, false, true).expect_err("none").code(), "nothing_to_count");
    }
}
