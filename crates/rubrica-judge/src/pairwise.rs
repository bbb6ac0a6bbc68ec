//! Which of two responses is better, asked in both orders.
//!
//! A reward model reads each response by itself, so both orders agree by construction; the verdict
//! still reports them. A judge that reads both responses at once is asked twice, and
//! [`crate::double_pass`] says what becomes of answers that disagree.
#![allow(async_fn_in_trait, reason = "as in rubrica_core::model: nothing needs Send futures")]

use rubrica_core::model::JudgeInput;
use rubrica_core::{
    Comparison, Critique, Error, Job, ModelInfo, Point, Preference, Result, RewardModel, Signature,
    Stage, Verdict,
};
use rubrica_metrics::check::Check;
use serde::{Deserialize, Serialize};

use crate::arena::parse_arena;
use crate::critique::{self, DifferenceLimits};
use crate::double_pass::{Combined, PassRule, Reply, combine};
use crate::input::{Input, MAX_CHARS};
use crate::prometheus::parse_relative;
use crate::signature;

/// Options of the pairwise protocols.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PairwiseOptions {
    /// A tie when the probability lies within this of one half; in `0..0.5`.
    pub tie_margin: f64,
    /// How the answers in both orders become one. Without meaning for a reward model.
    pub rule: PassRule,
    /// Requirements of the caller's; told where only one response meets one.
    pub checks: Vec<Check>,
    /// Say in which metrics the responses differ.
    pub differences: bool,
    /// When a difference is worth a point.
    pub limits: DifferenceLimits,
    /// Characters above which a text is refused.
    pub max_chars: usize,
}

impl Default for PairwiseOptions {
    fn default() -> Self {
        Self {
            tie_margin: 0.0,
            rule: PassRule::default(),
            checks: Vec::new(),
            differences: true,
            limits: DifferenceLimits::default(),
            max_chars: MAX_CHARS,
        }
    }
}

impl PairwiseOptions {
    fn validate(&self) -> Result<()> {
        if !(0.0..0.5).contains(&self.tie_margin) {
            let problem = format!("{} is out of range", self.tie_margin);
            return Err(Error::invalid("tie_margin", problem, "0 <= tie_margin < 0.5"));
        }
        self.limits.validate().map_err(|e| e.within("limits"))
    }

    /// Where the responses differ.
    fn differences(&self, [a, b]: &[Input<'_>; 2]) -> Vec<Point> {
        let mut points = critique::check_differences(a, b, &self.checks);
        if self.differences {
            points.extend(critique::differences(a, b, &self.limits));
        }
        points
    }
}

/// A judge that reads both responses at once, and may care about their order.
pub trait PairJudge {
    /// What is loaded.
    fn info(&self) -> &ModelInfo;

    /// Input template with its version; that of the model where the judge adds none.
    fn template(&self) -> &str {
        &self.info().template
    }

