//! Holds reports to `tests/golden/judge/*.toml` at the top level.

use std::collections::BTreeMap;
use std::path::Path;

use rubrica_audit::reports::{
    BenchmarkAgreementOptions, BenchmarkQualityOptions, BenchmarkScore, BoardCorrelation,
    PreferenceRow, PrincipleVote, PrinciplesOptions, VotedComparison, WinRateOptions,
    benchmark_agreement, benchmark_quality, principles, win_rates,
};
use rubrica_core::ScoreRow;
use rubrica_stats::bootstrap::Bootstrap;
use toml::{Table, Value};

fn golden(name: &str) -> Table {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/judge");
    let text = std::fs::read_to_string(folder.join(name)).expect("the golden is in the repository");
    let table: Table = text.parse().expect("valid");
    for field in ["tool", "version", "command"] {
        assert!(table.get(field).is_some_and(Value::is_str), "{name}: no `{field}`");
    }
    table
}

fn cases(golden: &Table) -> &[Value] {
    golden["case"].as_array().expect("a list")
}

fn number(value: &Value) -> f64 {
    value.as_float().or_else(|| value.as_integer().map(|i| i as f64)).expect("a number")
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(number).collect()
}

fn texts(value: &Value) -> Vec<String> {
    let list = value.as_array().expect("a list").iter();
    list.map(|text| text.as_str().expect("a string").to_owned()).collect()
}

fn close(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((found - expected).abs() <= tolerance, "{what}: {found} is not {expected}");
}

/// Rows of score, lower and upper; models are called by their numbers.
fn board(rows: &Value) -> Vec<BenchmarkScore> {
    let rows = rows.as_array().expect("a list").iter().enumerate();
    rows.map(|(index, row)| {
        let [score, lower, upper] = numbers(row).try_into().expect("three");
        BenchmarkScore { model: index.to_string(), score, lower, upper }
    })
    .collect()
}

#[test]
fn published_boards_against_votes_of_people() {
    let golden = golden("benchmark_quality.toml");
    let tolerance = number(&golden["tolerance"]);
    let human = board(&golden["human"]);
    assert_eq!(cases(&golden).len(), 4);
    for case in cases(&golden) {
        let bootstrap = Bootstrap { replicates: 10, ..Bootstrap::default() };
        let level = number(&golden["level"]);
        let options = BenchmarkQualityOptions { level, bootstrap };
        let found = benchmark_quality(&board(&case["scores"]), &human, &options).expect("valid");
        let name = case["name"].as_str().expect("a string");
        assert_eq!(found.human_separated as f64, number(&case["human_separated"]), "{name}");
        for (field, figure) in [
            ("agreement", &found.agreement),
            ("brier", &found.brier),
            ("spearman", &found.spearman),
        ] {
            close(figure.value().expect("defined"), number(&case[field]), tolerance, name);
        }
    }
}

#[test]
fn separable_pairs_of_published_boards() {
    let golden = golden("separability.toml");
    assert_eq!(cases(&golden).len(), 9);
    for case in cases(&golden) {
        let board = board(&case["scores"]);
        let bootstrap = Bootstrap { replicates: 10, ..Bootstrap::default() };
        let options = BenchmarkQualityOptions { level: 0.95, bootstrap };
        let found = benchmark_quality(&board, &board, &options).expect("valid").separability;
        let (pairs, overlapping) = (number(&case["pairs"]), number(&case["overlapping"]));
        assert_eq!(found.pairs as f64, pairs, "{}", case["name"]);
        assert_eq!((found.pairs - found.separated) as f64, overlapping, "{}", case["name"]);
    }
}

