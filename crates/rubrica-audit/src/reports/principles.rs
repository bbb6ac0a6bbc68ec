//! Which principles explain preferences (Inverse Constitutional AI; Findeis et al., 2025): how often each agrees
//! with the preferred response, and which of them make a constitution.

use std::collections::{BTreeMap, BTreeSet};

use rubrica_core::Signature;
use rubrica_stats::wilson::wilson;
use rubrica_stats::{Estimate, IntervalMethod, StatsError};
use serde::{Deserialize, Serialize};

use super::principle_vote::PrincipleVote;
use super::principle_votes::VotedComparison;
use super::report::{Example, Report};
use crate::audit::Figure;
use crate::error::{AuditError, Result};

/// How several votes of a principle on a comparison become one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeedRule {
    /// The vote that all are; else the principle does not apply.
    #[default]
    Unanimous,
    /// The vote that more than half are; else the principle does not apply.
    Majority,
}

impl SeedRule {
    /// The name in options and signatures.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unanimous => "unanimous",
            Self::Majority => "majority",
        }
    }

    /// The one vote; none where they are split.
    fn combine(self, votes: &[PrincipleVote]) -> Option<PrincipleVote> {
        PrincipleVote::ALL.into_iter().find(|vote| {
            let count = votes.iter().filter(|other| *other == vote).count();
            match self {
                Self::Unanimous => count == votes.len(),
                Self::Majority => 2 * count > votes.len(),
            }
        })
    }
}

/// How to count, and which principles to keep.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PrinciplesOptions {
    /// How several votes of a principle on a comparison become one.
    pub seeds: SeedRule,
    /// The least share of votes that agree, of all, of a principle that is kept; in `0..=1`.
    pub min_agree: f64,
    /// At most so many are kept.
    pub max_principles: Option<usize>,
    /// As the official code: votes of neither are told as votes of both, and no such vote is part of the whole where
    /// principles are kept or dropped; the accuracy is 0 where no vote agrees or disagrees.
    pub compat: bool,
    /// Coverage of the intervals, between 0 and 1.
    pub level: f64,
}

impl Default for PrinciplesOptions {
    fn default() -> Self {
        Self {
            seeds: SeedRule::default(),
            min_agree: 0.1,
            max_principles: None,
            compat: false,
            level: 0.95,
        }
    }
}

/// Comparisons by what a principle says of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct VoteCounts {
    /// Votes for the preferred response.
    pub agree: usize,
    /// Votes for the other one.
    pub disagree: usize,
    /// Both follow it.
    pub both: usize,
    /// Neither follows it.
    pub neither: usize,
    /// It does not apply, or its votes are split.
    pub not_applicable: usize,
    /// The vote could not be read.
    pub invalid: usize,
}

impl VoteCounts {
    fn add(&mut self, vote: PrincipleVote) {
        *match vote {
            PrincipleVote::Agree => &mut self.agree,
            PrincipleVote::Disagree => &mut self.disagree,
            PrincipleVote::Both => &mut self.both,
            PrincipleVote::Neither => &mut self.neither,
            PrincipleVote::NotApplicable => &mut self.not_applicable,
            PrincipleVote::Invalid => &mut self.invalid,
        } += 1;
    }
}

/// Why a principle is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Dropped {
    /// No more votes agree than disagree.
    NoMajority,
    /// Votes that agree are a smaller share than `min_agree`.
    TooFewAgree,
    /// As many votes are invalid as are not, or more.
    MostlyInvalid,
    /// `max_principles` come before it.
    BeyondMax,
}

/// One principle.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VotedPrinciple {
    /// Its text or name.
    pub principle: String,
    /// Comparisons that it voted on.
    pub n: usize,
    /// Its votes.
    pub votes: VoteCounts,
    /// Comparisons on which its votes are split; they are among those it does not apply to.
    pub split: usize,
    /// Votes that agree, of all.
    pub agreement: f64,
    /// Votes that agree, of those that agree or disagree.
    pub accuracy: Figure,
    /// Votes that agree or disagree, of all.
    pub relevance: f64,
    /// `(accuracy - 0.5) · 2 · relevance`, in `-1..=1`: votes that agree less those that disagree, of all.
    pub perf: f64,
    /// Whether it is one of the constitution.
    pub kept: bool,
    /// The first reason why it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dropped: Option<Dropped>,
}

/// All principles.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PrinciplesReport {
    /// Comparisons that have votes.
    pub comparisons: usize,
    /// The principles that are kept, in order.
    pub constitution: Vec<String>,
    /// Those that agree most more often than they disagree first; equals by name.
    pub principles: Vec<VotedPrinciple>,
    /// What produced it.
    pub signature: Signature,
}

