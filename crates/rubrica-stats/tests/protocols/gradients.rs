//! Gradients of all losses against central differences, and what must hold of losses and votes for any input.

use proptest::collection::vec;
use proptest::prelude::*;
use rubrica_stats::consistency::{
    ClusterRule, ProjectionOptions, Triplet, TripletProjection, Votes, meaning_clusters,
    score_spread,
};
use rubrica_stats::losses::{
    AdvantageOptions, AssessmentGroup, Constraint, DpoLogs, GapScores, ListLoss, ListLossOptions,
    Loss, RetentionOptions, ScopeWeights, advantage_weighted_loss, assessment_loss, dpo_loss,
    gap_loss, list_loss, margin_loss, retention_loss, scoped_loss, unlikelihood_loss,
};
use rubrica_stats::rng::Rng;

const STEP: f64 = 1e-5;

/// Holds the gradient to central differences.
#[track_caller]
fn check(name: &str, at: &[f64], loss: impl Fn(&[f64]) -> Loss) {
    let gradient = loss(at).gradient;
    assert_eq!(gradient.len(), at.len(), "{name}");
    for i in 0..at.len() {
        let moved = |by: f64| {
            let mut x = at.to_vec();
            x[i] += by;
            loss(&x).value
        };
        let slope = (moved(STEP) - moved(-STEP)) / (2.0 * STEP);
        assert!((slope - gradient[i]).abs() < 1e-6, "{name}[{i}]: {} is not {slope}", gradient[i]);
    }
}

#[test]
fn lists() {
    for loss in ListLoss::ALL {
        let options = ListLossOptions { loss, beta: 0.7, margin: 0.9 };
        for labels in [[1.0, 0.5, 0.0, 0.5], [0.0, 0.2, 0.4, 1.0]] {
            let at = [0.3, 0.81, -0.4, 1.7];
            check(loss.name(), &at, |s| list_loss(&labels, s, &options).expect("valid"));
        }
    }
}

#[test]
fn pairs_and_tokens() {
    check("margin", &[0.4, 1.1], |r| margin_loss(r[0], r[1], 0.5).expect("valid"));
    check("dpo", &[-12.0, -9.0], |log| {
        let [policy_chosen, policy_rejected] = [log[0], log[1]];
        let logs = DpoLogs {
            policy_chosen,
            policy_rejected,
            reference_chosen: -11.0,
            reference_rejected: -10.0,
        };
        dpo_loss(&logs, 0.3).expect("valid")
    });
    check("gap", &[1.2, 0.1, -0.05, -0.9], |r| {
        gap_loss(&GapScores {
            winner_loser: r[0],
            winner_winner: r[1],
            loser_loser: r[2],
            loser_winner: r[3],
        })
        .expect("valid")
    });
    check("scoped", &[0.5, 1.5, 2.5], |l| {
        scoped_loss(l[0], l[1], l[2], &ScopeWeights::default()).expect("valid")
    });
    for (distillation, temperature) in [(0.0, 1.0), (0.4, 2.5), (1.0, 0.5)] {
        let options = RetentionOptions { distillation, temperature };
        check("retention", &[0.2, -1.0, 0.7], |student| {
            retention_loss(student, &[1.0, 0.0, -0.5], 2, &options).expect("valid")
        });
    }
    for aligned in [true, false] {
        check("unlikelihood", &[-0.8], |p| unlikelihood_loss(p[0], aligned, 0.6).expect("valid"));
    }
    // The weight is a constant, so only the text's side has that derivative, and the value's without the weight.
    let options = AdvantageOptions::default();
    check("advantage", &[-1.3], |p| {
        let mut loss = advantage_weighted_loss(p[0], 0.4, 0.1, &options).expect("valid");
        loss.gradient.truncate(1);
        loss
    });
    check("value", &[0.3], |v| {
        let mut loss = advantage_weighted_loss(0.0, 0.4, v[0], &options).expect("valid");
        loss.gradient.remove(0);
        loss
    });
}

#[test]
fn right_above_wrong() {
    for constraint in [Constraint::None, Constraint::Clamped(0.35), Constraint::Floor(-0.9)] {
        check("assessment", &[-0.2, -0.5, -0.4, -1.0, 0.3], |s| {
            let group = AssessmentGroup { positives: s[..2].to_vec(), negatives: s[2..].to_vec() };
            let found = assessment_loss(&group, constraint).expect("valid");
            let gradient = [found.by_positive, found.by_negative].concat();
            Loss { value: found.value, gradient }
        });
    }
}

