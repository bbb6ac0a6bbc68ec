//! Do metrics rank systems and outputs as people do? System level and segment level correlations, as the
//! WMT metrics tasks have them (Freitag et al., 2022), pairwise accuracy with ties (Deutsch et al., 2023),
//! and whether one metric does better than another (Williams, 1959; Steiger, 1980; Zou, 2007).

use std::collections::BTreeSet;

use rubrica_core::{Error, Signature};
use rubrica_stats::StatsError;
use rubrica_stats::bootstrap::Bootstrap;
use rubrica_stats::correlation::{
    Grouping, calibrate_ties, grouped_correlation, kendall_tau_a, kendall_tau_b, kendall_tau_c,
    pearson, spearman, tau_eq,
};
use serde::{Deserialize, Serialize};

use super::metric_difference::{Grid, MetricDifference, adjust, difference};
use super::report::{Example, Report};
use crate::audit::{Figure, Measured};
use crate::error::{AuditError, Result};
use crate::records::{name, number};

/// What one metric, or people, say of one system's output for one item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetricScore {
    /// The system.
    #[serde(deserialize_with = "name")]
    pub system: String,
    /// The item (segment, prompt).
    #[serde(alias = "itemId", deserialize_with = "name")]
    pub item_id: String,
    /// The metric, or the name that the option `gold` gives to people.
    #[serde(deserialize_with = "name")]
    pub metric: String,
    /// The score.
    #[serde(deserialize_with = "number")]
    pub score: f64,
}

/// Which correlation is compared between metrics.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MetricCorrelation {
    /// Pearson's r.
    #[default]
    Pearson,
    /// Spearman's rank correlation.
    Spearman,
    /// Kendall's tau-a: ties keep it from the ends.
    KendallA,
    /// Kendall's tau-b.
    KendallB,
    /// Kendall's tau-c, for scales of different lengths.
    KendallC,
}

impl MetricCorrelation {
    fn of(self, x: &[f64], y: &[f64]) -> rubrica_stats::Result<f64> {
        match self {
            Self::Pearson => pearson(x, y),
            Self::Spearman => spearman(x, y),
            Self::KendallA => kendall_tau_a(x, y),
            Self::KendallB => kendall_tau_b(x, y),
            Self::KendallC => kendall_tau_c(x, y),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Pearson => "pearson",
            Self::Spearman => "spearman",
            Self::KendallA => "kendall-a",
            Self::KendallB => "kendall-b",
            Self::KendallC => "kendall-c",
        }
    }
}

/// How to correlate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MetricAgreementOptions {
    /// The `metric` of the rows that people gave.
    pub gold: String,
    /// The correlation at each level.
    pub correlation: MetricCorrelation,
    /// Scores of a metric at most this far apart are a tie; none given stands for the distance that serves
    /// each metric best on these very data.
    pub epsilon: Option<f64>,
    /// Resamples of items, level and seed of the intervals.
    pub bootstrap: Bootstrap,
}

impl Default for MetricAgreementOptions {
    fn default() -> Self {
        Self {
            gold: "human".into(),
            correlation: MetricCorrelation::default(),
            epsilon: None,
            bootstrap: Bootstrap { replicates: 200, ..Bootstrap::default() },
        }
    }
}

/// One metric against people, over the outputs that both have scored.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MetricAgreement {
    /// The metric.
    pub metric: String,
    /// Outputs that both have scored.
    pub n: usize,
    /// Correlation of the systems' mean scores.
    pub system: Figure,
    /// Share of pairs of systems that the metric orders as people do (Kocmi et al., 2021).
    pub system_accuracy: Figure,
    /// Correlation over all outputs at once.
    pub segment: Figure,
    /// Mean over items of the correlation over systems.
    pub by_item: Figure,
    /// Mean over systems of the correlation over items.
    pub by_system: Figure,
    /// Mean over items of the share of pairs in right order or rightly tied, ties being scores at most
    /// `epsilon` apart.
    pub accuracy_with_ties: Figure,
    /// That distance.
    pub epsilon: Measured,
}

