use super::*;

fn score(examiner: &str, examinee: &str, score: f64) -> ExamScore {
    let (examiner, examinee) = (examiner.to_owned(), examinee.to_owned());
    ExamScore { examiner, examinee, question_id: None, criterion: None, score }
}

fn three() -> Vec<ExamScore> {
    vec![
        score("a", "b", 4.0),
        score("a", "c", 2.0),
        score("b", "a", 5.0),
        score("b", "c", 1.0),
        score("c", "a", 3.0),
        score("c", "b", 3.0),
    ]
}

fn models(ranking: &[ExaminedModel]) -> Vec<(&str, f64)> {
    ranking.iter().map(|m| (m.model.as_str(), m.score)).collect()
}

#[test]
fn three_models_by_hand() {
    let raw = peer_exam(&three(), &PeerExamOptions { raw: true }).expect("valid");
    assert_eq!(models(&raw.ranking), [("a", 4.0), ("b", 3.5), ("c", 1.5)]);
    assert!(raw.self_preference.is_empty() && raw.by_criterion.is_empty());
    // Standardised: a's and b's scores are ±1/√2, those of c tell nobody apart.
    let put = peer_exam(&three(), &PeerExamOptions::default()).expect("valid");
    let half = 0.5f64.sqrt() / 2.0;
    for (found, expected) in models(&put.ranking).iter().zip([half, half, -2.0 * half]) {
        assert!((found.1 - expected).abs() < 1e-12, "{put:?}");
    }
    assert_eq!(put.ranking[0].mean_score + put.ranking[1].mean_score, 7.5);
    // Nobody but examiners was examined.
    assert_eq!((put.kendall_w.value(), put.mean_tau.value()), (None, None));
}

#[test]
fn strict_examiners_do_not_decide() {
    // One gives low scores to whom it sees, and sees only good ones.
    let rows = [
        score("mild", "x", 9.0),
        score("mild", "y", 8.0),
        score("mild", "z", 7.0),
        score("strict", "x", 2.0),
        score("strict", "y", 1.0),
        score("other", "z", 7.0),
        score("other", "y", 8.0),
    ];
    let order = |raw| {
        let found = peer_exam(&rows, &PeerExamOptions { raw }).expect("valid");
        found.ranking.iter().map(|m| m.model.clone()).collect::<Vec<_>>()
    };
    assert_eq!(order(true), ["z", "y", "x"]);
    assert_eq!(order(false), ["x", "y", "z"]);
}

#[test]
fn self_preference_is_told() {
    let mut rows = three();
    rows.extend([score("a", "a", 6.0), score("b", "b", 3.0)]);
    let found = peer_exam(&rows, &PeerExamOptions { raw: true }).expect("valid");
    // Its own score does not count for its place.
    assert_eq!(found.ranking[0].score, 4.0);
    let told: Vec<(&str, f64)> =
        found.self_preference.iter().map(|s| (s.examiner.as_str(), s.preference)).collect();
    assert_eq!(told, [("a", 2.0), ("b", -0.5)]);
    // Among a's peers is c, which has no spread.
    assert_eq!(
        found.self_preference[0].standardised.error().expect("alike").code,
        "constant_input"
    );
}

#[test]
fn examiners_agree_on_those_outside() {
    let mut rows = Vec::new();
    for (examiner, scale) in [("p", 1.0), ("q", 10.0), ("r", 3.0)] {
        for (place, examinee) in ["w", "x", "y", "z"].into_iter().enumerate() {
            for criterion in ["clear", "right"] {
                let mut one = score(examiner, examinee, scale * place as f64);
                one.criterion = Some(criterion.into());
                rows.push(one);
            }
        }
    }
    let found = peer_exam(&rows, &PeerExamOptions::default()).expect("valid");
    assert_eq!(found.kendall_w.value().expect("complete").w, 1.0);
    assert!((found.mean_tau.value().expect("three pairs") - 1.0).abs() < 1e-12);
    assert_eq!(found.by_criterion["clear"][0].model, "z");
    assert_eq!(found.ranking[0].peers, 3);
}

#[test]
fn mistakes_are_named() {
    let options = PeerExamOptions::default();
    let code = |rows: &[ExamScore]| peer_exam(rows, &options).expect_err("bad").code();
    assert_eq!(code(&[]), "nothing_to_count");
    assert_eq!(code(&[score("a", "a", 1.0)]), "nothing_to_count");
    assert_eq!(code(&[score("a", "b", f64::NAN)]), "invalid_input");
    let one = peer_exam(&[score("a", "b", 3.0)], &options).expect("one score");
    assert_eq!((one.ranking[0].score, one.ranking[0].mean_score), (0.0, 3.0));
}
