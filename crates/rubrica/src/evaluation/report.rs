//! The table that an evaluation ends in.

use std::collections::BTreeMap;
use std::fmt::Write;

use rubrica_stats::bootstrap::{self, Bootstrap, Units};
use rubrica_stats::{Estimate, Result};
use serde::Serialize;

use crate::data::Shape;

/// A baseline's figure on the rows and resamples of its [`Row`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Baseline {
    /// The statistic.
    pub value: f64,
    /// Lower end of its interval.
    pub lower: f64,
    /// Upper end of its interval.
    pub upper: f64,
}

/// One measure on one set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// The data set, with `/dimension` for one aspect of it.
    pub set: String,
    /// The file shape.
    pub shape: Shape,
    /// True when the set also has training rows.
    pub in_domain: bool,
    /// Rows that take part.
    pub n: usize,
    /// Name of the measure.
    pub metric: &'static str,
    /// The judge's figure.
    pub value: f64,
    /// Lower end of the interval.
    pub lower: f64,
    /// Upper end of the interval.
    pub upper: f64,
    /// The same measure of each baseline for which it is defined.
    pub baselines: BTreeMap<String, Baseline>,
}

/// What an evaluation found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EvaluationReport {
    /// The judge.
    pub model: String,
    /// One row a set and measure.
    pub rows: Vec<Row>,
}

pub(super) fn estimate(
    units: &Units,
    options: &Bootstrap,
    statistic: impl FnMut(&[usize]) -> Result<f64>,
) -> Option<Estimate> {
    // A statistic that is undefined on a set (one class, a constant) leaves its cell empty.
    bootstrap::bootstrap(units, options, statistic).ok()
}

impl Row {
    /// The row of `estimates`, the judge's first; none when the judge has no figure.
    pub(super) fn of(
        set: &str,
        shape: Shape,
        in_domain: bool,
        metric: &'static str,
        n: usize,
        estimates: impl Iterator<Item = (String, Option<Estimate>)>,
    ) -> Option<Self> {
        let mut estimates = estimates.map(|(name, e)| (name, e.map(Baseline::from)));
        let Baseline { value, lower, upper } = estimates.next()?.1?;
        let baselines = estimates.filter_map(|(name, e)| Some((name, e?))).collect();
        Some(Self {
            set: set.to_owned(),
            shape,
            in_domain,
            n,
            metric,
            value,
            lower,
            upper,
            baselines,
        })
    }
}

impl From<Estimate> for Baseline {
    fn from(e: Estimate) -> Self {
        Self { value: e.value, lower: e.lower, upper: e.upper }
    }
}

impl EvaluationReport {
    /// The report as Markdown tables, sets with training rows apart.
    pub fn to_markdown(&self) -> String {
        let mut names: Vec<&String> = self.rows.iter().flat_map(|r| r.baselines.keys()).collect();
        names.sort();
        names.dedup();
        let mut text = String::new();
        for (title, in_domain) in [("Out of domain", false), ("In domain", true)] {
            let rows: Vec<&Row> = self.rows.iter().filter(|r| r.in_domain == in_domain).collect();
            if rows.is_empty() {
                continue;
            }
            let _ = write!(text, "### {title}\n\n| set | metric | n | {} |", self.model);
            names.iter().for_each(|name| text.push_str(&format!(" {name} |")));
            text.push_str("\n|---|---|---:|---|");
            text.push_str(&"---|".repeat(names.len()));
            for row in rows {
                let Row { set, metric, n, value, lower, upper, .. } = row;
                let _ = write!(
                    text,
                    "\n| {set} | {metric} | {n} | **{value:.3}** [{lower:.3}, {upper:.3}] |"
                );
                for name in &names {
                    match row.baselines.get(*name) {
                        Some(Baseline { value, lower, upper }) => {
                            let _ = write!(text, " {value:.3} [{lower:.3}, {upper:.3}] |");
                        }
                        None => text.push_str(" – |"),
                    }
                }
            }
            text.push_str("\n\n");
        }
        text
    }
}
