//! The table that an evaluation ends in.

use std::collections::BTreeMap;
use std::fmt::Write;

use rubrica_stats::bootstrap::{self, Bootstrap, Units};
use rubrica_stats::{Estimate, Result};
use serde::Serialize;

use super::published::published;
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
    /// Means over several sets.
    pub summary: Vec<Summary>,
}

/// The mean of a measure over sets.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// What is averaged, in words.
    pub name: &'static str,
    /// Its measure.
    pub metric: &'static str,
    /// The sets.
    pub sets: Vec<String>,
    /// The judge's mean.
    pub value: f64,
    /// Lower end of its interval, the sets being independent of each other.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// The same of each baseline that has a figure on all these sets.
    pub baselines: BTreeMap<String, Baseline>,
}

/// A mean that reports give: its name, measure, and which sets take part.
type Mean = (&'static str, &'static str, fn(&Row) -> bool);

const MEANS: [Mean; 6] = [
    ("preferences, out of domain", "accuracy", |row| {
        row.shape == Shape::Pairwise && !row.in_domain
    }),
    ("preferences, LLMBar and RM-Bench", "accuracy", |row| {
        row.set == "llmbar" || row.set.starts_with("rmbench_")
    }),
    ("preferences, the shorter one is better", "accuracy_shorter_better", |row| !row.in_domain),
    ("student answers", "pearson", |row| row.set.starts_with("semeval13_")),
    ("grounding", "balanced_accuracy", |row| row.shape == Shape::Grounding),
    ("errors in sentences", "auroc", |row| row.shape == Shape::Segments),
];

/// The mean of independent estimates, and an interval as wide as theirs make it.
fn mean_of(estimates: impl Iterator<Item = (f64, f64, f64)>) -> Baseline {
    let (mut n, mut sum, mut below, mut above) = (0.0, 0.0, 0.0, 0.0);
    for (value, lower, upper) in estimates {
        n += 1.0;
        sum += value;
        below += (value - lower).powi(2);
        above += (upper - value).powi(2);
    }
    let value = sum / n;
    Baseline { value, lower: value - below.sqrt() / n, upper: value + above.sqrt() / n }
}

impl Summary {
    fn of((name, metric, takes): Mean, rows: &[Row]) -> Option<Self> {
        // An aspect of a set is in the row of the whole set already.
        let rows: Vec<&Row> = rows
            .iter()
            .filter(|row| row.metric == metric && !row.set.contains('/') && takes(row))
            .collect();
        let first = rows.first()?;
        let of_all = |name: &String| {
            let found: Option<Vec<&Baseline>> =
                rows.iter().map(|row| row.baselines.get(name)).collect();
            Some(mean_of(found?.into_iter().map(|b| (b.value, b.lower, b.upper))))
        };
        let baselines = first.baselines.keys().filter_map(|n| Some((n.clone(), of_all(n)?)));
        let baselines = baselines.collect();
        let Baseline { value, lower, upper } =
            mean_of(rows.iter().map(|row| (row.value, row.lower, row.upper)));
        let sets = rows.iter().map(|row| row.set.clone()).collect();
        Some(Self { name, metric, sets, value, lower, upper, baselines })
    }
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

fn cell(figure: Option<&Baseline>) -> String {
    match figure {
        Some(Baseline { value, lower, upper }) => format!(" {value:.3} [{lower:.3}, {upper:.3}] |"),
        None => " – |".into(),
    }
}

impl From<Estimate> for Baseline {
    fn from(e: Estimate) -> Self {
        Self { value: e.value, lower: e.lower, upper: e.upper }
    }
}

impl EvaluationReport {
    pub(super) fn new(model: String, rows: Vec<Row>) -> Self {
        let summary = MEANS.into_iter().filter_map(|mean| Summary::of(mean, &rows)).collect();
        Self { model, rows, summary }
    }

    fn summary_table(&self, names: &[&String]) -> String {
        let mut text =
            format!("### Means over sets\n\n| mean of | metric | sets | {} |", self.model);
        names.iter().for_each(|name| text.push_str(&format!(" {name} |")));
        text.push_str("\n|---|---|---:|---|");
        text.push_str(&"---|".repeat(names.len()));
        for Summary { name, metric, sets, value, lower, upper, baselines } in &self.summary {
            let _ = write!(
                text,
                "\n| {name} | {metric} | {} | **{value:.3}** [{lower:.3}, {upper:.3}] |",
                sets.len()
            );
            for name in names {
                text.push_str(&cell(baselines.get(*name)));
            }
        }
        text + "\n\n"
    }

    /// The report as Markdown tables, sets with training rows apart.
    pub fn to_markdown(&self) -> String {
        let mut names: Vec<&String> = self.rows.iter().flat_map(|r| r.baselines.keys()).collect();
        names.sort();
        names.dedup();
        let mut text = self.summary_table(&names);
        for (title, in_domain) in [("Out of domain", false), ("In domain", true)] {
            let rows: Vec<&Row> = self.rows.iter().filter(|r| r.in_domain == in_domain).collect();
            if rows.is_empty() {
                continue;
            }
            let _ = write!(text, "### {title}\n\n| set | metric | n | {} |", self.model);
            names.iter().for_each(|name| text.push_str(&format!(" {name} |")));
            text.push_str(" published, whole set |\n|---|---|---:|---|");
            text.push_str(&"---|".repeat(names.len() + 1));
            for row in rows {
                let Row { set, metric, n, value, lower, upper, .. } = row;
                let _ = write!(
                    text,
                    "\n| {set} | {metric} | {n} | **{value:.3}** [{lower:.3}, {upper:.3}] |"
                );
                for name in &names {
                    text.push_str(&cell(row.baselines.get(*name)));
                }
                let marks: Vec<String> = published(set, metric)
                    .iter()
                    .map(|(model, value)| format!("{model} {value:.3}"))
                    .collect();
                let _ = write!(text, " {} |", marks.join("; "));
            }
            text.push_str("\n\n");
        }
        text
    }
}
