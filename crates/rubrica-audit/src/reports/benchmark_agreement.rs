//! Do benchmarks agree on who is better? (BenchBench; Perlitz et al., 2024.) Every two of them, each
//! with the aggregate of many, over all models or over subsets, and as a z-score among its peers.

use rubrica_core::{Error, ScoreRow, Signature};
use rubrica_stats::bootstrap::Bootstrap;
use rubrica_stats::moments::{mean, standard_deviation};
use rubrica_stats::rng::Rng;
use rubrica_stats::{StatsError, take};
use serde::{Deserialize, Serialize};

use super::board_rows::BoardRow;
use super::board_subsets::{
    BoardCorrelation, SubsetStrategy, Subsets, common, correlation, over_subsets,
};
use super::board_table::BoardTable;
use super::report::{Example, Report};
use crate::audit::{Figure, Measured};
use crate::error::{AuditError, Result};

/// How to compare.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BenchmarkAgreementOptions {
    /// Scenarios of the aggregate; none given stands for all.
    pub aggregate_scenarios: Vec<String>,
    /// Models that are in fewer of them are not in the aggregate; none given stands for a third of the
    /// scenarios, at least one.
    pub min_scenarios: Option<usize>,
    /// What agreement is.
    pub correlation: BoardCorrelation,
    /// Models of a subset; 0 for all.
    pub n_models: usize,
    /// Which ones.
    pub strategy: SubsetStrategy,
    /// Subsets to draw, where chance plays a part.
    pub experiments: usize,
    /// Scenarios with fewer models in common are not compared.
    pub min_common: usize,
    /// Scenarios where less is better.
    pub lower_is_better: Vec<String>,
    /// Resamples of models, level and seed of the intervals; the seed of the subsets too.
    pub bootstrap: Bootstrap,
}

impl Default for BenchmarkAgreementOptions {
    fn default() -> Self {
        Self {
            aggregate_scenarios: Vec::new(),
            min_scenarios: None,
            correlation: BoardCorrelation::default(),
            n_models: 0,
            strategy: SubsetStrategy::default(),
            experiments: 10,
            min_common: 5,
            lower_is_better: Vec::new(),
            bootstrap: Bootstrap::default(),
        }
    }
}

/// A model in the aggregate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AggregateModel {
    /// Its name.
    pub model: String,
    /// Mean over scenarios of the share of other models that it beats, in `0..=1`.
    pub mean_win_rate: f64,
    /// Scenarios of the aggregate that it is in.
    pub scenarios: usize,
}

/// How one scenario agrees with the aggregate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScenarioAgreement {
    /// The scenario.
    pub scenario: String,
    /// Models that both have.
    pub common: usize,
    /// Correlation with the aggregate; the mean over subsets where there are several.
    pub correlation: Measured,
    /// Standard deviation over subsets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deviation: Option<f64>,
    /// Correlation over all common models with its interval.
    pub over_all: Figure,
    /// Standard deviations by which it agrees more than scenarios do on average.
    pub z_score: Measured,
}

/// Agreement of benchmarks.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BenchmarkAgreement {
    /// Names of rows and columns of the matrix.
    pub scenarios: Vec<String>,
    /// Correlation of every two scenarios.
    pub matrix: Vec<Vec<Measured>>,
    /// Best first.
    pub aggregate: Vec<AggregateModel>,
    /// In the order of `scenarios`.
    pub agreement: Vec<ScenarioAgreement>,
    /// What produced it.
    pub signature: Signature,
}

