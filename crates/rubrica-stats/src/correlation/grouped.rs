//! System level and segment level correlation, as the WMT metrics tasks have it.
//!
//! Scores form a grid `[systems, items]`, in which cells may be empty. How the grid is cut into
//! groups before correlating decides what is asked (Deutsch et al., 2023): whether a metric ranks
//! systems, ranks the outputs for one item, or ranks items.

use serde::{Deserialize, Serialize};

use crate::{Result, StatsError, check};

/// How the grid is cut.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grouping {
    /// All cells in one series.
    #[default]
    None,
    /// One series an item: does the metric rank the systems on it? Averaged over items.
    ByItem,
    /// One series a system: does the metric rank its outputs? Averaged over systems.
    BySystem,
    /// One series of the mean scores of systems.
    System,
}

/// A correlation over groups.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Grouped {
    /// Mean over the groups where the correlation is defined.
    pub value: f64,
    /// Those groups.
    pub groups: usize,
    /// Groups where it is not, such as an item on which all systems have one score.
    pub undefined: usize,
}

/// Correlates two grids of scores, row-major `[systems, items]`, group by group.
///
/// A cell counts where both grids have it; the mean of a system is over those. `correlation` is any
/// of this module's.
///
/// # Errors
/// No systems, grids of different sizes or not of whole rows, a score that is not finite, or no group
/// where the correlation is defined; with one group, why it is not.
pub fn grouped_correlation(
    metric: &[Option<f64>],
    human: &[Option<f64>],
    systems: usize,
    grouping: Grouping,
    correlation: impl Fn(&[f64], &[f64]) -> Result<f64>,
) -> Result<Grouped> {
    let groups = groups(metric, human, systems, grouping)?;
    let (mut sum, mut defined) = (0.0, 0usize);
    let mut reason = None;
    for (x, y) in &groups {
        match correlation(x, y) {
            Ok(value) => (sum, defined) = (sum + value, defined + 1),
            Err(error) => reason = Some(error),
        }
    }
    match reason {
        Some(error) if defined == 0 && groups.len() == 1 => Err(error),
        _ if defined == 0 => Err(StatsError::NothingToCount {
            what: "groups",
            expected: "a group in which both scores vary",
        }),
        _ => {
            let value = sum / defined as f64;
            Ok(Grouped { value, groups: defined, undefined: groups.len() - defined })
        }
    }
}

/// The two series of a group.
pub(super) type Series = (Vec<f64>, Vec<f64>);

/// Cuts two grids into pairs of series.
pub(super) fn groups(
    metric: &[Option<f64>],
    human: &[Option<f64>],
    systems: usize,
    grouping: Grouping,
) -> Result<Vec<Series>> {
    check::same_length(("metric", metric.len()), ("human", human.len()))?;
    check::count("systems", systems, 1)?;
    let items = metric.len().div_ceil(systems);
    check::same_length(("metric", metric.len()), ("systems × items", systems * items))?;
    for (what, grid) in [("metric", metric), ("human", human)] {
        if let Some(index) = grid.iter().position(|c| c.is_some_and(|v| !v.is_finite())) {
            return Err(StatsError::NotFinite { what, index });
        }
    }
    let series = |cells: &mut dyn Iterator<Item = usize>| -> Series {
        cells.filter_map(|cell| metric[cell].zip(human[cell])).unzip()
    };
    let by_system = || (0..systems).map(|s| series(&mut (s * items..(s + 1) * items)));
    Ok(match grouping {
        Grouping::None => vec![series(&mut (0..metric.len()))],
        Grouping::BySystem => by_system().collect(),
        Grouping::ByItem => {
            (0..items).map(|i| series(&mut (0..systems).map(|s| s * items + i))).collect()
        }
        Grouping::System => {
            let mean = crate::moments::raw_mean;
            let judged = by_system().filter(|(x, _)| !x.is_empty());
            vec![judged.map(|(x, y)| (mean(&x), mean(&y))).unzip()]
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::correlation::{kendall_tau_b, pearson};

    /// Three systems on three items; the metric ranks systems well and items badly.
    const METRIC: [f64; 9] = [0.1, 0.2, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0];
    const HUMAN: [f64; 9] = [3.0, 2.0, 1.0, 6.0, 5.0, 4.0, 9.0, 8.0, 7.0];

    fn grid(values: &[f64]) -> Vec<Option<f64>> {
        values.iter().copied().map(Some).collect()
    }

    fn run(metric: &[Option<f64>], human: &[Option<f64>], grouping: Grouping) -> Result<Grouped> {
        grouped_correlation(metric, human, 3, grouping, kendall_tau_b)
    }

    #[test]
    fn each_grouping_asks_its_own_question() {
        let (metric, human) = (grid(&METRIC), grid(&HUMAN));
        let value = |grouping| run(&metric, &human, grouping).expect("defined").value;
        assert_eq!(value(Grouping::ByItem), 1.0);
        assert_eq!(value(Grouping::BySystem), -1.0);
        assert_eq!(value(Grouping::System), 1.0);
        // 27 of 36 pairs agree.
        assert_eq!(value(Grouping::None), 0.5);
    }

    #[test]
    fn level_groups_and_gaps() {
        let mut human = grid(&HUMAN);
        for cell in [0, 3, 6] {
            human[cell] = Some(5.0);
        }
        let found = run(&grid(&METRIC), &human, Grouping::ByItem).expect("two items left");
        assert_eq!((found.groups, found.undefined), (2, 1));
        human[1] = None;
        let pair = run(&grid(&METRIC), &human, Grouping::ByItem).expect("a pair is enough");
        assert!((pair.value - 1.0).abs() < 1e-12);
        human[..3].fill(None);
        let left = grouped_correlation(&grid(&METRIC), &human, 3, Grouping::System, pearson);
        assert!((left.expect("two systems").value - 1.0).abs() < 1e-12);
    }

    #[test]
    fn undefined_cases() {
        let (flat, human) = (grid(&[1.0; 9]), grid(&HUMAN));
        let code = |grouping| run(&flat, &human, grouping).expect_err("flat").code();
        assert_eq!(code(Grouping::ByItem), "nothing_to_count");
        assert_eq!(code(Grouping::None), "constant_input");
        assert_eq!(
            run(&flat[..8], &human[..8], Grouping::None).expect_err("ragged").code(),
            "length_mismatch"
        );
        let none = grouped_correlation(&[], &[], 0, Grouping::None, pearson).expect_err("none");
        assert_eq!(none.code(), "too_few_values");
        let nan = run(&[Some(f64::NAN); 9], &human, Grouping::None).expect_err("nan");
        assert_eq!(nan, StatsError::NotFinite { what: "metric", index: 0 });
    }
}
