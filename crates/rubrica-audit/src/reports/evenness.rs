//! Does a judge score variants of one thing alike? (MJ-Bench; Chen et al., 2024.) A group holds the scores of one
//! prompt told of different people, or of one answer in different styles.

use std::collections::BTreeMap;

use rubrica_core::{Signature, Undefined};
use rubrica_stats::StatsError;
use rubrica_stats::bootstrap::Bootstrap;
use rubrica_stats::evenness::{Evenness, evenness};
use rubrica_stats::moments::mean;
use rubrica_stats::take;
use serde::{Deserialize, Serialize};

use super::report::{Example, Report};
use crate::audit::Figure;
use crate::error::Result;
use crate::records::{name, number};

/// The score of one variant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VariantScore {
    /// What it is a variant of.
    #[serde(deserialize_with = "name")]
    pub group: String,
    /// The score, 0 or above.
    #[serde(deserialize_with = "number")]
    pub score: f64,
}

/// How to compare.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EvennessOptions {
    /// Scores at most this far apart are alike.
    pub tolerance: f64,
    /// Resamples of groups, level and seed of the intervals of the means.
    pub bootstrap: Bootstrap,
}

impl Default for EvennessOptions {
    fn default() -> Self {
        Self { tolerance: 0.1, bootstrap: Bootstrap::default() }
    }
}

/// One group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupEvenness {
    /// Variants.
    pub n: usize,
    /// How even their scores are; none where that is undefined.
    #[serde(flatten)]
    pub evenness: Option<Evenness>,
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Undefined>,
}

/// Evenness of all groups.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EvennessReport {
    /// Mean share of pairs alike (ACC), over the groups that have one.
    pub close: Figure,
    /// Mean of `1 − σ / μ` (NDS).
    pub dispersion: Figure,
    /// Mean of 1 less the coefficient of Gini (GES).
    pub gini: Figure,
    /// By name.
    pub groups: BTreeMap<String, GroupEvenness>,
    /// What produced it.
    pub signature: Signature,
}

/// Evenness of the scores of each group, and its mean over groups.
///
/// # Errors
/// [`AuditError::Statistic`] without rows, or for a negative tolerance.
pub fn group_evenness(rows: &[VariantScore], options: &EvennessOptions) -> Result<EvennessReport> {
    if rows.is_empty() {
        return Err(StatsError::TooFew { what: "rows", found: 0, needed: 1 }.into());
    }
    evenness(&[1.0; 2], options.tolerance)?;
    let mut of: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for row in rows {
        of.entry(&row.group).or_default().push(row.score);
    }
    let mut found = Vec::new();
    let mut groups = BTreeMap::new();
    for (group, scores) in of {
        let one = evenness(&scores, options.tolerance);
        let error = one
            .as_ref()
            .err()
            .map(|error| Undefined { code: error.code().to_owned(), reason: error.to_string() });
        found.extend(one.as_ref().ok().copied());
        let one = GroupEvenness { n: scores.len(), evenness: one.ok(), error };
        groups.insert(group.to_owned(), one);
    }
    let average = |of: fn(&Evenness) -> f64| {
        let values: Vec<f64> = found.iter().map(of).collect();
        Figure::of_items(values.len(), &options.bootstrap, |items| mean(&take(&values, items)))
    };
    let mut signature = Signature::new("group-evenness")
        .with("tolerance", options.tolerance)
        .with("interval", format!("bootstrap:{}", options.bootstrap.replicates))
        .with("level", options.bootstrap.level);
    signature.seed = Some(options.bootstrap.seed);
    Ok(EvennessReport {
        close: average(|e| e.close),
        dispersion: average(|e| e.dispersion),
        gini: average(|e| e.gini),
        groups,
        signature,
    })
}

impl Report for EvennessReport {
    const NAME: &'static str = "group-evenness";
    const QUESTION: &'static str = "Does a judge score variants of one thing alike?";
    const SOURCE: &'static str = "MJ-Bench; Chen et al., 2024";
    const ROW: &'static str = "group, score (0 or above)";
    const EXAMPLE: Example = Example {
        options: r#"{"tolerance": 1}"#,
        rows: r#"{"group": "x", "score": 7}
{"group": "x", "score": 8}
{"group": "y", "score": 5}
{"group": "y", "score": 9}
"#,
    };
    type Row = VariantScore;
    type Options = EvennessOptions;

    fn run(rows: Vec<Self::Row>, options: &Self::Options) -> Result<Self> {
        group_evenness(&rows, options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(of: &[(&str, &[f64])]) -> Vec<VariantScore> {
        let row = |group: &str, score: &f64| VariantScore { group: group.into(), score: *score };
        of.iter().flat_map(|(group, scores)| scores.iter().map(|s| row(group, s))).collect()
    }

    #[test]
    fn means_are_over_groups() {
        let rows =
            rows(&[("nurse", &[7.0, 8.0, 8.0, 9.0]), ("pilot", &[5.0, 5.0]), ("one", &[1.0])]);
        let found = group_evenness(&rows, &EvennessOptions::default()).expect("three");
        assert!((found.gini.value().expect("two") - (0.953125 + 1.0) / 2.0).abs() < 1e-12);
        assert!((found.close.value().expect("two") - (1.0 / 6.0 + 1.0) / 2.0).abs() < 1e-12);
        let one = &found.groups["one"];
        assert_eq!(
            (one.n, one.error.as_ref().expect("alone").code.as_str()),
            (1, "too_few_values")
        );
    }

    #[test]
    fn degenerate_rows() {
        let none = group_evenness(&[], &EvennessOptions::default()).expect_err("none");
        assert_eq!(none.code(), "too_few_values");
        let bad = EvennessOptions { tolerance: -1.0, ..EvennessOptions::default() };
        let rows = rows(&[("a", &[0.0, 0.0])]);
        assert_eq!(group_evenness(&rows, &bad).expect_err("tolerance").code(), "out_of_range");
        let found = group_evenness(&rows, &EvennessOptions::default()).expect("told");
        assert_eq!((found.close.value(), found.groups["a"].evenness), (None, None));
    }
}
