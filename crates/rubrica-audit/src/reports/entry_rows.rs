//! Rows, options and results of entries that differ from those of their report: several kinds of rows in one
//! file, and what CSV writes otherwise.

use std::collections::{BTreeMap, VecDeque};

use rubrica_core::{Label, ScoreRow};
use rubrica_stats::bootstrap::Bootstrap;
use serde::{Deserialize, Serialize};

use super::fields::optional_name;
use super::*;
use crate::records::{name, number, optional_number};

/// What [`annotate_pool`] makes of each item.
#[derive(Serialize)]
pub(super) struct PooledItems {
    pub(super) items: Vec<PooledPreference>,
}

/// What [`contextual_compare`] says of each pair.
#[derive(Serialize)]
pub(super) struct ContextDecisions {
    pub(super) decisions: Vec<ContextDecision>,
}

/// [`ScoreRow`], also out of CSV, or all scores of a model in one row.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected model, scenario and score, or model and finite numbers by scenario"
)]
pub(super) enum BoardRow {
    Long {
        #[serde(deserialize_with = "name")]
        model: String,
        #[serde(alias = "benchmark", deserialize_with = "name")]
        scenario: String,
        #[serde(deserialize_with = "number")]
        score: f64,
        #[serde(default, deserialize_with = "optional_name")]
        source: Option<String>,
    },
    Wide {
        #[serde(deserialize_with = "name")]
        model: String,
        #[serde(flatten)]
        scores: BTreeMap<String, WideScore>,
    },
}

/// A score in a table, where `-` is a gap.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum WideScore {
    Score(#[serde(deserialize_with = "optional_number")] Option<f64>),
    Gap(Dash),
}

#[derive(Deserialize)]
pub(super) enum Dash {
    #[serde(rename = "-")]
    Dash,
}

impl BoardRow {
    pub(super) fn scores(self) -> Vec<ScoreRow> {
        match self {
            Self::Long { model, scenario, score, source } => {
                vec![ScoreRow { model, scenario, score, source }]
            }
            Self::Wide { model, scores } => scores
                .into_iter()
                .filter_map(|(scenario, score)| {
                    let WideScore::Score(Some(score)) = score else { return None };
                    Some(ScoreRow { model: model.clone(), scenario, score, source: None })
                })
                .collect(),
        }
    }
}

/// [`Label`], also out of CSV.
#[derive(Deserialize)]
pub(super) struct LabelRow {
    #[serde(alias = "itemId", deserialize_with = "name")]
    item_id: String,
    #[serde(alias = "raterId", deserialize_with = "name")]
    rater_id: String,
    #[serde(deserialize_with = "name")]
    category: String,
    #[serde(deserialize_with = "name")]
    value: String,
}

impl From<LabelRow> for Label {
    fn from(LabelRow { item_id, rater_id, category, value }: LabelRow) -> Self {
        Self { item_id, rater_id, category, value }
    }
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Board {
    #[serde(alias = "ours")]
    Benchmark,
    #[serde(alias = "human")]
    People,
}

#[derive(Deserialize)]
pub(super) struct QualityRow {
    pub(super) board: Board,
    #[serde(flatten)]
    pub(super) score: BenchmarkScore,
}

/// Candidates and labels, in one file.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a candidate {id, features} or a label {a, b, winner}")]
pub(super) enum QueryRow {
    Candidate(QueryCandidate),
    Label(QueryLabel),
}

impl QueryRow {
    pub(super) fn split(rows: Vec<Self>) -> (Vec<QueryCandidate>, Vec<QueryLabel>) {
        let (mut candidates, mut labels) = (Vec::new(), Vec::new());
        for row in rows {
            match row {
                Self::Candidate(candidate) => candidates.push(candidate),
                Self::Label(label) => labels.push(label),
            }
        }
        (candidates, labels)
    }
}

/// Models and how often they met, in one file.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected a model {model, mean, deviation} or a meeting {model_a, model_b, count}"
)]
pub(super) enum MatchRow {
    Model(ArenaModel),
    Meeting(Meeting),
}

impl MatchRow {
    pub(super) fn split(rows: Vec<Self>) -> (Vec<ArenaModel>, Vec<Meeting>) {
        let (mut models, mut meetings) = (Vec::new(), Vec::new());
        for row in rows {
            match row {
                Self::Model(model) => models.push(model),
                Self::Meeting(meeting) => meetings.push(meeting),
            }
        }
        (models, meetings)
    }
}

/// Rewards, or what a judge of pairs said.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected {id, chosen, rejected} with finite numbers, {id, chosen_won}, {score: [chosen, \
                 rejected ..]} or {id, scores_chosen, scores_rejected}"
)]
pub(super) enum ProblemRow {
    Rewarded(RewardedProblem),
    Judged(JudgedProblem),
    /// RewardMATH's results: the first score is that of the right answer.
    RewardMath {
        #[serde(default, deserialize_with = "optional_name")]
        id: Option<String>,
        score: VecDeque<Reward>,
    },
    /// RewardBench's results.
    RewardBench {
        #[serde(deserialize_with = "name")]
        id: String,
        #[serde(alias = "score_chosen")]
        scores_chosen: Reward,
        #[serde(alias = "score_rejected")]
        scores_rejected: Rewards,
    },
}

/// One reward, or several.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a finite number or a list of them")]
pub(super) enum Rewards {
    // First, as a list is also the steps of one answer.
    Many(Vec<Reward>),
    One(Reward),
}

impl From<ProblemRow> for RewardedProblem {
    fn from(row: ProblemRow) -> Self {
        match row {
            ProblemRow::Rewarded(problem) => problem,
            ProblemRow::Judged(problem) => problem.rewards(),
            ProblemRow::RewardMath { id, mut score } => {
                // Without any score there are no wrong answers either, which is refused.
                let chosen = score.pop_front().unwrap_or(Reward::Steps(Vec::new()));
                let (id, rejected) = (id.unwrap_or_default(), score.into());
                Self { id, chosen, rejected }
            }
            ProblemRow::RewardBench { id, scores_chosen: chosen, scores_rejected } => {
                let rejected = match scores_rejected {
                    Rewards::One(reward) => vec![reward],
                    Rewards::Many(rewards) => rewards,
                };
                Self { id, chosen, rejected }
            }
        }
    }
}

/// Options of `poststratify`.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct CensusOptions {
    /// People of each group in the population, in any unit.
    pub(super) census: BTreeMap<String, f64>,
    /// Resamples, level and seed of the intervals.
    pub(super) bootstrap: Bootstrap,
}

#[derive(Serialize)]
pub(super) struct Poststratified {
    pub(super) models: Vec<PoststratifiedModel>,
    pub(super) strata: Strata,
}
