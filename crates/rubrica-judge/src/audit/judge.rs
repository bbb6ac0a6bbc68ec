//! A judge of pairs against known labels: is it right, does it stay with its verdict when the pair
//! is swapped, and what does it prefer that it should not?
//!
//! Accuracy by votes is JudgeBench's (Tan et al., 2024), consistent accuracy ContextualJudgeBench's
//! (Xu et al., 2025). Position and length bias follow Zheng et al. (2023) and Dubois et al. (2024).

use std::collections::BTreeMap;

use rubrica_core::{Error, Preference, Result, Signature};
use rubrica_stats::agreement::{KappaWeights, cohen_kappa};
use rubrica_stats::bootstrap::Bootstrap;
use rubrica_stats::calibration::{Bin, brier, reliability};
use rubrica_stats::{StatsError, take};
use serde::{Deserialize, Serialize};

use super::Figure;
use crate::double_pass::{DoublePassReport, by_votes};
use crate::records::{name, optional_number};

/// In whose terms `verdict_ba` is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerdictTerms {
    /// A is the same response in both verdicts, as in Rubrica's own output.
    #[default]
    Original,
    /// A is the one that was shown first, as judges write it and JudgeBench records it.
    Shown,
}

/// How to audit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct JudgeAuditOptions {
    /// In whose terms `verdict_ba` is told.
    pub verdicts: VerdictTerms,
    /// Resamples, level and seed of the intervals.
    pub bootstrap: Bootstrap,
}

/// A judged pair with its label.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct JudgedPair {
    /// Its name.
    #[serde(deserialize_with = "name")]
    pub id: String,
    /// Which is better.
    pub label: Preference,
    /// What the judge said with `a` shown first; none where its text had no verdict.
    #[serde(default, alias = "verdictAb")]
    pub verdict_ab: Option<Preference>,
    /// What it said with `b` shown first.
    #[serde(default, alias = "verdictBa")]
    pub verdict_ba: Option<Preference>,
    /// Length of `a`, in any unit.
    #[serde(default, alias = "lenA", deserialize_with = "optional_number")]
    pub len_a: Option<f64>,
    /// Length of `b`, in the same unit.
    #[serde(default, alias = "lenB", deserialize_with = "optional_number")]
    pub len_b: Option<f64>,
    /// The judge's probability that `a` is better, in `0..=1`.
    #[serde(default, deserialize_with = "optional_number")]
    pub probability: Option<f64>,
    /// Where the pair comes from, for a breakdown.
    #[serde(default)]
    pub source: Option<String>,
}

impl JudgedPair {
    /// Verdicts in terms of the original pair.
    fn passes(&self, terms: VerdictTerms) -> [Option<Preference>; 2] {
        let second = match terms {
            VerdictTerms::Original => self.verdict_ba,
            VerdictTerms::Shown => self.verdict_ba.map(Preference::flipped),
        };
        [self.verdict_ab, second]
    }

