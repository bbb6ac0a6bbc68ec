//! Rank tests: Wilcoxon (1945), Mann and Whitney (1947), Kruskal and Wallis (1952).

use serde::{Deserialize, Serialize};

use super::{Alternative, Null};
use crate::rank::{raw_average_ranks, tie_term};
use crate::{Result, StatsError, check, distribution, normal};

/// How the chance of a rank sum is found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NullDistribution {
    /// As SciPy does: exact for small samples, else the limit.
    #[default]
    Auto,
    /// Every arrangement of the ranks, ties included.
    Exact,
    /// The normal limit, corrected for ties.
    Asymptotic,
}

/// Options of a rank test.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RankTest {
    /// Which differences count against chance.
    pub alternative: Alternative,
    /// How the chance is found.
    pub null: NullDistribution,
    /// Whether the limit is moved half a rank towards the middle. SciPy does for Mann-Whitney and
    /// does not for Wilcoxon; here it is off unless asked for.
    pub continuity: bool,
}

/// Outcome of the signed-rank test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Wilcoxon {
    /// Sum of the ranks of differences above 0.
    pub rank_sum: f64,
    /// Share of the rank sum above 0 less that below, `-1..=1` (Kerby, 2014).
    pub effect: f64,
    /// Chance of as extreme a sum.
    pub p_value: f64,
    /// Differences that are not 0; zeros are left out.
    pub n: usize,
    /// Where the p-value comes from.
    pub null: Null,
}

/// Outcome of the Mann-Whitney test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MannWhitney {
    /// Pairs in which the first value is larger, ties counting half.
    pub u: f64,
    /// The same as a share of all pairs, `0..=1`: chance that a value of the first is larger.
    pub superiority: f64,
    /// Chance of as extreme a U.
    pub p_value: f64,
    /// Where the p-value comes from.
    pub null: Null,
}

/// Outcome of the Kruskal-Wallis test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct KruskalWallis {
    /// H, corrected for ties.
    pub h: f64,
    /// Degrees of freedom, groups less one.
    pub degrees: usize,
    /// Chance of as large an H (chi-squared limit).
    pub p_value: f64,
}

/// Work up to which sums are counted exactly, in table entries times ranks.
const LARGEST_TABLE: usize = 50_000_000;

/// Wilcoxon's signed-rank test: do paired differences lie off 0? Differences of 0 are left out.
///
/// Automatic is exact for at most 50 differences without ties and zeros, or at most 13 with them, as
/// in SciPy.
///
/// # Errors
/// No difference other than 0, one that is not finite, or an exact test of so many differences
/// (several hundred) that its table would not fit.
pub fn wilcoxon(differences: &[f64], options: &RankTest) -> Result<Wilcoxon> {
    check::values("differences", differences, 1)?;
    let moved: Vec<f64> = differences.iter().copied().filter(|d| *d != 0.0).collect();
    if moved.is_empty() {
        return Err(StatsError::Constant { what: "differences" });
    }
    let sizes: Vec<f64> = moved.iter().map(|d| d.abs()).collect();
    let ranks = raw_average_ranks(&sizes);
    let rank_sum: f64 = ranks.iter().zip(&moved).filter(|(_, d)| **d > 0.0).map(|(r, _)| r).sum();
    let (n, ties) = (moved.len() as f64, tie_term(&sizes));
    let plain = ties == 0.0 && moved.len() == differences.len();
    let exact = match options.null {
        NullDistribution::Auto => differences.len() <= if plain { 50 } else { 13 },
        NullDistribution::Exact => true,
        NullDistribution::Asymptotic => false,
    };
    let total = n * (n + 1.0) / 2.0;
    let p_value = if exact {
        let doubled: Vec<usize> = ranks.iter().map(|r| (2.0 * r) as usize).collect();
        fits(moved.len(), (2.0 * total) as usize)?;
        // Chance of every doubled sum when each sign is a fair coin.
        let mut chances = vec![0.0; 2 * total as usize + 1];
        chances[0] = 1.0;
        let mut reach = 0;
        for rank in doubled {
            reach += rank;
            for sum in (0..=reach).rev() {
                let without = chances[sum];
                let with = if sum >= rank { chances[sum - rank] } else { 0.0 };
                chances[sum] = (without + with) / 2.0;
            }
        }
        tails(&chances, (2.0 * rank_sum) as usize, options.alternative)
    } else {
        let variance = n * (n + 1.0) * (2.0 * n + 1.0) / 24.0 - ties / 48.0;
        limit(rank_sum - total / 2.0, variance, options)
    };
    let null = if exact { Null::Exact } else { Null::Asymptotic };
    let effect = (2.0 * rank_sum - total) / total;
    Ok(Wilcoxon { rank_sum, effect, p_value, n: moved.len(), null })
}

