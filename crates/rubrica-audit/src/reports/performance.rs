//! What systems spend until a target is met, over many workloads: performance profiles (Dolan & Moré,
//! 2002) and their score (AlgoPerf; Dahl et al., 2023). Cost is tokens, seconds, money, calls of a judge
//! or rounds of refinement.

use std::collections::BTreeSet;

use rubrica_core::Signature;
use rubrica_stats::profile::{ALGOPERF_LARGEST_RATIO, PerformanceProfile};
use serde::{Deserialize, Serialize};

use super::report::{Example, Report};
use crate::error::{AuditError, Result};
use crate::records::{name, optional_number};

/// What one system spent on one workload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spent {
    /// The system.
    #[serde(deserialize_with = "name")]
    pub system: String,
    /// The workload.
    #[serde(alias = "task", deserialize_with = "name")]
    pub workload: String,
    /// What it spent, above 0; none when it missed the target.
    #[serde(default, deserialize_with = "optional_number")]
    pub cost: Option<f64>,
}

/// How to score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProfileOptions {
    /// The largest ratio to the cheapest system that still counts, above 1.
    pub r_max: f64,
    /// As the official code: the trapezoid rule on 100 ratios, up to the largest ratio there is.
    pub compat: bool,
}

impl Default for ProfileOptions {
    fn default() -> Self {
        Self { r_max: ALGOPERF_LARGEST_RATIO, compat: false }
    }
}

/// One system.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProfiledSystem {
    /// Its name.
    pub system: String,
    /// Mean share of workloads within a ratio, over ratios from 1 to `r_max`; in `0..=1`.
    pub score: f64,
    /// Workloads whose target it met.
    pub met: usize,
    /// Its cost by that of the cheapest system, for each of `workloads`; none where it missed the target.
    pub ratios: Vec<Option<f64>>,
    /// Share of the workloads within each ratio of `within`.
    pub profile: Vec<f64>,
}

/// Profiles of all systems.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProfileReport {
    /// Best first.
    pub systems: Vec<ProfiledSystem>,
    /// Names of the workloads.
    pub workloads: Vec<String>,
    /// Ratios at which profiles are told: 1, every one at which a profile rises, and `r_max`.
    pub within: Vec<f64>,
    /// What produced it.
    pub signature: Signature,
}

/// Performance profiles of the systems in `rows`. A workload on which a system has no row counts as a
/// missed target.
///
/// # Errors
/// [`AuditError::Statistic`] without rows, for a cost that is not above 0, when nobody met a target, or for
/// `r_max` not above 1; [`AuditError::Input`] for a system that comes twice on a workload.
pub fn performance_profile(rows: &[Spent], options: &ProfileOptions) -> Result<ProfileReport> {
    let systems: BTreeSet<&str> = rows.iter().map(|row| row.system.as_str()).collect();
    let workloads: BTreeSet<&str> = rows.iter().map(|row| row.workload.as_str()).collect();
    let (systems, workloads): (Vec<&str>, Vec<&str>) =
        (systems.into_iter().collect(), workloads.into_iter().collect());
    let mut costs = vec![None; systems.len() * workloads.len()];
    let mut seen = BTreeSet::new();
    for (index, row) in rows.iter().enumerate() {
        let system = systems.binary_search(&row.system.as_str()).unwrap_or_default();
        let workload = workloads.binary_search(&row.workload.as_str()).unwrap_or_default();
        if !seen.insert((system, workload)) {
            let problem = format!("{} comes a second time on {}", row.system, row.workload);
            return Err(AuditError::invalid(format!("[{index}]"), problem, "one cost"));
        }
        if let Some(cost) = row.cost.filter(|cost| !(*cost > 0.0 && cost.is_finite())) {
            let path = format!("[{index}].cost");
            return Err(AuditError::invalid(path, format!("is {cost}"), "a number > 0"));
        }
        costs[system * workloads.len() + workload] = row.cost;
    }
    let profile = PerformanceProfile::new(&costs, systems.len())?;
    let largest = profile.largest_ratio();
    let (scores, r_max) = if options.compat {
        // With one ratio for all there is nothing to integrate over; the official code divides by 0.
        let reach = if largest > 1.0 { largest } else { options.r_max };
        (profile.scores_by_trapezoid(reach, 100), reach)
    } else {
        (profile.scores(options.r_max), options.r_max)
    };
    let scores = scores?;
    let mut within: Vec<f64> = profile.ratios().flatten().flatten().copied().collect();
    within.extend([1.0, r_max]);
    within.retain(|ratio| *ratio <= r_max);
    within.sort_by(f64::total_cmp);
    within.dedup();
    let shares: Vec<Vec<f64>> = within.iter().map(|ratio| profile.share_within(*ratio)).collect();
    let mut found: Vec<ProfiledSystem> = profile
        .ratios()
        .enumerate()
        .map(|(system, ratios)| ProfiledSystem {
            system: systems[system].to_owned(),
            score: scores[system],
            met: ratios.iter().flatten().count(),
            ratios: ratios.to_vec(),
            profile: shares.iter().map(|share| share[system]).collect(),
        })
        .collect();
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    let rule = if options.compat { "trapezoid:100" } else { "exact" };
    Ok(ProfileReport {
        systems: found,
        workloads: workloads.into_iter().map(str::to_owned).collect(),
        within,
        signature: Signature::new("performance-profile").with("r_max", r_max).with("rule", rule),
    })
}

