//! Permutation tests (Fisher, 1935; Noreen, 1989; Riezler and Maxwell, 2005).
//!
//! When there is no difference, labels may be exchanged. The statistic on the data is compared with
//! the statistic under every exchange where there are few, and under random ones from a seed
//! otherwise; a sampled p-value counts the data as one more draw, so that it is never 0 (Phipson and
//! Smyth, 2010). Equal to SciPy's `permutation_test`.

use serde::{Deserialize, Serialize};

use super::{Alternative, Null};
use crate::rng::Rng;
use crate::{Result, StatsError, check};

/// How to exchange labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PermutationOptions {
    /// Exchanges to draw, at least 10; with at most as many in all, each is counted once instead.
    pub exchanges: usize,
    /// Seed of the exchanges.
    pub seed: u64,
    /// Which differences count against chance.
    pub alternative: Alternative,
}

impl Default for PermutationOptions {
    fn default() -> Self {
        Self { exchanges: 9999, seed: 0, alternative: Alternative::TwoSided }
    }
}

/// Outcome of a permutation test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Randomisation {
    /// The statistic on the data.
    pub statistic: f64,
    /// Chance of as extreme a statistic under exchange.
    pub p_value: f64,
    /// Exchanges counted.
    pub exchanges: usize,
    /// Whether those were all.
    pub null: Null,
}

/// Do two groups differ? Values change groups; `statistic` of both groups is often the difference of
/// their means.
///
/// # Errors
/// An empty group, a value that is not finite, fewer than 10 exchanges, or a statistic that is
/// undefined or not finite on the data or under an exchange.
pub fn permutation_test(
    a: &[f64],
    b: &[f64],
    options: &PermutationOptions,
    mut statistic: impl FnMut(&[f64], &[f64]) -> Result<f64>,
) -> Result<Randomisation> {
    check::values("a", a, 1)?;
    check::values("b", b, 1)?;
    let pool = [a, b].concat();
    let mut values = pool.clone();
    let mut at = |values: &[f64]| {
        let (a, b) = values.split_at(a.len());
        statistic(a, b)
    };
    let total = choose(pool.len(), a.len(), options.exchanges);
    let mut null = Tally::new(at(&pool)?, options)?;
    if let Some(total) = total {
        let mut chosen: Vec<usize> = (0..a.len()).collect();
        for _ in 0..total {
            let mut rest = (0..pool.len()).filter(|i| chosen.binary_search(i).is_err());
            for (slot, value) in values.iter_mut().enumerate() {
                *value = match chosen.get(slot) {
                    Some(&i) => pool[i],
                    None => rest.next().map_or(0.0, |i| pool[i]),
                };
            }
            null.count(at(&values)?)?;
            next_choice(&mut chosen, pool.len());
        }
    } else {
        let mut rng = Rng::seeded(options.seed);
        for _ in 0..options.exchanges {
            rng.shuffle(&mut values);
            null.count(at(&values)?)?;
        }
    }
    Ok(null.finish(total.is_some()))
}

/// Do two systems differ on the same items (approximate randomisation)? For every item the two
/// systems' outputs are exchanged or not; `statistic` gets one flag an item, true for exchanged, and
/// gives any figure of the whole set, such as a difference of corpus scores.
///
/// # Errors
/// No items, fewer than 10 exchanges, or a statistic that is undefined or not finite on the data or
/// under an exchange.
pub fn paired_randomisation(
    items: usize,
    options: &PermutationOptions,
    mut statistic: impl FnMut(&[bool]) -> Result<f64>,
) -> Result<Randomisation> {
    check::count("items", items, 1)?;
    let mut exchanged = vec![false; items];
    let mut null = Tally::new(statistic(&exchanged)?, options)?;
    let total = u32::try_from(items).ok().and_then(|n| 1usize.checked_shl(n));
    let total = total.filter(|total| *total <= options.exchanges);
    if let Some(total) = total {
        for mask in 0..total {
            exchanged.iter_mut().enumerate().for_each(|(i, flag)| *flag = mask >> i & 1 == 1);
            null.count(statistic(&exchanged)?)?;
        }
    } else {
        let mut rng = Rng::seeded(options.seed);
        for _ in 0..options.exchanges {
            let mut bits = 0;
            for (i, flag) in exchanged.iter_mut().enumerate() {
                if i % 64 == 0 {
                    bits = rng.bits();
                }
                *flag = bits >> (i % 64) & 1 == 1;
            }
            null.count(statistic(&exchanged)?)?;
        }
    }
    Ok(null.finish(total.is_some()))
}

/// Does the mean of paired differences lie off 0? Signs of the differences are flipped: the paired
/// randomisation test of means.
///
/// # Errors
/// No differences, one that is not finite, or fewer than 10 exchanges.
pub fn sign_flip_test(differences: &[f64], options: &PermutationOptions) -> Result<Randomisation> {
    check::values("differences", differences, 1)?;
    let n = differences.len() as f64;
    paired_randomisation(differences.len(), options, |flipped| {
        let signed = differences.iter().zip(flipped);
        Ok(signed.map(|(d, flip)| if *flip { -d / n } else { d / n }).sum())
    })
}

/// Counts of statistics at or beyond that of the data.
struct Tally {
    value: f64,
    /// Two statistics this close are one but for rounding.
    slack: f64,
    below: usize,
    above: usize,
    counted: usize,
    alternative: Alternative,
}

