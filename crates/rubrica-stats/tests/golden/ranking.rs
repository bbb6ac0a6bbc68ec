//! Goldens of ratings from battles.

use rubrica_stats::ranking::{PairedFit, PairedModel, WinMatrix};

use super::{Case, Check};

pub(super) fn checks() -> Vec<(&'static str, Check)> {
    vec![
        ("bradley_terry", Box::new(|case| drop(check(case, PairedModel::BradleyTerry)))),
        ("paired_ties", Box::new(check_ties)),
    ]
}

fn check(case: &Case<'_>, model: PairedModel) -> PairedFit {
    let rows = case.numbers("rows");
    let pairs = rows.as_chunks::<5>().0.iter();
    let pairs =
        pairs.map(|&[i, j, wins, losses, ties]| (i as usize, j as usize, [wins, losses, ties]));
    let counts = WinMatrix::from_pairs(case.count("models"), pairs).expect("valid");
    let fit = model.fit(&counts).expect("connected");
    for (expected, found) in case.numbers("expected").into_iter().zip(fit.ratings()) {
        case.near("rating", expected, found);
    }
    fit
}

fn check_ties(case: &Case<'_>) {
    let model = match case.text("name") {
        "rao_kupper" => PairedModel::RaoKupper,
        "davidson" => PairedModel::Davidson,
        other => panic!("{other}"),
    };
    case.equal("tie", check(case, model).tie_parameter().expect("a model of ties"));
}
