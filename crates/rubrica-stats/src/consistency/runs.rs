//! Right and wrong over repeated runs of one question set: avg@k, pass@k, all@k, maj@k, spread.
//!
//! pass@k and all@k are the unbiased estimates of Chen et al., arXiv:2107.03374, 2021; maj@k is the vote of Wang et
//! al., ICLR 2023. With k runs, avg@k is the mean accuracy that SimpleBench tells.

use super::votes::{Votes, flip_rate};
use crate::moments::{mean, standard_deviation};
use crate::{Result, StatsError, check};

/// One question and the answers of its runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionRuns<L> {
    /// The right answer.
    pub gold: L,
    /// The answer of each run, in the order of the runs; `None` where it is missing or could not be read, which
    /// is wrong and does not vote.
    pub answers: Vec<Option<L>>,
}

/// All questions.
#[derive(Debug, Clone, PartialEq)]
pub struct Runs {
    /// Runs and right ones, for each question.
    counts: Vec<(usize, usize)>,
    /// For each question and run, whether it was right.
    right: Vec<Vec<bool>>,
    votes: Vec<Option<Votes>>,
    /// For each question, by number of runs from 1, whether the vote of the first so many is right.
    majority: Vec<Vec<bool>>,
}

impl Runs {
    /// From the answers.
    ///
    /// # Errors
    /// No questions, or one without runs.
    pub fn new<L: PartialEq>(questions: &[QuestionRuns<L>]) -> Result<Self> {
        check::count("questions", questions.len(), 1)?;
        let (mut counts, mut right, mut votes, mut majority) = (vec![], vec![], vec![], vec![]);
        for question in questions {
            let n = question.answers.len();
            check::count("answers of a question", n, 1)?;
            let is_right = |answer: &Option<L>| answer.as_ref() == Some(&question.gold);
            let flags: Vec<bool> = question.answers.iter().map(is_right).collect();
            counts.push((n, flags.iter().filter(|right| **right).count()));
            let first = |k: usize| Votes::count(&question.answers[..k]).ok();
            majority.push((1..=n).map(|k| first(k).is_some_and(|v| flags[v.winner()])).collect());
            votes.push(first(n));
            right.push(flags);
        }
        Ok(Self { counts, right, votes, majority })
    }

    /// Questions.
    pub fn len(&self) -> usize {
        self.counts.len()
    }

    /// False: there is always a question.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// Votes of each question; `None` where no answer could be read.
    pub fn votes(&self) -> &[Option<Votes>] {
        &self.votes
    }

    /// Share of the runs that are right, mean over questions.
    pub fn average(&self) -> f64 {
        self.over(|n, right| right as f64 / n as f64)
    }

    /// Chance that one of k runs is right, `1 − C(n − c, k) / C(n, k)`, mean over questions.
    ///
    /// # Errors
    /// k of 0, or above the runs of some question.
    pub fn pass_at(&self, k: usize) -> Result<f64> {
        self.check(k)?;
        Ok(self.over(|n, right| 1.0 - all_drawn(n, n - right, k)))
    }

    /// Chance that all of k runs are right, `C(c, k) / C(n, k)`, mean over questions.
    ///
    /// # Errors
    /// As [`Self::pass_at`].
    pub fn all_at(&self, k: usize) -> Result<f64> {
        self.check(k)?;
        Ok(self.over(|n, right| all_drawn(n, right, k)))
    }

    /// Share of the questions whose most frequent answer of the first k runs is right; of equally frequent
    /// answers, the first counts. Without any answer, it is wrong.
    ///
    /// # Errors
    /// As [`Self::pass_at`].
    pub fn majority_at(&self, k: usize) -> Result<f64> {
        self.check(k)?;
        let right = self.majority.iter().filter(|question| question[k - 1]).count();
        Ok(right as f64 / self.len() as f64)
    }

    /// Share of the questions whose answers are not all equal.
    ///
    /// # Errors
    /// No question with two answers.
    pub fn flip_rate(&self) -> Result<f64> {
        flip_rate(self.votes.iter().flatten())
    }

