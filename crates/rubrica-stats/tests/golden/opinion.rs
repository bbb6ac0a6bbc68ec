//! Goldens of opinion scores.

use rubrica_stats::agreement::Ratings;
use rubrica_stats::opinion::{
    Mapping, OpinionOptions, mean_opinion_scores, metric_report, screen_observers,
};

use super::{Case, Check};

pub(super) fn checks() -> Vec<(&'static str, Check)> {
    vec![
        ("mean_opinion_scores", Box::new(check_means)),
        ("screen_observers", Box::new(check_screening)),
        ("metric_report", Box::new(check_report)),
    ]
}

fn ratings(case: &Case<'_>) -> Ratings {
    Ratings::new(case.cells("ratings"), case.count("raters")).expect("a grid")
}

fn check_means(case: &Case<'_>) {
    let found = mean_opinion_scores(&ratings(case), &OpinionOptions::default()).expect("defined");
    let expected = case.numbers("mean").into_iter().zip(case.numbers("half"));
    for (item, (mean, half)) in found.items.iter().zip(expected) {
        case.near("mean", mean, item.mean.expect("scored"));
        case.near("lower", mean - half, item.lower.expect("scored"));
        case.near("upper", mean + half, item.upper.expect("scored"));
    }
}

fn check_screening(case: &Case<'_>) {
    let found = screen_observers(&ratings(case)).expect("defined").observers;
    let above: Vec<usize> = found.iter().map(|o| o.above).collect();
    let below: Vec<usize> = found.iter().map(|o| o.below).collect();
    let rejected: Vec<bool> = found.iter().map(|o| o.rejected).collect();
    assert_eq!(above, case.counts("above"), "{}", case.place);
    assert_eq!(below, case.counts("below"), "{}", case.place);
    assert_eq!(rejected, case.flags("rejected"), "{}", case.place);
}

fn check_report(case: &Case<'_>) {
    let (metric, opinion) = (case.numbers("metric"), case.numbers("opinion"));
    let mapping: Mapping = case.option("mapping");
    let found = metric_report(&metric, &opinion, mapping).expect("defined");
    case.equal("srcc", found.srcc);
    case.equal("krcc", found.krcc);
    case.equal("plcc", found.plcc);
    case.equal("rmse", found.rmse);
    let Some(curve) = found.curve else { return };
    for (x, expected) in metric.iter().zip(case.numbers("mapped")) {
        case.near(&format!("at {x}"), expected, curve.predict(*x));
    }
    // Least squares: the error itself has all of its digits.
    let rmse = case.number("rmse");
    assert!((found.rmse - rmse).abs() < 1e-9 * rmse, "{}: {}", case.place, found.rmse);
}
