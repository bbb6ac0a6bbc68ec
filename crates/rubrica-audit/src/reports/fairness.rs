//! Does a scorer treat alike what is alike? A panel of auditors says how far apart the scores of two texts
//! may be (after individually fair learning with one-sided feedback; Bechavod & Roth, 2022; the panel's
//! rule is ours).

use rubrica_core::Signature;
use rubrica_stats::StatsError;
use serde::{Deserialize, Serialize};

use super::report::{Example, Report};
use crate::audit::Figure;
use crate::error::{AuditError, Result};
use crate::records::{name, number};

/// Two texts that differ in what should not count, such as a name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FairnessPair {
    /// Its name.
    #[serde(deserialize_with = "name")]
    pub id: String,
    /// Score of the first.
    #[serde(deserialize_with = "number")]
    pub score: f64,
    /// Score of the second.
    #[serde(alias = "scorePrime", deserialize_with = "number")]
    pub score_prime: f64,
    /// How far apart each auditor lets them be, in points of the score, 0 or more; one an auditor, in the
    /// same order for all pairs.
    pub distance: Vec<f64>,
}

/// When a pair is a violation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FairnessOptions {
    /// Slack added to every distance.
    pub alpha: f64,
    /// Share of the auditors that have to flag a pair, above 0 and up to 1.
    pub gamma: f64,
    /// Also flag a second score that is too high, and not only a first one.
    pub symmetric: bool,
    /// Coverage of the intervals, between 0 and 1.
    pub level: f64,
}

impl Default for FairnessOptions {
    fn default() -> Self {
        Self { alpha: 0.0, gamma: 0.5, symmetric: false, level: 0.95 }
    }
}

/// A pair that enough auditors flag.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FairnessViolation {
    /// The pair.
    pub id: String,
    /// The first score less the second.
    pub gap: f64,
    /// Which auditors flag it.
    pub flags: Vec<bool>,
}

/// What the audit found. Shares are in `0..=1`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FairnessAudit {
    /// Pairs.
    pub n: usize,
    /// Largest gap first.
    pub violations: Vec<FairnessViolation>,
    /// Share of pairs that are violations.
    pub rate: Figure,
    /// Share of pairs that each auditor flags.
    pub by_auditor: Vec<Figure>,
    /// The largest gap of all pairs; without `symmetric`, of those with the first score higher.
    pub max_gap: f64,
    /// What produced it.
    pub signature: Signature,
}

/// Audits pairs. Auditor j flags one when `score − score_prime > distance[j] + alpha`, and the panel when
/// at least `gamma` of the auditors do.
///
/// # Errors
/// [`AuditError::Statistic`] without pairs or with a level out of range; [`AuditError::Input`] for unequal or no
/// auditors, numbers that are not finite, a negative distance, options out of range.
pub fn fairness_audit(pairs: &[FairnessPair], options: &FairnessOptions) -> Result<FairnessAudit> {
    let FairnessOptions { alpha, gamma, symmetric, level } = *options;
    if pairs.is_empty() {
        return Err(StatsError::TooFew { what: "pairs", found: 0, needed: 1 }.into());
    }
    if !(alpha >= 0.0 && alpha.is_finite()) {
        return Err(AuditError::invalid("alpha", format!("is {alpha}"), "a number >= 0"));
    }
    if !(gamma > 0.0 && gamma <= 1.0) {
        return Err(AuditError::invalid("gamma", format!("is {gamma}"), "above 0 and up to 1"));
    }
    rubrica_stats::wilson::wilson(0, 1, level)?;
    let auditors = pairs[0].distance.len();
    let mut violations = Vec::new();
    let mut flagged = vec![0; auditors];
    let mut max_gap: f64 = 0.0;
    for (index, pair) in pairs.iter().enumerate() {
        check(index, pair, auditors)?;
        let gap = pair.score - pair.score_prime;
        if !gap.is_finite() {
            let path = format!("[{index}].score");
            return Err(AuditError::invalid(path, "lies too far from score_prime", "one scale"));
        }
        let apart = if symmetric { gap.abs() } else { gap };
        max_gap = max_gap.max(apart);
        let flags: Vec<bool> = pair.distance.iter().map(|d| apart > d + alpha).collect();
        for (count, flag) in flagged.iter_mut().zip(&flags) {
            *count += usize::from(*flag);
        }
        let votes = flags.iter().filter(|flag| **flag).count() as f64;
        // A share such as 0.3 of 10 must not be missed by its last digit.
        if votes >= gamma * auditors as f64 - 1e-9 {
            violations.push(FairnessViolation { id: pair.id.clone(), gap, flags });
        }
    }
    violations.sort_by(|a, b| b.gap.abs().total_cmp(&a.gap.abs()));
    let n = pairs.len();
    let signature = Signature::new("fairness-audit")
        .with("alpha", alpha)
        .with("gamma", gamma)
        .with("symmetric", symmetric)
        .with("auditors", auditors)
        .with("level", level);
    Ok(FairnessAudit {
        n,
        rate: Figure::share(violations.len(), n, level),
        by_auditor: flagged.into_iter().map(|count| Figure::share(count, n, level)).collect(),
        violations,
        max_gap,
        signature,
    })
}

