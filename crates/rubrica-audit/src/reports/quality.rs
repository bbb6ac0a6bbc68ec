//! A benchmark held against people: separability, agreement with confidence, pair-rank Brier score
//! and rank correlation, after Arena-Hard (Li et al., 2024).

use std::collections::BTreeMap;

use rubrica_core::Signature;
use rubrica_stats::ranking::{self, Scored, Separability};
use rubrica_stats::{bootstrap::Bootstrap, take};
use serde::{Deserialize, Serialize};

use super::report::{Example, Report};
use crate::audit::Figure;
use crate::error::{AuditError, Result};
use crate::records::{name, number};

/// A model's score on a benchmark with its interval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BenchmarkScore {
    /// The model.
    #[serde(deserialize_with = "name")]
    pub model: String,
    /// The score, higher being better.
    #[serde(deserialize_with = "number")]
    pub score: f64,
    /// Lower end of its interval.
    #[serde(deserialize_with = "number")]
    pub lower: f64,
    /// Upper end of its interval.
    #[serde(deserialize_with = "number")]
    pub upper: f64,
}

/// How to hold them against each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BenchmarkQualityOptions {
    /// Level of the intervals in the records, from which their spread is known.
    pub level: f64,
    /// Resamples of models, level and seed of the intervals of the figures.
    pub bootstrap: Bootstrap,
}

impl Default for BenchmarkQualityOptions {
    fn default() -> Self {
        Self { level: 0.95, bootstrap: Bootstrap::default() }
    }
}

/// A model in its tier.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TieredModel {
    /// The model.
    pub model: String,
    /// From 1; the intervals of a tier overlap that of its first model.
    pub tier: usize,
}

/// What a benchmark is worth.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BenchmarkQualityReport {
    /// Pairs of all models of the benchmark whose intervals do not overlap.
    pub separability: Separability,
    /// The benchmark's models from the top.
    pub tiers: Vec<TieredModel>,
    /// Models that both have.
    pub common: usize,
    /// Models that only the benchmark has.
    pub only_ours: Vec<String>,
    /// Models that only people have scored.
    pub only_human: Vec<String>,
    /// Over pairs of common models that people tell apart: 1 for the same order, a half where the
    /// benchmark's intervals overlap, 0 for the other order; the mean of these.
    pub agreement: Figure,
    /// Pairs that people tell apart.
    pub human_separated: usize,
    /// Mean squared error of the benchmark's chances for the better model, in `0..=1`; 0 is best.
    pub brier: Figure,
    /// Spearman's rank correlation of the scores.
    pub spearman: Figure,
    /// What produced it.
    pub signature: Signature,
}

/// Holds the scores of a benchmark against those by people.
///
/// # Errors
/// [`AuditError::Input`] for a model that comes twice, or a score outside its interval;
/// [`AuditError::Statistic`] for fewer than two models or a level out of range.
pub fn benchmark_quality(
    ours: &[BenchmarkScore],
    human: &[BenchmarkScore],
    options: &BenchmarkQualityOptions,
) -> Result<BenchmarkQualityReport> {
    let (by_us, by_people) = (by_name("ours", ours)?, by_name("human", human)?);
    let all: Vec<Scored> = ours.iter().map(scored).collect();
    let separability =
        ranking::separability(&all).map_err(|e| AuditError::from(e).within("ours"))?;
    let tiers = ranking::tiers(&all).map_err(|e| AuditError::from(e).within("ours"))?;
    let mut order: Vec<usize> = (0..ours.len()).collect();
    order.sort_by(|&i, &j| ours[j].score.total_cmp(&ours[i].score));
    let (mut x, mut y) = (Vec::new(), Vec::new());
    for (model, score) in &by_us {
        if let Some(other) = by_people.get(model) {
            x.push(*score);
            y.push(*other);
        }
    }
    let only = |some: &BTreeMap<&str, Scored>, others: &BTreeMap<&str, Scored>| {
        some.keys().filter(|m| !others.contains_key(*m)).map(|m| (*m).to_owned()).collect()
    };
    let quality = |items: &[usize]| {
        ranking::benchmark_quality(&take(&x, items), &take(&y, items), options.level)
    };
    let everything: Vec<usize> = (0..x.len()).collect();
    let whole = quality(&everything);
    let mut signature = Signature::new("benchmark-quality")
        .with("level", options.level)
        .with("interval", format!("bootstrap:{}", options.bootstrap.replicates))
        .with("interval_level", options.bootstrap.level);
    signature.seed = Some(options.bootstrap.seed);
    let figure = |of: fn(&ranking::BenchmarkQuality) -> Option<f64>| {
        Figure::of_items(x.len(), &options.bootstrap, |items| {
            let (what, expected) = ("pairs", "a pair that people tell apart");
            of(&quality(items)?).ok_or(rubrica_stats::StatsError::NothingToCount { what, expected })
        })
    };
    Ok(BenchmarkQualityReport {
        separability,
        tiers: order
            .into_iter()
            .map(|m| TieredModel { model: ours[m].model.clone(), tier: tiers[m] })
            .collect(),
        common: x.len(),
        only_ours: only(&by_us, &by_people),
        only_human: only(&by_people, &by_us),
        human_separated: whole.map_or(0, |quality| quality.human_separated),
        agreement: figure(|quality| quality.agreement),
        brier: figure(|quality| Some(quality.brier)),
        spearman: figure(|quality| Some(quality.spearman)),
        signature,
    })
}

fn scored(row: &BenchmarkScore) -> Scored {
    Scored { value: row.score, lower: row.lower, upper: row.upper }
}

