//! Goldens of performance profiles, of the shape of a score over scale, and of the evenness of groups.

use rubrica_stats::evenness::evenness;
use rubrica_stats::profile::PerformanceProfile;
use rubrica_stats::scale_shape::scale_shape;

use super::{Case, Check};

pub(super) fn checks() -> Vec<(&'static str, Check)> {
    vec![
        ("performance_profile", Box::new(check_profile)),
        ("scale_shape", Box::new(check_shape)),
        ("evenness", Box::new(check_evenness)),
    ]
}

fn check_evenness(case: &Case<'_>) {
    let found = evenness(&case.numbers("scores"), 0.1).expect("valid");
    case.equal("close", found.close);
    case.equal("nds", found.dispersion);
    case.equal("ges", found.gini);
}

fn check_profile(case: &Case<'_>) {
    let profile = PerformanceProfile::new(&case.cells("costs"), case.count("systems"));
    let (profile, largest) = (profile.expect("valid"), case.number("largest"));
    let exact = profile.scores(largest).expect("valid");
    let trapezoid = profile.scores_by_trapezoid(largest, 100).expect("valid");
    for (field, found) in [("exact", exact), ("trapezoid", trapezoid)] {
        assert_eq!(found.len(), case.numbers(field).len(), "{}", case.place);
        for (expected, found) in case.numbers(field).iter().zip(found) {
            case.near(field, *expected, found);
        }
    }
}

fn check_shape(case: &Case<'_>) {
    let score = case.numbers("score");
    let scale: Vec<f64> = (0..score.len()).map(|i| i as f64).collect();
    let found = scale_shape(&scale, &score).expect("defined");
    case.equal("improvement", found.improvement);
    case.equal("linearity", found.linearity);
    case.equal("breakthroughness", found.breakthroughness.expect("defined"));
}