#[test]
fn triplets_on_one_axis_are_learned() {
    // Two numbers each: the first is what people look at, the second noise ten times as large.
    let mut rng = Rng::seeded(5);
    let vectors: Vec<Vec<f64>> = (0..40).map(|_| vec![rng.unit(), rng.unit() * 10.0]).collect();
    let mut triplets = Vec::new();
    while triplets.len() < 200 {
        let [anchor, near, far] = [(); 3].map(|()| rng.below(vectors.len()));
        let apart = |other: usize| (vectors[anchor][0] - vectors[other][0]).abs();
        if anchor != near && apart(near) + 0.05 < apart(far) {
            triplets.push(Triplet { anchor, near, far });
        }
    }
    let options = ProjectionOptions { learning_rate: 0.05, epochs: 300, ..Default::default() };
    let fit = TripletProjection::fit(&vectors, &triplets, &options).expect("fits");
    assert!(fit.held_out_accuracy > 0.9, "{fit:?}");
    let again = TripletProjection::fit(&vectors, &triplets, &options).expect("fits");
    assert_eq!(fit, again);
    let (a, b) = (fit.project(&[0.0, 5.0]).expect("two"), fit.project(&[1.0, 5.0]).expect("two"));
    assert_ne!(a, b);
}

fn shuffled(n: usize, seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    Rng::seeded(seed).shuffle(&mut order);
    order
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(1.0)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn permuting_a_list_permutes_its_gradient(
        items in vec((0.0..1.0f64, -4.0..4.0f64), 1..8), seed: u64
    ) {
        let order = shuffled(items.len(), seed);
        let (labels, scores): (Vec<f64>, Vec<f64>) = items.iter().copied().unzip();
        let (moved_labels, moved_scores): (Vec<f64>, Vec<f64>) =
            order.iter().map(|&i| items[i]).unzip();
        for loss in ListLoss::ALL {
            let options = ListLossOptions { loss, ..Default::default() };
            let plain = list_loss(&labels, &scores, &options).expect("valid");
            let moved = list_loss(&moved_labels, &moved_scores, &options).expect("valid");
            prop_assert!(near(plain.value, moved.value), "{}", loss.name());
            for (to, &from) in order.iter().enumerate() {
                prop_assert!(near(plain.gradient[from], moved.gradient[to]), "{}", loss.name());
            }
            prop_assert!(plain.value >= -1e-12);
        }
    }

    #[test]
    fn shifting_scores_changes_no_loss_of_order(
        items in vec((0.0..1.0f64, -4.0..4.0f64), 2..8), shift in -50.0..50.0f64
    ) {
        let (labels, scores): (Vec<f64>, Vec<f64>) = items.into_iter().unzip();
        let shifted: Vec<f64> = scores.iter().map(|s| s + shift).collect();
        for loss in [ListLoss::Logistic, ListLoss::Hinge, ListLoss::ListMle, ListLoss::Softmax] {
            let options = ListLossOptions { loss, ..Default::default() };
            let plain = list_loss(&labels, &scores, &options).expect("valid");
            let moved = list_loss(&labels, &shifted, &options).expect("valid");
            prop_assert!((plain.value - moved.value).abs() < 1e-9, "{}", loss.name());
            prop_assert!(moved.gradient.iter().sum::<f64>().abs() < 1e-9);
        }
    }

    #[test]
    fn votes_do_not_depend_on_the_order(answers in vec(0..4u8, 2..12), seed: u64) {
        let all: Vec<Option<u8>> = answers.iter().copied().map(Some).collect();
        let mut moved: Vec<Option<u8>> =
            shuffled(all.len(), seed).into_iter().map(|i| all[i]).collect();
        let plain = Votes::count(&all).expect("votes");
        let votes = Votes::count(&moved).expect("votes");
        prop_assert!(near(plain.share, votes.share) && near(plain.entropy, votes.entropy));
        prop_assert_eq!(plain.pairwise_agreement(), votes.pairwise_agreement());
        if !plain.tied {
            prop_assert_eq!(all[plain.winner()], moved[votes.winner()]);
        }
        // A missing answer changes no figure and is counted.
        moved.push(None);
        let more = Votes::count(&moved).expect("votes");
        prop_assert_eq!((more.share, more.entropy, more.missing), (votes.share, votes.entropy, 1));
    }

    #[test]
    fn meanings_are_at_most_as_many_as_answers(cells in vec(0.0..=1.0f64, 25), threshold in 0.0..=1.0f64) {
        let first = meaning_clusters(&cells, 5, threshold, ClusterRule::First).expect("valid");
        let any = meaning_clusters(&cells, 5, threshold, ClusterRule::Any).expect("valid");
        prop_assert!(any.count <= first.count && first.count <= 5);
        prop_assert!(first.entropy() <= 5f64.ln() + 1e-12);
        prop_assert!(near(first.weighted_entropy(&[-3.0; 5]).expect("valid"), first.entropy()));
    }

    #[test]
    fn spread_scales(scores in vec(-5.0..5.0f64, 2..9), factor in 0.1..9.0f64) {
        let plain = score_spread(&scores).expect("valid");
        let scaled: Vec<f64> = scores.iter().map(|s| s * factor).collect();
        let scaled = score_spread(&scaled).expect("valid");
        prop_assert!(near(plain.deviation.expect("two") * factor, scaled.deviation.expect("two")));
        prop_assert!(near(plain.mean_distance.expect("two") * factor, scaled.mean_distance.expect("two")));
    }
}