/// Compares benchmarks.
///
/// # Errors
/// [`AuditError::Statistic`] without rows; [`AuditError::Input`] for a second score of a model on a scenario, a
/// score that is not finite, no experiments; [`AuditError::Input`] for a scenario that is not there.
pub fn benchmark_agreement(
    rows: &[ScoreRow],
    options: &BenchmarkAgreementOptions,
) -> Result<BenchmarkAgreement> {
    if rows.is_empty() {
        return Err(StatsError::TooFew { what: "rows", found: 0, needed: 1 }.into());
    }
    if options.experiments == 0 {
        return Err(AuditError::invalid("experiments", "is 0", "at least 1"));
    }
    let table = BoardTable::new(rows, &options.lower_is_better)?;
    let chosen = chosen(&table, options)?;
    let least = options.min_scenarios.unwrap_or((chosen.len() / 3).max(1));
    let (aggregate, counts) = table.aggregate(&chosen, least);
    let subsets = Subsets {
        correlation: options.correlation,
        n_models: options.n_models,
        strategy: options.strategy,
        experiments: options.experiments,
        min_common: options.min_common,
    };
    let mut rng = Rng::seeded(options.bootstrap.seed);
    let n = table.scenarios.len();
    let mut matrix = vec![vec![Measured::Value(1.0); n]; n];
    for (i, j) in (0..n).flat_map(|i| (i..n).map(move |j| (i, j))) {
        let (x, y) = common(&table.scores[i], &table.scores[j]);
        let found = over_subsets(&x, &y, &subsets, &mut rng);
        let value = Measured::from(found.and_then(|found| mean(&found)));
        (matrix[i][j], matrix[j][i]) = (value.clone(), value);
    }
    let mut agreement: Vec<ScenarioAgreement> = Vec::with_capacity(n);
    for (scenario, scores) in table.scenarios.iter().zip(&table.scores) {
        let (x, y) = common(scores, &aggregate);
        let found = over_subsets(&x, &y, &subsets, &mut rng);
        let over_all = Figure::of_items(x.len(), &options.bootstrap, |items| {
            if x.len() < options.min_common {
                let (found, needed) = (x.len(), options.min_common);
                return Err(StatsError::TooFew { what: "common models", found, needed });
            }
            correlation(&take(&x, items), &take(&y, items), options.correlation)
        });
        agreement.push(ScenarioAgreement {
            scenario: scenario.clone(),
            common: x.len(),
            deviation: found.as_deref().ok().and_then(|found| standard_deviation(found).ok()),
            correlation: found.and_then(|found| mean(&found)).into(),
            over_all,
            z_score: Measured::Value(0.0),
        });
    }
    let observed: Vec<f64> =
        agreement.iter().filter_map(|a| a.correlation.value().copied()).collect();
    for one in &mut agreement {
        one.z_score = match &one.correlation {
            Measured::Value(own) => z_score(*own, &observed).into(),
            undefined => undefined.clone(),
        };
    }
    let mut order: Vec<usize> = (0..table.models.len()).collect();
    order.sort_by(|&a, &b| {
        let value = |m: usize| aggregate[m].unwrap_or(f64::NEG_INFINITY);
        value(b).total_cmp(&value(a))
    });
    let models = order.into_iter().filter_map(|m| {
        let (model, scenarios) = (table.models[m].clone(), counts[m]);
        Some(AggregateModel { model, mean_win_rate: aggregate[m]?, scenarios })
    });
    let aggregate = models.collect();
    let signature = signature(&table, &chosen, least, options);
    Ok(BenchmarkAgreement { scenarios: table.scenarios, matrix, aggregate, agreement, signature })
}

fn signature(
    table: &BoardTable,
    chosen: &[usize],
    least: usize,
    options: &BenchmarkAgreementOptions,
) -> Signature {
    let names: Vec<&str> = chosen.iter().map(|&s| table.scenarios[s].as_str()).collect();
    let correlation = match options.correlation {
        BoardCorrelation::Kendall => "kendall",
        BoardCorrelation::Pearson => "pearson",
    };
    let mut signature = Signature::new("benchmark-agreement")
        .with("aggregate", names.join(","))
        .with("min_scenarios", least)
        .with("correlation", correlation)
        .with("min_common", options.min_common)
        .with("interval", format!("bootstrap:{}", options.bootstrap.replicates))
        .with("level", options.bootstrap.level);
    if options.n_models > 0 {
        let strategy = match options.strategy {
            SubsetStrategy::Random => "random",
            SubsetStrategy::Top => "top",
            SubsetStrategy::Bottom => "bottom",
            SubsetStrategy::Middle => "middle",
            SubsetStrategy::Somewhere => "somewhere",
        };
        signature = signature
            .with("n_models", options.n_models)
            .with("strategy", strategy)
            .with("experiments", options.experiments);
    }
    if !options.lower_is_better.is_empty() {
        signature = signature.with("lower_is_better", options.lower_is_better.join(","));
    }
    signature.seed = Some(options.bootstrap.seed);
    signature
}

