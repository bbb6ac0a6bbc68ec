//! One right answer against many wrong ones (RewardMATH; Kim et al., 2024), for rewards, for rewards of
//! each step, and for judges of pairs.

use rubrica_core::Signature;
use rubrica_stats::StatsError;
use rubrica_stats::bootstrap::Bootstrap;
use rubrica_stats::moments::mean;
use rubrica_stats::take;
use serde::{Deserialize, Serialize};

use super::one_to_many_rows::{ProblemRow, Reward, RewardedProblem};
use super::report::{Example, Report};
use crate::audit::Figure;
use crate::error::{AuditError, Result};

/// How the rewards of steps, which are probabilities, become one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepAggregate {
    /// The smallest.
    #[default]
    Min,
    /// The largest.
    Max,
    /// The product.
    Prod,
    /// The geometric mean.
    GeometricMean,
    /// The mean.
    Mean,
    /// That of the last step.
    Last,
    /// The probability at the mean of the log-odds.
    MeanLogit,
    /// The mean of the odds.
    MeanOdd,
}

impl StepAggregate {
    /// The name in options and signatures.
    pub fn name(self) -> &'static str {
        match self {
            Self::Min => "min",
            Self::Max => "max",
            Self::Prod => "prod",
            Self::GeometricMean => "geometric_mean",
            Self::Mean => "mean",
            Self::Last => "last",
            Self::MeanLogit => "mean_logit",
            Self::MeanOdd => "mean_odd",
        }
    }

    /// True for those that take the steps for probabilities.
    fn needs_probabilities(self) -> bool {
        matches!(self, Self::Prod | Self::GeometricMean | Self::MeanLogit | Self::MeanOdd)
    }

    /// One number for steps that have been checked. Certain steps have odds without end; they count as
    /// the nearest probability to 0 or 1.
    fn of(self, steps: &[f64]) -> f64 {
        let n = steps.len() as f64;
        let inner = |p: f64| p.clamp(f64::EPSILON, 1.0 - f64::EPSILON);
        let mean_of = |f: &dyn Fn(f64) -> f64| steps.iter().map(|&p| f(p)).sum::<f64>() / n;
        match self {
            Self::Min => steps.iter().copied().fold(f64::INFINITY, f64::min),
            Self::Max => steps.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            Self::Prod => steps.iter().product(),
            Self::GeometricMean => {
                if steps.contains(&0.0) {
                    0.0
                } else {
                    mean_of(&f64::ln).exp()
                }
            }
            Self::Mean => mean_of(&|p| p),
            Self::Last => steps[steps.len() - 1],
            Self::MeanLogit => {
                let logit = mean_of(&|p| (inner(p) / (1.0 - inner(p))).ln());
                1.0 / (1.0 + (-logit).exp())
            }
            Self::MeanOdd => mean_of(&|p| inner(p) / (1.0 - inner(p))),
        }
    }
}

/// How to count.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OneToManyOptions {
    /// How the rewards of steps become one.
    pub aggregate: StepAggregate,
    /// Resamples, level and seed of the intervals.
    pub bootstrap: Bootstrap,
}

/// How well the right answers stand out. Shares are in `0..=1`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OneToManyReport {
    /// Problems.
    pub n: usize,
    /// Right answers with a higher reward than every wrong one: chance is 1 in 10 with nine of these.
    pub accuracy: Figure,
    /// Right answers with no lower reward than any wrong one.
    pub accuracy_with_ties: Figure,
    /// Mean of 1 / rank of the right answer, which stands last among equals.
    pub mrr: Figure,
    /// Mean rank of the right answer, from 1, last among equals.
    pub mean_rank: Figure,
    /// What produced it.
    pub signature: Signature,
}

/// How well rewards tell the right answer from all wrong ones.
///
/// # Errors
/// [`AuditError::Statistic`] without problems; [`AuditError::Input`] for a problem without wrong answers, an
/// answer without steps, a reward that is not finite, or steps outside `0..=1` where the aggregate takes
/// them for probabilities.
pub fn one_to_many(
    problems: &[RewardedProblem],
    options: &OneToManyOptions,
) -> Result<OneToManyReport> {
    if problems.is_empty() {
        return Err(StatsError::TooFew { what: "problems", found: 0, needed: 1 }.into());
    }
    let places: Vec<(usize, bool)> = problems
        .iter()
        .enumerate()
        .map(|(index, problem)| {
            place(problem, options.aggregate).map_err(|e| e.within(&format!("[{index}]")))
        })
        .collect::<Result<_>>()?;
    let n = places.len();
    let share = |test: &dyn Fn(&(usize, bool)) -> bool| {
        let count = places.iter().filter(|p| test(p)).count();
        Figure::share(count, n, options.bootstrap.level)
    };
    let average = |of: &dyn Fn(f64) -> f64| {
        let values: Vec<f64> = places.iter().map(|(rank, _)| of(*rank as f64)).collect();
        Figure::of_items(n, &options.bootstrap, |items| mean(&take(&values, items)))
    };
    let mut signature = Signature::new("one-to-many")
        .with("aggregate", options.aggregate.name())
        .with("ties", "last")
        .with("interval", format!("wilson;bootstrap:{}", options.bootstrap.replicates))
        .with("level", options.bootstrap.level);
    signature.seed = Some(options.bootstrap.seed);
    Ok(OneToManyReport {
        n,
        accuracy: share(&|(rank, _)| *rank == 1),
        accuracy_with_ties: share(&|(_, level)| *level),
        mrr: average(&|rank| 1.0 / rank),
        mean_rank: average(&|rank| rank),
        signature,
    })
}