#[test]
fn benchmarks_agree_as_benchbench_has_it() {
    let golden = golden("benchmark_agreement.toml");
    let tolerance = number(&golden["tolerance"]);
    let (models, scenarios) = (texts(&golden["models"]), texts(&golden["scenarios"]));
    let rows: Vec<ScoreRow> = models
        .into_iter()
        .zip(scenarios)
        .zip(numbers(&golden["scores"]))
        .map(|((model, scenario), score)| ScoreRow { model, scenario, score, source: None })
        .collect();
    assert_eq!(cases(&golden).len(), 2);
    for case in cases(&golden) {
        let kendall = case["correlation"].as_str() == Some("kendall");
        let options = BenchmarkAgreementOptions {
            aggregate_scenarios: texts(&golden["aggregate"]),
            correlation: if kendall {
                BoardCorrelation::Kendall
            } else {
                BoardCorrelation::Pearson
            },
            bootstrap: Bootstrap { replicates: 10, ..Bootstrap::default() },
            ..BenchmarkAgreementOptions::default()
        };
        let found = benchmark_agreement(&rows, &options).expect("valid");
        for model in &found.aggregate {
            let expected = number(&golden["mean_win_rate"][&model.model]);
            close(model.mean_win_rate, expected, tolerance, &model.model);
        }
        let (own, z) = (numbers(&case["with_aggregate"]), numbers(&case["z_scores"]));
        let matrix = case["matrix"].as_array().expect("a list");
        assert_eq!(found.agreement.len(), own.len());
        for (i, one) in found.agreement.iter().enumerate() {
            close(*one.correlation.value().expect("defined"), own[i], tolerance, &one.scenario);
            close(*one.z_score.value().expect("defined"), z[i], 1e3 * tolerance, &one.scenario);
            for (j, expected) in numbers(&matrix[i]).into_iter().enumerate() {
                close(
                    *found.matrix[i][j].value().expect("defined"),
                    expected,
                    tolerance,
                    &one.scenario,
                );
            }
        }
    }
}

/// Published figures are those of BenchBench's own code on its catalogue, all models.
#[test]
fn the_catalogue_of_benchbench() {
    let golden = golden("benchbench_catalogue.toml");
    let tolerance = number(&golden["tolerance"]);
    let mut rows = Vec::new();
    for case in cases(&golden) {
        let scenario = case["scenario"].as_str().expect("a string");
        for cell in case["cells"].as_array().expect("a list") {
            let [model, rank] = numbers(cell).try_into().expect("a model and its rank");
            let (model, scenario) = (model.to_string(), scenario.to_owned());
            rows.push(ScoreRow { model, scenario, score: rank, source: None });
        }
    }
    let options = BenchmarkAgreementOptions {
        aggregate_scenarios: texts(&golden["aggregate"]),
        min_scenarios: Some(number(&golden["min_scenarios"]) as usize),
        bootstrap: Bootstrap { replicates: 10, ..Bootstrap::default() },
        ..BenchmarkAgreementOptions::default()
    };
    let found = benchmark_agreement(&rows, &options).expect("valid");
    let of = |scenario: &str| {
        let of = found.agreement.iter().find(|one| one.scenario == scenario).expect("there");
        (*of.correlation.value().expect("defined"), *of.z_score.value().expect("defined"))
    };
    assert_eq!(found.agreement.len(), cases(&golden).len());
    for case in cases(&golden) {
        let scenario = case["scenario"].as_str().expect("a string");
        close(of(scenario).0, number(&case["kendall"]), tolerance, scenario);
        close(of(scenario).1, number(&case["z_score"]), 1e3 * tolerance, scenario);
    }
    for (scenario, correlation, z) in [
        ("arena_elo", 0.663462, 0.249589),
        ("helm_classic", 0.871345, 0.956075),
        ("helm_lite", 0.795947, 0.699836),
        ("mt_bench", 0.2, -1.325472),
        ("holmes", 0.155556, -1.476515),
        ("arena_hard", 0.632576, 0.144625),
        ("helm_airbench_air_score", -0.265197, -2.906432),
    ] {
        close(of(scenario).0, correlation, 5.1e-7, scenario);
        close(of(scenario).1, z, 5.1e-7, scenario);
    }
}

