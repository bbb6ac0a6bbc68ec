//! Bootstrap intervals (Efron, 1979) of any statistic.
//!
//! A statistic is a closure over item indices, so that one closure can read several columns, and two
//! closures on the same indices give a paired difference. [`Units`] says what is resampled: items,
//! clusters of items that hang together (all responses to one prompt), and strata whose sizes are
//! kept (the sets of a benchmark). The same seed gives the same resamples on every platform.

mod interval;
mod units;

use serde::{Deserialize, Serialize};

pub use units::Units;

use crate::rng::Rng;
use crate::{Estimate, IntervalMethod, Result, StatsError, check};

/// How the ends of a bootstrap interval are found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BootstrapMethod {
    /// Quantiles of the replicates.
    #[default]
    Percentile,
    /// Bias-corrected and accelerated (Efron, 1987). Also evaluates the statistic once a unit with
    /// that unit left out.
    Bca,
}

/// How to bootstrap.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Bootstrap {
    /// Resamples to draw, [`Bootstrap::FEWEST`] to [`Bootstrap::MOST`].
    pub replicates: usize,
    /// Confidence level, between 0 and 1.
    pub level: f64,
    /// Seed of the resamples.
    pub seed: u64,
    /// How the ends are found.
    pub method: BootstrapMethod,
}

impl Default for Bootstrap {
    fn default() -> Self {
        Self { replicates: 1000, level: 0.95, seed: 0, method: BootstrapMethod::Percentile }
    }
}

impl Bootstrap {
    /// Fewest resamples of a bootstrap.
    pub const FEWEST: usize = 10;

    /// Most resamples of a bootstrap: all their values are held.
    pub const MOST: usize = 1_000_000;

    /// Resamples that are enough to say something, and not so many that no machine holds them.
    pub(crate) fn check_replicates(found: usize) -> Result<()> {
        check::count("replicates", found, Self::FEWEST)?;
        if found > Self::MOST {
            let (what, value) = ("replicates".into(), found as f64);
            return Err(StatsError::OutOfRange { what, value, expected: "at most 1000000" });
        }
        Ok(())
    }

    /// The options are in range.
    pub(crate) fn check(&self) -> Result<()> {
        Self::check_replicates(self.replicates)?;
        check::open_unit("level", self.level)
    }
}

/// A statistic on the data and on resamples of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Replicates {
    /// The statistic on the data.
    pub value: f64,
    /// The statistic on each resample where it is defined, in the order drawn.
    pub values: Vec<f64>,
    /// Resamples on which it is not defined (one class only, a constant), left out of `values`.
    pub undefined: usize,
}

/// Evaluates `statistic` on the data and on `options.replicates` resamples.
///
/// # Errors
/// That of the statistic on the data themselves; options out of range; or a statistic that is
/// undefined on more than half of the resamples.
pub fn resample(
    units: &Units,
    options: &Bootstrap,
    mut statistic: impl FnMut(&[usize]) -> Result<f64>,
) -> Result<Replicates> {
    options.check()?;
    let value = finite(statistic(&units.all())?)?;
    let mut rng = Rng::seeded(options.seed);
    let mut values = Vec::with_capacity(options.replicates);
    let mut items = Vec::with_capacity(units.items_len());
    for _ in 0..options.replicates {
        units.draw(&mut rng, &mut items);
        // A resample can be degenerate although the data are not; it then says nothing.
        if let Ok(value) = statistic(&items).and_then(finite) {
            values.push(value);
        }
    }
    let undefined = options.replicates - values.len();
    if values.len() < undefined {
        let (defined, replicates) = (values.len(), options.replicates);
        return Err(StatsError::Unstable { defined, replicates });
    }
    Ok(Replicates { value, values, undefined })
}

/// A value that is a number; sums of huge ones are not.
fn finite(value: f64) -> Result<f64> {
    match value.is_finite() {
        // A sum of nothing is -0.0.
        true => Ok(value + 0.0),
        false => Err(StatsError::NotFinite { what: "statistic", index: 0 }),
    }
}

/// The statistic with its bootstrap interval.
///
/// BCa is not defined when all resamples lie on one side of the value (a statistic at the end of its
/// range); the percentile interval is given then, and `method` says so.
///
/// # Errors
/// As [`resample`].
pub fn bootstrap(
    units: &Units,
    options: &Bootstrap,
    mut statistic: impl FnMut(&[usize]) -> Result<f64>,
) -> Result<Estimate> {
    let replicates = resample(units, options, &mut statistic)?;
    let mut ends = None;
    if options.method == BootstrapMethod::Bca {
        let left_out: Vec<f64> =
            units.leave_one_out().filter_map(|items| statistic(&items).ok()).collect();
        ends = replicates.bca(&left_out, options.level).map(|ends| (ends, IntervalMethod::Bca));
    }
    let ((lower, upper), method) =
        ends.unwrap_or_else(|| (replicates.percentile(options.level), IntervalMethod::Percentile));
    Ok(Estimate {
        value: replicates.value,
        lower,
        upper,
        level: options.level,
        n: units.items_len(),
        clusters: units.is_clustered().then(|| units.len()),
        method,
        left_out: replicates.undefined,
    })
}