    /// The longer response, if one is.
    fn longer(&self) -> Option<Preference> {
        let (a, b) = (self.len_a?, self.len_b?);
        match a.partial_cmp(&b)? {
            std::cmp::Ordering::Greater => Some(Preference::A),
            std::cmp::Ordering::Less => Some(Preference::B),
            std::cmp::Ordering::Equal => None,
        }
    }
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

/// Preference for length, over the pairs whose lengths differ.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LengthBias {
    /// Share of the judge's winners that are longer.
    pub prefers_longer: Figure,
    /// Share of the labelled winners that are longer.
    pub label_longer: Figure,
    /// The first minus the second: above 0 the judge likes length more than the labels do.
    pub excess: Figure,
    /// Accuracy where the longer one is better.
    pub accuracy_longer_better: Figure,
    /// Accuracy where the shorter one is better.
    pub accuracy_shorter_better: Figure,
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
/// [`Error::Statistic`] without pairs; [`Error::Invalid`] for a length that is negative, or options
/// out of range.
pub fn audit_judge(pairs: &[JudgedPair], options: &JudgeAuditOptions) -> Result<JudgeAudit> {
    if pairs.is_empty() {
        let none = StatsError::TooFew { what: "pairs", found: 0, needed: 1 };
        let (code, message) = (none.code(), none.to_string());
        return Err(Error::Statistic { code, path: String::new(), message });
    }
    for (index, pair) in pairs.iter().enumerate() {
        for (field, length) in [("len_a", pair.len_a), ("len_b", pair.len_b)] {
            if let Some(length) = length.filter(|length| *length < 0.0) {
                let path = format!("[{index}].{field}");
                return Err(Error::invalid(path, format!("is {length}"), "a length >= 0"));
            }
        }
        if let Some(p) = pair.probability.filter(|p| !(0.0..=1.0).contains(p)) {
            let path = format!("[{index}].probability");
            return Err(Error::invalid(path, format!("is {p}"), "a number in 0..=1"));
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
        length: seen.iter().any(|s| s.has_lengths).then(|| length_bias(&seen, &options.bootstrap)),
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

/// A pair as the figures need it.
#[derive(Clone, Copy)]
struct Seen {
    label: Preference,
    passes: [Option<Preference>; 2],
    votes: Preference,
    longer: Option<Preference>,
    has_lengths: bool,
}

impl Seen {
    fn new(pair: &JudgedPair, terms: VerdictTerms) -> Self {
        let passes = pair.passes(terms);
        Self {
            label: pair.label,
            passes,
            votes: by_votes(passes),
            longer: pair.longer(),
            has_lengths: pair.len_a.is_some() && pair.len_b.is_some(),
        }
    }

    fn right(&self) -> bool {
        self.votes == self.label
    }

    fn right_ab(&self) -> bool {
        self.passes[0] == Some(self.label)
    }

    fn right_ba(&self) -> bool {
        self.passes[1] == Some(self.label)
    }

    fn consistent(&self) -> bool {
        self.passes[0].is_some() && self.passes[0] == self.passes[1]
    }

    /// Winners that stood first, of all winners.
    fn stood_first(&self) -> [usize; 2] {
        let first = [Some(Preference::A), Some(Preference::B)];
        let winners = self.passes.iter().filter(|p| is_won(p)).count();
        [(0..2).filter(|&order| self.passes[order] == first[order]).count(), winners]
    }

    /// Winners that are longer, of all winners.
    fn judged_longer(&self) -> [usize; 2] {
        let winners = self.passes.iter().filter(|p| self.longer.is_some() && is_won(p)).count();
        let longer = self.passes.iter().filter(|p| self.longer.is_some() && **p == self.longer);
        [longer.count(), winners]
    }

    /// 1 of 1 when the labelled winner is longer, 0 of 1 when the other one is.
    fn labelled_longer(&self) -> [usize; 2] {
        let counts = self.longer.is_some() && self.label != Preference::Tie;
        [usize::from(counts && self.longer == Some(self.label)), usize::from(counts)]
    }
}

fn is_won(pass: &Option<Preference>) -> bool {
    matches!(pass, Some(Preference::A | Preference::B))
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
    Figure::of_items(seen.len(), options, |items| ratio(seen, items, of))
}

fn ratio(
    seen: &[Seen],
    items: &[usize],
    of: fn(&Seen) -> [usize; 2],
) -> rubrica_stats::Result<f64> {
    let (mut some, mut all) = (0, 0);
    for &item in items {
        let [one, of_all] = of(&seen[item]);
        some += one;
        all += of_all;
    }
    if all == 0 {
        return Err(StatsError::NothingToCount { what: "winners", expected: "at least one" });
    }
    Ok(some as f64 / all as f64)
}

fn length_bias(seen: &[Seen], options: &Bootstrap) -> LengthBias {
    let accuracy = |longer_better: bool| {
        let counted = seen.iter().filter(|s| {
            s.label != Preference::Tie
                && s.longer.is_some_and(|longer| (longer == s.label) == longer_better)
        });
        let (right, all) = counted.fold((0, 0), |(r, n), s| (r + usize::from(s.right()), n + 1));
        Figure::share(right, all, options.level)
    };
    LengthBias {
        prefers_longer: share_over(seen, options, Seen::judged_longer),
        label_longer: share_over(seen, options, Seen::labelled_longer),
        excess: Figure::of_items(seen.len(), options, |items| {
            Ok(ratio(seen, items, Seen::judged_longer)?
                - ratio(seen, items, Seen::labelled_longer)?)
        }),
        accuracy_longer_better: accuracy(true),
        accuracy_shorter_better: accuracy(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Preference::{A, B, Tie};

    fn pair(label: Preference, ab: Option<Preference>, ba: Option<Preference>) -> JudgedPair {
        JudgedPair {
            id: "x".into(),
            label,
            verdict_ab: ab,
            verdict_ba: ba,
            len_a: None,
            len_b: None,
            probability: None,
            source: None,
        }
    }

    fn value(figure: &Figure) -> f64 {
        figure.value().unwrap_or_else(|| panic!("{figure:?}"))
    }

    /// Votes (1,1), (1,2), (2,2), (1,1) of ContextualJudgeBench, where 1 is right.
    #[test]
    fn consistent_accuracy_of_four_pairs() {
        let pairs = [
            pair(A, Some(A), Some(A)),
            pair(A, Some(A), Some(B)),
            pair(A, Some(B), Some(B)),
            pair(A, Some(A), Some(A)),
        ];
        let audit = audit_judge(&pairs, &JudgeAuditOptions::default()).expect("four");
        assert_eq!(value(&audit.consistent_accuracy), 0.5);
        assert_eq!(value(&audit.consistency), 0.75);
        assert_eq!((value(&audit.accuracy_ab), value(&audit.accuracy_ba)), (0.75, 0.5));
        // The votes of the second pair cancel out.
        assert_eq!((value(&audit.accuracy), audit.counts.ties), (0.5, 1));
        assert!(audit.length.is_none());
    }

    #[test]
    fn a_judge_of_places_is_found_out() {
        // As shown, always the first: in the original's terms A, then B.
        let pairs =
            vec![pair(A, Some(A), Some(A)), pair(B, Some(A), Some(A)), pair(A, Some(A), Some(A))];
        let shown = JudgeAuditOptions { verdicts: VerdictTerms::Shown, ..Default::default() };
        let audit = audit_judge(&pairs, &shown).expect("three");
        assert_eq!(value(&audit.position.prefers_first), 1.0);
        assert_eq!(value(&audit.position.first_both_times), 1.0);
        assert_eq!(value(&audit.position.second_both_times), 0.0);
        assert_eq!((value(&audit.consistency), value(&audit.accuracy)), (0.0, 0.0));
        // Told of the same pair, it is a judge that always says A.
        let audit = audit_judge(&pairs, &JudgeAuditOptions::default()).expect("three");
        assert_eq!(value(&audit.position.prefers_first), 0.5);
        assert_eq!(value(&audit.consistency), 1.0);
        assert!(audit.signature.to_string().contains("original"));
    }

    #[test]
    fn a_judge_of_length_is_found_out() {
        let mut pairs = Vec::new();
        for (label, longer) in [(A, A), (A, B), (B, A), (B, B), (A, B), (Tie, A)] {
            let mut one = pair(label, Some(longer), Some(longer));
            (one.len_a, one.len_b) =
                if longer == A { (Some(9.0), Some(4.0)) } else { (Some(4.0), Some(9.0)) };
            one.source = Some(if label == A { "first" } else { "second" }.into());
            pairs.push(one);
        }
        let audit = audit_judge(&pairs, &JudgeAuditOptions::default()).expect("six");
        let length = audit.length.as_ref().expect("lengths");
        assert_eq!(value(&length.prefers_longer), 1.0);
        assert_eq!(value(&length.label_longer), 0.4);
        assert!((value(&length.excess) - 0.6).abs() < 1e-12);
        assert_eq!(value(&length.accuracy_longer_better), 1.0);
        assert_eq!(value(&length.accuracy_shorter_better), 0.0);
        assert_eq!(value(&audit.by_source["first"].accuracy), 1.0 / 3.0);
    }

    #[test]
    fn probabilities_are_held_against_labels() {
        let with = |label, p| JudgedPair { probability: Some(p), ..pair(label, Some(A), Some(A)) };
        // 0.8 is right 3 of 4 times, from either side; a tie does not count.
        let pairs = [with(A, 0.8), with(A, 0.8), with(B, 0.2), with(B, 0.8), with(Tie, 0.8)];
        let audit = audit_judge(&pairs, &JudgeAuditOptions::default()).expect("five");
        let calibration = audit.calibration.expect("probabilities");
        assert!((value(&calibration.ece) - 0.05).abs() < 1e-12);
        assert!((value(&calibration.brier) - (3.0 * 0.04 + 0.64) / 4.0).abs() < 1e-12);
        assert_eq!(calibration.bins.iter().map(|b| b.count).sum::<usize>(), 4);
        let bad = audit_judge(&[with(A, 1.5)], &JudgeAuditOptions::default()).expect_err("range");
        assert_eq!(bad.path(), Some("[0].probability"));
    }

    #[test]
    fn what_is_undefined_says_why_and_bad_rows_where() {
        let audit =
            audit_judge(&[pair(Tie, None, None)], &JudgeAuditOptions::default()).expect("one");
        let json = serde_json::to_value(&audit).expect("json");
        assert_eq!(json["position"]["prefers_first"]["value"], serde_json::Value::Null);
        assert_eq!(json["position"]["prefers_first"]["error"]["code"], "nothing_to_count");
        assert_eq!(value(&audit.consistency), 0.0);
        let none = audit_judge(&[], &JudgeAuditOptions::default()).expect_err("none");
        assert_eq!(none.code(), "too_few_values");
        let bad = JudgedPair { len_b: Some(-1.0), ..pair(A, None, None) };
        let error = audit_judge(&[bad], &JudgeAuditOptions::default()).expect_err("negative");
        assert_eq!(error.path(), Some("[0].len_b"));
    }
}