impl Tally {
    fn new(value: f64, options: &PermutationOptions) -> Result<Self> {
        check::count("exchanges", options.exchanges, 10)?;
        check::values("statistic", &[value], 1)?;
        let slack = 100.0 * f64::EPSILON * value.abs();
        let alternative = options.alternative;
        Ok(Self { value, slack, below: 0, above: 0, counted: 0, alternative })
    }

    fn count(&mut self, value: f64) -> Result<()> {
        if !value.is_finite() {
            return Err(StatsError::NotFinite { what: "statistic", index: self.counted });
        }
        self.below += usize::from(value <= self.value + self.slack);
        self.above += usize::from(value >= self.value - self.slack);
        self.counted += 1;
        Ok(())
    }

    fn finish(self, exact: bool) -> Randomisation {
        let one = usize::from(!exact);
        let share = |count: usize| (count + one) as f64 / (self.counted + one) as f64;
        Randomisation {
            statistic: self.value,
            p_value: self.alternative.p_value(share(self.below), share(self.above)),
            exchanges: self.counted,
            null: if exact { Null::Exact } else { Null::Sampled },
        }
    }
}

/// Ways to choose `k` of `n`, when there are at most `limit`.
fn choose(n: usize, k: usize, limit: usize) -> Option<usize> {
    let mut ways = 1u128;
    for i in 0..k.min(n - k) {
        ways = ways * (n - i) as u128 / (i + 1) as u128;
        if ways > limit as u128 {
            return None;
        }
    }
    usize::try_from(ways).ok()
}

/// The next choice of ascending positions below `n` in lexicographic order; stays at the last.
fn next_choice(chosen: &mut [usize], n: usize) {
    let k = chosen.len();
    if let Some(i) = (0..k).rev().find(|&i| chosen[i] < n - k + i) {
        chosen[i] += 1;
        for j in i + 1..k {
            chosen[j] = chosen[j - 1] + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moments::mean;

    fn difference(a: &[f64], b: &[f64]) -> Result<f64> {
        Ok(mean(a)? - mean(b)?)
    }

    #[test]
    fn every_exchange_is_counted_once() {
        // 3 of 6 chosen: 20 ways, of which the data are the most extreme.
        let (a, b) = ([1.0, 2.0, 3.0], [7.0, 8.0, 9.0]);
        let found = permutation_test(&a, &b, &PermutationOptions::default(), difference);
        let found = found.expect("defined");
        assert_eq!((found.exchanges, found.null, found.p_value), (20, Null::Exact, 0.1));
        let less = PermutationOptions { alternative: Alternative::Less, ..Default::default() };
        assert_eq!(permutation_test(&a, &b, &less, difference).expect("defined").p_value, 0.05);
        let flip = sign_flip_test(&[1.0, 2.0, 3.0], &PermutationOptions::default());
        let flip = flip.expect("defined");
        assert_eq!((flip.exchanges, flip.p_value, flip.statistic), (8, 0.25, 2.0));
    }

    #[test]
    fn sampling_comes_near_the_exact_value() {
        let differences = [0.3, -0.1, 0.4, 0.2, 0.7, -0.3, 0.5, 0.1, 0.0, 0.2, 0.6, -0.2];
        let all = sign_flip_test(&differences, &PermutationOptions::default()).expect("4096");
        let some = PermutationOptions { exchanges: 4000, ..Default::default() };
        let sampled = sign_flip_test(&differences, &some).expect("sampled");
        assert_eq!((all.null, sampled.null), (Null::Exact, Null::Sampled));
        assert!((all.p_value - sampled.p_value).abs() < 0.02, "{all:?} {sampled:?}");
        assert_eq!(sampled, sign_flip_test(&differences, &some).expect("the same seed"));
        let (a, b): (Vec<f64>, Vec<f64>) =
            (0..30).map(|i| (f64::from(i), f64::from(i) + 0.5)).unzip();
        let same = permutation_test(&a, &b, &some, difference).expect("sampled");
        assert!(same.p_value > 0.5 && same.null == Null::Sampled);
    }

    #[test]
    fn a_statistic_of_the_whole_set() {
        // Accuracy of two systems by exchange of their hits.
        let (a, b) = ([1.0, 1.0, 1.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
        let found = paired_randomisation(6, &PermutationOptions::default(), |exchanged| {
            let gain = |i: usize| if exchanged[i] { b[i] - a[i] } else { a[i] - b[i] };
            Ok((0..6).map(gain).sum::<f64>() / 6.0)
        });
        // Three items differ, all in favour of the first: 2 · 1 / 8.
        assert_eq!(found.expect("defined").p_value, 0.25);
    }

    #[test]
    fn degenerate_inputs() {
        let options = PermutationOptions::default();
        assert_eq!(sign_flip_test(&[], &options).expect_err("none").code(), "too_few_values");
        assert_eq!(sign_flip_test(&[f64::NAN], &options).expect_err("nan").code(), "not_finite");
        assert_eq!(sign_flip_test(&[0.0; 5], &options).expect("level").p_value, 1.0);
        let few = PermutationOptions { exchanges: 3, ..options };
        assert_eq!(sign_flip_test(&[1.0], &few).expect_err("few").code(), "too_few_values");
        let error = permutation_test(&[1.0], &[], &options, difference).expect_err("empty");
        assert_eq!(error.code(), "too_few_values");
        let error = permutation_test(&[1.0], &[2.0], &options, |_, _| Ok(f64::NAN));
        assert_eq!(error.expect_err("nan").code(), "not_finite");
        assert!(sign_flip_test(&vec![1.0; 70], &options).expect("sampled").p_value < 0.001);
    }
}
