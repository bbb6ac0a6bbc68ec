//! Reports on recorded judgments, after published evaluation protocols; none needs a model.

mod annotator_pool;
mod benchmark_agreement;
mod board_table;
mod lexicographic;
mod one_to_many;
mod quality;
mod style;
mod style_board;
mod wildbench;
mod win_rate;

pub use annotator_pool::{AnnotatedItem, PoolOptions, PooledPreference, annotate_pool};
pub use benchmark_agreement::{
    AggregateModel, BenchmarkAgreement, BenchmarkAgreementOptions, BoardCorrelation,
    ScenarioAgreement, SubsetStrategy, benchmark_agreement,
};
pub use lexicographic::{
    ContextCriterion, ContextDecision, ContextOptions, ContextPair, ContextScores,
    contextual_compare,
};
pub use one_to_many::{
    JudgedProblem, OneToManyOptions, OneToManyReport, Reward, RewardedProblem, StepAggregate,
    one_to_many,
};
pub use quality::{
    BenchmarkQualityOptions, BenchmarkQualityReport, BenchmarkScore, TieredModel, benchmark_quality,
};
pub use style::{StyleOptions, StyledBattle};
pub use style_board::{StyleBoard, StyleEffect, StyleLeaderboard, StyledModel, style_leaderboard};
pub use wildbench::{
    WildBenchOptions, WildCounts, WildJudgment, WildRewardReport, WildScore, WildScoreReport,
    WildVerdict, wb_reward, wb_score, wildbench_task,
};
pub use win_rate::{PreferenceRow, WinRate, WinRateOptions, WinRateReport, win_rates};

use rubrica_core::Error;
use rubrica_stats::StatsError;

/// The error of a statistic as one of this crate.
fn told(error: &StatsError) -> Error {
    let (code, message) = (error.code(), error.to_string());
    Error::Statistic { code, path: String::new(), message }
}
