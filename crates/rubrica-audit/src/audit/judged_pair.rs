//! Pairs that a judge has judged, with their labels.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use rubrica_core::Preference;
use serde::{Deserialize, Serialize};

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
    /// Which of the two the judge itself wrote, or a model of its family.
    #[serde(default)]
    pub own: Option<Preference>,
    /// Counts of `a` by name, such as `headers`, `lists`, `bold`.
    #[serde(default, alias = "styleA")]
    pub style_a: BTreeMap<String, f64>,
    /// The same counts of `b`.
    #[serde(default, alias = "styleB")]
    pub style_b: BTreeMap<String, f64>,
}

impl JudgedPair {
    /// Verdicts in terms of the original pair.
    pub(super) fn passes(&self, terms: VerdictTerms) -> [Option<Preference>; 2] {
        let second = match terms {
            VerdictTerms::Original => self.verdict_ba,
            VerdictTerms::Shown => self.verdict_ba.map(Preference::flipped),
        };
        [self.verdict_ab, second]
    }

    /// The longer response, if one is.
    pub(super) fn longer(&self) -> Option<Preference> {
        larger(self.len_a?, self.len_b?)
    }

    /// The response with the larger count `name`, if one has.
    pub(super) fn more_of(&self, name: &str) -> Option<Preference> {
        larger(*self.style_a.get(name)?, *self.style_b.get(name)?)
    }
}

fn larger(a: f64, b: f64) -> Option<Preference> {
    match a.partial_cmp(&b)? {
        Ordering::Greater => Some(Preference::A),
        Ordering::Less => Some(Preference::B),
        Ordering::Equal => None,
    }
}

/// Names of the counts that some pair has of both responses.
pub(super) fn styles(pairs: &[JudgedPair]) -> BTreeSet<&str> {
    let both = |pair: &'_ JudgedPair, name: &str| pair.style_b.contains_key(name);
    let names = pairs.iter().flat_map(|pair| pair.style_a.keys().map(move |name| (pair, name)));
    names.filter(|(pair, name)| both(pair, name)).map(|(_, name)| name.as_str()).collect()
}
