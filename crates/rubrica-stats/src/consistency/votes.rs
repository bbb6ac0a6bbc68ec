//! Votes of equal answers: self-consistency.
//!
//! Wang et al., "Self-consistency improves chain of thought reasoning in language models", ICLR 2023. Agreement is a
//! hint that an answer is right, and no more: a model can be of one mind and wrong.

use serde::{Deserialize, Serialize};

use crate::{Result, StatsError, check};

/// Answers that are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerKind {
    /// Position of the first of them.
    pub first: usize,
    /// How many there are.
    pub count: usize,
}

/// How the answers to one question fall into kinds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Votes {
    /// The kinds, most frequent first; of equally frequent ones, the one that came first.
    pub kinds: Vec<AnswerKind>,
    /// The kind of each answer, as a position in `kinds`; none for a missing one.
    pub kind_of: Vec<Option<usize>>,
    /// Answers that there are.
    pub answered: usize,
    /// Answers that are missing or could not be read. They do not vote.
    pub missing: usize,
    /// Share of the most frequent kind, `max c / n`, in `0..=1`.
    pub share: f64,
    /// Entropy of the kinds, `−Σ p ln p`, in nats.
    pub entropy: f64,
    /// True when another kind is as frequent as the first.
    pub tied: bool,
}

impl Votes {
    /// Counts `answers`; `None` is a missing one.
    ///
    /// # Errors
    /// No answer at all.
    pub fn count<L: PartialEq>(answers: &[Option<L>]) -> Result<Self> {
        let mut found: Vec<AnswerKind> = Vec::new();
        let mut found_of = Vec::with_capacity(answers.len());
        for (i, answer) in answers.iter().enumerate() {
            let Some(answer) = answer else {
                found_of.push(None);
                continue;
            };
            let same = |kind: &AnswerKind| answers[kind.first].as_ref() == Some(answer);
            let kind = found.iter().position(same).unwrap_or(found.len());
            match found.get_mut(kind) {
                Some(known) => known.count += 1,
                None => found.push(AnswerKind { first: i, count: 1 }),
            }
            found_of.push(Some(kind));
        }
        let answered: usize = found.iter().map(|kind| kind.count).sum();
        check::count("answers", answered, 1)?;
        let mut order: Vec<usize> = (0..found.len()).collect();
        order.sort_by_key(|&kind| (std::cmp::Reverse(found[kind].count), found[kind].first));
        let mut place = vec![0; found.len()];
        for (to, &from) in order.iter().enumerate() {
            place[from] = to;
        }
        let kinds: Vec<AnswerKind> = order.iter().map(|&kind| found[kind]).collect();
        let shares: Vec<f64> =
            kinds.iter().map(|kind| kind.count as f64 / answered as f64).collect();
        Ok(Self {
            kind_of: found_of.into_iter().map(|kind| kind.map(|kind| place[kind])).collect(),
            answered,
            missing: answers.len() - answered,
            share: shares[0],
            entropy: entropy(&shares),
            tied: kinds.get(1).is_some_and(|second| second.count == kinds[0].count),
            kinds,
        })
    }

    /// Position of the answer that wins the vote: the first of the most frequent kind.
    pub fn winner(&self) -> usize {
        self.kinds[0].first
    }

    /// The chance that two different answers, drawn at random, are equal: `Σ c (c − 1) / (n (n − 1))`.
    ///
    /// # Errors
    /// Fewer than two answers.
    pub fn pairwise_agreement(&self) -> Result<f64> {
        check::count("answers", self.answered, 2)?;
        let equal: usize = self.kinds.iter().map(|kind| kind.count * (kind.count - 1)).sum();
        Ok(equal as f64 / (self.answered * (self.answered - 1)) as f64)
    }

    /// Entropy by the most that so many answers could have, `ln n`; in `0..=1`.
    ///
    /// # Errors
    /// Fewer than two answers.
    pub fn relative_entropy(&self) -> Result<f64> {
        check::count("answers", self.answered, 2)?;
        Ok((self.entropy / (self.answered as f64).ln()).min(1.0))
    }

    /// True when not all answers are of one kind.
    pub fn flips(&self) -> bool {
        self.kinds.len() > 1
    }
}

/// `−Σ p ln p` over the probabilities above 0.
pub(crate) fn entropy(shares: &[f64]) -> f64 {
    let sum: f64 = shares.iter().filter(|p| **p > 0.0).map(|p| -p * p.ln()).sum();
    sum.max(0.0)
}

/// Share of the questions whose answers are not all equal. Questions with fewer than two answers cannot flip and
/// do not count.
///
/// # Errors
/// No question with two answers.
pub fn flip_rate<'a>(questions: impl IntoIterator<Item = &'a Votes>) -> Result<f64> {
    let counted: Vec<bool> =
        questions.into_iter().filter(|votes| votes.answered > 1).map(Votes::flips).collect();
    if counted.is_empty() {
        let expected = "a question with at least two answers";
        return Err(StatsError::NothingToCount { what: "questions", expected });
    }
    Ok(counted.iter().filter(|flips| **flips).count() as f64 / counted.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_answers_do_not_vote() {
        let votes = Votes::count(&[None, Some("b"), Some("a"), Some("a"), None]).expect("votes");
        assert_eq!((votes.answered, votes.missing, votes.winner()), (3, 2, 2));
        assert_eq!(votes.kind_of, [None, Some(1), Some(0), Some(0), None]);
        assert!(!votes.tied && votes.flips());
        assert_eq!(votes.pairwise_agreement(), Ok(1.0 / 3.0));
        assert_eq!(Votes::count::<u8>(&[None]).expect_err("none").code(), "too_few_values");
    }

    #[test]
    fn ties_and_single_answers() {
        let tied = Votes::count(&[Some(2), Some(1)]).expect("votes");
        assert!(tied.tied && tied.winner() == 0);
        assert_eq!(tied.relative_entropy(), Ok(1.0));
        let alone = Votes::count(&[Some(1)]).expect("votes");
        assert_eq!(alone.pairwise_agreement().expect_err("one").code(), "too_few_values");
        assert_eq!(flip_rate([&alone]).expect_err("one").code(), "nothing_to_count");
        assert_eq!(flip_rate([&alone, &tied]), Ok(1.0));
    }
}
