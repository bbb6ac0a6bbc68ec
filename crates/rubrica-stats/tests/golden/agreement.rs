//! Goldens of the agreement coefficients.

use rubrica_stats::agreement::{
    AgreementWeights, IccForm, Metric, Ratings, fleiss_kappa, gwet_ac1, gwet_ac2, icc, kendall_w,
    krippendorff_alpha,
};
use toml::Value;

use super::{Case, Check};

pub(super) fn checks() -> Vec<(&'static str, Check)> {
    vec![
        ("fleiss_kappa", Box::new(check_fleiss)),
        ("gwet_ac2", Box::new(check_gwet)),
        ("krippendorff_alpha", Box::new(check_alpha)),
        ("icc", Box::new(check_icc)),
        ("kendall_w", Box::new(check_w)),
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
