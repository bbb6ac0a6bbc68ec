use std::cell::RefCell;

use pollster::block_on;
use rubrica_core::{Order, Quiet};

use super::*;
use crate::scripted::{CancelAfter, Scripted};

fn by_reward(pair: &Comparison, options: &PairwiseOptions) -> Result<Verdict> {
    block_on(pairwise(&Scripted::new(), pair, options, &Quiet))
}

#[test]
fn a_reward_model_agrees_with_itself() {
    let mut pair = Comparison::new("Why?", "good answer", "plain answer");
    pair.id = Some("7".into());
    let verdict = by_reward(&pair, &PairwiseOptions::default()).expect("judged");
    assert_eq!((verdict.preferred, verdict.id.clone()), (Preference::A, Some("7".into())));
    // One word is one logit.
    let expected = 1.0 / (1.0 + (-1.0f64).exp());
    assert!((verdict.probability - expected).abs() < 1e-12);
    assert!(verdict.consistent);
    let orders: Vec<Order> = verdict.per_order.iter().map(|v| v.order).collect();
    assert_eq!(orders, [Order::Ab, Order::Ba]);
    assert_eq!(verdict.critique.summary, "A is better (probability 0.73); both orders agree.");
    let line = verdict.signature.to_string();
    assert!(line.starts_with("pairwise|device:flex|model:scripted@5c5c5c5c5c5c/f32|"), "{line}");
    assert!(line.contains("|inputs:instruction|tie_margin:0|template:words/1|"), "{line}");
}

#[test]
fn swapping_the_responses_swaps_the_verdict() {
    for (a, b) in [("good", "bad"), ("bad bad", "good"), ("same", "same"), ("a 😀 good", "b")] {
        let pair = Comparison::new("p", a, b);
        let options = PairwiseOptions::default();
        let one = by_reward(&pair, &options).expect("judged");
        let two = by_reward(&pair.swapped(), &options).expect("judged");
        assert_eq!(one.preferred, two.preferred.flipped(), "{a} / {b}");
        assert!((one.probability + two.probability - 1.0).abs() < 1e-12);
    }
}

#[test]
fn differences_are_told_unless_switched_off() {
    let pair = Comparison::new("Why?", "good", "one two three");
    let verdict = by_reward(&pair, &PairwiseOptions::default()).expect("judged");
    let points = &verdict.critique.points;
    assert_eq!(points[0].message, "B is 3.0 times as long as A (3 words against 1).");
    let options = PairwiseOptions { differences: false, ..PairwiseOptions::default() };
    assert!(by_reward(&pair, &options).expect("judged").critique.points.is_empty());
}

#[test]
fn a_margin_makes_ties() {
    let pair = Comparison::new("p", "good", "plain");
    let options = PairwiseOptions { tie_margin: 0.25, ..PairwiseOptions::default() };
    let verdict = by_reward(&pair, &options).expect("judged");
    assert_eq!((verdict.preferred, verdict.consistent), (Preference::Tie, true));
    let equal = Comparison::new("p", "one", "two");
    let verdict = by_reward(&equal, &PairwiseOptions::default()).expect("judged");
    assert_eq!((verdict.preferred, verdict.probability), (Preference::Tie, 0.5));
}

#[test]
fn one_bad_comparison_does_not_stop_the_others() {
    let pairs = [
        Comparison::new("p", "good", "bad"),
        Comparison::new("p", "good", " "),
        Comparison::new("p", "nan", "bad"),
        Comparison::new("p", "bad", "good"),
    ];
    let options = PairwiseOptions::default();
    let verdicts =
        block_on(pairwise_batch(&Scripted::new(), &pairs, &options, &Quiet)).expect("ran");
    assert_eq!(verdicts[0].as_ref().expect("judged").preferred, Preference::A);
    assert_eq!(verdicts[1].as_ref().expect_err("empty").path(), Some("b"));
    assert_eq!(verdicts[2].as_ref().expect_err("nan").code(), "not_finite");
    assert_eq!(verdicts[3].as_ref().expect("judged").preferred, Preference::B);
}

