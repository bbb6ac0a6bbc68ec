//! Goldens of bins of equal mass, of Platt scaling, and of conformal intervals and sets.

use rubrica_stats::calibration::{ConformalInterval, OrdinalSets, Platt, reliability_by_mass};

use super::{Case, Check};

pub(super) fn checks() -> Vec<(&'static str, Check)> {
    vec![
        ("reliability_by_mass", Box::new(check_mass)),
        ("platt", Box::new(check_platt)),
        ("conformal_interval", Box::new(check_interval)),
        ("ordinal_sets", Box::new(check_sets)),
    ]
}

fn check_interval(case: &Case<'_>) {
    let (truth, predicted) = (case.numbers("truth"), case.numbers("predicted"));
    let coverage = case.number("coverage");
    let fit = ConformalInterval::fit(&truth, &predicted, (1.0, 5.0), coverage).expect("valid");
    case.equal("half_width", fit.half_width);
    let ends = case.numbers("lower").into_iter().zip(case.numbers("upper"));
    for (at, (lower, upper)) in case.numbers("at").into_iter().zip(ends) {
        let found = fit.around(at);
        case.near("lower", lower, found.0);
        case.near("upper", upper, found.1);
    }
}

fn check_sets(case: &Case<'_>) {
    let (p, point) = (case.numbers("probabilities"), case.counts("point"));
    let fit = OrdinalSets::fit(&p, 5, &point, case.number("coverage")).expect("valid");
    case.equal("mass", fit.mass);
    let (rows, ends) = (case.numbers("new"), case.counts("sets"));
    for (row, ends) in rows.as_chunks::<5>().0.iter().zip(ends.as_chunks::<2>().0) {
        assert_eq!(fit.set(row).expect("valid"), (ends[0], ends[1]), "{}", case.place);
    }
}

fn check_mass(case: &Case<'_>) {
    let (happened, p) = (case.flags("happened"), case.numbers("probabilities"));
    let diagram = reliability_by_mass(&happened, &p, case.count("bins")).expect("valid");
    case.equal("ece", diagram.ece);
    case.equal("mce", diagram.mce);
}

fn check_platt(case: &Case<'_>) {
    let fit = Platt::fit(&case.numbers("scores"), &case.flags("happened")).expect("valid");
    case.equal("slope", fit.slope);
    for (at, expected) in case.numbers("at").iter().zip(case.numbers("expected")) {
        case.near(&format!("at {at}"), expected, fit.probability(*at));
    }
}
