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
use crate::input::{self, Input, MAX_CHARS};
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
    let mut rewards = model.reward_and_cut(&texts, job).await?.into_iter();
    let mut next = || rewards.next().expect("one reward an input");
    let verdicts = pairs.iter().zip(&inputs).map(|(pair, input)| {
        let sides = input.as_ref().map_err(Clone::clone)?;
        let ((reward_a, cut_a), (reward_b, cut_b)) = (next(), next());
        let logit = reward_a - reward_b;
        if !logit.is_finite() {
            let message = format!("rewards are {reward_a} and {reward_b}; expected finite numbers");
            return Err(Error::Model { code: "not_finite", message });
        }
        let reply = |logit: f64| {
            Some(Reply::of_probability(1.0 / (1.0 + (-logit).exp()), options.tie_margin))
        };
        let combined = combine(reply(logit), reply(-logit), PassRule::Votes);
        let signature = signature::assemble(READ_ALONE, &[model.info()], None)
            .with("inputs", sides[0].fields())
            .with("tie_margin", options.tie_margin);
        let combined = combined.expect("both orders have a verdict");
        let mut verdict = verdict(pair, combined, options.differences(sides), signature);
        for (side, cut) in [("A", cut_a), ("B", cut_b)] {
            if let Some(told) = input::cut_note(cut) {
                verdict.critique.summary.push_str(&format!(" Of {side}, {told}."));
            }
        }
        Ok(verdict)
    });
    Ok(verdicts.collect())
}

/// The protocol of a judge that never sees one response beside the other.
const READ_ALONE: &str = "pairwise";

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
    let critique = Critique::new(summary(&combined, signature.protocol == READ_ALONE), points);
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

/// Who wins, how surely, and whether the orders agree, which says something only of a judge that reads both at once.
fn summary(combined: &Combined, read_alone: bool) -> String {
    let orders = match (combined.per_order.as_slice(), combined.consistent) {
        _ if read_alone => "each response was read alone",
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
#[path = "pairwise_tests.rs"]
mod tests;
