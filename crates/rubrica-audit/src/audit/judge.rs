//! A judge of pairs against known labels: is it right, does it stay with its verdict when the pair
//! is swapped, and what does it prefer that it should not?
//!
//! Accuracy by votes is JudgeBench's (Tan et al., 2024), consistent accuracy ContextualJudgeBench's
//! (Xu et al., 2025). Position and length bias follow Zheng et al. (2023) and Dubois et al. (2024).

use std::collections::BTreeMap;

use rubrica_core::{Preference, Signature};
use rubrica_stats::agreement::{KappaWeights, cohen_kappa};
use rubrica_stats::bootstrap::Bootstrap;
use rubrica_stats::calibration::{Bin, brier, reliability};
use rubrica_stats::{StatsError, take};
use serde::{Deserialize, Serialize};

use super::Figure;
use super::double_pass::DoublePassReport;
use super::judged_pair::{JudgedPair, VerdictTerms, styles};
use super::leaning::{Leaning, LengthBias, leaning, ratio};
use super::seen::{Seen, is_won, won};
use crate::error::{AuditError, Result};

/// How to audit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct JudgeAuditOptions {
    /// In whose terms `verdict_ba` is told.
    pub verdicts: VerdictTerms,
    /// The annotator that is the judge, for ICAI's annotated pairs with more than one besides `gold`.
    pub annotator: Option<String>,
    /// The annotator that is right, for ICAI's annotated pairs; none given stands for the file's default.
    pub gold: Option<String>,
    /// Resamples, level and seed of the intervals.
    pub bootstrap: Bootstrap,
}

/// What the audit found. Shares are in `0..=1`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JudgeAudit {
    /// Pairs.
    pub n: usize,
    /// Counts as JudgeBench reports them.
    pub counts: DoublePassReport,
    /// Pairs whose two verdicts together name the label (votes; a tie is wrong unless labelled so).
    pub accuracy: Figure,
    /// Pairs whose verdicts both name the label.
    pub consistent_accuracy: Figure,
    /// Right verdicts with `a` first.
    pub accuracy_ab: Figure,
    /// Right verdicts with `b` first.
    pub accuracy_ba: Figure,
    /// Pairs whose two verdicts are the same.
    pub consistency: Figure,
    /// Cohen's kappa of votes and labels.
    pub kappa: Figure,
    /// What the place in the prompt does.
    pub position: PositionBias,
    /// What length does; none when no row has lengths.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<LengthBias>,
    /// Whether the judge likes its own responses; none when no row says which are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub self_preference: Option<Leaning>,
    /// Whether it likes the response that has more of something, by the name of the count.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub style: BTreeMap<String, Leaning>,
    /// Whether probabilities mean what they say; none when no row has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calibration: Option<Calibration>,
    /// The pairs of each `source`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub by_source: BTreeMap<String, SourceAudit>,
    /// What produced it.
    pub signature: Signature,
}

/// Preference for a place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PositionBias {
    /// Share of the winners that stood first. Every pair is seen in both orders, so that one half is
    /// no bias, however good the responses.
    pub prefers_first: Figure,
    /// Pairs where the first won in both orders.
    pub first_both_times: Figure,
    /// Pairs where the second won in both orders.
    pub second_both_times: Figure,
}

/// The pairs of one source.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SourceAudit {
    /// Pairs.
    pub n: usize,
    /// As in [`JudgeAudit`].
    pub accuracy: Figure,
    /// As in [`JudgeAudit`].
    pub accuracy_ab: Figure,
    /// As in [`JudgeAudit`].
    pub accuracy_ba: Figure,
    /// As in [`JudgeAudit`].
    pub consistency: Figure,
}

/// The probability of the likelier response against how often it is labelled better, over rows with
/// a probability and a label that is no tie.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Calibration {
    /// Mean squared difference of probability and outcome (Brier, 1950).
    pub brier: Figure,
    /// Expected calibration error in ten bins of equal width.
    pub ece: Figure,
    /// The reliability diagram; empty when there is nothing to count.
    pub bins: Vec<Bin>,
}