    /// The answer about `pair` in the order in which it stands; `None` when the judge's text holds
    /// no verdict.
    ///
    /// # Errors
    /// [`Error::Cancelled`], or a model error.
    async fn answer(&self, pair: &Comparison, job: &dyn Job) -> Result<Option<Reply>>;
}

/// The verdict of a reward model: P(a better than b) = σ(reward(a) − reward(b)) (Bradley and Terry,
/// 1952).
///
/// # Errors
/// An empty or too long response, a tie margin out of range, [`Error::Cancelled`], or a model error.
pub async fn pairwise<M: RewardModel>(
    model: &M,
    pair: &Comparison,
    options: &PairwiseOptions,
    job: &dyn Job,
) -> Result<Verdict> {
    let mut verdicts = pairwise_batch(model, std::slice::from_ref(pair), options, job).await?;
    verdicts.pop().expect("one verdict a comparison")
}

/// [`pairwise`] for many comparisons at once, one result each: a comparison that cannot be judged
/// does not stop the others.
///
/// # Errors
/// A tie margin out of range, [`Error::Cancelled`], or a model error.
pub async fn pairwise_batch<M: RewardModel>(
    model: &M,
    pairs: &[Comparison],
    options: &PairwiseOptions,
    job: &dyn Job,
) -> Result<Vec<Result<Verdict>>> {
    options.validate()?;
    let inputs: Vec<Result<[Input<'_>; 2]>> =
        pairs.iter().map(|pair| Input::of_comparison(pair, options.max_chars)).collect();
    let texts: Vec<JudgeInput<'_>> =
        inputs.iter().flatten().flatten().map(Input::as_judge).collect();
    let mut rewards = model.reward(&texts, job).await?.into_iter();
    let mut next = || rewards.next().expect("one reward an input");
    let verdicts = pairs.iter().zip(&inputs).map(|(pair, input)| {
        let sides = input.as_ref().map_err(Clone::clone)?;
        let (reward_a, reward_b) = (next(), next());
        let logit = reward_a - reward_b;
        if !logit.is_finite() {
            let message = format!("rewards are {reward_a} and {reward_b}; expected finite numbers");
            return Err(Error::Model { code: "not_finite", message });
        }
        let reply = |logit: f64| {
            Some(Reply::of_probability(1.0 / (1.0 + (-logit).exp()), options.tie_margin))
        };
        let combined = combine(reply(logit), reply(-logit), PassRule::Votes);
        let signature = signature::assemble("pairwise", &[model.info()], None)
            .with("inputs", sides[0].fields())
            .with("tie_margin", options.tie_margin);
        let combined = combined.expect("both orders have a verdict");
        Ok(verdict(pair, combined, options.differences(sides), signature))
    });
    Ok(verdicts.collect())
}

/// The verdict of a judge that reads both responses at once, asked in both orders.
///
/// # Errors
/// As [`pairwise`]; [`Error::Invalid`] when neither answer holds a verdict.
pub async fn pairwise_double<J: PairJudge>(
    judge: &J,
    pair: &Comparison,
    options: &PairwiseOptions,
    job: &dyn Job,
) -> Result<Verdict> {
    options.validate()?;
    let sides = Input::of_comparison(pair, options.max_chars)?;
    job.step(Stage::Score, 0, 2).await?;
    let ab = judge.answer(pair, job).await?;
    job.step(Stage::Score, 1, 2).await?;
    let ba = judge.answer(&pair.swapped(), job).await?;
    let mut signature = signature::assemble("pairwise_double", &[judge.info()], None)
        .with("inputs", sides[0].fields())
        .with("rule", options.rule.name())
        .with("tie_margin", options.tie_margin);
    signature.template = Some(judge.template().to_owned()).filter(|t| !t.is_empty());
    decide(pair, [ab, ba], options, options.differences(&sides), signature)
}

/// The form in which a judge elsewhere wrote its verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReplyFormat {
    /// `[RESULT] A`.
    Prometheus,
    /// `[[A>B]]`.
    Arena,
}

impl ReplyFormat {
    /// Reads a verdict; an error says why there is none, with `path` for its place.
    fn read(self, path: &str, text: &str) -> Result<Reply> {
        let parsed = match self {
            Self::Prometheus => parse_relative(text),
            Self::Arena => parse_arena(text).map(|label| label.preference()),
        };
        let expected = match self {
            Self::Prometheus => "`[RESULT] A` or `[RESULT] B` at the end of a line",
            Self::Arena => "one of `[[A>>B]]`, `[[A>B]]`, `[[A=B]]`, `[[B>A]]`, `[[B>>A]]`",
        };
        let problem = parsed.problem().unwrap_or_default();
        let found = parsed.found().map(Reply::bare);
        found.ok_or_else(|| Error::invalid(path, problem, expected))
    }

    fn name(self) -> &'static str {
        match self {
            Self::Prometheus => "prometheus",
            Self::Arena => "arena",
        }
    }
}

