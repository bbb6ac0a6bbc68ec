//! Holds every statistic to its reference tool: `tests/golden/stats/*.toml` at the top level.

#[path = "golden/agreement.rs"]
mod agreement;
#[path = "golden/calibration.rs"]
mod calibrations;
#[path = "golden/correlation.rs"]
mod correlations;
#[path = "golden/opinion.rs"]
mod opinions;
#[path = "golden/profile.rs"]
mod profiles;
#[path = "golden/ranking.rs"]
mod rankings;
#[path = "golden/significance.rs"]
mod significance;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rubrica_stats::agreement::{KappaWeights, cohen_kappa_of};
use rubrica_stats::bootstrap::{Bootstrap, BootstrapMethod, Replicates, Units, bootstrap};
use rubrica_stats::calibration::{
    Isotonic, brier, brier_multiclass, conformal_quantile, fit_temperature, reliability,
};
use rubrica_stats::classification::{
    Confusion, accuracy, auroc, average_precision, balanced_accuracy, macro_f1,
};
use rubrica_stats::correlation::{kendall_tau_b, pearson, spearman};
use rubrica_stats::pairs::order_counts;
use rubrica_stats::regression::{mean_absolute_error, root_mean_squared_error};
use rubrica_stats::{Result, quantile::quantile, rank::average_ranks, take, wilson::wilson};
use serde::de::DeserializeOwned;
use toml::{Table, Value};

/// One case of a golden: the fields by name.
struct Case<'a> {
    table: &'a Table,
    place: String,
    tolerance: f64,
}

impl Case<'_> {
    fn get(&self, field: &str) -> &Value {
        self.table.get(field).unwrap_or_else(|| panic!("{}: no field `{field}`", self.place))
    }

    fn text(&self, field: &str) -> &str {
        self.get(field).as_str().expect("a string")
    }

    /// An option by its name in JSON.
    fn option<T: DeserializeOwned>(&self, field: &str) -> T {
        self.get(field).clone().try_into().expect("a name of an option")
    }

    fn number(&self, field: &str) -> f64 {
        number(self.get(field))
    }

    fn count(&self, field: &str) -> usize {
        self.number(field) as usize
    }

    fn list<T>(&self, field: &str, read: impl Fn(&Value) -> T) -> Vec<T> {
        self.get(field).as_array().expect("a list").iter().map(read).collect()
    }

    fn numbers(&self, field: &str) -> Vec<f64> {
        self.list(field, number)
    }

    fn counts(&self, field: &str) -> Vec<usize> {
        self.list(field, |v| number(v) as usize)
    }

    /// Cells of a grid by rows; "-" is an empty one.
    fn cells(&self, field: &str) -> Vec<Option<f64>> {
        let row = |v: &Value| v.as_array().expect("a row").clone();
        self.list(field, row).concat().iter().map(|v| (!v.is_str()).then(|| number(v))).collect()
    }

    fn flags(&self, field: &str) -> Vec<bool> {
        self.list(field, |v| v.as_bool().expect("true or false"))
    }

    fn texts(&self, field: &str) -> Vec<String> {
        self.list(field, |v| v.as_str().expect("a string").to_owned())
    }

    #[track_caller]
    fn equal(&self, field: &str, found: f64) {
        self.near(field, self.number(field), found);
    }

    #[track_caller]
    fn near(&self, what: &str, expected: f64, found: f64) {
        let scale = expected.abs().max(1.0);
        let place = &self.place;
        assert!(
            (found - expected).abs() <= self.tolerance * scale,
            "{place}, {what}: found {found}, expected {expected}"
        );
    }
}

fn number(value: &Value) -> f64 {
    value.as_float().or(value.as_integer().map(|i| i as f64)).expect("a number")
}

fn correlation(f: fn(&[f64], &[f64]) -> Result<f64>) -> Check {
    Box::new(move |case| {
        let (x, y) = (case.numbers("x"), case.numbers("y"));
        case.equal("expected", f(&x, &y).expect("defined"));
        case.equal("expected", f(&y, &x).expect("defined"));
    })
}