fn check(index: usize, pair: &FairnessPair, auditors: usize) -> Result<()> {
    let path = |field: &str| format!("[{index}].{field}");
    for (field, score) in [("score", pair.score), ("score_prime", pair.score_prime)] {
        if !score.is_finite() {
            return Err(AuditError::invalid(path(field), format!("is {score}"), "a finite number"));
        }
    }
    if pair.distance.is_empty() || pair.distance.len() != auditors {
        let problem = format!("has {} auditors", pair.distance.len());
        let expected = format!("{} for all pairs", auditors.max(1));
        return Err(AuditError::invalid(path("distance"), problem, expected));
    }
    match pair.distance.iter().find(|d| !(**d >= 0.0 && d.is_finite())) {
        None => Ok(()),
        Some(d) => Err(AuditError::invalid(path("distance"), format!("has {d}"), "numbers >= 0")),
    }
}

impl Report for FairnessAudit {
    const NAME: &'static str = "fairness";
    const QUESTION: &'static str = "Does a scorer treat alike what auditors call alike?";
    const SOURCE: &'static str = "after Bechavod & Roth, 2022";
    const ROW: &'static str = "id, score, score_prime, distance [one an auditor]";
    const EXAMPLE: Example = Example {
        options: "{}",
        rows: r#"{"id": "1", "score": 9, "score_prime": 2, "distance": [1, 2]}
"#,
    };
    type Row = FairnessPair;
    type Options = FairnessOptions;

    fn run(rows: Vec<Self::Row>, options: &Self::Options) -> Result<Self> {
        fairness_audit(&rows, options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(score: f64, score_prime: f64, distance: &[f64]) -> FairnessPair {
        FairnessPair { id: "p".into(), score, score_prime, distance: distance.to_vec() }
    }

    #[test]
    fn a_panel_of_three() {
        let pairs = [pair(0.9, 0.4, &[0.3, 0.6, 0.45])];
        let with = |gamma| {
            let options = FairnessOptions { alpha: 0.1, gamma, symmetric: false, level: 0.95 };
            fairness_audit(&pairs, &options).expect("valid")
        };
        assert!(with(0.5).violations.is_empty());
        let found = with(0.3);
        assert_eq!(found.violations[0].flags, [true, false, false]);
        assert_eq!((found.rate.value(), found.max_gap), (Some(1.0), 0.5));
        assert_eq!(found.by_auditor[1].value(), Some(0.0));
        // A third of three is one, though 1.0 / 3.0 · 3 need not be.
        assert_eq!(with(1.0 / 3.0).violations.len(), 1);
    }

    #[test]
    fn direction_counts_when_asked_for() {
        let pairs = [pair(0.1, 0.9, &[0.2]), pair(0.5, 0.4, &[0.2])];
        let first = FairnessOptions::default();
        let options = FairnessOptions { symmetric: true, ..first.clone() };
        let both = fairness_audit(&pairs, &options).expect("valid");
        assert_eq!((both.violations.len(), both.violations[0].gap), (1, -0.8));
        let found = fairness_audit(&pairs, &first).expect("valid");
        assert_eq!(found.rate.value(), Some(0.0));
        assert!((found.max_gap - 0.1).abs() < 1e-12);
    }

    #[test]
    fn mistakes_are_named() {
        let path = |pairs: &[FairnessPair], options: &FairnessOptions| {
            let error = fairness_audit(pairs, options).expect_err("bad");
            error.path().unwrap_or(error.code()).to_owned()
        };
        let plain = FairnessOptions::default();
        assert_eq!(path(&[], &plain), "too_few_values");
        assert_eq!(path(&[pair(1.0, 0.0, &[])], &plain), "[0].distance");
        assert_eq!(path(&[pair(1.0, f64::NAN, &[1.0])], &plain), "[0].score_prime");
        assert_eq!(path(&[pair(1.0, 0.0, &[-1.0])], &plain), "[0].distance");
        let uneven = [pair(1.0, 0.0, &[1.0]), pair(1.0, 0.0, &[1.0, 2.0])];
        assert_eq!(path(&uneven, &plain), "[1].distance");
        let fine = [pair(1.0, 0.0, &[1.0])];
        for (options, field) in [
            (FairnessOptions { alpha: -0.1, ..plain.clone() }, "alpha"),
            (FairnessOptions { gamma: 0.0, ..plain.clone() }, "gamma"),
            (FairnessOptions { gamma: f64::NAN, ..plain.clone() }, "gamma"),
            (FairnessOptions { level: 2.0, ..plain.clone() }, "out_of_range"),
        ] {
            assert_eq!(path(&fine, &options), field);
        }
        assert_eq!(path(&[pair(f64::MAX, -f64::MAX, &[1.0])], &plain), "[0].score");
    }
}
