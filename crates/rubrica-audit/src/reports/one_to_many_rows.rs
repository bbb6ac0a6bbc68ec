//! Rows of one right answer and its wrong ones, as reward models, judges of pairs, RewardMATH and RewardBench have
//! them.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::records::{name, optional_name};
use crate::shapes::RewardBenchScores;

/// A reward: one number, or one for each step of the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Reward {
    /// Of the whole.
    Whole(f64),
    /// Of each step.
    Steps(Vec<f64>),
}

/// A problem with one right answer and some wrong ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RewardedProblem {
    /// Its name.
    #[serde(deserialize_with = "name")]
    pub id: String,
    /// Reward of the right answer.
    pub chosen: Reward,
    /// Rewards of the wrong ones, at least one.
    pub rejected: Vec<Reward>,
}

/// A problem as a judge of pairs sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JudgedProblem {
    /// Its name.
    #[serde(deserialize_with = "name")]
    pub id: String,
    /// Against each wrong answer, whether the right one was preferred; at least one.
    #[serde(alias = "chosenWon")]
    pub chosen_won: Vec<bool>,
}

impl JudgedProblem {
    /// Rewards with the same outcome: the right answer has 1 and its wins, a wrong one that it lost to
    /// has more than that can be, and any other 1. So it is the best only when it won every time.
    pub fn rewards(&self) -> RewardedProblem {
        let n = self.chosen_won.len() as f64;
        let wins = self.chosen_won.iter().filter(|won| **won).count() as f64;
        let rejected = self.chosen_won.iter().map(|won| if *won { 1.0 } else { n + 2.0 });
        RewardedProblem {
            id: self.id.clone(),
            chosen: Reward::Whole(wins + 1.0),
            rejected: rejected.map(Reward::Whole).collect(),
        }
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
    RewardBench(RewardBenchScores<Reward, Rewards>),
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
            ProblemRow::RewardBench(row) => {
                let RewardBenchScores { id, scores_chosen: chosen, scores_rejected, .. } = row;
                let rejected = match scores_rejected {
                    Rewards::One(reward) => vec![reward],
                    Rewards::Many(rewards) => rewards,
                };
                Self { id, chosen, rejected }
            }
        }
    }
}