/// The difference `a − b` of two statistics on the same resamples, with its interval.
///
/// # Errors
/// As [`bootstrap`].
pub fn bootstrap_difference(
    units: &Units,
    options: &Bootstrap,
    mut a: impl FnMut(&[usize]) -> Result<f64>,
    mut b: impl FnMut(&[usize]) -> Result<f64>,
) -> Result<Estimate> {
    bootstrap(units, options, |items| Ok(a(items)? - b(items)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{moments::mean, take};

    const VALUES: [f64; 10] = [1.0, 4.0, 2.0, 8.0, 5.0, 7.0, 1.5, 9.0, 3.0, 6.0];

    fn mean_of(values: &[f64]) -> impl FnMut(&[usize]) -> Result<f64> + '_ {
        |items| mean(&take(values, items))
    }

    #[test]
    fn a_seed_is_a_result() {
        let units = Units::items(10);
        let run = |seed| {
            let options = Bootstrap { seed, ..Bootstrap::default() };
            bootstrap(&units, &options, mean_of(&VALUES)).expect("defined")
        };
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
        let estimate = run(1);
        assert_eq!((estimate.value, estimate.n, estimate.clusters), (4.65, 10, None));
        assert!(estimate.lower < 4.65 && 4.65 < estimate.upper);
    }

    #[test]
    fn a_difference_is_paired() {
        let shifted: Vec<f64> = VALUES.iter().map(|v| v + 1.0).collect();
        let options = Bootstrap::default();
        let difference =
            bootstrap_difference(&Units::items(10), &options, mean_of(&shifted), mean_of(&VALUES))
                .expect("defined");
        assert!((difference.lower - 1.0).abs() < 1e-12 && (difference.upper - 1.0).abs() < 1e-12);
    }

    #[test]
    fn clusters_widen_the_interval() {
        // Two equal halves: resampling items hides that there are only five independent values.
        let doubled: Vec<f64> = VALUES[..5].iter().flat_map(|v| [*v, *v]).collect();
        let ids: Vec<usize> = (0..10).map(|i| i / 2).collect();
        let options = Bootstrap::default();
        let items = bootstrap(&Units::items(10), &options, mean_of(&doubled)).expect("defined");
        let units = Units::clusters(&ids).expect("five");
        let clusters = bootstrap(&units, &options, mean_of(&doubled)).expect("defined");
        assert_eq!((clusters.clusters, clusters.n), (Some(5), 10));
        assert!(clusters.upper - clusters.lower > 1.2 * (items.upper - items.lower));
    }

    #[test]
    fn degenerate_resamples_are_left_out_up_to_half() {
        let some = |items: &[usize]| {
            let values = take(&VALUES, items);
            // Undefined where the resample lacks item 3, which is about a third of the time.
            if items.contains(&3) { mean(&values) } else { Err(StatsError::Constant { what: "x" }) }
        };
        let options = Bootstrap::default();
        let replicates = resample(&Units::items(10), &options, some).expect("most are defined");
        assert!(replicates.undefined > 250 && replicates.undefined < 450);
        assert_eq!(replicates.values.len() + replicates.undefined, 1000);
        let estimate = bootstrap(&Units::items(10), &options, some).expect("most are defined");
        assert_eq!(estimate.left_out, replicates.undefined);
        let endless = bootstrap(&Units::items(10), &options, |_| Ok(f64::INFINITY));
        assert_eq!(endless.expect_err("no number").code(), "not_finite");
        let few = |items: &[usize]| {
            let all = (0..5).all(|i| items.contains(&i));
            if all { Ok(1.0) } else { Err(StatsError::Constant { what: "x" }) }
        };
        let error = resample(&Units::items(10), &options, few).expect_err("rarely defined");
        assert_eq!(error.code(), "unstable_statistic");
    }

    #[test]
    fn a_perfect_score_falls_back_to_percentile() {
        let options = Bootstrap { method: BootstrapMethod::Bca, ..Bootstrap::default() };
        let all = bootstrap(&Units::items(10), &options, |_| Ok(1.0)).expect("defined");
        assert_eq!((all.lower, all.upper, all.method), (1.0, 1.0, IntervalMethod::Percentile));
        let real = bootstrap(&Units::items(10), &options, mean_of(&VALUES)).expect("defined");
        assert_eq!(real.method, IntervalMethod::Bca);
    }

    #[test]
    fn options_are_checked() {
        let run = |options: &Bootstrap| {
            bootstrap(&Units::items(10), options, mean_of(&VALUES)).expect_err("bad").code()
        };
        let good = Bootstrap::default;
        assert_eq!(run(&Bootstrap { replicates: 3, ..good() }), "too_few_values");
        assert_eq!(run(&Bootstrap { replicates: 4_000_000_000, ..good() }), "out_of_range");
        assert_eq!(run(&Bootstrap { level: 1.0, ..good() }), "out_of_range");
        assert!(serde_json::from_str::<Bootstrap>(r#"{"replicate": 5}"#).is_err());
        assert_eq!(serde_json::from_str::<Bootstrap>("{}").expect("defaults"), good());
    }
}