/// All metrics against people, and against each other.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MetricAgreementReport {
    /// By name.
    pub metrics: Vec<MetricAgreement>,
    /// Every two of them.
    pub differences: Vec<MetricDifference>,
    /// Systems.
    pub systems: Vec<String>,
    /// Items.
    pub items: usize,
    /// What produced it.
    pub signature: Signature,
}

/// Holds every metric of `rows` against people.
///
/// # Errors
/// [`AuditError::Statistic`] without rows; [`AuditError::Input`] for two scores of one output by one metric, a score
/// that is not finite, a negative epsilon, no other metric; [`AuditError::Input`] when nobody is called
/// `gold`.
pub fn metric_agreement(
    rows: &[MetricScore],
    options: &MetricAgreementOptions,
) -> Result<MetricAgreementReport> {
    if rows.is_empty() {
        return Err(StatsError::TooFew { what: "rows", found: 0, needed: 1 }.into());
    }
    if let Some(epsilon) = options.epsilon.filter(|e| !(*e >= 0.0 && e.is_finite())) {
        return Err(AuditError::invalid("epsilon", format!("is {epsilon}"), "a number >= 0"));
    }
    let names = |of: fn(&MetricScore) -> &str| {
        rows.iter().map(of).collect::<BTreeSet<_>>().into_iter().collect::<Vec<&str>>()
    };
    let (systems, items) = (names(|row| &row.system), names(|row| &row.item_id));
    let metrics = names(|row| &row.metric);
    let Ok(gold) = metrics.binary_search(&options.gold.as_str()) else {
        return Err(Error::Unknown {
            path: "gold".into(),
            what: "metric",
            name: options.gold.clone(),
            known: metrics.join(", "),
        }
        .into());
    };
    if metrics.len() < 2 {
        let problem = format!("has no metric besides `{}`", options.gold);
        return Err(AuditError::invalid("rows", problem, "at least one"));
    }
    let mut grids: Vec<Grid> = vec![vec![None; systems.len() * items.len()]; metrics.len()];
    for (index, row) in rows.iter().enumerate() {
        if !row.score.is_finite() {
            let path = format!("[{index}].score");
            return Err(AuditError::invalid(path, format!("is {}", row.score), "a finite number"));
        }
        let at = |all: &[&str], name: &str| all.binary_search(&name).unwrap_or_default();
        let cell = at(&systems, &row.system) * items.len() + at(&items, &row.item_id);
        if grids[at(&metrics, &row.metric)][cell].replace(row.score).is_some() {
            let MetricScore { system, item_id, metric, .. } = row;
            let problem = format!("{metric} scores {system} on {item_id} a second time");
            return Err(AuditError::invalid(format!("[{index}]"), problem, "one score"));
        }
    }
    let human = grids[gold].clone();
    let others: Vec<usize> = (0..metrics.len()).filter(|m| *m != gold).collect();
    let found = others
        .iter()
        .map(|&m| one_metric(metrics[m], &grids[m], &human, systems.len(), options))
        .collect();
    let mut differences = Vec::new();
    for (place, &first) in others.iter().enumerate() {
        for &second in &others[place + 1..] {
            let (x, y) = (&grids[first], &grids[second]);
            differences.push(difference(
                [metrics[first], metrics[second]],
                [x, y, &human],
                options.bootstrap.level,
            ));
        }
    }
    adjust(&mut differences);
    let mut signature = Signature::new("metric-agreement")
        .with("gold", &options.gold)
        .with("correlation", options.correlation.name())
        .with("ties", options.epsilon.map_or("calibrated".into(), |e| e.to_string()))
        .with("interval", format!("bootstrap:{}", options.bootstrap.replicates))
        .with("level", options.bootstrap.level);
    signature.seed = Some(options.bootstrap.seed);
    Ok(MetricAgreementReport {
        metrics: found,
        differences,
        items: items.len(),
        systems: systems.into_iter().map(str::to_owned).collect(),
        signature,
    })
}