#[test]
fn bad_calls_are_refused() {
    let pair = Comparison::new("p", "good", "bad");
    for margin in [-0.1, 0.5, f64::NAN] {
        let options = PairwiseOptions { tie_margin: margin, ..PairwiseOptions::default() };
        assert_eq!(by_reward(&pair, &options).expect_err("margin").path(), Some("tie_margin"));
    }
    let options = PairwiseOptions { max_chars: 3, ..PairwiseOptions::default() };
    assert_eq!(by_reward(&pair, &options).expect_err("long").code(), "text_too_long");
    assert!(serde_json::from_str::<PairwiseOptions>(r#"{"tiemargin": 0.1}"#).is_err());
    let job = CancelAfter::steps(1);
    let cancelled = block_on(pairwise(&Scripted::new(), &pair, &PairwiseOptions::default(), &job));
    assert_eq!(cancelled.expect_err("cancelled").code(), "cancelled");
}

/// Answers by a rule that sees the pair in the order shown.
struct Rule<F> {
    model: Scripted,
    rule: F,
    shown: RefCell<Vec<String>>,
}

impl<F: Fn(&Comparison) -> Option<Reply>> PairJudge for Rule<F> {
    fn info(&self) -> &ModelInfo {
        RewardModel::info(&self.model)
    }

    async fn answer(&self, pair: &Comparison, _job: &dyn Job) -> Result<Option<Reply>> {
        self.shown.borrow_mut().push(pair.a.text.clone());
        Ok((self.rule)(pair))
    }
}

fn by_rule(rule: impl Fn(&Comparison) -> Option<Reply>) -> Result<Verdict> {
    let judge = Rule { model: Scripted::new(), rule, shown: RefCell::default() };
    let pair = Comparison::new("p", "x", "yy");
    let verdict = block_on(pairwise_double(&judge, &pair, &PairwiseOptions::default(), &Quiet));
    assert_eq!(*judge.shown.borrow(), ["x", "yy"]);
    verdict
}

#[test]
fn position_bias_becomes_a_tie() {
    let verdict = by_rule(|_| Some(Reply::bare(Preference::A))).expect("judged");
    assert_eq!((verdict.preferred, verdict.consistent), (Preference::Tie, false));
    assert_eq!(verdict.probability, 0.5);
    let summary = "A tie (probability 0.50 that A is better); the orders disagree.";
    assert_eq!(verdict.critique.summary, summary);
}

#[test]
fn a_judge_of_content_is_consistent() {
    let longer = |pair: &Comparison| {
        let first = pair.a.text.len() > pair.b.text.len();
        Some(Reply::bare(if first { Preference::A } else { Preference::B }))
    };
    let verdict = by_rule(longer).expect("judged");
    assert_eq!((verdict.preferred, verdict.consistent), (Preference::B, true));
    assert_eq!(verdict.probability, 0.0);
}

#[test]
fn one_unreadable_order_leaves_the_other() {
    let verdict =
        by_rule(|pair| (pair.a.text == "x").then(|| Reply::bare(Preference::A))).expect("one");
    assert_eq!((verdict.preferred, verdict.consistent), (Preference::A, false));
    assert_eq!(verdict.per_order.len(), 1);
    assert_eq!(by_rule(|_| None).expect_err("neither").path(), Some("reply"));
}

#[test]
fn pasted_verdicts_are_read() {
    let pair = Comparison::new("p", "x", "y");
    let options = PairwiseOptions::default();
    let read = |ab: &str, ba: Option<&str>, format| pairwise_texts(&pair, ab, ba, format, &options);
    let arena = read("[[A>>B]]", Some("[[B>A]]"), ReplyFormat::Arena).expect("read");
    assert_eq!((arena.preferred, arena.consistent), (Preference::A, true));
    let biased = read("[RESULT] A", Some("[RESULT] A"), ReplyFormat::Prometheus).expect("read");
    assert_eq!((biased.preferred, biased.consistent), (Preference::Tie, false));
    let single = read("[RESULT] B", None, ReplyFormat::Prometheus).expect("read");
    assert_eq!((single.preferred, single.consistent), (Preference::B, false));
    let half = read("[[A>B]]", Some("who knows"), ReplyFormat::Arena).expect("read");
    assert_eq!(half.preferred, Preference::A);
    assert!(half.critique.summary.contains("ba: no verdict was found"));
    let error = read("?", Some("?"), ReplyFormat::Arena).expect_err("neither");
    assert_eq!(error.path(), Some("ab"));
}