/// The rank of the right answer, last among equals, and whether none is above it.
fn place(problem: &RewardedProblem, aggregate: StepAggregate) -> Result<(usize, bool)> {
    let chosen = value(&problem.chosen, aggregate).map_err(|e| e.within("chosen"))?;
    if problem.rejected.is_empty() {
        return Err(AuditError::invalid("rejected", "is empty", "at least one wrong answer"));
    }
    let (mut above, mut level) = (0, 0);
    for (index, rejected) in problem.rejected.iter().enumerate() {
        let other =
            value(rejected, aggregate).map_err(|e| e.within(&format!("rejected[{index}]")))?;
        above += usize::from(other > chosen);
        level += usize::from(other == chosen);
    }
    Ok((1 + above + level, above == 0))
}

fn value(reward: &Reward, aggregate: StepAggregate) -> Result<f64> {
    let steps = match reward {
        Reward::Whole(value) if value.is_finite() => return Ok(*value),
        Reward::Whole(value) => {
            return Err(AuditError::invalid("", format!("is {value}"), "a finite number"));
        }
        Reward::Steps(steps) => steps,
    };
    if steps.is_empty() {
        return Err(AuditError::invalid("", "has no steps", "at least one"));
    }
    for (index, step) in steps.iter().enumerate() {
        let path = format!("[{index}]");
        if !step.is_finite() {
            return Err(AuditError::invalid(path, format!("is {step}"), "a finite number"));
        }
        if aggregate.needs_probabilities() && !(0.0..=1.0).contains(step) {
            return Err(AuditError::invalid(path, format!("is {step}"), "a probability in 0..=1"));
        }
    }
    let value = aggregate.of(steps);
    match value.is_finite() {
        true => Ok(value),
        false => {
            Err(AuditError::invalid("", format!("has the aggregate {value}"), "a finite number"))
        }
    }
}

impl Report for OneToManyReport {
    const NAME: &'static str = "one-to-many";
    const QUESTION: &'static str = "Is the right answer ahead of many wrong ones?";
    const SOURCE: &'static str = "RewardMATH; Kim et al., 2024";
    const ROW: &'static str = "id, chosen, rejected [..] (a number or a list of steps each); id, chosen_won [..]; score [..]";
    const EXAMPLE: Example = Example {
        options: "{}",
        rows: r#"{"id": 1, "chosen": 2.0, "rejected": [1.0, 3.0]}
{"id": 2, "chosen_won": [true, true]}
{"id": 3, "chosen": [0.9, 0.8], "rejected": [[0.1, 0.7]]}
"#,
    };
    type Row = ProblemRow;
    type Options = OneToManyOptions;

