//! Best of n: several responses to one instruction, ranked.
//!
//! Ties are explicit: responses whose scores lie within the tie margin of the leader of their group
//! share a rank. One that cannot be scored (an empty text) is ranked last and says why.

use rubrica_core::model::JudgeInput;
use rubrica_core::{
    CriterionJudgment, Error, Id, Job, Result, RewardModel, Rubric, RubricModel, Sample, Score,
    Signature, Undefined,
};
use serde::{Deserialize, Serialize};

use crate::input::{Input, MAX_CHARS};
use crate::{outcome, signature};

/// Options of best of n.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BestOfNOptions {
    /// Scores at most this far apart are a tie: logits for a reward model, points of the rubric's
    /// output scale for a rubric. The default only absorbs rounding between batches.
    pub tie_margin: f64,
    /// Characters above which a text is refused.
    pub max_chars: usize,
}

impl Default for BestOfNOptions {
    fn default() -> Self {
        Self { tie_margin: 1e-6, max_chars: MAX_CHARS }
    }
}

impl BestOfNOptions {
    fn validate(&self) -> Result<()> {
        if self.tie_margin.is_finite() && self.tie_margin >= 0.0 {
            return Ok(());
        }
        let problem = format!("{} is out of range", self.tie_margin);
        Err(Error::invalid("tie_margin", problem, "a number >= 0"))
    }
}

/// One response in a ranking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ranked {
    /// Its place among the responses of the sample, from 0.
    pub index: usize,
    /// Its rank, from 1; a rank that is shared is followed by as many gaps (1, 1, 3).
    pub rank: usize,
    /// Its score; absent when there is none.
    pub score: Option<f64>,
    /// Why it has no score.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Undefined>,
    /// Probability that it is the best of those that have a score (Luce, 1959): softmax of the
    /// rewards. Absent when a rubric decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// Its judgment on each criterion, when a rubric decides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub per_criterion: Vec<CriterionJudgment>,
}

/// The ranking of the responses of one sample.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ranking {
    /// Id of the sample.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
    /// The responses of rank 1, by index: several when they tie, none when nothing has a score.
    pub best: Vec<usize>,
    /// All responses, best first; those that tie in the order given.
    pub ranking: Vec<Ranked>,
    /// What produced the ranking.
    pub signature: Signature,
}

/// Ranks the responses of `sample` by a reward model.
///
/// # Errors
/// Fewer than two responses, a margin out of range, [`Error::Cancelled`], or a model error.
pub async fn best_of_n<M: RewardModel>(
    model: &M,
    sample: &Sample,
    options: &BestOfNOptions,
    job: &dyn Job,
) -> Result<Ranking> {
    let inputs = inputs(sample, options)?;
    let texts: Vec<JudgeInput<'_>> = inputs.iter().flatten().map(Input::as_judge).collect();
    let mut rewards = model.reward(&texts, job).await?.into_iter();
    let mut rows: Vec<Ranked> = Vec::with_capacity(inputs.len());
    for (index, input) in inputs.iter().enumerate() {
        let score = match input {
            Ok(_) => Score::from(rewards.next().expect("one reward an input")),
            Err(error) => Score::Undefined(error.into()),
        };
        rows.push(row(index, score, Vec::new()));
    }
    let top = rows.iter().filter_map(|r| r.score).fold(f64::NEG_INFINITY, f64::max);
    let total: f64 = rows.iter().filter_map(|r| r.score).map(|s| (s - top).exp()).sum();
    for row in &mut rows {
        row.probability = row.score.map(|s| (s - top).exp() / total);
    }
    let signature = signature::assemble("best_of_n", &[model.info()], None);
    Ok(rank(sample, rows, fields(&inputs), signature, options))
}

