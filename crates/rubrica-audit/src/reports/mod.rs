//! Reports on recorded judgments, after published evaluation protocols; none needs a model.

mod annotator_pool;
mod benchmark_agreement;
mod board_rows;
mod board_subsets;
mod board_table;
mod calibrate;
mod evenness;
mod fairness;
mod grounded;
mod group_rankings;
mod label_trust;
mod lexicographic;
mod metric_agreement;
mod metric_difference;
mod next;
mod one_sided;
mod one_to_many;
mod one_to_many_rows;
mod opinion;
mod peer_exam;
mod performance;
mod poststratify;
mod principle_features;
mod principle_vote;
mod principle_votes;
mod principles;
mod quality;
mod registry;
mod report;
mod score_intervals;
mod selective;
mod shape;
mod style;
mod style_board;
mod system_pairs;
mod systems;
mod user_ratings;
mod welfare;
mod wildbench;
mod win_rate;

pub use annotator_pool::{AnnotatedItem, PoolOptions, PooledPreference, annotate_pool};
pub use benchmark_agreement::{
    AggregateModel, BenchmarkAgreement, BenchmarkAgreementOptions, ScenarioAgreement,
    benchmark_agreement,
};
pub use board_subsets::{BoardCorrelation, SubsetStrategy};
pub use calibrate::{
    CalibrationFigures, CalibrationFit, CalibrationOptions, CalibrationReport, Forecast,
    calibration_report,
};
pub use evenness::{EvennessOptions, EvennessReport, GroupEvenness, VariantScore, group_evenness};
pub use fairness::{
    FairnessAudit, FairnessOptions, FairnessPair, FairnessViolation, fairness_audit,
};
pub use grounded::{
    GroundedCell, GroundedItem, GroundedOptions, GroundedReport, grounded_agreement,
};
pub use group_rankings::{GroupBoard, GroupRankingOptions, GroupRankings, group_rankings};
pub use label_trust::{CategoryReport, LabelTrustOptions, LabelTrustReport, label_trust};
pub use lexicographic::{
    ContextCriterion, ContextDecision, ContextOptions, ContextPair, ContextScores,
    contextual_compare,
};
pub use metric_agreement::{
    MetricAgreement, MetricAgreementOptions, MetricAgreementReport, MetricCorrelation, MetricScore,
    metric_agreement,
};
pub use metric_difference::MetricDifference;
pub use next::{
    ArenaModel, DuelReport, Meeting, NextDuelOptions, NextMatch, QueryCandidate, QueryLabel,
    QueryOptions, QueryReport, next_duel, next_match, next_query,
};
pub use one_sided::{OneSidedItem, OneSidedOptions, OneSidedReport, one_sided_eval};
pub use one_to_many::{OneToManyOptions, OneToManyReport, StepAggregate, one_to_many};
pub use one_to_many_rows::{JudgedProblem, Reward, RewardedProblem};
pub use opinion::{
    ItemOpinion, Opinion, OpinionMetric, OpinionOptions, OpinionReport, RaterScreening,
    opinion_scores,
};
pub use peer_exam::{
    ExamScore, ExaminedModel, PeerExam, PeerExamOptions, SelfPreference, peer_exam,
};
pub use performance::{ProfileOptions, ProfileReport, ProfiledSystem, Spent, performance_profile};
pub use poststratify::{PoststratifiedModel, Strata, Stratum, poststratified_means, poststratify};
pub use principle_vote::PrincipleVote;
pub use principle_votes::VotedComparison;
pub use principles::{
    Dropped, PrinciplesOptions, PrinciplesReport, SeedRule, VoteCounts, VotedPrinciple, principles,
};
pub use quality::{
    BenchmarkQualityOptions, BenchmarkQualityReport, BenchmarkScore, TieredModel, benchmark_quality,
};
pub use registry::{PreparedReport, ReportInfo, Told, report, reports};
pub use report::Example;
pub use score_intervals::{
    CheckedIntervals, ScoreIntervalOptions, ScoreIntervalReport, ScoredItem, score_intervals,
};
pub use selective::{
    SelectiveFigures, SelectiveItem, SelectiveOptions, SelectiveReport, selective_report,
};
pub use shape::{ScaledScore, ShapeOptions, ShapeReport, TaskShape, scale_shapes};
pub use style::{StyleOptions, StyledBattle};
pub use style_board::{StyleBoard, StyleEffect, StyleLeaderboard, StyledModel, style_leaderboard};
pub use system_pairs::{SystemOptions, SystemPair};
pub use systems::{ScoredSystem, SystemReport, SystemScore, compare_systems};
pub use user_ratings::{
    NormaliseOptions, NormalisedRatings, UserRating, UserStyle, normalise_users, rating_battles,
};
pub use welfare::{WelfareOptions, WelfareReport, WelfareRule, welfare};
pub use wildbench::{
    WildBenchOptions, WildCounts, WildJudgment, WildRewardReport, WildScore, WildScoreReport,
    WildVerdict, wb_reward, wb_score, wildbench_task,
};
pub use win_rate::{PreferenceRow, WinRate, WinRateOptions, WinRateReport, win_rates};
