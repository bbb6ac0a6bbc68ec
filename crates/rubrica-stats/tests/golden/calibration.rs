//! Goldens of bins of equal mass and of Platt scaling.

use rubrica_stats::calibration::{Platt, reliability_by_mass};

use super::{Case, Check};

pub(super) fn checks() -> Vec<(&'static str, Check)> {
    vec![("reliability_by_mass", Box::new(check_mass)), ("platt", Box::new(check_platt))]
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