#[test]
fn win_rates_and_their_control_of_length() {
    let golden = golden("win_rate.toml");
    let tolerance = number(&golden["tolerance"]);
    assert_eq!(cases(&golden).len(), 3);
    for case in cases(&golden) {
        let (own, base) = (numbers(&case["len"]), numbers(&case["len_baseline"]));
        let rows: Vec<PreferenceRow> = numbers(&case["preference"])
            .into_iter()
            .zip(own.into_iter().zip(base))
            .map(|(preference, (len, base))| PreferenceRow {
                model: None,
                preference,
                len: Some(len),
                len_baseline: Some(base),
            })
            .collect();
        let options = WinRateOptions { ridge: number(&case["ridge"]), ..WinRateOptions::default() };
        let found = win_rates(&rows, &options).expect("valid").models.remove(0);
        let name = case["name"].as_str().expect("a string");
        close(found.win_rate.value().expect("many"), number(&case["win_rate"]), 1e-9, name);
        let error = *found.standard_error.value().expect("many");
        close(error, number(&case["standard_error"]), 1e-9, name);
        close(found.discrete_win_rate, number(&case["discrete_win_rate"]), 1e-9, name);
        let controlled = found.length_controlled.expect("lengths").value().expect("a fit");
        close(controlled, number(&case["length_controlled"]), tolerance, name);
        let effect = found.length_effect.expect("a fit").value;
        close(effect, number(&case["length_effect"]), tolerance, name);
    }
}

/// As many votes of `principle` as the table counts, each on a comparison of its own.
fn votes(principle: &str, counts: &Value) -> Vec<VotedComparison> {
    let mut rows = Vec::new();
    for (vote, times) in counts.as_table().expect("counts by vote") {
        let vote: PrincipleVote = Value::from(vote.as_str()).try_into().expect("a vote");
        for _ in 0..number(times) as usize {
            rows.push(VotedComparison {
                comparison_id: rows.len().to_string(),
                seed: None,
                votes: BTreeMap::from([(principle.to_owned(), vote)]),
            });
        }
    }
    rows
}

#[test]
fn principles_as_their_own_tests_have_them() {
    let golden = golden("principles.toml");
    let tolerance = number(&golden["tolerance"]);
    assert_eq!(cases(&golden).len(), 9);
    for case in cases(&golden) {
        let name = case["name"].as_str().expect("a string");
        let of = |compat| {
            let options = PrinciplesOptions { compat, ..PrinciplesOptions::default() };
            principles(&votes("p", &case["votes"]), &options).expect("valid").principles.remove(0)
        };
        let (found, official) = (of(false), of(true));
        for (field, value) in [
            ("agreement", Some(found.agreement)),
            ("accuracy", found.accuracy.value()),
            ("official_accuracy", official.accuracy.value()),
            ("relevance", Some(found.relevance)),
            ("perf", Some(found.perf)),
        ] {
            if let Some(expected) = case.get(field) {
                close(value.expect("defined"), number(expected), tolerance, name);
            }
        }
    }
    let filter = &golden["filter"];
    let counts = filter["votes"].as_table().expect("counts by principle");
    let rows: Vec<VotedComparison> =
        counts.iter().flat_map(|(principle, counts)| votes(principle, counts)).collect();
    let filters = filter["case"].as_array().expect("a list");
    assert_eq!(filters.len(), 5);
    for case in filters {
        let options = PrinciplesOptions {
            min_agree: number(&case["min_agree"]),
            max_principles: case.get("max_principles").map(|most| number(most) as usize),
            ..PrinciplesOptions::default()
        };
        let found = principles(&rows, &options).expect("valid");
        assert_eq!(found.constitution, texts(&case["kept"]), "{}", case["name"]);
        let order: Vec<&str> = found.principles.iter().map(|one| one.principle.as_str()).collect();
        assert_eq!(order, texts(&filter["order"]), "{}", case["name"]);
    }
}