fn by_name<'r>(what: &str, rows: &'r [BenchmarkScore]) -> Result<BTreeMap<&'r str, Scored>> {
    let mut found = BTreeMap::new();
    for (index, row) in rows.iter().enumerate() {
        let path = format!("{what}[{index}]");
        if !(row.lower <= row.score && row.score <= row.upper) {
            let problem = format!("{} lies outside {} to {}", row.score, row.lower, row.upper);
            return Err(AuditError::invalid(format!("{path}.score"), problem, "lower to upper"));
        }
        if found.insert(row.model.as_str(), scored(row)).is_some() {
            let problem = format!("is `{}` a second time", row.model);
            return Err(AuditError::invalid(format!("{path}.model"), problem, "each model once"));
        }
    }
    Ok(found)
}

/// Whose board a row is of.
#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Board {
    #[serde(alias = "ours")]
    Benchmark,
    #[serde(alias = "human")]
    People,
}

/// A row of either board.
#[derive(Deserialize)]
pub(super) struct QualityRow {
    pub(super) board: Board,
    #[serde(flatten)]
    pub(super) score: BenchmarkScore,
}

impl Report for BenchmarkQualityReport {
    const NAME: &'static str = "benchmark-quality";
    const QUESTION: &'static str = "Does a benchmark tell models apart, and as people do?";
    const SOURCE: &'static str = "Arena-Hard; Li et al., 2024";
    const ROW: &'static str = "board (benchmark|people), model, score, lower, upper";
    const EXAMPLE: Example = Example {
        options: "{}",
        rows: r#"{"board": "benchmark", "model": "x", "score": 3.0, "lower": 2.9, "upper": 3.1}
{"board": "benchmark", "model": "y", "score": 2.0, "lower": 1.9, "upper": 2.1}
{"board": "benchmark", "model": "z", "score": 1.0, "lower": 0.9, "upper": 1.1}
{"board": "benchmark", "model": "w", "score": 0.5, "lower": 0.4, "upper": 0.6}
{"board": "benchmark", "model": "v", "score": 0.2, "lower": 0.1, "upper": 0.3}
{"board": "people", "model": "x", "score": 3.0, "lower": 2.9, "upper": 3.1}
{"board": "people", "model": "y", "score": 2.0, "lower": 1.9, "upper": 2.1}
{"board": "people", "model": "z", "score": 1.0, "lower": 0.9, "upper": 1.1}
{"board": "people", "model": "w", "score": 0.5, "lower": 0.4, "upper": 0.6}
{"board": "people", "model": "v", "score": 0.2, "lower": 0.1, "upper": 0.3}
"#,
    };
    type Row = QualityRow;
    type Options = BenchmarkQualityOptions;

    fn run(rows: Vec<Self::Row>, options: &Self::Options) -> Result<Self> {
        let of = |board| {
            let rows = rows.iter().filter(|row| row.board == board);
            rows.map(|row| row.score.clone()).collect::<Vec<_>>()
        };
        benchmark_quality(&of(Board::Benchmark), &of(Board::People), options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(of: &[(&str, f64, f64)]) -> Vec<BenchmarkScore> {
        of.iter()
            .map(|&(model, score, reach)| BenchmarkScore {
                model: model.into(),
                score,
                lower: score - reach,
                upper: score + reach,
            })
            .collect()
    }

    #[test]
    fn models_are_matched_by_name() {
        let ours = rows(&[("d", 1.0, 0.5), ("a", 9.0, 1.0), ("b", 7.5, 1.0), ("c", 4.0, 1.0)]);
        let human = rows(&[("a", 90.0, 1.0), ("c", 60.0, 1.0), ("b", 30.0, 1.0), ("e", 1.0, 0.0)]);
        let report = benchmark_quality(&ours, &human, &Default::default()).expect("three common");
        assert_eq!((report.common, report.human_separated), (3, 3));
        assert_eq!((report.only_ours, report.only_human), (vec!["d".into()], vec!["e".into()]));
        // a > c is right, a and b overlap, c > b is turned round.
        assert_eq!(report.agreement.value(), Some(0.5));
        assert!((report.spearman.value().expect("three") - 0.5).abs() < 1e-12);
        assert_eq!((report.separability.separated, report.separability.pairs), (5, 6));
        let tiers: Vec<(&str, usize)> =
            report.tiers.iter().map(|t| (t.model.as_str(), t.tier)).collect();
        assert_eq!(tiers, [("a", 1), ("b", 1), ("c", 2), ("d", 3)]);
        assert!(report.signature.to_string().contains("bootstrap:1000"));
    }

    #[test]
    fn degenerate_boards() {
        let ours = rows(&[("a", 9.0, 1.0), ("b", 7.0, 0.5)]);
        let apart = benchmark_quality(&ours, &rows(&[("x", 1.0, 0.0)]), &Default::default());
        let apart = apart.expect("nothing in common");
        assert_eq!((apart.common, apart.agreement.value()), (0, None));
        let one = benchmark_quality(&ours[..1], &ours, &Default::default()).expect_err("one");
        assert_eq!((one.code(), one.path()), ("too_few_values", Some("ours")));
        let twice = rows(&[("a", 9.0, 1.0), ("a", 7.0, 0.5)]);
        let error = benchmark_quality(&twice, &ours, &Default::default()).expect_err("twice");
        assert_eq!(error.path(), Some("ours[1].model"));
        let outside = rows(&[("a", 9.0, -1.0), ("b", 7.0, 0.5)]);
        let error = benchmark_quality(&ours, &outside, &Default::default()).expect_err("outside");
        assert_eq!(error.path(), Some("human[0].score"));
    }
}
