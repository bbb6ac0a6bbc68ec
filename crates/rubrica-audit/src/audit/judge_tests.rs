use super::*;
use Preference::{A, B, Tie};

fn pair(label: Preference, ab: Option<Preference>, ba: Option<Preference>) -> JudgedPair {
    JudgedPair {
        id: "x".into(),
        label,
        verdict_ab: ab,
        verdict_ba: ba,
        len_a: None,
        len_b: None,
        probability: None,
        source: None,
        own: None,
        style_a: BTreeMap::new(),
        style_b: BTreeMap::new(),
    }
}

fn value(figure: &Figure) -> f64 {
    figure.value().unwrap_or_else(|| panic!("{figure:?}"))
}

/// Votes (1,1), (1,2), (2,2), (1,1) of ContextualJudgeBench, where 1 is right.
#[test]
fn consistent_accuracy_of_four_pairs() {
    let pairs = [
        pair(A, Some(A), Some(A)),
        pair(A, Some(A), Some(B)),
        pair(A, Some(B), Some(B)),
        pair(A, Some(A), Some(A)),
    ];
    let audit = audit_judge(&pairs, &JudgeAuditOptions::default()).expect("four");
    assert_eq!(value(&audit.consistent_accuracy), 0.5);
    assert_eq!(value(&audit.consistency), 0.75);
    assert_eq!((value(&audit.accuracy_ab), value(&audit.accuracy_ba)), (0.75, 0.5));
    // The votes of the second pair cancel out.
    assert_eq!((value(&audit.accuracy), audit.counts.ties), (0.5, 1));
    assert!(audit.length.is_none());
}

#[test]
fn a_judge_of_places_is_found_out() {
    // As shown, always the first: in the original's terms A, then B.
    let pairs =
        vec![pair(A, Some(A), Some(A)), pair(B, Some(A), Some(A)), pair(A, Some(A), Some(A))];
    let shown = JudgeAuditOptions { verdicts: VerdictTerms::Shown, ..Default::default() };
    let audit = audit_judge(&pairs, &shown).expect("three");
    assert_eq!(value(&audit.position.prefers_first), 1.0);
    assert_eq!(value(&audit.position.first_both_times), 1.0);
    assert_eq!(value(&audit.position.second_both_times), 0.0);
    assert_eq!((value(&audit.consistency), value(&audit.accuracy)), (0.0, 0.0));
    // Told of the same pair, it is a judge that always says A.
    let audit = audit_judge(&pairs, &JudgeAuditOptions::default()).expect("three");
    assert_eq!(value(&audit.position.prefers_first), 0.5);
    assert_eq!(value(&audit.consistency), 1.0);
    assert!(audit.signature.to_string().contains("original"));
}

#[test]
fn a_judge_of_length_is_found_out() {
    let mut pairs = Vec::new();
    for (label, longer) in [(A, A), (A, B), (B, A), (B, B), (A, B), (Tie, A)] {
        let mut one = pair(label, Some(longer), Some(longer));
        (one.len_a, one.len_b) =
            if longer == A { (Some(9.0), Some(4.0)) } else { (Some(4.0), Some(9.0)) };
        one.source = Some(if label == A { "first" } else { "second" }.into());
        pairs.push(one);
    }
    let audit = audit_judge(&pairs, &JudgeAuditOptions::default()).expect("six");
    let length = audit.length.as_ref().expect("lengths");
    assert_eq!(value(&length.prefers_longer), 1.0);
    assert_eq!(value(&length.label_longer), 0.4);
    assert!((value(&length.excess) - 0.6).abs() < 1e-12);
    assert_eq!(value(&length.accuracy_longer_better), 1.0);
    assert_eq!(value(&length.accuracy_shorter_better), 0.0);
    assert_eq!(value(&audit.by_source["first"].accuracy), 1.0 / 3.0);
}

#[test]
fn a_judge_of_itself_and_of_headers_is_found_out() {
    // Always its own, which has the headers in all but the last pair.
    let mut pairs = Vec::new();
    for (index, (label, own)) in [(A, A), (A, B), (B, A), (B, B)].into_iter().enumerate() {
        let mut one = pair(label, Some(own), Some(own));
        one.own = Some(own);
        let headed = if index == 3 { own.flipped() } else { own };
        for (side, style) in [(A, &mut one.style_a), (B, &mut one.style_b)] {
            style.insert("headers".into(), if side == headed { 3.0 } else { 1.0 });
            style.insert("bold".into(), 1.0);
        }
        one.style_b.insert("only one side".into(), 1.0);
        pairs.push(one);
    }
    let audit = audit_judge(&pairs, &JudgeAuditOptions::default()).expect("four");
    let own = audit.self_preference.as_ref().expect("told");
    assert_eq!((value(&own.prefers), value(&own.label), value(&own.excess)), (1.0, 0.5, 0.5));
    assert_eq!(value(&own.accuracy_marked_better), 1.0);
    assert_eq!(value(&own.accuracy_other_better), 0.0);
    assert_eq!(audit.style.keys().collect::<Vec<_>>(), ["bold", "headers"]);
    assert_eq!(value(&audit.style["headers"].prefers), 0.75);
    // Nobody has more of it.
    assert_eq!(audit.style["bold"].prefers.value(), None);
    pairs[1].style_a.insert("bold".into(), -1.0);
    let error = audit_judge(&pairs, &JudgeAuditOptions::default()).expect_err("negative");
    assert_eq!(error.path(), Some("[1].style_a.bold"));
}

