//! What must hold of reports for any rows.

use proptest::prelude::*;
use rubrica_audit::reports::{
    BenchmarkAgreementOptions, ExamScore, PeerExamOptions, Reward, RewardedProblem, StyleOptions,
    StyledBattle, benchmark_agreement, one_to_many, peer_exam, style_leaderboard,
};
use rubrica_core::{Preference, ScoreRow};
use rubrica_stats::bootstrap::Bootstrap;

fn battles() -> impl Strategy<Value = Vec<StyledBattle>> {
    let winner = prop_oneof![Just(Preference::A), Just(Preference::B), Just(Preference::Tie)];
    let one = (0..4usize, 1..4usize, winner, 1.0..500.0f64, 1.0..500.0f64);
    let battle =
        |(first, step, winner, len_a, len_b): (usize, usize, Preference, f64, f64)| StyledBattle {
            model_a: format!("m{first}"),
            model_b: format!("m{}", (first + step) % 4),
            winner,
            category: None,
            weight: None,
            len_a: Some(len_a),
            len_b: Some(len_b),
            style_a: Default::default(),
            style_b: Default::default(),
        };
    prop::collection::vec(one.prop_map(battle), 1..60)
}

proptest! {
    #[test]
    fn ratings_do_not_depend_on_who_stands_first(rows in battles(), ridge in 0.0..2.0f64) {
        let options = StyleOptions { ridge, ..StyleOptions::default() };
        let swapped: Vec<StyledBattle> = rows
            .iter()
            .map(|row| StyledBattle {
                model_a: row.model_b.clone(),
                model_b: row.model_a.clone(),
                winner: row.winner.flipped(),
                len_a: row.len_b,
                len_b: row.len_a,
                ..row.clone()
            })
            .collect();
        if let Ok(board) = style_leaderboard(&rows, &options) {
            let other = style_leaderboard(&swapped, &options).expect("the same battles").overall;
            for model in &board.overall.ratings {
                prop_assert!(model.rating.is_finite() && model.lower <= model.upper);
                let twin = other.ratings.iter().find(|m| m.model == model.model).expect("there");
                let scale = model.rating.abs().max(1.0);
                prop_assert!((twin.rating - model.rating).abs() < 1e-6 * scale);
            }
        }
    }

    #[test]
    fn ranks_are_bounded(
        problems in prop::collection::vec((-5..5i32, prop::collection::vec(-5..5i32, 1..9)), 1..20),
    ) {
        let rows: Vec<RewardedProblem> = problems
            .iter()
            .map(|(chosen, rejected)| RewardedProblem {
                id: "p".into(),
                chosen: Reward::Whole(f64::from(*chosen)),
                rejected: rejected.iter().map(|r| Reward::Whole(f64::from(*r))).collect(),
            })
            .collect();
        let found = one_to_many(&rows, &Default::default()).expect("valid");
        let value = |figure: &rubrica_audit::Figure| figure.value().expect("defined");
        let (accuracy, ties) = (value(&found.accuracy), value(&found.accuracy_with_ties));
        prop_assert!(accuracy <= ties && accuracy <= value(&found.mrr) + 1e-12);
        prop_assert!(value(&found.mean_rank) >= 1.0 && value(&found.mrr) <= 1.0);
        prop_assert!(value(&found.mrr) * value(&found.mean_rank) >= 1.0 - 1e-9);
    }

    #[test]
    fn examiners_may_use_any_scale(
        cells in prop::collection::vec((0..4usize, 0..5usize, 0.0..10.0f64), 1..40),
        scale in 0.5..20.0f64,
        shift in -50.0..50.0f64,
    ) {
        // One examiner on another scale changes nothing.
        let rows = |on: &dyn Fn(usize, f64) -> f64| -> Vec<ExamScore> {
            cells
                .iter()
                .map(|(examiner, examinee, score)| ExamScore {
                    examiner: format!("m{examiner}"),
                    examinee: format!("m{examinee}"),
                    question_id: None,
                    criterion: None,
                    score: on(*examiner, *score),
                })
                .collect()
        };
        let plain = peer_exam(&rows(&|_, score| score), &PeerExamOptions::default());
        let other = rows(&|who, score| if who == 0 { scale * score + shift } else { score });
        let other = peer_exam(&other, &PeerExamOptions::default());
        prop_assert_eq!(plain.is_ok(), other.is_ok());
        if let (Ok(plain), Ok(other)) = (plain, other) {
            for model in &plain.ranking {
                let twin = other.ranking.iter().find(|m| m.model == model.model).expect("there");
                prop_assert!((twin.score - model.score).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn boards_agree_by_order_alone(
        scores in prop::collection::vec(prop::collection::vec(-20..20i32, 7), 2..5),
    ) {
        let rows = |on: fn(f64) -> f64| -> Vec<ScoreRow> {
            let boards = scores.iter().enumerate();
            boards
                .flat_map(|(s, board)| {
                    board.iter().enumerate().map(move |(m, score)| ScoreRow {
                        model: format!("m{m}"),
                        scenario: format!("s{s}"),
                        score: on(f64::from(*score)),
                        source: None,
                    })
                })
                .collect()
        };
        let options = BenchmarkAgreementOptions {
            bootstrap: Bootstrap { replicates: 10, ..Bootstrap::default() },
            ..BenchmarkAgreementOptions::default()
        };
        let plain = benchmark_agreement(&rows(|s| s), &options).expect("valid");
        let other = benchmark_agreement(&rows(|s| s.powi(3) + 7.0), &options).expect("valid");
        prop_assert_eq!(&plain.matrix, &other.matrix);
        prop_assert_eq!(&plain.aggregate, &other.aggregate);
        for (i, row) in plain.matrix.iter().enumerate() {
            for (j, cell) in row.iter().enumerate() {
                prop_assert_eq!(cell, &plain.matrix[j][i]);
                prop_assert!(cell.value().is_none_or(|tau| (-1.0..=1.0).contains(tau)));
            }
        }
    }
}