/// The Mann-Whitney test: does one of two independent samples have the larger values?
///
/// Automatic is exact without ties when one sample has at most 8 values, as in SciPy, unless the other
/// has hundreds.
///
/// # Errors
/// An empty sample, a value that is not finite, values that are all equal, or an exact test of samples
/// so large that its table would not fit.
pub fn mann_whitney(a: &[f64], b: &[f64], options: &RankTest) -> Result<MannWhitney> {
    check::values("a", a, 1)?;
    check::values("b", b, 1)?;
    let pool = [a, b].concat();
    if pool.iter().all(|v| *v == pool[0]) {
        return Err(StatsError::Constant { what: "a and b" });
    }
    let ranks = raw_average_ranks(&pool);
    let (m, n, all) = (a.len() as f64, b.len() as f64, pool.len() as f64);
    let u = ranks[..a.len()].iter().sum::<f64>() - m * (m + 1.0) / 2.0;
    let ties = tie_term(&pool);
    // Entries of the table: sums of up to k doubled ranks, for every number chosen so far.
    let k = a.len().min(b.len());
    let table = (k + 1).saturating_mul(2usize.saturating_mul(k).saturating_mul(pool.len()));
    let exact = match options.null {
        NullDistribution::Auto => ties == 0.0 && k <= 8 && fits(pool.len(), table).is_ok(),
        NullDistribution::Exact => true,
        NullDistribution::Asymptotic => false,
    };
    let p_value = if exact {
        fits(pool.len(), table)?;
        // The smaller sample is chosen from the pool; U of the other mirrors it.
        let small = a.len() <= b.len();
        let own = if small { &ranks[..a.len()] } else { &ranks[a.len()..] };
        let sum = (2.0 * own.iter().sum::<f64>()).round() as usize;
        let chances = chosen_sums(&ranks, own.len());
        let alternative = match (small, options.alternative) {
            (false, Alternative::Less) => Alternative::Greater,
            (false, Alternative::Greater) => Alternative::Less,
            (_, alternative) => alternative,
        };
        tails(&chances, sum, alternative)
    } else {
        let variance = m * n / 12.0 * ((all + 1.0) - ties / (all * (all - 1.0)));
        limit(u - m * n / 2.0, variance, options)
    };
    let null = if exact { Null::Exact } else { Null::Asymptotic };
    Ok(MannWhitney { u, superiority: u / (m * n), p_value, null })
}

/// The Kruskal-Wallis test: do several groups differ in level?
///
/// # Errors
/// Fewer than two groups, an empty group, a value that is not finite, or values that are all equal.
pub fn kruskal_wallis(groups: &[&[f64]]) -> Result<KruskalWallis> {
    check::count("groups", groups.len(), 2)?;
    for group in groups {
        check::values("group", group, 1)?;
    }
    let pool = groups.concat();
    if pool.iter().all(|v| *v == pool[0]) {
        return Err(StatsError::Constant { what: "groups" });
    }
    let ranks = raw_average_ranks(&pool);
    let n = pool.len() as f64;
    let mut start = 0;
    let mut between = 0.0;
    for group in groups {
        let size = group.len() as f64;
        let mean = ranks[start..start + group.len()].iter().sum::<f64>() / size;
        between += size * (mean - (n + 1.0) / 2.0).powi(2);
        start += group.len();
    }
    let correction = 1.0 - tie_term(&pool) / (n * n * n - n);
    let h = 12.0 * between / (n * (n + 1.0)) / correction;
    let degrees = groups.len() - 1;
    Ok(KruskalWallis { h, degrees, p_value: distribution::chi_squared_tail(h, degrees as f64) })
}

/// Chance of every doubled sum of `k` ranks drawn from all.
fn chosen_sums(ranks: &[f64], k: usize) -> Vec<f64> {
    let doubled: Vec<usize> = ranks.iter().map(|r| (2.0 * r).round() as usize).collect();
    let mut largest = doubled.clone();
    largest.sort_unstable_by(|a, b| b.cmp(a));
    let width = largest[..k].iter().sum::<usize>() + 1;
    let mut chances = vec![0.0; (k + 1) * width];
    chances[0] = 1.0;
    for (drawn, rank) in doubled.into_iter().enumerate() {
        // Of the drawn ranks, j are chosen: weights such that rows sum to hypergeometric chances.
        for j in (1..=k.min(drawn + 1)).rev() {
            let (before, row) = chances.split_at_mut(j * width);
            let before = &before[(j - 1) * width..];
            for sum in rank..width {
                row[sum] += before[sum - rank];
            }
        }
        // Counts grow beyond all bounds; only their ratios matter.
        let most = chances.iter().fold(0.0f64, |m, c| m.max(*c));
        if most > 1e200 {
            chances.iter_mut().for_each(|c| *c /= most);
        }
    }
    let mut last = chances.split_off(k * width);
    let all: f64 = last.iter().sum();
    last.iter_mut().for_each(|c| *c /= all);
    last
}