/// The verdict of a judge elsewhere, from its pasted texts (T0): `ab` about the pair as it stands,
/// `ba` about the swapped pair, if the judge was asked in that order too.
///
/// # Errors
/// [`Error::Invalid`] when no text holds a verdict; that of the first text, with path `ab`.
pub fn pairwise_texts(
    pair: &Comparison,
    ab: &str,
    ba: Option<&str>,
    format: ReplyFormat,
    options: &PairwiseOptions,
) -> Result<Verdict> {
    options.validate()?;
    let sides = Input::of_comparison(pair, options.max_chars)?;
    let first = format.read("ab", ab);
    let second = ba.map(|text| format.read("ba", text));
    let signature = signature::assemble("pairwise_texts", &[], None)
        .with("format", format.name())
        .with("passes", 1 + usize::from(ba.is_some()))
        .with("rule", options.rule.name());
    let warnings = [first.as_ref().err(), second.as_ref().and_then(|r| r.as_ref().err())];
    let unread: Vec<String> = warnings.into_iter().flatten().map(Error::to_string).collect();
    let replies = [first.as_ref().ok().copied(), second.and_then(Result::ok)];
    let points = options.differences(&sides);
    let mut verdict = match decide(pair, replies, options, points, signature) {
        Ok(verdict) => verdict,
        Err(neither) => return Err(first.err().unwrap_or(neither)),
    };
    if !unread.is_empty() {
        verdict
            .critique
            .summary
            .push_str(&format!(" One pass was left out: {}.", unread.join("; ")));
    }
    Ok(verdict)
}

fn decide(
    pair: &Comparison,
    [ab, ba]: [Option<Reply>; 2],
    options: &PairwiseOptions,
    points: Vec<Point>,
    signature: Signature,
) -> Result<Verdict> {
    let combined = combine(ab, ba, options.rule).ok_or_else(|| {
        Error::invalid("reply", "no verdict was found in either order", "a verdict in one of them")
    })?;
    Ok(verdict(pair, combined, points, signature))
}

fn verdict(
    pair: &Comparison,
    combined: Combined,
    points: Vec<Point>,
    signature: Signature,
) -> Verdict {
    let critique = Critique::new(summary(&combined), points);
    let Combined { preferred, probability, per_order, consistent } = combined;
    Verdict {
        id: pair.id.clone(),
        preferred,
        probability,
        per_order,
        consistent,
        critique,
        signature,
    }
}

/// Who wins, how surely, and whether the orders agree.
fn summary(combined: &Combined) -> String {
    let orders = match (combined.per_order.as_slice(), combined.consistent) {
        ([_, _], true) => "both orders agree",
        ([_, _], false) => "the orders disagree",
        _ => "asked in one order only",
    };
    let p = combined.probability;
    match combined.preferred {
        Preference::A => format!("A is better (probability {p:.2}); {orders}."),
        Preference::B => format!("B is better (probability {:.2}); {orders}.", 1.0 - p),
        Preference::Tie => format!("A tie (probability {p:.2} that A is better); {orders}."),
    }
}

#[cfg(test)]
mod tests {
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
        assert_eq!((verdict.preferred, verdict.id.as_deref()), (Preference::A, Some("7")));
        // One word is one logit.
        let expected = 1.0 / (1.0 + (-1.0f64).exp());
        assert!((verdict.probability - expected).abs() < 1e-12);
        assert!(verdict.consistent);
        let orders: Vec<Order> = verdict.per_order.iter().map(|v| v.order).collect();
        assert_eq!(orders, [Order::Ab, Order::Ba]);
        assert_eq!(verdict.critique.summary, "A is better (probability 0.73); both orders agree.");
        let line = verdict.signature.to_string();
        assert!(
            line.starts_with("pairwise|device:flex|model:scripted@5c5c5c5c5c5c/f32|"),
            "{line}"
        );
        assert!(line.contains("|inputs:instruction|tie_margin:0|template:words/1|"), "{line}");
    }

    #[test]
    fn swapping_the_responses_swaps_the_verdict() {
        for (a, b) in [("good", "bad"), ("bad bad", "good"), ("same", "same"), ("a 😀 good", "b")]
        {
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
        let cancelled =
            block_on(pairwise(&Scripted::new(), &pair, &PairwiseOptions::default(), &job));
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
        let read =
            |ab: &str, ba: Option<&str>, format| pairwise_texts(&pair, ab, ba, format, &options);
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
}