#[test]
fn probabilities_are_held_against_labels() {
    let with = |label, p| JudgedPair { probability: Some(p), ..pair(label, Some(A), Some(A)) };
    // 0.8 is right 3 of 4 times, from either side; a tie does not count.
    let pairs = [with(A, 0.8), with(A, 0.8), with(B, 0.2), with(B, 0.8), with(Tie, 0.8)];
    let audit = audit_judge(&pairs, &JudgeAuditOptions::default()).expect("five");
    let calibration = audit.calibration.expect("probabilities");
    assert!((value(&calibration.ece) - 0.05).abs() < 1e-12);
    assert!((value(&calibration.brier) - (3.0 * 0.04 + 0.64) / 4.0).abs() < 1e-12);
    assert_eq!(calibration.bins.iter().map(|b| b.count).sum::<usize>(), 4);
    let bad = audit_judge(&[with(A, 1.5)], &JudgeAuditOptions::default()).expect_err("range");
    assert_eq!(bad.path(), Some("[0].probability"));
}

#[test]
fn what_is_undefined_says_why_and_bad_rows_where() {
    let audit = audit_judge(&[pair(Tie, None, None)], &JudgeAuditOptions::default()).expect("one");
    let json = serde_json::to_value(&audit).expect("json");
    assert_eq!(json["position"]["prefers_first"]["value"], serde_json::Value::Null);
    assert_eq!(json["position"]["prefers_first"]["error"]["code"], "nothing_to_count");
    assert_eq!(value(&audit.consistency), 0.0);
    let none = audit_judge(&[], &JudgeAuditOptions::default()).expect_err("none");
    assert_eq!(none.code(), "too_few_values");
    let bad = JudgedPair { len_b: Some(-1.0), ..pair(A, None, None) };
    let error = audit_judge(&[bad], &JudgeAuditOptions::default()).expect_err("negative");
    assert_eq!(error.path(), Some("[0].len_b"));
}

/// Correct, incorrect and tied pairs that JudgeBench's `compute_final_metrics` counts on the published outputs,
/// by source where it prints them, with pairs in which the two passes differ.
#[test]
fn published_counts_of_judge_bench() {
    // o1-mini by Arena-Hard's prompt on the 350 pairs of GPT-4o.
    let sources =
        [("mmlu-pro", 154, 90), ("reasoning", 98, 61), ("math", 56, 46), ("code", 42, 33)];
    let (mut incorrect, mut inconsistent) = (39, 110);
    let mut pairs = Vec::new();
    for (source, n, correct) in sources {
        for index in 0..n {
            let mut one = match index {
                // A win and a tie make a win; that is inconsistent, too.
                index if index < correct && inconsistent > 81 => {
                    inconsistent -= 1;
                    pair(A, Some(A), Some(Tie))
                }
                index if index < correct => pair(A, Some(A), Some(A)),
                _ if incorrect > 0 => {
                    incorrect -= 1;
                    pair(A, Some(B), Some(B))
                }
                _ => pair(A, Some(A), Some(B)),
            };
            one.source = Some(source.into());
            pairs.push(one);
        }
    }
    let audit = audit_judge(&pairs, &JudgeAuditOptions::default()).expect("350");
    let counts = audit.counts;
    assert_eq!((audit.n, counts.correct, counts.incorrect, counts.ties), (350, 230, 39, 81));
    assert_eq!(counts.inconsistent, 110);
    let percent = |figure: &Figure| (1e4 * value(figure)).round() / 100.0;
    assert_eq!(percent(&audit.accuracy), 65.71);
    for (source, expected) in
        [("mmlu-pro", 58.44), ("reasoning", 62.24), ("math", 82.14), ("code", 78.57)]
    {
        assert_eq!(percent(&audit.by_source[source].accuracy), expected, "{source}");
    }
    // Skywork-Reward-Llama-3.1-8B, whose verdict does not depend on the order and is passed once.
    let single = [("mmlu-pro", 154, 91), ("reasoning", 98, 63), ("math", 56, 43), ("code", 42, 21)];
    let rows = single.iter().flat_map(|&(source, n, correct)| {
        (0..n).map(move |index| {
            let one = pair(A, Some(if index < correct { A } else { B }), None);
            JudgedPair { source: Some(source.into()), ..one }
        })
    });
    let audit = audit_judge(&rows.collect::<Vec<_>>(), &JudgeAuditOptions::default()).expect("350");
    assert_eq!(percent(&audit.accuracy), 62.29);
    for (source, expected) in
        [("mmlu-pro", 59.09), ("reasoning", 64.29), ("math", 76.79), ("code", 50.0)]
    {
        assert_eq!(percent(&audit.by_source[source].accuracy), expected, "{source}");
    }
    // Claude 3 Haiku on the 270 pairs of Claude 3.5 Sonnet: 13 pairs have a pass without a verdict.
    let rows = (0..270).map(|index| match index {
        0..13 => pair(A, Some(B), None),
        13..100 => pair(A, Some(A), Some(A)),
        _ => pair(A, Some(A), Some(B)),
    });
    let audit = audit_judge(&rows.collect::<Vec<_>>(), &JudgeAuditOptions::default()).expect("270");
    assert_eq!((percent(&audit.accuracy), audit.counts.unreadable), (32.22, 13));
}
