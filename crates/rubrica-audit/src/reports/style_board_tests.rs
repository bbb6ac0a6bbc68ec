use rubrica_core::Preference;

use super::*;

fn battle(a: &str, b: &str, winner: Preference, lengths: [f64; 2]) -> StyledBattle {
    StyledBattle {
        model_a: a.into(),
        model_b: b.into(),
        winner,
        category: None,
        weight: None,
        len_a: Some(lengths[0]),
        len_b: Some(lengths[1]),
        style_a: BTreeMap::new(),
        style_b: BTreeMap::new(),
    }
}

/// Two equal models of which one writes at length, before a judge that likes length.
fn wordy() -> Vec<StyledBattle> {
    use Preference::{A, B};
    let mut rows = Vec::new();
    for (lengths, wins, losses) in [([400.0, 100.0], 27, 9), ([100.0, 400.0], 5, 15)] {
        rows.extend((0..wins).map(|_| battle("wordy", "brief", A, lengths)));
        rows.extend((0..losses).map(|_| battle("wordy", "brief", B, lengths)));
    }
    rows
}

#[test]
fn style_is_taken_out() {
    let board = style_leaderboard(&wordy(), &StyleOptions::default()).expect("regular").overall;
    let of = |name: &str| board.ratings.iter().find(|m| m.model == name).expect("there");
    assert!((of("wordy").rating - 1000.0).abs() < 1e-6, "{board:?}");
    assert!(of("wordy").plain_rating.expect("finite") > 1020.0);
    // All covariates are of one size, so that one deviation is the whole of it.
    assert!((board.effects[0].coefficient - 3f64.ln()).abs() < 1e-9, "{:?}", board.effects);
    assert!(board.effects[0].lower > 0.0 && board.ratings.iter().all(|m| m.tier == 1));
    let none = StyleOptions { covariates: Some(vec![]), ..StyleOptions::default() };
    let bare = style_leaderboard(&wordy(), &none).expect("regular").overall;
    assert!(bare.ratings[0].model == "wordy" && bare.ratings[0].rating > 1020.0);
}

#[test]
fn who_is_called_first_does_not_matter_but_in_compat() {
    let swapped: Vec<StyledBattle> = wordy()
        .iter()
        .enumerate()
        .map(|(i, b)| match i % 3 {
            0 => battle(
                "brief",
                "wordy",
                b.winner.flipped(),
                [b.len_b.expect("set"), b.len_a.expect("set")],
            ),
            _ => b.clone(),
        })
        .collect();
    let gap = |rows: &[StyledBattle], compat| {
        let options = StyleOptions { compat, ..StyleOptions::default() };
        let board = style_leaderboard(rows, &options).expect("regular").overall;
        let of = |name: &str| board.ratings.iter().find(|m| m.model == name).expect("there");
        of("wordy").rating - of("brief").rating
    };
    assert!((gap(&wordy(), false) - gap(&swapped, false)).abs() < 1e-6);
    assert!((gap(&wordy(), true) - gap(&swapped, true)).abs() > 10.0);
    // The mean of the covariate comes back as strength of the first model.
    assert!(gap(&wordy(), true) > 10.0);
}

#[test]
fn a_baseline_gives_scores_and_categories_have_boards() {
    use Preference::{A, B, Tie};
    let mut rows = Vec::new();
    for (index, winner) in [A, A, B, Tie, A, B, B, A].into_iter().enumerate() {
        let mut one = battle("new", "base", winner, [1.0, 1.0]);
        (one.len_a, one.len_b) = (None, None);
        one.category = Some(if index == 0 { "rare" } else { "usual" }.into());
        one.weight = (winner == A).then_some(3.0);
        rows.push(one);
    }
    let options = StyleOptions { baseline: Some("base".into()), ..StyleOptions::default() };
    let boards = style_leaderboard(&rows, &options).expect("regular");
    let new = &boards.overall.ratings[0];
    // 12.5 of 16 battles.
    assert!((new.score.expect("a baseline")[0] - 100.0 * 12.5 / 16.0).abs() < 1e-9);
    assert_eq!((new.battles, new.plain_rating), (8, None));
    let base = &boards.overall.ratings[1];
    assert_eq!((base.rating, base.lower, base.upper), (1000.0, 1000.0, 1000.0));
    let rare = &boards.by_category["rare"];
    assert_eq!(rare.error.as_ref().expect("one way").code, "not_connected");
    assert!(rare.error.as_ref().is_some_and(|e| e.reason.contains("new")));
    assert_eq!(boards.by_category["usual"].ratings[0].model, "new");
    let again = StyleOptions { bootstrap: 200, seed: 3, ..options };
    let drawn = style_leaderboard(&rows, &again).expect("regular");
    assert_eq!(drawn, style_leaderboard(&rows, &again).expect("regular"));
    let drawn = &drawn.overall.ratings[0];
    assert!(drawn.lower < drawn.rating && drawn.rating < drawn.upper);
}

#[test]
fn mistakes_are_named() {
    let run = |rows: &[StyledBattle], options: &StyleOptions| {
        style_leaderboard(rows, options).expect_err("bad")
    };
    let plain = StyleOptions::default();
    assert_eq!(run(&[], &plain).code(), "too_few_values");
    let mut rows = wordy();
    rows[1].len_b = Some(-1.0);
    assert_eq!(run(&rows, &plain).path(), Some("[1].style_b"));
    rows[1].len_b = None;
    assert!(run(&rows, &plain).to_string().contains("no `length`"));
    rows[1].model_b = "wordy".into();
    assert_eq!(run(&rows, &plain).path(), Some("[1].model_b"));
    let unknown = StyleOptions { baseline: Some("?".into()), ..plain.clone() };
    assert_eq!(run(&wordy(), &unknown).code(), "unknown_name");
    let level = StyleOptions { level: 1.0, ..plain.clone() };
    assert_eq!(run(&wordy(), &level).code(), "out_of_range");
    let level = StyleOptions { level: f64::NAN, bootstrap: 10, ..plain.clone() };
    assert_eq!(run(&wordy(), &level).code(), "out_of_range");
    // Length that follows from who writes cannot be told from strength.
    let fixed: Vec<StyledBattle> = wordy().into_iter().filter(|b| b.len_a == Some(400.0)).collect();
    assert_eq!(run(&fixed, &plain).code(), "out_of_range");
}
