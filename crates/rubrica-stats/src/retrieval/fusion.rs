//! Several rankings as one, several lists of keywords as one query.
//!
//! Reciprocal rank fusion: Cormack et al., SIGIR 2009. CombSUM: Fox and Shaw, TREC-2, 1994. Merged keywords:
//! GenQREnsemble (Dhole and Agichtein, 2024).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{Result, StatsError, check};

/// One document of a fused ranking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fused<T> {
    /// The document.
    pub id: T,
    /// Its fused score.
    pub score: f64,
    /// Its rank, from 1; equal scores share the best of their ranks.
    pub rank: usize,
}

/// `Σ 1 / (k + rank)` over the rankings that hold a document, best first; k is 60 as published.
///
/// # Errors
/// No rankings, a document twice in one, k below 0.
pub fn reciprocal_rank_fusion<T: Ord + Clone>(runs: &[Vec<T>], k: f64) -> Result<Vec<Fused<T>>> {
    check::in_range("k", k, |k| k >= 0.0, "a number >= 0")?;
    let scored: Vec<Vec<(T, f64)>> = runs
        .iter()
        .map(|run| {
            let score = |(place, id): (usize, &T)| (id.clone(), 1.0 / (k + place as f64 + 1.0));
            run.iter().enumerate().map(score).collect()
        })
        .collect();
    sum(&scored)
}

/// Sum of the scores of a document, each ranking brought to `0..=1` by its lowest and highest score. What a ranking
/// does not hold has 0 there, and so has everything of a ranking whose scores are all equal.
///
/// # Errors
/// No rankings, a document twice in one, a score that is not finite.
pub fn comb_sum<T: Ord + Clone>(runs: &[Vec<(T, f64)>]) -> Result<Vec<Fused<T>>> {
    let scaled = runs
        .iter()
        .map(|run| {
            check::values("scores", &run.iter().map(|(_, score)| *score).collect::<Vec<_>>(), 0)?;
            let least = run.iter().fold(f64::INFINITY, |m, (_, score)| m.min(*score));
            let most = run.iter().fold(f64::NEG_INFINITY, |m, (_, score)| m.max(*score));
            // Halves, so that the difference does not overflow.
            let extent = most / 2.0 - least / 2.0;
            let scale = |score: f64| {
                if extent > 0.0 { (score / 2.0 - least / 2.0) / extent } else { 0.0 }
            };
            Ok(run.iter().map(|(id, score)| (id.clone(), scale(*score))).collect())
        })
        .collect::<Result<Vec<Vec<(T, f64)>>>>()?;
    sum(&scaled)
}

fn sum<T: Ord + Clone>(runs: &[Vec<(T, f64)>]) -> Result<Vec<Fused<T>>> {
    check::count("rankings", runs.len(), 1)?;
    let mut scores: BTreeMap<&T, f64> = BTreeMap::new();
    for run in runs {
        let mut seen = BTreeSet::new();
        for (index, (id, score)) in run.iter().enumerate() {
            if !seen.insert(id) {
                return Err(StatsError::Duplicate { what: "ranking", index });
            }
            *scores.entry(id).or_insert(0.0) += score;
        }
    }
    let mut fused: Vec<Fused<T>> =
        scores.into_iter().map(|(id, score)| Fused { id: id.clone(), score, rank: 0 }).collect();
    fused.sort_by(|a, b| b.score.total_cmp(&a.score));
    for i in 0..fused.len() {
        let tied = i > 0 && fused[i].score == fused[i - 1].score;
        fused[i].rank = if tied { fused[i - 1].rank } else { i + 1 };
    }
    Ok(fused)
}

/// The words of the query, `repeat` times, and after them every keyword of the lists that is new, once.
pub fn merge_keywords<T: Ord + Clone>(query: &[T], lists: &[Vec<T>], repeat: usize) -> Vec<T> {
    let mut merged: Vec<T> = std::iter::repeat_n(query, repeat).flatten().cloned().collect();
    // Without the query, its words are as new as any.
    let mut seen: BTreeSet<&T> = if repeat > 0 { query.iter().collect() } else { BTreeSet::new() };
    let new: Vec<T> = lists.iter().flatten().filter(|word| seen.insert(*word)).cloned().collect();
    merged.extend(new);
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_once() {
        let merged = merge_keywords(&["a", "b"], &[vec!["b", "c"], vec!["c", "d"]], 2);
        assert_eq!(merged, ["a", "b", "a", "b", "c", "d"]);
        assert_eq!(merge_keywords(&["a"], &[vec!["a", "b"]], 0), ["a", "b"]);
    }

    #[test]
    fn sums_of_scaled_scores() {
        let runs = [vec![("a", 10.0), ("b", 5.0), ("c", 0.0)], vec![("b", 1.0)], vec![]];
        let fused = comb_sum(&runs).expect("valid");
        let found: Vec<_> = fused.iter().map(|f| (f.id, f.score, f.rank)).collect();
        assert_eq!(found, [("a", 1.0, 1), ("b", 0.5, 2), ("c", 0.0, 3)]);
        assert_eq!(
            comb_sum(&[vec![("a", 1.0), ("a", 2.0)]]).expect_err("twice").code(),
            "duplicate_entry"
        );
        assert_eq!(comb_sum::<u8>(&[]).expect_err("none").code(), "too_few_values");
        assert_eq!(comb_sum(&[vec![("a", f64::NAN)]]).expect_err("bad").code(), "not_finite");
        assert!(reciprocal_rank_fusion(&[vec!["a"]], -1.0).is_err());
    }
}
