//! Figures of a ranking with grades of relevance: DCG, nDCG, ERR, and the ratio of pairs in order (PNR).
//!
//! As the evaluation of Baidu-ULTR defines them (Zou et al., NeurIPS 2022), without its slips: every query counts,
//! no constant is added to divisors, and short lists are not left out. ERR: Chapelle et al., CIKM 2009.

use serde::{Deserialize, Serialize};

use crate::pairs::order_counts;
use crate::{Result, StatsError, check};

/// `Σ (2^grade − 1) / log2(rank + 1)` over the first `k` grades, given in the order of the ranking.
///
/// # Errors
/// No grades, one below 0 or not finite, k of 0.
pub fn dcg(grades: &[f64], k: usize) -> Result<f64> {
    checked(grades, k, f64::MAX)?;
    let gains = grades.iter().take(k).enumerate();
    let value: f64 = gains.map(|(i, g)| (g.exp2() - 1.0) / (i as f64 + 2.0).log2()).sum();
    check::values("dcg", &[value], 1)?;
    Ok(value)
}

/// DCG by that of the best order of the same grades.
///
/// # Errors
/// As [`dcg`]; no grade above 0.
pub fn ndcg(grades: &[f64], k: usize) -> Result<f64> {
    let mut ideal = grades.to_vec();
    ideal.sort_by(|a, b| b.total_cmp(a));
    let (found, best) = (dcg(grades, k)?, dcg(&ideal, k)?);
    if best == 0.0 {
        let expected = "a grade above 0";
        return Err(StatsError::NothingToCount { what: "grades", expected });
    }
    Ok(found / best)
}

/// Expected reciprocal rank of the document at which a reader stops, of the first `k`: `Σ R_r / r · Π_{i<r} (1 −
/// R_i)` with `R = (2^grade − 1) / 2^highest`.
///
/// # Errors
/// No grades, one outside `0..=highest`, k of 0.
pub fn expected_reciprocal_rank(grades: &[f64], highest: f64, k: usize) -> Result<f64> {
    check::in_range("highest", highest, |h| h > 0.0 && h <= 1000.0, "a number > 0, at most 1000")?;
    checked(grades, k, highest)?;
    let (mut value, mut reached) = (0.0, 1.0);
    for (i, grade) in grades.iter().take(k).enumerate() {
        let stops = (grade.exp2() - 1.0) / highest.exp2();
        value += reached * stops / (i as f64 + 1.0);
        reached *= 1.0 - stops;
    }
    Ok(value)
}

/// Pairs of documents with different grades.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PositiveNegativeRatio {
    /// Pairs that the scores order as the grades.
    pub concordant: u64,
    /// Pairs that they order the other way.
    pub discordant: u64,
    /// Pairs whose scores are equal; they count for neither.
    pub tied: u64,
    /// The first by the second; none where no pair is the wrong way, as the ratio has no value there.
    pub ratio: Option<f64>,
}

/// PNR of the documents of one query.
///
/// # Errors
/// Uneven lists, fewer than two documents, numbers that are not finite, all grades equal.
pub fn positive_negative_ratio(scores: &[f64], grades: &[f64]) -> Result<PositiveNegativeRatio> {
    check::paired(("scores", scores), ("grades", grades), 2)?;
    let counts = order_counts(scores, grades, 0.0)?;
    let (concordant, discordant) = (counts.concordant, counts.discordant);
    let tied = counts.tied_predicted;
    if concordant + discordant + tied == 0 {
        return Err(StatsError::Constant { what: "grades" });
    }
    let ratio = (discordant > 0).then(|| concordant as f64 / discordant as f64);
    Ok(PositiveNegativeRatio { concordant, discordant, tied, ratio })
}

fn checked(grades: &[f64], k: usize, highest: f64) -> Result<()> {
    check::values("grades", grades, 1)?;
    check::count("k", k, 1)?;
    for (i, grade) in grades.iter().enumerate() {
        let expected = "a grade from 0 to the highest";
        check::in_range(
            &format!("grades[{i}]"),
            *grade,
            |g| (0.0..=highest).contains(&g),
            expected,
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders() {
        assert_eq!(ndcg(&[3.0, 2.0, 0.0], 3), Ok(1.0));
        assert!(ndcg(&[0.0, 2.0, 3.0], 3).expect("valid") < 1.0);
        assert_eq!(ndcg(&[0.0, 0.0], 2).expect_err("none").code(), "nothing_to_count");
        let found = positive_negative_ratio(&[3.0, 1.0, 2.0, 2.0], &[2.0, 1.0, 0.0, 2.0]);
        let found = found.expect("valid");
        assert_eq!((found.concordant, found.discordant, found.tied), (3, 1, 1));
        assert_eq!(found.ratio, Some(3.0));
        let perfect = positive_negative_ratio(&[2.0, 1.0], &[1.0, 0.0]).expect("valid");
        assert_eq!(perfect.ratio, None);
        assert!(positive_negative_ratio(&[2.0, 1.0], &[1.0, 1.0]).is_err());
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(dcg(&[], 1).expect_err("none").code(), "too_few_values");
        assert_eq!(dcg(&[1.0], 0).expect_err("k").code(), "too_few_values");
        assert_eq!(dcg(&[-1.0], 1).expect_err("bad").code(), "out_of_range");
        assert_eq!(dcg(&[1e9], 1).expect_err("huge").code(), "not_finite");
        assert!(expected_reciprocal_rank(&[5.0], 4.0, 1).is_err());
    }
}
