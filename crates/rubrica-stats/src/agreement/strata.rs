//! Kappa by stratum: what a pooled figure hides (No Free Labels; Krumdick et al., 2025).
//!
//! A judge that agrees with people on questions that it can answer, and not on the others, has a fair
//! pooled kappa and is worthless where it matters.

use serde::Serialize;

use super::{KappaWeights, cohen_kappa};
use crate::bootstrap::{Bootstrap, Units, bootstrap};
use crate::{Estimate, Result, StatsError, check, take};

/// Agreement within one stratum.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stratum<S> {
    /// The stratum.
    pub stratum: S,
    /// Items in it.
    pub n: usize,
    /// Share of items on which both agree.
    pub agreement: f64,
    /// Kappa with its bootstrap interval; absent where kappa is not defined.
    pub kappa: Option<Estimate>,
    /// Code of the reason why kappa is absent.
    pub undefined: Option<&'static str>,
}

/// Agreement by stratum.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KappaStrata<S> {
    /// The strata in ascending order.
    pub strata: Vec<Stratum<S>>,
    /// Kappa over all items together; absent where it is not defined.
    pub pooled: Option<f64>,
    /// Largest less smallest kappa of a stratum; absent with fewer than two defined.
    pub gap: Option<f64>,
}

/// Cohen's kappa of two raters in each stratum. The lists hold one entry an item.
///
/// # Errors
/// No items, different lengths, or bootstrap options out of range. A stratum whose kappa is not
/// defined is no error: it says so.
pub fn kappa_by_stratum<L: Ord + Clone, S: Ord + Clone>(
    human: &[L],
    judge: &[L],
    stratum: &[S],
    options: &Bootstrap,
) -> Result<KappaStrata<S>> {
    check::same_length(("human", human.len()), ("judge", judge.len()))?;
    check::same_length(("human", human.len()), ("stratum", stratum.len()))?;
    check::count("human", human.len(), 1)?;
    options.check()?;
    let mut order: Vec<usize> = (0..stratum.len()).collect();
    order.sort_by(|&i, &j| stratum[i].cmp(&stratum[j]));
    let mut strata = Vec::new();
    for members in order.chunk_by(|&i, &j| stratum[i] == stratum[j]) {
        let (a, b) = (take(human, members), take(judge, members));
        let estimate = bootstrap(&Units::items(a.len()), options, |items| {
            cohen_kappa(&take(&a, items), &take(&b, items), KappaWeights::None)
        });
        let (kappa, undefined) = match estimate {
            Ok(estimate) => (Some(estimate), None),
            Err(error) => (None, Some(error.code())),
        };
        let agreement = crate::classification::accuracy(&a, &b)?;
        let stratum = stratum[members[0]].clone();
        strata.push(Stratum { stratum, n: members.len(), agreement, kappa, undefined });
    }
    let kappas: Vec<f64> =
        strata.iter().filter_map(|s| s.kappa.as_ref().map(|kappa| kappa.value)).collect();
    let most = kappas.iter().copied().reduce(f64::max);
    let least = kappas.iter().copied().reduce(f64::min);
    let gap = most.zip(least).filter(|_| kappas.len() > 1).map(|(most, least)| most - least);
    let pooled = match cohen_kappa(human, judge, KappaWeights::None) {
        Ok(kappa) => Some(kappa),
        Err(StatsError::Constant { .. }) => None,
        Err(error) => return Err(error),
    };
    Ok(KappaStrata { strata, pooled, gap })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Human labels, judge labels and strata with a 2×2 table a stratum.
    fn items(tables: &[(&'static str, [usize; 4])]) -> (Vec<u8>, Vec<u8>, Vec<&'static str>) {
        let (mut human, mut judge, mut strata) = (vec![], vec![], vec![]);
        for (stratum, counts) in tables {
            for (cell, count) in counts.iter().enumerate() {
                for _ in 0..*count {
                    human.push((cell / 2) as u8);
                    judge.push((cell % 2) as u8);
                    strata.push(*stratum);
                }
            }
        }
        (human, judge, strata)
    }

    #[test]
    fn the_pooled_figure_hides_the_weak_stratum() {
        let (human, judge, strata) =
            items(&[("right", [40, 2, 3, 35]), ("wrong", [10, 10, 9, 11])]);
        let found = kappa_by_stratum(&human, &judge, &strata, &Bootstrap::default());
        let found = found.expect("defined");
        let kappa = |i: usize| found.strata[i].kappa.as_ref().expect("defined");
        assert!((kappa(0).value - 0.874529).abs() < 1e-6);
        assert!((kappa(1).value - 0.05).abs() < 1e-12);
        assert!(kappa(1).lower < 0.05 && kappa(1).upper > 0.05);
        assert!((found.pooled.expect("defined") - 0.599555).abs() < 1e-6);
        assert!((found.gap.expect("two") - 0.824529).abs() < 1e-6);
        assert_eq!((found.strata[0].n, found.strata[0].agreement), (80, 0.9375));
    }

    #[test]
    fn an_undefined_stratum_says_so() {
        let (human, judge, strata) = items(&[("a", [5, 0, 0, 0]), ("b", [8, 2, 1, 9])]);
        let found = kappa_by_stratum(&human, &judge, &strata, &Bootstrap::default());
        let found = found.expect("defined");
        assert_eq!((found.strata[0].undefined, found.gap), (Some("constant_input"), None));
        assert!(found.strata[1].kappa.is_some() && found.pooled.is_some());
        let bad = Bootstrap { replicates: 1, ..Bootstrap::default() };
        assert!(kappa_by_stratum(&human, &judge, &strata, &bad).is_err());
        let flat = kappa_by_stratum(&[1, 1], &[1, 1], &[0, 1], &Bootstrap::default());
        assert_eq!(flat.expect("listed").pooled, None);
        let none: [u8; 0] = [];
        assert!(kappa_by_stratum(&none, &none, &none, &Bootstrap::default()).is_err());
    }
}