/// Audits a judge.
///
/// # Errors
/// [`AuditError::Statistic`] without pairs; [`AuditError::Input`] for a length that is negative, or options
/// out of range.
pub fn audit_judge(pairs: &[JudgedPair], options: &JudgeAuditOptions) -> Result<JudgeAudit> {
    if pairs.is_empty() {
        return Err(StatsError::TooFew { what: "pairs", found: 0, needed: 1 }.into());
    }
    for (index, pair) in pairs.iter().enumerate() {
        for (field, length) in [("len_a", pair.len_a), ("len_b", pair.len_b)] {
            if let Some(length) = length.filter(|length| *length < 0.0) {
                let path = format!("[{index}].{field}");
                return Err(AuditError::invalid(path, format!("is {length}"), "a length >= 0"));
            }
        }
        for (field, style) in [("style_a", &pair.style_a), ("style_b", &pair.style_b)] {
            if let Some((name, count)) =
                style.iter().find(|(_, count)| !(0.0..=f64::MAX).contains(*count))
            {
                let path = format!("[{index}].{field}.{name}");
                return Err(AuditError::invalid(path, format!("is {count}"), "a count >= 0"));
            }
        }
        if let Some(p) = pair.probability.filter(|p| !(0.0..=1.0).contains(p)) {
            let path = format!("[{index}].probability");
            return Err(AuditError::invalid(path, format!("is {p}"), "a number in 0..=1"));
        }
    }
    let seen: Vec<Seen> = pairs.iter().map(|pair| Seen::new(pair, options.verdicts)).collect();
    let n = seen.len();
    let level = options.bootstrap.level;
    let share = |test: fn(&Seen) -> bool| share_where(&seen, level, test);
    let mut counts = DoublePassReport::default();
    for one in &seen {
        counts.count(one.label, one.passes);
    }
    let kappa = Figure::of_items(n, &options.bootstrap, |items| {
        let votes: Vec<_> = items.iter().map(|&i| code(seen[i].votes)).collect();
        let labels: Vec<_> = items.iter().map(|&i| code(seen[i].label)).collect();
        cohen_kappa(&labels, &votes, KappaWeights::None)
    });
    let mut sources: BTreeMap<String, Vec<Seen>> = BTreeMap::new();
    for (pair, one) in pairs.iter().zip(&seen) {
        if let Some(source) = &pair.source {
            sources.entry(source.clone()).or_default().push(*one);
        }
    }
    let mut signature = Signature::new("audit-judge")
        .with(
            "verdicts",
            if options.verdicts == VerdictTerms::Shown { "shown" } else { "original" },
        )
        .with("interval", format!("wilson;bootstrap:{}", options.bootstrap.replicates))
        .with("level", level);
    signature.seed = Some(options.bootstrap.seed);
    Ok(JudgeAudit {
        n,
        accuracy: share(Seen::right),
        consistent_accuracy: share(|s| s.passes == [Some(s.label); 2]),
        accuracy_ab: share(Seen::right_ab),
        accuracy_ba: share(Seen::right_ba),
        consistency: share(Seen::consistent),
        kappa,
        position: PositionBias {
            prefers_first: share_over(&seen, &options.bootstrap, Seen::stood_first),
            first_both_times: share(|s| s.stood_first() == [2, 2]),
            second_both_times: share(|s| s.passes.iter().all(is_won) && s.stood_first() == [0, 2]),
        },
        length: seen.iter().any(|s| s.has_lengths).then(|| {
            let longer: Vec<_> = seen.iter().map(|s| s.longer).collect();
            leaning(&seen, &longer, &options.bootstrap).into()
        }),
        self_preference: pairs.iter().any(|pair| pair.own.is_some()).then(|| {
            let own: Vec<_> = pairs.iter().map(|pair| pair.own.filter(won)).collect();
            leaning(&seen, &own, &options.bootstrap)
        }),
        style: styles(pairs)
            .into_iter()
            .map(|name| {
                let more: Vec<_> = pairs.iter().map(|pair| pair.more_of(name)).collect();
                (name.to_owned(), leaning(&seen, &more, &options.bootstrap))
            })
            .collect(),
        calibration: calibration(pairs, &options.bootstrap),
        by_source: sources
            .into_iter()
            .map(|(source, seen)| {
                let share = |test| share_where(&seen, level, test);
                let audit = SourceAudit {
                    n: seen.len(),
                    accuracy: share(Seen::right),
                    accuracy_ab: share(Seen::right_ab),
                    accuracy_ba: share(Seen::right_ba),
                    consistency: share(Seen::consistent),
                };
                (source, audit)
            })
            .collect(),
        counts,
        signature,
    })
}

/// A class for kappa.
fn code(preference: Preference) -> u8 {
    match preference {
        Preference::A => 0,
        Preference::B => 1,
        Preference::Tie => 2,
    }
}

fn share_where(seen: &[Seen], level: f64, test: fn(&Seen) -> bool) -> Figure {
    Figure::share(seen.iter().filter(|s| test(s)).count(), seen.len(), level)
}

fn calibration(pairs: &[JudgedPair], options: &Bootstrap) -> Option<Calibration> {
    const BINS: usize = 10;
    if pairs.iter().all(|pair| pair.probability.is_none()) {
        return None;
    }
    let counted: Vec<(bool, f64)> = pairs
        .iter()
        .filter(|pair| pair.label != Preference::Tie)
        .filter_map(|pair| {
            let (a, labelled) = (pair.probability?, pair.label == Preference::A);
            Some(if a >= 0.5 { (labelled, a) } else { (!labelled, 1.0 - a) })
        })
        .collect();
    let (happened, probabilities): (Vec<bool>, Vec<f64>) = counted.into_iter().unzip();
    let n = happened.len();
    let of = |items: &[usize]| (take(&happened, items), take(&probabilities, items));
    let bins = reliability(&happened, &probabilities, BINS).map(|found| found.bins);
    Some(Calibration {
        brier: Figure::of_items(n, options, |items| {
            let (happened, probabilities) = of(items);
            brier(&happened, &probabilities)
        }),
        ece: Figure::of_items(n, options, |items| {
            let (happened, probabilities) = of(items);
            Ok(reliability(&happened, &probabilities, BINS)?.ece)
        }),
        bins: bins.unwrap_or_default(),
    })
}

/// A share of things of which each pair has several, so that pairs are resampled.
fn share_over(seen: &[Seen], options: &Bootstrap, of: fn(&Seen) -> [usize; 2]) -> Figure {
    Figure::of_items(seen.len(), options, |items| ratio(items, &|item| of(&seen[item])))
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
