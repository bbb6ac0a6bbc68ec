//! Goldens of ratings from battles.

use rubrica_stats::ranking::{
    Battle, Belief, EloOptions, Outcome, PairedFit, PairedModel, ThurstoneMosteller, WinMatrix,
    elo, rank_centrality,
};

use super::{Case, Check};

pub(super) fn checks() -> Vec<(&'static str, Check)> {
    vec![
        ("bradley_terry", Box::new(|case| drop(check(case, PairedModel::BradleyTerry)))),
        ("paired_ties", Box::new(check_ties)),
        ("sandwich", Box::new(check_sandwich)),
        ("elo", Box::new(check_elo)),
        ("rank_centrality", Box::new(check_walk)),
        ("thurstone_mosteller", Box::new(check_beliefs)),
    ]
}

fn counts(case: &Case<'_>) -> WinMatrix {
    let rows = case.numbers("rows");
    let pairs = rows.as_chunks::<5>().0.iter();
    let pairs =
        pairs.map(|&[i, j, wins, losses, ties]| (i as usize, j as usize, [wins, losses, ties]));
    WinMatrix::from_pairs(case.count("models"), pairs).expect("valid")
}

/// Each number is that of the case's field.
fn all(case: &Case<'_>, field: &str, found: &[f64]) {
    let expected = case.numbers(field);
    assert_eq!(expected.len(), found.len(), "{}", case.place);
    for (expected, found) in expected.into_iter().zip(found) {
        case.near(field, expected, *found);
    }
}

fn check_sandwich(case: &Case<'_>) {
    let counts = counts(case);
    let fit = PairedModel::BradleyTerry.fit(&counts).expect("connected");
    all(case, "expected", &fit.standard_errors(&counts).expect("regular"));
}

fn check_elo(case: &Case<'_>) {
    let outcome = |score: f64| match score {
        1.0 => Outcome::First,
        0.0 => Outcome::Second,
        _ => Outcome::Tie,
    };
    let sides = case.counts("first").into_iter().zip(case.counts("second"));
    let battles = sides.zip(case.numbers("score")).map(|((first, second), score)| Battle {
        first,
        second,
        outcome: outcome(score),
    });
    let options = EloOptions { k: case.number("k"), ..EloOptions::default() };
    let found = elo(case.count("models"), battles, &options).expect("in range");
    all(case, "expected", &found);
}

fn check_walk(case: &Case<'_>) {
    let found = rank_centrality(&counts(case), case.number("prior")).expect("connected");
    all(case, "expected", found.shares());
}

fn check_beliefs(case: &Case<'_>) {
    let before = case.numbers("mean").into_iter().zip(case.numbers("deviation"));
    let mut beliefs: Vec<Belief> =
        before.map(|(mean, deviation)| Belief { mean, deviation }).collect();
    let places = case.counts("places");
    let last = places.iter().max().expect("some");
    let groups: Vec<Vec<usize>> = (0..=*last)
        .map(|place| (0..places.len()).filter(|model| places[*model] == place).collect())
        .collect();
    ThurstoneMosteller::default().update(&mut beliefs, &groups).expect("each once");
    let of = |part: fn(&Belief) -> f64| beliefs.iter().map(part).collect::<Vec<_>>();
    all(case, "expected_mean", &of(|belief| belief.mean));
    all(case, "expected_deviation", &of(|belief| belief.deviation));
}

fn check(case: &Case<'_>, model: PairedModel) -> PairedFit {
    let fit = model.fit(&counts(case)).expect("connected");
    all(case, "expected", &fit.ratings());
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