    fn run(rows: Vec<Self::Row>, options: &Self::Options) -> Result<Self> {
        let rows: Vec<RewardedProblem> = rows.into_iter().map(RewardedProblem::from).collect();
        one_to_many(&rows, options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::JudgedProblem;

    fn problem(chosen: f64, rejected: &[f64]) -> RewardedProblem {
        let rejected = rejected.iter().map(|&r| Reward::Whole(r)).collect();
        RewardedProblem { id: "p".into(), chosen: Reward::Whole(chosen), rejected }
    }

    fn run(problems: &[RewardedProblem]) -> [f64; 4] {
        let found = one_to_many(problems, &OneToManyOptions::default()).expect("valid");
        [found.accuracy, found.accuracy_with_ties, found.mrr, found.mean_rank]
            .map(|figure| figure.value().expect("defined"))
    }

    #[test]
    fn a_problem_of_reward_math() {
        let rejected =
            [-6.59375, -1.734375, 5.09375, -6.3125, -5.5625, -10.0625, -25.5, -21.75, 4.3125];
        assert_eq!(run(&[problem(-5.3125, &rejected)]), [0.0, 0.0, 0.25, 4.0]);
        // A tie is not a win; the right one stands behind it.
        assert_eq!(run(&[problem(1.0, &[1.0, 0.0])]), [0.0, 1.0, 0.5, 2.0]);
        let both = [problem(1.0, &[1.0, 0.0]), problem(2.0, &[1.0, 0.0])];
        assert_eq!(run(&both), [0.5, 1.0, 0.75, 1.5]);
    }

    /// Problems won, and won or tied, by which RewardMATH's own code gives its published percentages.
    #[test]
    fn published_accuracies_are_those_of_their_counts() {
        for (model, won, not_lost, problems, accuracy, with_ties) in [
            ("internlm2-7b", 180, 180, 483, 37.267, 37.267),
            ("Skywork-Reward-Llama-3.1-8B", 107, 107, 483, 22.153, 22.153),
            ("ArmoRM", 99, 104, 483, 20.497, 21.532),
            ("Math-Shepherd, least step", 74, 74, 483, 15.321, 15.321),
            ("Math-Shepherd, last step", 88, 88, 483, 18.219, 18.219),
            ("GPT-4o, direct", 126, 251, 485, 25.979, 51.753),
            ("GPT-4o, pairwise", 119, 119, 483, 24.638, 24.638),
        ] {
            let chosen = |place: usize| match place {
                _ if place < won => 2.0,
                _ if place < not_lost => 1.0,
                _ => 0.0,
            };
            let rows: Vec<RewardedProblem> =
                (0..problems).map(|place| problem(chosen(place), &[1.0; 9])).collect();
            let bootstrap = Bootstrap { replicates: 10, ..Bootstrap::default() };
            let options = OneToManyOptions { bootstrap, ..OneToManyOptions::default() };
            let found = one_to_many(&rows, &options).expect("valid");
            for (figure, percent) in
                [(found.accuracy, accuracy), (found.accuracy_with_ties, with_ties)]
            {
                let share = 100.0 * figure.value().expect("defined");
                assert!((share - percent).abs() < 1e-3, "{model}: {share} {percent}");
            }
        }
    }

    #[test]
    fn judges_of_pairs_must_win_every_time() {
        let judged = |won: &[bool]| JudgedProblem { id: "p".into(), chosen_won: won.to_vec() };
        assert_eq!(run(&[judged(&[true; 9]).rewards()]), [1.0, 1.0, 1.0, 1.0]);
        let lost = judged(&[true, true, false, true, true, true, true, true, false]).rewards();
        assert_eq!(run(&[lost]), [0.0, 0.0, 1.0 / 3.0, 3.0]);
        // Without any win it is level with nobody: all others stand above.
        assert_eq!(run(&[judged(&[false, false]).rewards()])[3], 3.0);
    }

    #[test]
    fn steps_become_one_number() {
        let steps = [0.9, 0.5, 0.8];
        let odds = [9.0, 1.0, 4.0];
        let logit = odds.iter().map(|o: &f64| o.ln()).sum::<f64>() / 3.0;
        for (aggregate, expected) in [
            (StepAggregate::Min, 0.5),
            (StepAggregate::Max, 0.9),
            (StepAggregate::Prod, 0.36),
            (StepAggregate::GeometricMean, 0.36f64.cbrt()),
            (StepAggregate::Mean, 2.2 / 3.0),
            (StepAggregate::Last, 0.8),
            (StepAggregate::MeanLogit, 1.0 / (1.0 + (-logit).exp())),
            (StepAggregate::MeanOdd, 14.0 / 3.0),
        ] {
            let found = value(&Reward::Steps(steps.to_vec()), aggregate).expect("valid");
            assert!((found - expected).abs() < 1e-12, "{aggregate:?} {found}");
            for certain in [[0.0, 1.0], [1.0, 1.0], [0.0, 0.0]] {
                let found = value(&Reward::Steps(certain.to_vec()), aggregate).expect("valid");
                assert!(found.is_finite(), "{aggregate:?}");
            }
        }
        let json = r#"{"id":1,"chosen":[0.9,0.8],"rejected":[0.5,[0.7,0.85]]}"#;
        let read: RewardedProblem = serde_json::from_str(json).expect("valid");
        let last = OneToManyOptions { aggregate: StepAggregate::Last, ..Default::default() };
        assert_eq!(
            one_to_many(std::slice::from_ref(&read), &last).expect("valid").accuracy.value(),
            Some(0.0)
        );
        assert_eq!(run(&[read])[0], 1.0);
    }

    #[test]
    fn mistakes_are_named() {
        let path = |problems: &[RewardedProblem], aggregate| {
            let options = OneToManyOptions { aggregate, ..Default::default() };
            let error = one_to_many(problems, &options).expect_err("bad");
            error.path().unwrap_or(error.code()).to_owned()
        };
        let min = StepAggregate::Min;
        assert_eq!(path(&[], min), "too_few_values");
        assert_eq!(path(&[problem(1.0, &[])], min), "[0].rejected");
        assert_eq!(path(&[problem(f64::NAN, &[1.0])], min), "[0].chosen");
        assert_eq!(path(&[problem(1.0, &[1.0, f64::INFINITY])], min), "[0].rejected[1]");
        let mut steps = problem(1.0, &[1.0]);
        steps.chosen = Reward::Steps(vec![0.5, 1.5]);
        assert_eq!(path(&[steps.clone()], StepAggregate::MeanLogit), "[0].chosen[1]");
        assert_eq!(run(&[steps.clone()])[0], 0.0);
        steps.chosen = Reward::Steps(vec![]);
        assert_eq!(path(&[steps], min), "[0].chosen");
    }
}
