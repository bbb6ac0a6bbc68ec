//! One entry a report. In the order of their names.

use std::collections::BTreeMap;

use rubrica_core::{Label, Result, ScoreRow};
use rubrica_stats::ranking::Matchmaking;

use super::entry_rows::{
    Board, BoardRow, CensusOptions, ContextDecisions, LabelRow, MatchRow, PooledItems,
    Poststratified, ProblemRow, QualityRow, QueryRow,
};
use super::registry::ReportInfo;
use super::*;

pub(super) fn entries() -> Vec<ReportInfo> {
    vec![
        ReportInfo::new(
            [
                "annotator-pool",
                "What would a crowd say that these annotators stand for?",
                "AlpacaFarm; Dubois et al., 2023",
                "id, annotations {annotator: A|B|tie}, equal?",
            ],
            |rows: Vec<AnnotatedItem>, options: &PoolOptions| {
                Ok(PooledItems { items: annotate_pool(&rows, options)? })
            },
        ),
        ReportInfo::new(
            [
                "benchmark-agreement",
                "Do benchmarks agree on which model is better?",
                "BenchBench; Perlitz et al., 2024",
                "model, scenario, score, source?; or model and a score by scenario",
            ],
            |rows: Vec<BoardRow>, options: &BenchmarkAgreementOptions| {
                let rows: Vec<ScoreRow> = rows.into_iter().flat_map(BoardRow::scores).collect();
                benchmark_agreement(&rows, options)
            },
        ),
        ReportInfo::new(
            [
                "benchmark-quality",
                "Does a benchmark tell models apart, and as people do?",
                "Arena-Hard; Li et al., 2024",
                "board (benchmark|people), model, score, lower, upper",
            ],
            |rows: Vec<QualityRow>, options: &BenchmarkQualityOptions| {
                let of = |board| {
                    let rows = rows.iter().filter(|row| row.board == board);
                    rows.map(|row| row.score.clone()).collect::<Vec<_>>()
                };
                benchmark_quality(&of(Board::Benchmark), &of(Board::People), options)
            },
        ),
        ReportInfo::new(
            [
                "calibration",
                "Do probabilities mean what they say, and what mends them?",
                "Guo et al., 2017",
                "probability, happened",
            ],
            |rows: Vec<Forecast>, options: &CalibrationOptions| calibration_report(&rows, options),
        ),
        ReportInfo::new(
            [
                "compare-systems",
                "Is one system better than another, and how many items would tell?",
                "Dror et al., 2018; Card et al., 2020",
                "system, score, item_id?",
            ],
            |rows: Vec<SystemScore>, options: &SystemOptions| compare_systems(&rows, options),
        ),
        ReportInfo::new(
            [
                "contextual",
                "Which answer from documents is better, by what matters first?",
                "ContextualJudgeBench; Xu et al., 2025",
                "id, a {refuses?, faithfulness?, completeness?, conciseness?}, b, answerable?",
            ],
            |rows: Vec<ContextPair>, options: &ContextOptions| {
                let decide = |pair: &ContextPair| contextual_compare(pair, options);
                Ok(ContextDecisions { decisions: rows.iter().map(decide).collect::<Result<_>>()? })
            },
        ),
        ReportInfo::new(
            [
                "fairness",
                "Does a scorer treat alike what auditors call alike?",
                "after Bechavod & Roth, 2022",
                "id, score, score_prime, distance [one an auditor]",
            ],
            |rows: Vec<FairnessPair>, options: &FairnessOptions| fairness_audit(&rows, options),
        ),
        ReportInfo::new(
            [
                "group-evenness",
                "Does a judge score variants of one thing alike?",
                "MJ-Bench; Chen et al., 2024",
                "group, score (0 or above)",
            ],
            |rows: Vec<VariantScore>, options: &EvennessOptions| group_evenness(&rows, options),
        ),
        ReportInfo::new(
            [
                "group-rankings",
                "Do groups of people rank models alike?",
                "PRISM; Kirk et al., 2024",
                "user_id, model, score, turn?, opening?, group?",
            ],
            |rows: Vec<UserRating>, options: &GroupRankingOptions| group_rankings(&rows, options),
        ),
        ReportInfo::new(
            [
                "label-trust",
                "Which categories can a model label in place of people?",
                "SIGHT; Wang et al., 2023",
                "item_id, rater_id, category, value",
            ],
            |rows: Vec<LabelRow>, options: &LabelTrustOptions| {
                let rows: Vec<Label> = rows.into_iter().map(Label::from).collect();
                label_trust(&rows, options)
            },
        ),
        ReportInfo::new(
            [
                "metric-agreement",
                "Do metrics rank systems and outputs as people do?",
                "WMT metrics tasks; Deutsch et al., 2023",
                "system, item_id, metric, score (people's being of the metric `human`)",
            ],
            |rows: Vec<MetricScore>, options: &MetricAgreementOptions| {
                metric_agreement(&rows, options)
            },
        ),
        ReportInfo::new(
            [
                "next-duel",
                "Which two candidates should people compare next?",
                "dueling bandit, linear or by a network; POHF; Lin et al., 2024",
                "candidates {id, features [..]} and labels {a, b, winner}",
            ],
            |rows: Vec<QueryRow>, options: &NextDuelOptions| {
                let (candidates, labels) = QueryRow::split(rows);
                next_duel(&candidates, &labels, options)
            },
        ),
        ReportInfo::new(
            [
                "next-match",
                "Which models should meet next in the arena?",
                "K-Sort Arena; Li et al., 2024",
                "beliefs {model, mean, deviation} and meetings {model_a, model_b, count}",
            ],
            |rows: Vec<MatchRow>, options: &Matchmaking| {
                let (models, meetings) = MatchRow::split(rows);
                next_match(&models, &meetings, options)
            },
        ),
        ReportInfo::new(
            [
                "next-query",
                "Which pair teaches a preference model most?",
                "preference-based learning via randomisation; Wu & Sun, 2024",
                "candidates {id, features [..]} and labels {a, b, winner}",
            ],
            |rows: Vec<QueryRow>, options: &QueryOptions| {
                let (candidates, labels) = QueryRow::split(rows);
                next_query(&candidates, &labels, options)
            },
        ),
        ReportInfo::new(
            [
                "normalise-users",
                "What do ratings say once everyone's own use of the scale is taken out?",
                "PRISM; Kirk et al., 2024",
                "user_id, model, score, turn?, opening?, group?",
            ],
            |rows: Vec<UserRating>, options: &NormaliseOptions| normalise_users(&rows, options),
        ),
        ReportInfo::new(
            [
                "one-sided",
                "How good is a scorer when only accepted items have labels?",
                "inverse propensity scores; Horvitz & Thompson, 1952",
                "accepted, propensity?, loss? or score? and label?",
            ],
            |rows: Vec<OneSidedItem>, options: &OneSidedOptions| one_sided_eval(&rows, options),
        ),
        ReportInfo::new(
            [
                "one-to-many",
                "Is the right answer ahead of many wrong ones?",
                "RewardMATH; Kim et al., 2024",
                "id, chosen, rejected [..] (a number or a list of steps each); id, chosen_won [..]; score [..]",
            ],
            |rows: Vec<ProblemRow>, options: &OneToManyOptions| {
                let rows: Vec<RewardedProblem> =
                    rows.into_iter().map(RewardedProblem::from).collect();
                one_to_many(&rows, options)
            },
        ),
        ReportInfo::new(
            [
                "opinion-scores",
                "What do people think of each item, and does a metric follow them?",
                "ITU-R BT.500; VE-Bench; Sun et al., 2024",
                "item_id, rater_id, score, metric?",
            ],
            |rows: Vec<Opinion>, options: &OpinionOptions| opinion_scores(&rows, options),
        ),
        ReportInfo::new(
            [
                "peer-exam",
                "Who is best when every model examines all others?",
                "Language-Model-as-an-Examiner; Bai et al., 2023",
                "examiner, examinee, score, question_id?, criterion?",
            ],
            |rows: Vec<ExamScore>, options: &PeerExamOptions| peer_exam(&rows, options),
        ),
        ReportInfo::new(
            [
                "performance-profile",
                "Who meets targets at the least cost over many workloads?",
                "AlgoPerf; Dahl et al., 2023",
                "system, workload, cost? (none where the target was missed)",
            ],
            |rows: Vec<Spent>, options: &ProfileOptions| performance_profile(&rows, options),
        ),
        ReportInfo::new(
            [
                "poststratify",
                "What would the population say, and not only who came?",
                "PRISM; Kirk et al., 2024",
                "user_id, model, score, group",
            ],
            |rows: Vec<UserRating>, options: &CensusOptions| {
                let models = poststratified_means(&rows, &options.census, &options.bootstrap)?;
                let groups: BTreeMap<&str, &String> = rows
                    .iter()
                    .filter_map(|row| Some((row.user_id.as_str(), row.group.as_ref()?)))
                    .collect();
                let groups: Vec<String> = groups.into_values().cloned().collect();
                Ok(Poststratified { models, strata: poststratify(&groups, &options.census)? })
            },
        ),
        ReportInfo::new(
            [
                "principles",
                "Which principles explain what people prefer?",
                "Inverse Constitutional AI; Findeis et al., 2025",
                "comparison_id, principle, vote (agree|disagree|both|neither|not_applicable|invalid), seed?; or comparison_id, votes {principle: vote}, seed?; or comparison_id, response_a, response_b, label (A|B|tie)",
            ],
            |rows: Vec<VotedComparison>, options: &PrinciplesOptions| principles(&rows, options),
        ),
        ReportInfo::new(
            [
                "reference-grounding",
                "Is a judge as good where it could not have answered itself?",
                "No Free Labels; Krumdick et al., 2025",
                "human, verdict, reference_kind, judge_correct?, own?",
            ],
            |rows: Vec<GroundedItem>, options: &GroundedOptions| grounded_agreement(&rows, options),
        ),
        ReportInfo::new(
            [
                "scale-shape",
                "Does a score grow steadily with scale, or all at once?",
                "BIG-bench; Srivastava et al., 2022",
                "scale, score, task?",
            ],
            |rows: Vec<ScaledScore>, options: &ShapeOptions| scale_shapes(&rows, options),
        ),
        ReportInfo::new(
            [
                "score-intervals",
                "Which scores may people have given?",
                "conformal prediction; Lei et al., 2018; Lu et al., 2022",
                "score, human, distribution? [..]",
            ],
            |rows: Vec<ScoredItem>, options: &ScoreIntervalOptions| score_intervals(&rows, options),
        ),
        ReportInfo::new(
            [
                "selective",
                "How good are answers that may be left open?",
                "LAB-Bench; Laurent et al., 2024",
                "correct?, abstained?, confidence?, subtask?",
            ],
            |rows: Vec<SelectiveItem>, options: &SelectiveOptions| selective_report(&rows, options),
        ),
        ReportInfo::new(
            [
                "style-control",
                "Who is better when length and style are held fixed?",
                "style control; Li et al., 2024",
                "model_a, model_b, winner, category?, weight?, len_a?, len_b?, style_a?, style_b? {name: count}",
            ],
            |rows: Vec<StyledBattle>, options: &StyleOptions| style_leaderboard(&rows, options),
        ),
        ReportInfo::new(
            [
                "wb-reward",
                "How much better than a baseline, by verdicts in five steps?",
                "WildBench; Lin et al., 2024",
                "verdict (A++|A+|A=B|B+|B++)?, swapped?, baseline?, len_test?, len_ref?, tags? [..]",
            ],
            |rows: Vec<WildJudgment>, options: &WildBenchOptions| wb_reward(&rows, options),
        ),
        ReportInfo::new(
            [
                "wb-score",
                "What is the mean score, by task?",
                "WildBench; Lin et al., 2024",
                "score (1 to 10), tags? [..]",
            ],
            |rows: Vec<WildScore>, options: &WildBenchOptions| wb_score(&rows, options),
        ),
        ReportInfo::new(
            [
                "welfare",
                "Whose taste decides, and what does that do to the others?",
                "PRISM; Kirk et al., 2024",
                "user_id, model, score, group?",
            ],
            |rows: Vec<UserRating>, options: &WelfareOptions| welfare(&rows, options),
        ),
        ReportInfo::new(
            [
                "win-rate",
                "How often does a model beat a baseline, length held fixed?",
                "AlpacaEval; Dubois et al., 2024",
                "preference (1 baseline, 2 model), model?, len?, len_baseline?",
            ],
            |rows: Vec<PreferenceRow>, options: &WinRateOptions| win_rates(&rows, options),
        ),
    ]
}