/// Positions of the scenarios of the aggregate.
fn chosen(table: &BoardTable, options: &BenchmarkAgreementOptions) -> Result<Vec<usize>> {
    if options.aggregate_scenarios.is_empty() {
        return Ok((0..table.scenarios.len()).collect());
    }
    let place = |name: &String| {
        table.scenarios.binary_search(name).map_err(|_| Error::Unknown {
            path: "aggregate_scenarios".into(),
            what: "scenario",
            name: name.clone(),
            known: table.scenarios.join(", "),
        })
    };
    let mut found =
        options.aggregate_scenarios.iter().map(place).collect::<Result<Vec<_>, Error>>()?;
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// How far `own` lies above the mean of `all`, in standard deviations (divisor n − 1).
fn z_score(own: f64, all: &[f64]) -> rubrica_stats::Result<f64> {
    let (mean, deviation) = (mean(all)?, standard_deviation(all)?);
    // Correlations that differ by their last digits alone are equal.
    match deviation > 1e-12 {
        true => Ok((own - mean) / deviation),
        false => Err(StatsError::Constant { what: "correlations of scenarios" }),
    }
}

impl Report for BenchmarkAgreement {
    const NAME: &'static str = "benchmark-agreement";
    const QUESTION: &'static str = "Do benchmarks agree on which model is better?";
    const SOURCE: &'static str = "BenchBench; Perlitz et al., 2024";
    const ROW: &'static str = "model, scenario, score, source?; or model and a score by scenario";
    const EXAMPLE: Example = Example {
        options: "{}",
        rows: r#"{"model": "x", "scenario": "s", "score": 3.0}
{"model": "y", "scenario": "s", "score": 2.0}
{"model": "z", "scenario": "s", "score": 1.0}
{"model": "w", "scenario": "s", "score": 0.5}
{"model": "v", "scenario": "s", "score": 0.2}
{"model": "x", "scenario": "t", "score": 3.0}
{"model": "y", "scenario": "t", "score": 2.0}
{"model": "z", "scenario": "t", "score": 1.0}
{"model": "w", "scenario": "t", "score": 0.5}
{"model": "v", "scenario": "t", "score": 0.2}
"#,
    };
    type Row = BoardRow;
    type Options = BenchmarkAgreementOptions;

    fn run(rows: Vec<Self::Row>, options: &Self::Options) -> Result<Self> {
        let rows: Vec<ScoreRow> = rows.into_iter().flat_map(BoardRow::scores).collect();
        benchmark_agreement(&rows, options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn z_score_by_hand() {
        let found = z_score(0.8, &[0.8, 0.6, 0.7, 0.2]).expect("four");
        assert!((found - 0.855528).abs() < 1e-6, "{found}");
        assert_eq!(z_score(0.8, &[0.8]).expect_err("one").code(), "too_few_values");
        assert_eq!(z_score(0.8, &[0.8, 0.8]).expect_err("equal").code(), "constant_input");
    }

    /// Ten models on boards that have them in order, in reverse, and with the ends swapped.
    fn rows() -> Vec<ScoreRow> {
        let mut rows = Vec::new();
        for m in 0..10 {
            let swapped = [9, 1, 2, 3, 4, 5, 6, 7, 8, 0][m];
            for (scenario, score) in
                [("right", m), ("right too", m * m), ("wrong", 9 - m), ("ends", swapped)]
            {
                let (model, score) = (format!("m{m}"), score as f64);
                rows.push(ScoreRow { model, scenario: scenario.into(), score, source: None });
            }
        }
        rows
    }

    fn run(options: &BenchmarkAgreementOptions) -> BenchmarkAgreement {
        benchmark_agreement(&rows(), options).expect("valid")
    }

    fn options() -> BenchmarkAgreementOptions {
        BenchmarkAgreementOptions {
            aggregate_scenarios: vec!["right".into(), "right too".into()],
            bootstrap: Bootstrap { replicates: 50, ..Bootstrap::default() },
            ..BenchmarkAgreementOptions::default()
        }
    }

    #[test]
    fn boards_agree_over_all_models() {
        let found = run(&options());
        assert_eq!(found.scenarios, ["ends", "right", "right too", "wrong"]);
        let ends = 1.0 - 2.0 * 17.0 / 45.0;
        let close = |x: &Measured, y: f64| (x.value().expect("defined") - y).abs() < 1e-12;
        assert!(close(&found.matrix[0][1], ends) && close(&found.matrix[1][0], ends));
        assert!(close(&found.matrix[1][3], -1.0) && close(&found.matrix[2][2], 1.0));
        assert_eq!((found.aggregate[0].model.as_str(), found.aggregate[0].scenarios), ("m9", 2));
        assert_eq!(found.aggregate[0].mean_win_rate, 1.0);
        assert!(close(&found.agreement[3].correlation, -1.0));
        assert!((found.agreement[3].over_all.value().expect("ten") + 1.0).abs() < 1e-12);
        let z: f64 = found.agreement.iter().filter_map(|a| a.z_score.value()).sum();
        assert!(z.abs() < 1e-9 && *found.agreement[3].z_score.value().expect("four") < -1.0);
        let turned =
            BenchmarkAgreementOptions { lower_is_better: vec!["wrong".into()], ..options() };
        assert!(close(&run(&turned).agreement[3].correlation, 1.0));
        let line =
            BenchmarkAgreementOptions { correlation: BoardCorrelation::Pearson, ..options() };
        assert!(*run(&line).matrix[1][2].value().expect("defined") < 0.99);
    }

    #[test]
    fn subsets_see_their_part() {
        let with = |strategy, n_models| {
            let found = run(&BenchmarkAgreementOptions { strategy, n_models, ..options() });
            found.agreement[0].clone()
        };
        // The swapped ends are no neighbours but of the models between them.
        let close = |x: &Measured, y: f64| (x.value().expect("defined") - y).abs() < 1e-12;
        assert!(close(&with(SubsetStrategy::Middle, 6).correlation, 1.0));
        assert!(close(&with(SubsetStrategy::Top, 5).correlation, 1.0 - 2.0 * 4.0 / 10.0));
        assert!(close(&with(SubsetStrategy::Bottom, 5).correlation, 1.0 - 2.0 * 4.0 / 10.0));
        let random = with(SubsetStrategy::Random, 6);
        assert!(random.deviation.expect("ten") > 0.0);
        assert_eq!(random, with(SubsetStrategy::Random, 6));
        let near = with(SubsetStrategy::Somewhere, 5);
        assert!(*near.correlation.value().expect("ten") >= 0.2);
        // Of all models there is one subset.
        assert!(with(SubsetStrategy::Random, 10).deviation.expect("equal") < 1e-12);
        let many = with(SubsetStrategy::Random, 11).correlation;
        assert_eq!(many.error().expect("ten models").code, "too_few_values");
    }

    #[test]
    fn degenerate_boards() {
        let mut few = rows();
        few.truncate(16);
        let found = benchmark_agreement(&few, &options()).expect("valid");
        assert!(
            found
                .agreement
                .iter()
                .all(|a| a.correlation.error().is_some() && a.z_score.error().is_some())
        );
        assert!(found.matrix.iter().flatten().all(|cell| cell.value().is_none()));
        let one = benchmark_agreement(&few[..1], &BenchmarkAgreementOptions::default());
        assert!(one.expect("one cell").aggregate.is_empty());
        let mut flat = rows();
        flat.iter_mut().filter(|r| r.scenario == "ends").for_each(|r| r.score = 1.0);
        let found = benchmark_agreement(&flat, &options()).expect("valid");
        let flat = &found.agreement[0];
        assert_eq!(flat.correlation.error().expect("flat").code, "constant_input");
        assert_eq!((flat.z_score.error(), flat.common), (flat.correlation.error(), 10));
        let code = |rows: &[ScoreRow], options: &BenchmarkAgreementOptions| {
            benchmark_agreement(rows, options).expect_err("bad").code()
        };
        assert_eq!(code(&[], &options()), "too_few_values");
        let unknown =
            BenchmarkAgreementOptions { aggregate_scenarios: vec!["?".into()], ..options() };
        assert_eq!(code(&rows(), &unknown), "unknown_name");
        let none = BenchmarkAgreementOptions { experiments: 0, ..options() };
        assert_eq!(code(&rows(), &none), "invalid_input");
    }
}
