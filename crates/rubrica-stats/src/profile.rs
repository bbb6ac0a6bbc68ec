//! Performance profiles (Dolan and Moré, 2002), as AlgoPerf scores them (Dahl et al., 2023).
//!
//! What a system spends on a workload (tokens, seconds, money, rounds of refinement) until it meets
//! the target, as a ratio to the cheapest system there; and how large a share of the workloads a
//! system does within each ratio.

use serde::{Deserialize, Serialize};

use crate::{Result, StatsError, check};

/// The largest ratio that counts in AlgoPerf.
pub const ALGOPERF_LARGEST_RATIO: f64 = 4.0;

/// Cost ratios of systems on workloads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PerformanceProfile {
    /// Row-major `[systems, workloads]`, 1 for the cheapest system of a workload; absent where a
    /// system missed the target.
    ratios: Vec<Option<f64>>,
    workloads: usize,
}

impl PerformanceProfile {
    /// From costs, row-major `[systems, workloads]`; `None` where a system missed the target. A
    /// workload that all miss counts against all.
    ///
    /// # Errors
    /// No systems or workloads, costs that do not fill whole rows, a cost that is not a number above
    /// 0, or no target met at all.
    pub fn new(costs: &[Option<f64>], systems: usize) -> Result<Self> {
        check::count("systems", systems, 1)?;
        let workloads = costs.len().div_ceil(systems);
        check::count("workloads", workloads, 1)?;
        check::same_length(("costs", costs.len()), ("systems × workloads", systems * workloads))?;
        for (i, cost) in costs.iter().enumerate() {
            if let Some(value) = cost.filter(|c| !(*c > 0.0 && c.is_finite())) {
                let what = format!("costs[{i}]");
                return Err(StatsError::OutOfRange { what, value, expected: "a number > 0" });
            }
        }
        let cheapest: Vec<Option<f64>> = (0..workloads)
            .map(|w| costs.iter().skip(w).step_by(workloads).copied().flatten().reduce(f64::min))
            .collect();
        if cheapest.iter().all(Option::is_none) {
            let expected = "a workload whose target is met";
            return Err(StatsError::NothingToCount { what: "costs", expected });
        }
        let ratio = |(i, cost): (usize, &Option<f64>)| {
            let (cost, least) = (*cost).zip(cheapest[i % workloads])?;
            // A ratio beyond all numbers is as good as a miss.
            Some(cost / least).filter(|ratio| ratio.is_finite())
        };
        Ok(Self { ratios: costs.iter().enumerate().map(ratio).collect(), workloads })
    }

    /// The ratios of each system, `[workloads]`.
    pub fn ratios(&self) -> impl Iterator<Item = &[Option<f64>]> {
        self.ratios.chunks_exact(self.workloads)
    }

    /// The largest ratio of any system.
    pub fn largest_ratio(&self) -> f64 {
        self.ratios.iter().flatten().fold(1.0, |m, r| m.max(*r))
    }

    /// Share of the workloads that each system does within `ratio`, in `0..=1`.
    pub fn share_within(&self, ratio: f64) -> Vec<f64> {
        let within = |row: &[Option<f64>]| row.iter().flatten().filter(|r| **r <= ratio).count();
        self.ratios().map(|row| within(row) as f64 / self.workloads as f64).collect()
    }

    /// The score of each system, in `0..=1`: the mean of [`Self::share_within`] over ratios from 1 to
    /// `largest`, which is `Σ max(0, largest − r) / (largest − 1)` over the workloads, by their number.
    ///
    /// # Errors
    /// `largest` not above 1.
    pub fn scores(&self, largest: f64) -> Result<Vec<f64>> {
        check_largest(largest)?;
        let part = |r: &f64| (largest - r).max(0.0) / (largest - 1.0);
        let score = |row: &[Option<f64>]| row.iter().flatten().map(part).sum::<f64>();
        Ok(self.ratios().map(|row| score(row) / self.workloads as f64).collect())
    }

    /// The same by the trapezoid rule on `points` ratios evenly from 1 to `largest`, as AlgoPerf's
    /// code has it (100 points, largest by default [`Self::largest_ratio`]). Slightly off
    /// [`Self::scores`]: steps fall between the points.
    ///
    /// # Errors
    /// `largest` not above 1, or fewer than two points.
    pub fn scores_by_trapezoid(&self, largest: f64, points: usize) -> Result<Vec<f64>> {
        check_largest(largest)?;
        check::count("points", points, 2)?;
        let mut scores = vec![0.0; self.ratios.len() / self.workloads];
        for i in 0..points {
            let part = i as f64 / (points - 1) as f64;
            let ratio = if i + 1 == points { largest } else { 1.0 + part * (largest - 1.0) };
            let weight = if i == 0 || i + 1 == points { 0.5 } else { 1.0 };
            for (score, share) in scores.iter_mut().zip(self.share_within(ratio)) {
                *score += weight * share / (points - 1) as f64;
            }
        }
        Ok(scores)
    }
}

fn check_largest(largest: f64) -> Result<()> {
    if largest > 1.0 && largest.is_finite() {
        Ok(())
    } else {
        let what = "largest".into();
        Err(StatsError::OutOfRange { what, value: largest, expected: "a number > 1" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> PerformanceProfile {
        let mut costs = [10.0, 20.0, 30.0, 12.0, 18.0, 0.0, 40.0, 60.0, 33.0].map(Some);
        costs[5] = None;
        PerformanceProfile::new(&costs, 3).expect("three")
    }

    #[test]
    fn exact_and_by_trapezoid() {
        let profile = example();
        let near = |found: Vec<f64>, expected: [f64; 3]| {
            assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{found:?}");
        };
        near(
            profile.scores(ALGOPERF_LARGEST_RATIO).expect("valid"),
            [0.987654, 0.644444, 0.396296],
        );
        let trapezoid = profile.scores_by_trapezoid(ALGOPERF_LARGEST_RATIO, 100).expect("valid");
        near(trapezoid, [0.988215, 0.644781, 0.398990]);
        let fine = profile.scores_by_trapezoid(4.0, 1_000_001).expect("valid");
        near(fine, [0.987654, 0.644444, 0.396296]);
        assert_eq!(profile.largest_ratio(), 4.0);
        assert_eq!(profile.share_within(1.0), [2.0 / 3.0, 1.0 / 3.0, 0.0]);
    }

    #[test]
    fn degenerate_inputs() {
        let code = |costs: &[Option<f64>], systems| {
            PerformanceProfile::new(costs, systems).expect_err("bad").code()
        };
        assert_eq!(code(&[], 1), "too_few_values");
        assert_eq!(code(&[Some(1.0)], 0), "too_few_values");
        assert_eq!(code(&[Some(1.0); 3], 2), "length_mismatch");
        assert_eq!(code(&[None, None], 2), "nothing_to_count");
        assert_eq!(code(&[Some(0.0)], 1), "out_of_range");
        assert_eq!(code(&[Some(f64::NAN)], 1), "out_of_range");
        let alone = PerformanceProfile::new(&[Some(3.0), None], 1).expect("one");
        assert_eq!(alone.scores(2.0), Ok(vec![0.5]));
        assert!(alone.scores(1.0).is_err() && alone.scores_by_trapezoid(2.0, 1).is_err());
    }
}
