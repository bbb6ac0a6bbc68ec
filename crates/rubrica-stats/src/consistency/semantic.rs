//! Answers that mean the same, and the entropy of their meanings.
//!
//! Two answers mean the same when each entails the other. Kuhn et al., "Semantic uncertainty", ICLR 2023; Farquhar et
//! al., "Detecting hallucinations in large language models using semantic entropy", Nature 630, 2024.

use serde::{Deserialize, Serialize};

use super::votes::entropy;
use crate::{Result, StatsError, check};

/// When an answer joins a cluster.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ClusterRule {
    /// It means the same as the first answer of the cluster; of several such clusters, the oldest. As published;
    /// depends on the order of the answers.
    #[default]
    First,
    /// It means the same as any answer of the cluster. Does not depend on the order.
    Any,
}

/// Clusters of answers by meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeaningClusters {
    /// The cluster of each answer; clusters are numbered from 0 in the order of their first answers.
    pub cluster_of: Vec<usize>,
    /// Clusters.
    pub count: usize,
}

/// Clusters answers. `entailment` is row-major `[n, n]`: the probability that answer `row` entails answer `column`.
/// Two answers mean the same when both directions reach `threshold`. The diagonal is not read.
///
/// # Errors
/// No answers, probabilities that do not fill a square or lie outside `0..=1`, a threshold outside `0..=1`.
pub fn meaning_clusters(
    entailment: &[f64],
    answers: usize,
    threshold: f64,
    rule: ClusterRule,
) -> Result<MeaningClusters> {
    check::count("answers", answers, 1)?;
    let square = ("answers × answers", answers.saturating_mul(answers));
    check::same_length(("entailment", entailment.len()), square)?;
    check::probabilities("entailment", entailment)?;
    check::probabilities("threshold", &[threshold])?;
    let same = |i: usize, j: usize| {
        entailment[i * answers + j].min(entailment[j * answers + i]) >= threshold
    };
    let mut cluster_of = Vec::with_capacity(answers);
    match rule {
        ClusterRule::First => {
            let mut firsts: Vec<usize> = Vec::new();
            for answer in 0..answers {
                let cluster = firsts.iter().position(|&first| same(first, answer));
                cluster_of.push(cluster.unwrap_or(firsts.len()));
                if cluster.is_none() {
                    firsts.push(answer);
                }
            }
        }
        ClusterRule::Any => {
            cluster_of = vec![usize::MAX; answers];
            let mut count = 0;
            for start in 0..answers {
                if cluster_of[start] != usize::MAX {
                    continue;
                }
                cluster_of[start] = count;
                let mut open = vec![start];
                while let Some(i) = open.pop() {
                    for (j, cluster) in cluster_of.iter_mut().enumerate() {
                        if *cluster == usize::MAX && same(i, j) {
                            *cluster = count;
                            open.push(j);
                        }
                    }
                }
                count += 1;
            }
        }
    }
    let count = cluster_of.iter().max().map_or(0, |last| last + 1);
    Ok(MeaningClusters { cluster_of, count })
}

impl MeaningClusters {
    /// Share of the answers in each cluster, in `0..=1`.
    pub fn shares(&self) -> Vec<f64> {
        let mut shares = vec![0.0; self.count];
        for &cluster in &self.cluster_of {
            shares[cluster] += 1.0 / self.cluster_of.len() as f64;
        }
        shares
    }

    /// Discrete semantic entropy, `−Σ p ln p` over the shares of the clusters, in nats. Needs no probabilities.
    pub fn entropy(&self) -> f64 {
        entropy(&self.shares())
    }

    /// Semantic entropy with the log-probability of each answer (of the whole text, or its mean over tokens for the
    /// length-normalised form): the probability of a cluster is `Σ exp(log p)` over its answers, by the sum over
    /// all answers; then `−Σ p ln p`, in nats.
    ///
    /// # Errors
    /// Not one finite log-probability for each answer.
    pub fn weighted_entropy(&self, log_probabilities: &[f64]) -> Result<f64> {
        let answers = ("answers", self.cluster_of.len());
        check::same_length(("log_probabilities", log_probabilities.len()), answers)?;
        check::values("log_probabilities", log_probabilities, 1)?;
        let highest = log_probabilities.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if let Some(index) = log_probabilities.iter().position(|p| *p > 0.0) {
            return Err(StatsError::OutOfRange {
                what: format!("log_probabilities[{index}]"),
                value: log_probabilities[index],
                expected: "a log-probability, at most 0",
            });
        }
        let mut mass = vec![0.0; self.count];
        for (&cluster, p) in self.cluster_of.iter().zip(log_probabilities) {
            mass[cluster] += (p - highest).exp();
        }
        let all: f64 = mass.iter().sum();
        Ok(entropy(&mass.iter().map(|m| m / all).collect::<Vec<_>>()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 0 and 1 mean the same, 1 and 2 too, but not 0 and 2; 3 only entails.
    fn chain() -> Vec<f64> {
        vec![1.0, 0.9, 0.2, 0.0, 0.8, 1.0, 0.9, 0.0, 0.1, 0.7, 1.0, 0.0, 0.9, 0.9, 0.9, 1.0]
    }

    #[test]
    fn both_rules() {
        let first = meaning_clusters(&chain(), 4, 0.5, ClusterRule::First).expect("valid");
        assert_eq!(first.cluster_of, [0, 0, 1, 2]);
        let any = meaning_clusters(&chain(), 4, 0.5, ClusterRule::Any).expect("valid");
        assert_eq!((any.cluster_of.as_slice(), any.count), ([0, 0, 0, 1].as_slice(), 2));
        assert!(any.entropy() < first.entropy());
        assert_eq!(meaning_clusters(&[0.0], 1, 0.5, ClusterRule::Any).expect("one").entropy(), 0.0);
    }

    #[test]
    fn equal_weights_are_counts() {
        let clusters = meaning_clusters(&chain(), 4, 0.5, ClusterRule::First).expect("valid");
        let even = clusters.weighted_entropy(&[-900.0; 4]).expect("valid");
        assert!((even - clusters.entropy()).abs() < 1e-12);
        let sure = clusters.weighted_entropy(&[0.0, -800.0, -900.0, -900.0]).expect("valid");
        assert!(sure < 1e-12);
        assert_eq!(clusters.weighted_entropy(&[0.1; 4]).expect_err("above").code(), "out_of_range");
    }

    #[test]
    fn mistakes_are_named() {
        let code = |entailment: &[f64], n, threshold| {
            meaning_clusters(entailment, n, threshold, ClusterRule::Any).expect_err("bad").code()
        };
        assert_eq!(code(&[], 0, 0.5), "too_few_values");
        assert_eq!(code(&[0.5; 3], 2, 0.5), "length_mismatch");
        assert_eq!(code(&[f64::NAN], 1, 0.5), "out_of_range");
        assert_eq!(code(&[0.5], 1, 1.5), "out_of_range");
    }
}