fn classes(f: fn(&[String], &[String]) -> Result<f64>) -> Check {
    Box::new(move |case| {
        let value = f(&case.texts("truth"), &case.texts("predicted"));
        case.equal("expected", value.expect("defined"));
    })
}

fn curve(f: fn(&[bool], &[f64]) -> Result<f64>) -> Check {
    Box::new(move |case| {
        let value = f(&case.flags("positive"), &case.numbers("scores"));
        case.equal("expected", value.expect("defined"));
    })
}

type Check = Box<dyn Fn(&Case<'_>)>;

/// Every golden by name; the test fails for one without an entry here, and the other way round.
fn checks() -> BTreeMap<&'static str, Check> {
    let entries: [(&'static str, Check); 21] = [
        ("pearson", correlation(pearson)),
        ("spearman", correlation(spearman)),
        ("kendall_tau_b", correlation(kendall_tau_b)),
        ("accuracy", classes(accuracy)),
        ("balanced_accuracy", classes(balanced_accuracy)),
        ("macro_f1", classes(macro_f1)),
        ("auroc", curve(auroc)),
        ("average_precision", curve(average_precision)),
        ("cohen_kappa", Box::new(check_kappa)),
        ("regression", Box::new(check_regression)),
        ("reliability", Box::new(check_reliability)),
        ("brier_multiclass", Box::new(check_brier_multiclass)),
        ("isotonic", Box::new(check_isotonic)),
        ("temperature", Box::new(check_temperature)),
        ("wilson", Box::new(check_wilson)),
        ("quantile", Box::new(check_quantile)),
        ("conformal_quantile", Box::new(check_conformal)),
        ("average_ranks", Box::new(check_ranks)),
        ("bca_ends", Box::new(check_bca)),
        ("bootstrap", Box::new(check_bootstrap)),
        ("order_counts", Box::new(check_order_counts)),
    ];
    let more = [
        agreement::checks(),
        calibrations::checks(),
        correlations::checks(),
        opinions::checks(),
        rankings::checks(),
        profiles::checks(),
        significance::checks(),
    ];
    entries.into_iter().chain(more.into_iter().flatten()).collect()
}

fn check_kappa(case: &Case<'_>) {
    let weights = match case.text("weights") {
        "none" => KappaWeights::None,
        "linear" => KappaWeights::Linear,
        "quadratic" => KappaWeights::Quadratic,
        other => panic!("{other}"),
    };
    let (labels, a, b) = (case.counts("labels"), case.counts("a"), case.counts("b"));
    let confusion = Confusion::with_labels(&labels, &a, &b).expect("valid");
    case.equal("expected", cohen_kappa_of(&confusion, weights).expect("defined"));
}

fn check_regression(case: &Case<'_>) {
    let (truth, predicted) = (case.numbers("truth"), case.numbers("predicted"));
    case.equal("mae", mean_absolute_error(&truth, &predicted).expect("defined"));
    case.equal("rmse", root_mean_squared_error(&truth, &predicted).expect("defined"));
}

fn check_reliability(case: &Case<'_>) {
    let (happened, p) = (case.flags("happened"), case.numbers("probabilities"));
    let diagram = reliability(&happened, &p, case.count("bins")).expect("valid");
    case.equal("ece", diagram.ece);
    case.equal("mce", diagram.mce);
    case.equal("brier", brier(&happened, &p).expect("valid"));
}

fn check_brier_multiclass(case: &Case<'_>) {
    let (class, p) = (case.counts("class"), case.numbers("probabilities"));
    case.equal("expected", brier_multiclass(&class, &p, case.count("classes")).expect("valid"));
}

fn check_isotonic(case: &Case<'_>) {
    let fit = Isotonic::fit(&case.numbers("x"), &case.numbers("y")).expect("valid");
    for (x, expected) in case.numbers("at").iter().zip(case.numbers("expected")) {
        case.near(&format!("at {x}"), expected, fit.predict(*x));
    }
}

fn check_temperature(case: &Case<'_>) {
    let logits = case.numbers("logits");
    let fit = fit_temperature(&logits, case.count("classes"), &case.counts("class"));
    let fit = fit.expect("valid");
    case.equal("temperature", fit.temperature);
    case.equal("nll_before", fit.nll_before);
    case.equal("nll_after", fit.nll_after);
}

fn check_wilson(case: &Case<'_>) {
    let (k, n) = (case.count("successes"), case.count("trials"));
    let estimate = wilson(k, n, case.number("level")).expect("valid");
    case.equal("lower", estimate.lower);
    case.equal("upper", estimate.upper);
}

fn check_quantile(case: &Case<'_>) {
    case.equal("expected", quantile(&case.numbers("values"), case.number("q")).expect("valid"));
}

fn check_conformal(case: &Case<'_>) {
    let value = conformal_quantile(&case.numbers("scores"), case.number("coverage"));
    case.equal("expected", value.expect("valid"));
}

fn check_ranks(case: &Case<'_>) {
    let ranks = average_ranks(&case.numbers("values")).expect("valid");
    assert_eq!(ranks, case.numbers("expected"), "{}", case.place);
}

fn check_bca(case: &Case<'_>) {
    let values = case.numbers("replicates");
    let replicates = Replicates { value: case.number("value"), values, undefined: 0 };
    let ends = replicates.bca(&case.numbers("left_out"), case.number("level"));
    let (lower, upper) = ends.expect("defined");
    case.equal("lower", lower);
    case.equal("upper", upper);
}

fn check_bootstrap(case: &Case<'_>) {
    let (x, y) = (case.numbers("x"), case.numbers("y"));
    let method = match case.text("method") {
        "percentile" => BootstrapMethod::Percentile,
        "bca" => BootstrapMethod::Bca,
        other => panic!("{other}"),
    };
    let replicates = case.count("replicates");
    let options = Bootstrap { replicates, method, ..Bootstrap::default() };
    let estimate = bootstrap(&Units::items(x.len()), &options, |items| {
        pearson(&take(&x, items), &take(&y, items))
    })
    .expect("defined");
    case.equal("lower", estimate.lower);
    case.equal("upper", estimate.upper);
}

fn check_order_counts(case: &Case<'_>) {
    let (predicted, gold) = (case.numbers("predicted"), case.numbers("gold"));
    let counts = order_counts(&predicted, &gold, case.number("epsilon")).expect("valid");
    case.equal("concordant", counts.concordant as f64);
    case.equal("discordant", counts.discordant as f64);
    case.equal("tied_predicted", counts.tied_predicted as f64);
    case.equal("tied_gold", counts.tied_gold as f64);
    case.equal("tied_both", counts.tied_both as f64);
}

fn goldens() -> BTreeMap<String, PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/stats");
    let entries = std::fs::read_dir(&folder).expect("the goldens are in the repository");
    entries
        .map(|entry| entry.expect("readable").path())
        .map(|path| (path.file_stem().expect("a name").to_string_lossy().into_owned(), path))
        .collect()
}

#[test]
fn equal_to_the_reference_tools() {
    let (goldens, checks) = (goldens(), checks());
    assert_eq!(
        goldens.keys().map(String::as_str).collect::<Vec<_>>(),
        checks.keys().copied().collect::<Vec<_>>()
    );
    for (name, path) in goldens {
        let text = std::fs::read_to_string(&path).expect("readable");
        let golden: Table = text.parse().unwrap_or_else(|e| panic!("{name}: {e}"));
        for field in ["tool", "version", "command"] {
            assert!(golden.get(field).is_some_and(Value::is_str), "{name}: no `{field}`");
        }
        let tolerance = golden["tolerance"].as_float().expect("a number");
        let cases = golden["case"].as_array().expect("a list of cases");
        assert!(!cases.is_empty(), "{name} has no cases");
        for (i, case) in cases.iter().enumerate() {
            let table = case.as_table().expect("a table");
            let title = table.get("name").and_then(Value::as_str).unwrap_or_default();
            let place = format!("{name}, case {i} ({title})");
            checks[name.as_str()](&Case { table, place, tolerance });
        }
    }
}