/// Ranks the responses of `sample` by their score under `rubric`.
///
/// # Errors
/// As [`best_of_n`]; a rubric that is not valid.
pub async fn best_of_n_rubric<M: RubricModel>(
    model: &M,
    sample: &Sample,
    rubric: &Rubric,
    options: &BestOfNOptions,
    job: &dyn Job,
) -> Result<Ranking> {
    rubric.validate().map_err(|e| e.within("rubric"))?;
    let inputs = inputs(sample, options)?;
    let texts: Vec<JudgeInput<'_>> = inputs.iter().flatten().map(Input::as_judge).collect();
    let mut rated = model.rate(&texts, &rubric.criteria, job).await?.into_iter();
    let rows = inputs.iter().enumerate().map(|(index, input)| match input {
        Ok(_) => {
            let rated = rated.next().expect("one row an input");
            let judged: Vec<CriterionJudgment> =
                rubric.criteria.iter().zip(&rated).map(|(c, r)| outcome::of_rating(c, r)).collect();
            row(index, outcome::aggregate(rubric, &judged).score, judged)
        }
        Err(error) => row(index, Score::Undefined(error.into()), Vec::new()),
    });
    let rows = rows.collect();
    let signature = signature::of_judge("best_of_n_rubric", model, rubric);
    Ok(rank(sample, rows, fields(&inputs), signature, options))
}

/// The responses as inputs; one that is empty or too long is an error of its own.
fn inputs<'a>(sample: &'a Sample, options: &BestOfNOptions) -> Result<Vec<Result<Input<'a>>>> {
    options.validate()?;
    let responses = sample.all_responses();
    if responses.len() < 2 {
        let problem = format!("has {} texts", responses.len());
        return Err(Error::invalid("responses", problem, "at least two"));
    }
    let single = usize::from(sample.response.is_some());
    let input = |(i, text)| {
        let path = match usize::checked_sub(i, single) {
            Some(i) => format!("responses[{i}]"),
            None => "response".to_owned(),
        };
        Input::of_response(sample, text, &path, options.max_chars)
    };
    Ok(responses.into_iter().enumerate().map(input).collect())
}

