//! Goldens of correlations, their intervals and tests, and of grids of scores.

use rubrica_stats::correlation::{
    CorrelationTest, Grouping, StandardError, calibrate_ties, correlation_interval,
    grouped_correlation, kendall_tau_a, kendall_tau_b, kendall_tau_c, pearson, spearman,
    steiger_test, steiger_test_apart, tau_eq, williams_test,
};

use rubrica_stats::{moments::mean, regression::line};

use super::{Case, Check, correlation};

pub(super) fn checks() -> Vec<(&'static str, Check)> {
    vec![
        ("kendall_tau_a", correlation(kendall_tau_a)),
        ("kendall_tau_c", correlation(kendall_tau_c)),
        ("correlation_interval", Box::new(check_interval)),
        ("dependent_correlations", Box::new(check_dependent)),
        ("dependent_correlations_apart", Box::new(check_apart)),
        ("grouped_correlation", Box::new(check_grouped)),
        ("tau_eq", Box::new(check_tau_eq)),
        ("line", Box::new(check_line)),
    ]
}

fn check_interval(case: &Case<'_>) {
    let (r, n, level) = (case.number("r"), case.count("n"), case.number("level"));
    let found = correlation_interval(r, n, level, StandardError::Pearson).expect("valid");
    case.equal("lower", found.lower);
    case.equal("upper", found.upper);
}

fn check_z(case: &Case<'_>, found: &CorrelationTest) {
    case.equal("z", found.statistic);
    case.equal("z_p_value", found.p_value);
}

fn check_dependent(case: &Case<'_>) {
    let [xz, yz, xy] = ["r_xz", "r_yz", "r_xy"].map(|field| case.number(field));
    let n = case.count("n");
    let williams = williams_test(xz, yz, xy, n).expect("valid");
    case.equal("t", williams.statistic);
    case.equal("t_p_value", williams.p_value);
    check_z(case, &steiger_test(xz, yz, xy, n).expect("valid"));
}

fn check_apart(case: &Case<'_>) {
    let cross: [f64; 4] = case.numbers("cross").try_into().expect("four");
    let (ab, cd, n) = (case.number("r_ab"), case.number("r_cd"), case.count("n"));
    check_z(case, &steiger_test_apart(ab, cd, cross, n).expect("valid"));
}

fn check_grouped(case: &Case<'_>) {
    let correlation = match case.text("correlation") {
        "pearson" => pearson,
        "spearman" => spearman,
        "kendall_tau_b" => kendall_tau_b,
        other => panic!("{other}"),
    };
    let (metric, human) = (case.cells("metric"), case.cells("human"));
    let grouping: Grouping = case.option("grouping");
    let systems = case.count("systems");
    let found = grouped_correlation(&metric, &human, systems, grouping, correlation);
    let found = found.expect("defined");
    case.equal("expected", found.value);
    case.equal("groups", found.groups as f64);
    case.equal("undefined", found.undefined as f64);
}

fn check_tau_eq(case: &Case<'_>) {
    let (metric, human) = (case.cells("metric"), case.cells("human"));
    let grouping: Grouping = case.option("grouping");
    let systems = case.count("systems");
    let at = |epsilon| tau_eq(&metric, &human, systems, grouping, epsilon).expect("defined");
    case.equal("plain", at(0.0).accuracy);
    let best = calibrate_ties(&metric, &human, systems, grouping).expect("defined");
    case.equal("epsilon", best.epsilon);
    case.equal("accuracy", best.accuracy);
    case.equal("accuracy", at(best.epsilon).accuracy);
    assert_eq!(best.pairs, at(0.0).pairs, "{}", case.place);
}

fn check_line(case: &Case<'_>) {
    let (x, y) = (case.numbers("x"), case.numbers("y"));
    let found = line(&x, &y).expect("valid");
    case.equal("slope", found.slope);
    let mean = mean(&x).expect("some");
    case.equal("at_mean", found.intercept + found.slope * mean);
}
