//! Jaro and Jaro-Winkler similarity, equal to rapidfuzz's.
//!
//! Jaro, "Advances in record-linkage methodology as applied to matching the 1985 census of Tampa,
//! Florida", JASA 84(406), 1989; Winkler, "String comparator metrics and enhanced decision rules in
//! the Fellegi-Sunter model of record linkage", ASA section on survey research methods, 1990.

use rubrica_core::{Error, Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use super::best;
use crate::averaged::Averaged;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::Described;
use crate::segment::Segment;
use crate::text::Vocabulary;

/// Options of [`Jaro`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct JaroOptions {
    /// Compares small letters.
    pub ignore_case: bool,
    /// What each of up to four equal characters at the start takes of the way to 1, 0 to 0.25. Only
    /// `jaro_winkler` uses it.
    pub prefix_weight: f64,
}

impl Default for JaroOptions {
    fn default() -> Self {
        Self { ignore_case: false, prefix_weight: 0.1 }
    }
}

/// Share of characters that stand near each other in both texts, less those that stand in another
/// order, against the most similar reference; 1 for two empty texts. With `WINKLER`
/// (`jaro_winkler`), values above 0.7 rise with the length of a common start. Takes linear time.
#[derive(Debug, Clone, Copy)]
pub struct Jaro<const WINKLER: bool> {
    options: JaroOptions,
}

impl<const WINKLER: bool> Described for Jaro<WINKLER> {
    type Options = JaroOptions;

    const INFO: MetricInfo = MetricInfo {
        id: if WINKLER { "jaro_winkler" } else { "jaro" },
        title: if WINKLER { "Jaro-Winkler similarity" } else { "Jaro similarity" },
        family: Family::Overlap,
        tier: Tier::T0,
        needs: Needs::Reference,
        low: Some(0.0),
        high: Some(1.0),
        unit: Unit::Ratio,
        higher_is_better: Some(true),
        source: if WINKLER { "Winkler, ASA 1990" } else { "Jaro, JASA 84, 1989" },
    };

    fn new(options: JaroOptions) -> Result<Self> {
        if !(0.0..=0.25).contains(&options.prefix_weight) {
            let problem = format!("is {}", options.prefix_weight);
            return Err(Error::invalid("prefix_weight", problem, "0 to 0.25"));
        }
        Ok(Self { options })
    }
}

impl<const WINKLER: bool> Averaged for Jaro<WINKLER> {
    const VALUES: &'static [&'static str] = &["similarity"];
    const UNDEFINED: (&'static str, &'static str) = ("no_segments", "there are no segments");

    fn sign(&self, signature: Signature) -> Signature {
        let case = if self.options.ignore_case { "lc" } else { "mixed" };
        let signature = signature.with("case", case);
        if WINKLER { signature.with("prefix", self.options.prefix_weight) } else { signature }
    }

    fn values(&self, segment: &Segment<'_>) -> Result<Option<Vec<f64>>> {
        let references = segment.needed_references(Self::INFO.id)?;
        let response = self.characters(segment.response);
        let scores = references.iter().map(|reference| {
            let reference = self.characters(reference);
            let jaro = similarity(&response, &reference);
            let prefix = response.iter().zip(&reference).take(4).take_while(|(a, b)| a == b);
            let weight = prefix.count() as f64 * self.options.prefix_weight;
            vec![if WINKLER && jaro > 0.7 { jaro + weight * (1.0 - jaro) } else { jaro }]
        });
        Ok(best(scores, |values| values[0]))
    }
}

impl<const WINKLER: bool> Jaro<WINKLER> {
    fn characters(&self, text: &str) -> Vec<char> {
        if self.options.ignore_case {
            text.to_lowercase().chars().collect()
        } else {
            text.chars().collect()
        }
    }
}

/// Jaro similarity of two sequences.
fn similarity(a: &[char], b: &[char]) -> f64 {
    if a.is_empty() || b.is_empty() {
        return f64::from(u8::from(a.len() == b.len()));
    }
    let bound = (a.len().max(b.len()) / 2).saturating_sub(1);
    let mut kinds = Vocabulary::default();
    let ids = kinds.ids(b.iter().copied());
    let mut places: Vec<Vec<usize>> = vec![Vec::new(); kinds.len()];
    for (at, id) in ids.into_iter().enumerate() {
        places[id as usize].push(at);
    }
    // Each character takes the first free equal one in its window. Windows only move on, so what
    // one leaves behind is never taken, and one pass over the places is enough.
    let mut next = vec![0; places.len()];
    let (mut matched_a, mut matched_b) = (Vec::new(), vec![false; b.len()]);
    for (at, c) in a.iter().enumerate() {
        let Some(kind) = kinds.get(c) else { continue };
        let (places, next) = (&places[kind as usize], &mut next[kind as usize]);
        while places.get(*next).is_some_and(|place| place + bound < at) {
            *next += 1;
        }
        if let Some(place) = places.get(*next).filter(|place| **place <= at + bound) {
            matched_b[*place] = true;
            matched_a.push(*c);
            *next += 1;
        }
    }
    if matched_a.is_empty() {
        return 0.0;
    }
    let in_b = b.iter().zip(&matched_b).filter(|(_, matched)| **matched).map(|(c, _)| c);
    let moved = matched_a.iter().zip(in_b).filter(|(x, y)| x != y).count() / 2;
    let common = matched_a.len() as f64;
    (common / a.len() as f64 + common / b.len() as f64 + (common - moved as f64) / common) / 3.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The textbook loop over windows.
    fn by_windows(a: &[char], b: &[char]) -> f64 {
        let bound = (a.len().max(b.len()) / 2).saturating_sub(1);
        let mut flags = vec![false; b.len()];
        let mut matched = Vec::new();
        for (i, c) in a.iter().enumerate() {
            let window = i.saturating_sub(bound)..(i + bound + 1).min(b.len());
            if let Some(j) = window.into_iter().find(|j| !flags[*j] && b[*j] == *c) {
                flags[j] = true;
                matched.push(*c);
            }
        }
        if matched.is_empty() {
            return f64::from(u8::from(a.is_empty() && b.is_empty()));
        }
        let other: Vec<char> = (0..b.len()).filter(|j| flags[*j]).map(|j| b[j]).collect();
        let moved = matched.iter().zip(&other).filter(|(x, y)| x != y).count() / 2;
        let m = matched.len() as f64;
        (m / a.len() as f64 + m / b.len() as f64 + (m - moved as f64) / m) / 3.0
    }

    proptest! {
        #[test]
        fn one_pass_agrees_with_windows(a in "[abc]{0,40}", b in "[abc]{0,40}") {
            let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            prop_assert_eq!(similarity(&a, &b), by_windows(&a, &b));
        }
    }

    #[test]
    fn known_values() {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        assert!((similarity(&chars("MARTHA"), &chars("MARHTA")) - 0.944_444_444).abs() < 1e-9);
        assert!((similarity(&chars("DIXON"), &chars("DICKSONX")) - 0.766_666_667).abs() < 1e-9);
    }
}