fn fields(inputs: &[Result<Input<'_>>]) -> Option<String> {
    inputs.iter().flatten().next().map(Input::fields)
}

fn row(index: usize, score: Score, per_criterion: Vec<CriterionJudgment>) -> Ranked {
    let (score, error) = match score {
        Score::Defined(value) => (Some(value), None),
        Score::Undefined(reason) => (None, Some(reason)),
    };
    Ranked { index, rank: 0, score, error, probability: None, per_criterion }
}

fn rank(
    sample: &Sample,
    mut rows: Vec<Ranked>,
    fields: Option<String>,
    signature: Signature,
    options: &BestOfNOptions,
) -> Ranking {
    // Stable: ties stay in the order given, and what has no score comes last.
    rows.sort_by(|a, b| match (a.score, b.score) {
        (Some(a), Some(b)) => b.total_cmp(&a),
        (a, b) => b.is_some().cmp(&a.is_some()),
    });
    let mut leader: Option<(usize, Option<f64>)> = None;
    for (place, row) in rows.iter_mut().enumerate() {
        let rank = match (leader, row.score) {
            (Some((rank, Some(top))), Some(score)) if top - score <= options.tie_margin => rank,
            (Some((rank, None)), None) => rank,
            _ => {
                leader = Some((place + 1, row.score));
                place + 1
            }
        };
        row.rank = rank;
    }
    // Within a tie the order given counts, not differences below the margin.
    rows.sort_by_key(|row| (row.rank, row.index));
    let best = rows.iter().filter(|r| r.rank == 1 && r.score.is_some()).map(|r| r.index).collect();
    let mut signature = signature.with("tie_margin", options.tie_margin);
    if let Some(fields) = fields {
        signature = signature.with("inputs", fields);
    }
    Ranking { id: sample.id.clone(), best, ranking: rows, signature }
}

#[cfg(test)]
mod tests {
    use pollster::block_on;
    use rubrica_core::Quiet;

    use super::*;
    use crate::scripted::{CancelAfter, Scripted};

    fn sample(responses: &[&str]) -> Sample {
        Sample {
            id: Some("s".into()),
            instruction: "Say something.".into(),
            responses: responses.iter().map(|r| (*r).to_owned()).collect(),
            ..Sample::default()
        }
    }

    fn by_reward(responses: &[&str], options: &BestOfNOptions) -> Ranking {
        block_on(best_of_n(&Scripted::new(), &sample(responses), options, &Quiet)).expect("ranked")
    }

    fn places(ranking: &Ranking) -> Vec<(usize, usize)> {
        ranking.ranking.iter().map(|r| (r.index, r.rank)).collect()
    }

    #[test]
    fn ties_share_a_rank() {
        let responses = ["bad one", "good one", "plain", "also good", "plain too"];
        let ranking = by_reward(&responses, &BestOfNOptions::default());
        assert_eq!(places(&ranking), [(1, 1), (3, 1), (2, 3), (4, 3), (0, 5)]);
        assert_eq!((ranking.best.as_slice(), ranking.id), (&[1, 3][..], Some("s".into())));
        let total: f64 = ranking.ranking.iter().filter_map(|r| r.probability).sum();
        assert!((total - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_margin_widens_ties_from_the_leader() {
        let responses = ["good good", "good", "plain", "bad"];
        let options = BestOfNOptions { tie_margin: 1.5, ..BestOfNOptions::default() };
        // 2 and 1 tie; 0 is 2 below the leader and leads its own group with −1.
        assert_eq!(places(&by_reward(&responses, &options)), [(0, 1), (1, 1), (2, 3), (3, 3)]);
    }

    #[test]
    fn what_has_no_score_comes_last_and_says_why() {
        let ranking = by_reward(&["  ", "bad", "nan"], &BestOfNOptions::default());
        assert_eq!(places(&ranking), [(1, 1), (0, 2), (2, 2)]);
        let codes: Vec<_> =
            ranking.ranking.iter().map(|r| r.error.as_ref().map(|e| e.code.as_str())).collect();
        assert_eq!(codes, [None, Some("empty_text"), Some("not_finite")]);
        assert_eq!(ranking.ranking[0].probability, Some(1.0));
        let none = by_reward(&["  ", "nan"], &BestOfNOptions::default());
        assert!(none.best.is_empty());
        let json = serde_json::to_value(&none).expect("json");
        assert!(json["ranking"][0]["score"].is_null());
        assert_eq!(json["ranking"][0]["error"]["code"], "empty_text");
    }

    #[test]
    fn a_rubric_ranks_too() {
        let rubric = crate::rubrics::builtin("essay").expect("known").rubric();
        let sample = sample(&["good:thesis", "good:thesis good:language", "bad:evidence"]);
        let options = BestOfNOptions::default();
        let ranking =
            block_on(best_of_n_rubric(&Scripted::new(), &sample, &rubric, &options, &Quiet))
                .expect("ranked");
        assert_eq!(places(&ranking), [(1, 1), (0, 2), (2, 3)]);
        assert_eq!(ranking.ranking[0].per_criterion.len(), 4);
        assert_eq!(ranking.signature.rubric, Some(rubric.fingerprint()));
        let json = serde_json::to_string(&ranking).expect("json");
        assert_eq!(serde_json::from_str::<Ranking>(&json).expect("valid"), ranking);
    }

    #[test]
    fn bad_calls_are_refused() {
        let run = |sample: &Sample, options: &BestOfNOptions| {
            block_on(best_of_n(&Scripted::new(), sample, options, &Quiet)).expect_err("bad")
        };
        let options = BestOfNOptions::default();
        assert_eq!(run(&sample(&["one"]), &options).path(), Some("responses"));
        let negative = BestOfNOptions { tie_margin: -1.0, ..options.clone() };
        assert_eq!(run(&sample(&["one", "two"]), &negative).path(), Some("tie_margin"));
        let job = CancelAfter::steps(1);
        let sample = sample(&["one", "two", "three"]);
        let error = block_on(best_of_n(&Scripted::new(), &sample, &options, &job));
        assert_eq!(error.expect_err("cancelled").code(), "cancelled");
    }
}