fn one_metric(
    metric: &str,
    scores: &Grid,
    human: &Grid,
    systems: usize,
    options: &MetricAgreementOptions,
) -> MetricAgreement {
    let items = scores.len() / systems;
    // Columns of both grids at the given items.
    let columns = |grid: &Grid, at: &[usize]| -> Grid {
        (0..systems).flat_map(|s| at.iter().map(move |i| grid[s * items + i])).collect()
    };
    let figure = |of: &dyn Fn(&Grid, &Grid) -> rubrica_stats::Result<f64>| {
        Figure::of_items(items, &options.bootstrap, |at| {
            of(&columns(scores, at), &columns(human, at))
        })
    };
    let level = |grouping: Grouping| {
        figure(&move |x: &Grid, y: &Grid| {
            let correlation = |x: &[f64], y: &[f64]| options.correlation.of(x, y);
            Ok(grouped_correlation(x, y, systems, grouping, correlation)?.value)
        })
    };
    let epsilon = match options.epsilon {
        Some(epsilon) => Ok(epsilon),
        None => calibrate_ties(scores, human, systems, Grouping::ByItem).map(|found| found.epsilon),
    };
    MetricAgreement {
        metric: metric.to_owned(),
        n: scores.iter().zip(human).filter(|(x, y)| x.is_some() && y.is_some()).count(),
        system: level(Grouping::System),
        system_accuracy: figure(&|x, y| Ok(tau_eq(x, y, systems, Grouping::System, 0.0)?.accuracy)),
        segment: level(Grouping::None),
        by_item: level(Grouping::ByItem),
        by_system: level(Grouping::BySystem),
        accuracy_with_ties: match &epsilon {
            Ok(epsilon) => {
                figure(&|x, y| Ok(tau_eq(x, y, systems, Grouping::ByItem, *epsilon)?.accuracy))
            }
            Err(error) => error.clone().into(),
        },
        epsilon: epsilon.into(),
    }
}

impl Report for MetricAgreementReport {
    const NAME: &'static str = "metric-agreement";
    const QUESTION: &'static str = "Do metrics rank systems and outputs as people do?";
    const SOURCE: &'static str = "WMT metrics tasks; Deutsch et al., 2023";
    const ROW: &'static str =
        "system, item_id, metric, score (people's being of the metric `human`)";
    const EXAMPLE: Example = Example {
        options: r#"{"bootstrap": {"replicates": 20}}"#,
        rows: r#"{"system": "x", "item_id": 1, "metric": "human", "score": 2.0}
{"system": "x", "item_id": 1, "metric": "m", "score": 1.0}
{"system": "x", "item_id": 2, "metric": "human", "score": 3.0}
{"system": "x", "item_id": 2, "metric": "m", "score": 3.0}
{"system": "y", "item_id": 1, "metric": "human", "score": 4.0}
{"system": "y", "item_id": 1, "metric": "m", "score": 2.0}
{"system": "y", "item_id": 2, "metric": "human", "score": 1.0}
{"system": "y", "item_id": 2, "metric": "m", "score": 5.0}
{"system": "z", "item_id": 1, "metric": "human", "score": 5.0}
{"system": "z", "item_id": 1, "metric": "m", "score": 4.0}
{"system": "z", "item_id": 2, "metric": "human", "score": 6.0}
{"system": "z", "item_id": 2, "metric": "m", "score": 7.0}
"#,
    };
    type Row = MetricScore;
    type Options = MetricAgreementOptions;

    fn run(rows: Vec<Self::Row>, options: &Self::Options) -> Result<Self> {
        metric_agreement(&rows, options)
    }
}

#[cfg(test)]
#[path = "metric_agreement_tests.rs"]
mod tests;
