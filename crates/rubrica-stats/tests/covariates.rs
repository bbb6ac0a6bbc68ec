//! Holds Bradley-Terry with covariates to `tests/golden/ranking/covariates.toml` at the top level.

use std::path::Path;

use rubrica_stats::ranking::{CovariateBattle, fit_covariates};
use toml::{Table, Value};

fn numbers(value: &Value) -> Vec<f64> {
    let list = value.as_array().expect("a list");
    let number = |v: &Value| v.as_float().or_else(|| v.as_integer().map(|i| i as f64));
    list.iter().map(|v| number(v).expect("a number")).collect()
}

#[test]
fn fits_are_those_of_logistic_regression() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/ranking/covariates.toml");
    let text = std::fs::read_to_string(path).expect("the golden is in the repository");
    let golden: Table = text.parse().expect("valid");
    let tolerance = golden["tolerance"].as_float().expect("a number");
    let cases = golden["case"].as_array().expect("cases");
    assert_eq!(cases.len(), 4);
    for case in cases {
        let (first, second) = (numbers(&case["first"]), numbers(&case["second"]));
        let score = numbers(&case["score"]);
        let covariates = case["covariates"].as_array().expect("a list");
        let battles: Vec<CovariateBattle> = (0..score.len())
            .map(|i| CovariateBattle {
                first: first[i] as usize,
                second: second[i] as usize,
                score: score[i],
                weight: 1.0,
                covariates: numbers(&covariates[i]),
            })
            .collect();
        let models = case["models"].as_integer().expect("a number") as usize;
        let ridge = case["ridge"].as_float().expect("a number");
        let fit = fit_covariates(models, &battles, ridge).expect("regular");
        for (found, expected) in fit.ratings.iter().zip(numbers(&case["ratings"])) {
            assert!((found.value - expected).abs() < 1e3 * tolerance, "{} {expected}", found.value);
        }
        for (found, expected) in fit.coefficients.iter().zip(numbers(&case["coefficients"])) {
            assert!((found.value - expected).abs() < tolerance, "{} {expected}", found.value);
            assert!(found.standard_error > 0.0 && found.standard_error < 1.0);
        }
    }
}
