//! Goldens of the agreement coefficients.

use rubrica_stats::agreement::{
    AgreementWeights, IccForm, Metric, Ratings, TrustGate, category_trust, fleiss_kappa, gwet_ac1,
    gwet_ac2, icc, kappa_by_stratum, kendall_w, krippendorff_alpha,
};
use rubrica_stats::bootstrap::Bootstrap;
use toml::Value;

use super::{Case, Check};

pub(super) fn checks() -> Vec<(&'static str, Check)> {
    vec![
        ("fleiss_kappa", Box::new(check_fleiss)),
        ("gwet_ac2", Box::new(check_gwet)),
        ("krippendorff_alpha", Box::new(check_alpha)),
        ("icc", Box::new(check_icc)),
        ("kendall_w", Box::new(check_w)),
        ("category_trust", Box::new(check_trust)),
        ("kappa_by_stratum", Box::new(check_strata)),
    ]
}

fn ratings(case: &Case<'_>) -> Ratings {
    Ratings::new(case.cells("ratings"), case.count("raters")).expect("a grid")
}

fn check_fleiss(case: &Case<'_>) {
    case.equal("expected", fleiss_kappa(&ratings(case)).expect("defined"));
}

fn check_gwet(case: &Case<'_>) {
    let (ratings, categories) = (ratings(case), case.numbers("categories"));
    let categories = (!categories.is_empty()).then_some(categories.as_slice());
    let weights: AgreementWeights = case.option("weights");
    case.equal("expected", gwet_ac2(&ratings, weights, categories).expect("defined"));
    if weights == AgreementWeights::Identity {
        case.equal("expected", gwet_ac1(&ratings, categories).expect("defined"));
    }
}

fn check_alpha(case: &Case<'_>) {
    let metric: Metric = case.option("metric");
    case.equal("expected", krippendorff_alpha(&ratings(case), metric).expect("defined"));
}

fn check_icc(case: &Case<'_>) {
    let form: IccForm = case.option("form");
    let found = icc(&ratings(case), form, 0.95).expect("defined");
    case.equal("expected", found.value);
    case.equal("p_value", found.p_value);
    let interval: Vec<Value> = case.list("interval", Value::clone);
    for (expected, found) in interval.iter().zip([found.lower, found.upper]) {
        match found {
            Some(end) => case.near("end", super::number(expected), end),
            None => assert!(expected.is_str(), "{}: unbounded", case.place),
        }
    }
}

fn check_w(case: &Case<'_>) {
    let found = kendall_w(&ratings(case)).expect("defined");
    case.equal("expected", found.w);
    case.equal("chi_squared", found.chi_squared);
    case.equal("p_value", found.p_value);
}

/// Labels of two raters with the 2×2 table in this field.
fn labels(case: &Case<'_>, field: &str) -> (Vec<u8>, Vec<u8>) {
    let cells = [(0, 0), (0, 1), (1, 0), (1, 1)];
    let counts = case.counts(field);
    cells.into_iter().zip(counts).flat_map(|(pair, n)| std::iter::repeat_n(pair, n)).unzip()
}

fn check_trust(case: &Case<'_>) {
    let (one, two) = labels(case, "table");
    let some = |labels: &[u8]| labels.iter().copied().map(Some).collect::<Vec<_>>();
    let people = [some(&one), some(&two)];
    let found = category_trust(&people, &people[0], &TrustGate::default()).expect("defined");
    case.equal("expected", found.kappa_people);
    case.near("model", (1.0 + case.number("expected")) / 2.0, found.kappa_model);
}

fn check_strata(case: &Case<'_>) {
    let (right, wrong) = (labels(case, "right"), labels(case, "wrong"));
    let strata = [vec!["right"; right.0.len()], vec!["wrong"; wrong.0.len()]].concat();
    let (human, judge) = ([right.0, wrong.0].concat(), [right.1, wrong.1].concat());
    let found = kappa_by_stratum(&human, &judge, &strata, &Bootstrap::default());
    let found = found.expect("defined");
    for (stratum, expected) in found.strata.iter().zip(case.numbers("expected")) {
        case.near(stratum.stratum, expected, stratum.kappa.as_ref().expect("defined").value);
    }
    case.equal("pooled", found.pooled.expect("defined"));
}