/// How well each principle explains which response was preferred, and which principles to keep: those that agree more
/// often than they disagree, do so often enough, and have fewer invalid votes than others. A comparison without a vote
/// of a principle does not count for it.
///
/// # Errors
/// [`AuditError::Statistic`] without votes, or with a level out of range; [`AuditError::Input`] for a share outside `0..=1`, at
/// most 0 principles, or a second vote of a principle on a comparison with the same seed.
pub fn principles(
    rows: &[VotedComparison],
    options: &PrinciplesOptions,
) -> Result<PrinciplesReport> {
    check(options)?;
    // By principle, then comparison.
    let mut cast: BTreeMap<&str, BTreeMap<&str, Vec<PrincipleVote>>> = BTreeMap::new();
    let mut seeds = BTreeSet::new();
    for (index, row) in rows.iter().enumerate() {
        for (principle, vote) in &row.votes {
            if let Some(seed) = &row.seed
                && !seeds.insert((principle, &row.comparison_id, seed))
            {
                let problem = format!(
                    "`{principle}` votes on {} with seed {seed} a second time",
                    row.comparison_id
                );
                return Err(AuditError::invalid(
                    format!("[{index}]"),
                    problem,
                    "one vote of a seed",
                ));
            }
            cast.entry(principle).or_default().entry(&row.comparison_id).or_default().push(*vote);
        }
    }
    if cast.is_empty() {
        return Err(StatsError::TooFew { what: "votes", found: 0, needed: 1 }.into());
    }
    let comparisons: BTreeSet<&str> = cast.values().flat_map(|of| of.keys().copied()).collect();
    let mut found: Vec<VotedPrinciple> =
        cast.iter().map(|(principle, votes)| voted(principle, votes, options)).collect();
    // Of equals the names stay in order.
    found.sort_by_key(|one| std::cmp::Reverse(one.votes.agree as i64 - one.votes.disagree as i64));
    let mut constitution = Vec::new();
    for one in found.iter_mut().filter(|one| one.kept) {
        if options.max_principles.is_some_and(|most| constitution.len() >= most) {
            (one.kept, one.dropped) = (false, Some(Dropped::BeyondMax));
        } else {
            constitution.push(one.principle.clone());
        }
    }
    let most = options.max_principles.map_or_else(|| "all".to_owned(), |most| most.to_string());
    let signature = Signature::new("principles")
        .with("seeds", options.seeds.name())
        .with("min_agree", options.min_agree)
        .with("max_principles", most)
        .with("compat", options.compat)
        .with("interval", "wilson")
        .with("level", options.level);
    Ok(PrinciplesReport {
        comparisons: comparisons.len(),
        constitution,
        principles: found,
        signature,
    })
}

fn check(options: &PrinciplesOptions) -> Result<()> {
    wilson(0, 1, options.level)?;
    if !(0.0..=1.0).contains(&options.min_agree) {
        let problem = format!("is {}", options.min_agree);
        return Err(AuditError::invalid("min_agree", problem, "a share in 0..=1"));
    }
    if options.max_principles == Some(0) {
        return Err(AuditError::invalid("max_principles", "is 0", "at least 1, or null for all"));
    }
    Ok(())
}

/// The figures of a principle that has a vote on at least one comparison.
fn voted(
    principle: &str,
    votes: &BTreeMap<&str, Vec<PrincipleVote>>,
    options: &PrinciplesOptions,
) -> VotedPrinciple {
    let (mut counts, mut split, n) = (VoteCounts::default(), 0, votes.len());
    for votes in votes.values() {
        let vote = options.seeds.combine(votes);
        split += usize::from(vote.is_none());
        counts.add(vote.unwrap_or(PrincipleVote::NotApplicable));
    }
    let decided = counts.agree + counts.disagree;
    let accuracy = match decided {
        // Nothing is known, so the interval is all there is.
        0 if options.compat => Figure::Estimate(Estimate {
            value: 0.0,
            lower: 0.0,
            upper: 1.0,
            level: options.level,
            n: 0,
            clusters: None,
            method: IntervalMethod::Wilson,
            left_out: 0,
        }),
        0 => {
            let what = "votes that agree or disagree";
            StatsError::TooFew { what, found: 0, needed: 1 }.into()
        }
        _ => Figure::share(counts.agree, decided, options.level),
    };
    let dropped = dropped(&counts, options);
    if options.compat {
        counts.both += std::mem::take(&mut counts.neither);
    }
    let share = |count: usize| count as f64 / n as f64;
    VotedPrinciple {
        principle: principle.to_owned(),
        n,
        votes: counts,
        split,
        agreement: share(counts.agree),
        accuracy,
        relevance: share(decided),
        perf: (counts.agree as f64 - counts.disagree as f64) / n as f64,
        kept: dropped.is_none(),
        dropped,
    }
}

/// The first reason to drop a principle; none when it may be kept.
fn dropped(counts: &VoteCounts, options: &PrinciplesOptions) -> Option<Dropped> {
    let VoteCounts { agree, disagree, both, neither, not_applicable, invalid } = *counts;
    let undecided = if options.compat { 0 } else { both + neither };
    let valid = agree + disagree + not_applicable + undecided;
    if agree <= disagree {
        Some(Dropped::NoMajority)
    } else if (agree as f64 / (valid + invalid) as f64) < options.min_agree {
        Some(Dropped::TooFewAgree)
    } else if invalid >= valid {
        Some(Dropped::MostlyInvalid)
    } else {
        None
    }
}

impl Report for PrinciplesReport {
    const NAME: &'static str = "principles";
    const QUESTION: &'static str = "Which principles explain what people prefer?";
    const SOURCE: &'static str = "Inverse Constitutional AI; Findeis et al., 2025";
    const ROW: &'static str = "comparison_id, principle, vote (agree|disagree|both|neither|not_applicable|invalid), seed?; or comparison_id, votes {principle: vote}, seed?; or comparison_id, response_a, response_b, label (A|B|tie)";
    const EXAMPLE: Example = Example {
        options: "{}",
        rows: r#"{"comparison_id": 1, "principle": "shorter", "vote": "agree", "seed": 1}
{"comparison_id": 1, "principle": "shorter", "vote": "both", "seed": 2}
{"comparison_id": 2, "votes": {"shorter": true, "kinder": null}}
"#,
    };
    type Row = VotedComparison;
    type Options = PrinciplesOptions;

    fn run(rows: Vec<Self::Row>, options: &Self::Options) -> Result<Self> {
        principles(&rows, options)
    }
}

#[cfg(test)]
#[path = "principles_tests.rs"]
mod tests;
