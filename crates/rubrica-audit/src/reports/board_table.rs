//! Leaderboards side by side: a table of models and scenarios, and the aggregate of many of them by
//! mean win rate (BenchBench; Perlitz et al., 2024).

use std::collections::BTreeSet;

use rubrica_core::{Error, ScoreRow};

use crate::error::{AuditError, Result};

/// Scores of models on scenarios, with gaps.
#[derive(Debug, Clone)]
pub(super) struct BoardTable {
    pub(super) models: Vec<String>,
    pub(super) scenarios: Vec<String>,
    /// `[scenario][model]`.
    pub(super) scores: Vec<Vec<Option<f64>>>,
}

impl BoardTable {
    /// Scores of scenarios in `lower_is_better` are turned round, to 0 for the worst and 1 for the best.
    pub(super) fn new(rows: &[ScoreRow], lower_is_better: &[String]) -> Result<Self> {
        let models: BTreeSet<&str> = rows.iter().map(|row| row.model.as_str()).collect();
        let scenarios: BTreeSet<&str> = rows.iter().map(|row| row.scenario.as_str()).collect();
        let (models, scenarios): (Vec<&str>, Vec<&str>) =
            (models.into_iter().collect(), scenarios.into_iter().collect());
        let mut scores = vec![vec![None; models.len()]; scenarios.len()];
        for (index, row) in rows.iter().enumerate() {
            if !row.score.is_finite() {
                let path = format!("[{index}].score");
                return Err(AuditError::invalid(
                    path,
                    format!("is {}", row.score),
                    "a finite number",
                ));
            }
            let scenario = scenarios.binary_search(&row.scenario.as_str()).unwrap_or_default();
            let model = models.binary_search(&row.model.as_str()).unwrap_or_default();
            let cell: &mut Option<f64> = &mut scores[scenario][model];
            if cell.replace(row.score).is_some() {
                let problem = format!("{} has a second score on {}", row.model, row.scenario);
                return Err(AuditError::invalid(format!("[{index}]"), problem, "one score"));
            }
        }
        let known = |name: &String| {
            scenarios.binary_search(&name.as_str()).map_err(|_| Error::Unknown {
                path: "lower_is_better".into(),
                what: "scenario",
                name: name.clone(),
                known: scenarios.join(", "),
            })
        };
        for name in lower_is_better {
            turn_round(&mut scores[known(name)?]);
        }
        let owned = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
        Ok(Self { models: owned(models), scenarios: owned(scenarios), scores })
    }

    /// Mean win rate of each model over `scenarios`, for models that are in at least `least` of them, and
    /// in how many it is.
    pub(super) fn aggregate(
        &self,
        scenarios: &[usize],
        least: usize,
    ) -> (Vec<Option<f64>>, Vec<usize>) {
        let there =
            |model: usize| scenarios.iter().filter(|&&s| self.scores[s][model].is_some()).count();
        let counts: Vec<usize> = (0..self.models.len()).map(there).collect();
        let mut sums = vec![(0.0, 0usize); self.models.len()];
        for &scenario in scenarios {
            let taking: Vec<Option<f64>> = self.scores[scenario]
                .iter()
                .zip(&counts)
                .map(|(score, count)| score.filter(|_| *count >= least))
                .collect();
            for (sum, rate) in sums.iter_mut().zip(win_rates(&taking)) {
                if let Some(rate) = rate {
                    *sum = (sum.0 + rate, sum.1 + 1);
                }
            }
        }
        let means = sums.into_iter().map(|(sum, n)| (n > 0).then(|| sum / n as f64)).collect();
        (means, counts)
    }
}

/// For each score the share of the other ones that lie below it; none for a lone one.
fn win_rates(scores: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut sorted: Vec<f64> = scores.iter().copied().flatten().collect();
    sorted.sort_by(f64::total_cmp);
    let others = sorted.len().saturating_sub(1);
    let rate = |score: f64| sorted.partition_point(|s| *s < score) as f64 / others as f64;
    scores.iter().map(|score| score.filter(|_| others > 0).map(rate)).collect()
}

fn turn_round(scores: &mut [Option<f64>]) {
    let given = || scores.iter().copied().flatten();
    let (low, high) =
        (given().fold(f64::INFINITY, f64::min), given().fold(f64::NEG_INFINITY, f64::max));
    for score in scores.iter_mut().flatten() {
        *score = if high > low { (high - *score) / (high - low) } else { 0.0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(model: &str, scenario: &str, score: f64) -> ScoreRow {
        ScoreRow { model: model.into(), scenario: scenario.into(), score, source: None }
    }

    #[test]
    fn win_rates_of_three() {
        assert_eq!(
            win_rates(&[Some(3.0), None, Some(3.0), Some(1.0)]),
            [Some(0.5), None, Some(0.5), Some(0.0)]
        );
        assert_eq!(win_rates(&[Some(3.0), None]), [None, None]);
        assert_eq!(win_rates(&[]), []);
    }

    #[test]
    fn models_that_are_in_too_few_are_left_out() {
        let rows = [
            row("a", "x", 3.0),
            row("b", "x", 1.0),
            row("c", "x", 2.0),
            row("a", "y", 0.1),
            row("b", "y", 0.9),
        ];
        let table = BoardTable::new(&rows, &[]).expect("valid");
        let (all, counts) = table.aggregate(&[0, 1], 1);
        assert_eq!(all, [Some(0.5), Some(0.5), Some(0.5)]);
        assert_eq!(counts, [2, 2, 1]);
        assert_eq!(table.aggregate(&[0, 1], 2).0, [Some(0.5), Some(0.5), None]);
        let turned = BoardTable::new(&rows, &["x".into()]).expect("valid");
        assert_eq!(turned.scores[0], [Some(0.0), Some(1.0), Some(0.5)]);
        let twice = [row("a", "x", 3.0), row("a", "x", 1.0)];
        assert_eq!(BoardTable::new(&twice, &[]).expect_err("twice").path(), Some("[1]"));
        let nan = [row("a", "x", f64::NAN)];
        assert_eq!(BoardTable::new(&nan, &[]).expect_err("nan").path(), Some("[0].score"));
        let unknown = BoardTable::new(&rows, &["z".into()]).expect_err("unknown");
        assert_eq!(unknown.code(), "unknown_name");
    }
}