fn tails(chances: &[f64], at: usize, alternative: Alternative) -> f64 {
    let lower = chances[..=at].iter().sum();
    let upper = chances[at..].iter().rev().sum();
    alternative.p_value(lower, upper)
}

fn limit(distance: f64, variance: f64, options: &RankTest) -> f64 {
    let towards = if options.continuity { 0.5 } else { 0.0 };
    let scale = variance.sqrt();
    match options.alternative {
        Alternative::TwoSided => (2.0 * normal::cdf((towards - distance.abs()) / scale)).min(1.0),
        Alternative::Greater => normal::cdf((towards - distance) / scale),
        Alternative::Less => normal::cdf((towards + distance) / scale),
    }
}

fn fits(ranks: usize, entries: usize) -> Result<()> {
    if ranks.saturating_mul(entries) <= LARGEST_TABLE {
        Ok(())
    } else {
        let (what, expected) = ("values".into(), "few enough to count every arrangement");
        Err(StatsError::OutOfRange { what, value: ranks as f64, expected })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXACT: RankTest = RankTest {
        alternative: Alternative::TwoSided,
        null: NullDistribution::Exact,
        continuity: false,
    };

    #[test]
    fn hand_values() {
        // All three above 0: one of eight sign patterns on each side.
        let found = wilcoxon(&[1.0, 2.0, 3.0], &RankTest::default()).expect("three");
        assert_eq!((found.rank_sum, found.p_value, found.effect), (6.0, 0.25, 1.0));
        // 1, 2 of {1, 2, 3, 4}: one of six choices on each side.
        let found = mann_whitney(&[1.0, 2.0], &[3.0, 4.0], &RankTest::default()).expect("four");
        assert!(found.u == 0.0 && (found.p_value - 1.0 / 3.0).abs() < 1e-15);
        assert_eq!(found.null, Null::Exact);
        let found = kruskal_wallis(&[&[1.0, 2.0], &[3.0, 4.0]]).expect("four");
        assert!((found.h - 2.4).abs() < 1e-12 && found.degrees == 1);
    }

    #[test]
    fn exact_with_ties_and_uneven_samples() {
        // Sizes 1, 1, 1: sums 0, 2, 4, 6 with chances 1, 3, 3, 1 of 8.
        let tied = wilcoxon(&[1.0, 1.0, -1.0], &EXACT).expect("three");
        assert_eq!((tied.rank_sum, tied.p_value), (4.0, 1.0));
        let (a, b) = ([5.0, 6.0, 7.0, 8.0], [1.0, 2.0, 5.0]);
        let one = mann_whitney(&a, &b, &EXACT).expect("seven");
        let two = mann_whitney(&b, &a, &EXACT).expect("seven");
        assert!((one.p_value - two.p_value).abs() < 1e-15 && one.u + two.u == 12.0);
        let greater = RankTest { alternative: Alternative::Greater, ..EXACT };
        let less = RankTest { alternative: Alternative::Less, ..EXACT };
        let (up, down) = (mann_whitney(&a, &b, &greater), mann_whitney(&b, &a, &less));
        assert!((up.expect("up").p_value - down.expect("down").p_value).abs() < 1e-15);
    }

    #[test]
    fn degenerate_inputs() {
        let auto = RankTest::default();
        assert_eq!(wilcoxon(&[], &auto).expect_err("none").code(), "too_few_values");
        assert_eq!(wilcoxon(&[0.0; 4], &auto).expect_err("zeros").code(), "constant_input");
        assert_eq!(wilcoxon(&[f64::NAN], &auto).expect_err("nan").code(), "not_finite");
        assert_eq!(wilcoxon(&[2.0], &auto).expect("one").p_value, 1.0);
        assert_eq!(mann_whitney(&[1.0], &[1.0], &auto).expect_err("flat").code(), "constant_input");
        assert_eq!(mann_whitney(&[], &[1.0], &auto).expect_err("none").code(), "too_few_values");
        assert_eq!(kruskal_wallis(&[&[1.0]]).expect_err("one").code(), "too_few_values");
        assert_eq!(kruskal_wallis(&[&[1.0], &[]]).expect_err("empty").code(), "too_few_values");
        assert_eq!(kruskal_wallis(&[&[1.0], &[1.0]]).expect_err("flat").code(), "constant_input");
        let many: Vec<f64> = (1..3000).map(f64::from).collect();
        assert_eq!(wilcoxon(&many, &EXACT).expect_err("many").code(), "out_of_range");
        assert_eq!(
            mann_whitney(&many, &many[1..], &EXACT).expect_err("many").code(),
            "out_of_range"
        );
        let eight: Vec<f64> = (1..9).map(|i| f64::from(i) + 0.5).collect();
        let limit = mann_whitney(&many, &eight, &auto).expect("falls back");
        assert_eq!(limit.null, Null::Asymptotic);
    }
}