impl Report for ProfileReport {
    const NAME: &'static str = "performance-profile";
    const QUESTION: &'static str = "Who meets targets at the least cost over many workloads?";
    const SOURCE: &'static str = "AlgoPerf; Dahl et al., 2023";
    const ROW: &'static str = "system, workload, cost? (none where the target was missed)";
    const EXAMPLE: Example = Example {
        options: "{}",
        rows: r#"{"system": "x", "workload": "v", "cost": 3}
{"system": "x", "workload": "w", "cost": 5.5}
{"system": "y", "workload": "v", "cost": 4}
{"system": "y", "workload": "w"}
"#,
    };
    type Row = Spent;
    type Options = ProfileOptions;

    fn run(rows: Vec<Self::Row>, options: &Self::Options) -> Result<Self> {
        performance_profile(&rows, options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Spent> {
        let costs = [
            ("a", [Some(10.0), Some(20.0), Some(30.0)]),
            ("b", [Some(12.0), Some(18.0), None]),
            ("c", [Some(40.0), Some(60.0), Some(33.0)]),
        ];
        let mut rows = Vec::new();
        for (system, costs) in costs {
            for (workload, cost) in ["x", "y", "z"].iter().zip(costs) {
                rows.push(Spent { system: system.into(), workload: (*workload).into(), cost });
            }
        }
        rows
    }

    #[test]
    fn three_systems_on_three_workloads() {
        let scores = |options: &ProfileOptions| {
            let found = performance_profile(&rows(), options).expect("valid");
            found.systems.iter().map(|s| (s.system.clone(), s.score)).collect::<Vec<_>>()
        };
        let close = |found: Vec<(String, f64)>, expected: [f64; 3]| {
            for ((name, score), (wanted, expected)) in
                found.iter().zip(["a", "b", "c"].iter().zip(expected))
            {
                assert!(name == wanted && (score - expected).abs() < 1e-6, "{found:?}");
            }
        };
        close(scores(&ProfileOptions::default()), [0.987654, 0.644444, 0.396296]);
        // By AlgoPerf's code; the largest ratio is 4 here, too.
        let official = ProfileOptions { compat: true, ..ProfileOptions::default() };
        close(scores(&official), [0.988215, 0.644781, 0.398990]);
        let found = performance_profile(&rows(), &ProfileOptions::default()).expect("valid");
        assert_eq!((found.within[0], found.within.last()), (1.0, Some(&4.0)));
        assert_eq!((found.systems[1].met, found.systems[1].ratios[2]), (2, None));
        assert_eq!(found.systems[0].profile[0], 2.0 / 3.0);
        assert_eq!(found.systems[0].profile.last(), Some(&1.0));
    }

    #[test]
    fn degenerate_costs() {
        let code = |rows: &[Spent], options: &ProfileOptions| {
            let error = performance_profile(rows, options).expect_err("bad");
            error.path().filter(|p| !p.is_empty()).unwrap_or(error.code()).to_owned()
        };
        let plain = ProfileOptions::default();
        let one = |cost| Spent { system: "a".into(), workload: "x".into(), cost };
        assert_eq!(code(&[], &plain), "too_few_values");
        assert_eq!(code(&[one(None)], &plain), "nothing_to_count");
        assert_eq!(code(&[one(Some(0.0))], &plain), "[0].cost");
        assert_eq!(code(&[one(Some(f64::NAN))], &plain), "[0].cost");
        assert_eq!(code(&[one(Some(1.0)), one(None)], &plain), "[1]");
        let bad = ProfileOptions { r_max: 1.0, ..plain.clone() };
        assert_eq!(code(&[one(Some(1.0))], &bad), "out_of_range");
        let alone = performance_profile(&[one(Some(3.0))], &plain).expect("one").systems;
        assert_eq!((alone[0].score, alone[0].ratios[0]), (1.0, Some(1.0)));
        let official = ProfileOptions { compat: true, ..plain };
        let alone = performance_profile(&[one(Some(3.0))], &official).expect("one").systems;
        assert!((alone[0].score - 1.0).abs() < 1e-12);
    }
}