    /// Accuracy of each run.
    ///
    /// # Errors
    /// Questions with different numbers of runs.
    pub fn accuracies(&self) -> Result<Vec<f64>> {
        let runs = self.counts[0].0;
        for (n, _) in &self.counts {
            check::same_length(("runs of the first question", runs), ("runs of another", *n))?;
        }
        let share = |run| self.right.iter().filter(|question| question[run]).count() as f64;
        Ok((0..runs).map(|run| share(run) / self.len() as f64).collect())
    }

    /// Standard deviation of the accuracy over runs, with `n − 1`.
    ///
    /// # Errors
    /// As [`Self::accuracies`]; fewer than two runs.
    pub fn accuracy_deviation(&self) -> Result<f64> {
        standard_deviation(&self.accuracies()?)
    }

    /// Variance of a single run's outcome, `p (1 − p)`, mean over questions: 0 when every question is always
    /// right or always wrong.
    pub fn mean_variance(&self) -> f64 {
        self.over(|n, right| {
            let p = right as f64 / n as f64;
            p * (1.0 - p)
        })
    }

    fn over(&self, value: impl Fn(usize, usize) -> f64) -> f64 {
        let values: Vec<f64> = self.counts.iter().map(|&(n, right)| value(n, right)).collect();
        mean(&values).expect("there are questions")
    }

    fn check(&self, k: usize) -> Result<()> {
        let fewest = self.counts.iter().map(|(n, _)| *n).min().unwrap_or(0);
        if k == 0 {
            let (what, expected) = ("k".into(), "a number >= 1");
            return Err(StatsError::OutOfRange { what, value: 0.0, expected });
        }
        check::count("runs of a question", fewest, k)
    }
}

/// `C(marked, k) / C(n, k)`: the chance that k draws of n without putting back are all marked.
fn all_drawn(n: usize, marked: usize, k: usize) -> f64 {
    if marked < k {
        return 0.0;
    }
    // As a product, since the binomials overflow.
    (0..k).map(|i| (marked - i) as f64 / (n - i) as f64).product()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs() -> Runs {
        let question = |gold, answers: &[u8]| QuestionRuns {
            gold,
            answers: answers.iter().map(|a| (*a > 0).then_some(*a)).collect(),
        };
        Runs::new(&[question(3, &[4, 3, 3]), question(1, &[1, 0, 2]), question(5, &[0, 0, 0])])
            .expect("valid")
    }

    #[test]
    fn figures() {
        let runs = runs();
        assert!((runs.average() - 1.0 / 3.0).abs() < 1e-12);
        assert!((runs.pass_at(1).expect("valid") - runs.average()).abs() < 1e-12);
        assert!((runs.pass_at(3).expect("valid") - 2.0 / 3.0).abs() < 1e-12);
        assert!((runs.all_at(2).expect("valid") - 1.0 / 9.0).abs() < 1e-12);
        assert_eq!(runs.majority_at(1), Ok(1.0 / 3.0));
        assert_eq!(runs.majority_at(3), Ok(2.0 / 3.0));
        assert_eq!(runs.flip_rate(), Ok(1.0));
        assert_eq!(runs.accuracies().expect("even"), [1.0 / 3.0; 3]);
        assert_eq!(runs.accuracy_deviation(), Ok(0.0));
    }

    #[test]
    fn mistakes_are_named() {
        let runs = runs();
        assert_eq!(runs.pass_at(0).expect_err("0").code(), "out_of_range");
        assert_eq!(runs.all_at(4).expect_err("4").code(), "too_few_values");
        assert_eq!(Runs::new::<u8>(&[]).expect_err("none").code(), "too_few_values");
        let one = |answers| QuestionRuns { gold: 1, answers };
        assert!(Runs::new(&[one(vec![])]).is_err());
        let uneven = Runs::new(&[one(vec![Some(1)]), one(vec![Some(1), None])]).expect("valid");
        assert_eq!(uneven.accuracies().expect_err("uneven").code(), "length_mismatch");
    }
}
