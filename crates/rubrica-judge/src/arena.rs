//! The five-label verdicts of Arena-Hard (Li et al., 2024) and JudgeBench (Tan et al., 2024).
//!
//! A judge ends with one of `[[A>>B]]`, `[[A>B]]`, `[[A=B]]`, `[[B>A]]`, `[[B>>A]]`. It may repeat
//! its label; two different ones are no verdict.

use std::fmt;
use std::sync::LazyLock;

use regex::Regex;
use rubrica_core::Preference;
use serde::{Deserialize, Serialize};

use crate::parsed::Parsed;

/// A verdict on two responses in the order in which they were shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ArenaLabel {
    /// The first is much better.
    #[serde(rename = "A>>B")]
    AMuchBetter,
    /// The first is better.
    #[serde(rename = "A>B")]
    ABetter,
    /// Both are as good.
    #[serde(rename = "A=B")]
    Tie,
    /// The second is better.
    #[serde(rename = "B>A")]
    BBetter,
    /// The second is much better.
    #[serde(rename = "B>>A")]
    BMuchBetter,
}

impl ArenaLabel {
    const ALL: [Self; 5] =
        [Self::AMuchBetter, Self::ABetter, Self::Tie, Self::BBetter, Self::BMuchBetter];

    /// The winner.
    pub fn preference(self) -> Preference {
        match self {
            Self::AMuchBetter | Self::ABetter => Preference::A,
            Self::Tie => Preference::Tie,
            Self::BBetter | Self::BMuchBetter => Preference::B,
        }
    }

    /// The verdict with the two responses swapped.
    #[must_use]
    pub fn flipped(self) -> Self {
        match self {
            Self::AMuchBetter => Self::BMuchBetter,
            Self::ABetter => Self::BBetter,
            Self::Tie => Self::Tie,
            Self::BBetter => Self::ABetter,
            Self::BMuchBetter => Self::AMuchBetter,
        }
    }

    /// Battles that the verdict counts for in Arena-Hard: three where it is strong.
    pub fn battles(self) -> u32 {
        if matches!(self, Self::AMuchBetter | Self::BMuchBetter) { 3 } else { 1 }
    }

    fn text(self) -> &'static str {
        match self {
            Self::AMuchBetter => "A>>B",
            Self::ABetter => "A>B",
            Self::Tie => "A=B",
            Self::BBetter => "B>A",
            Self::BMuchBetter => "B>>A",
        }
    }
}

impl fmt::Display for ArenaLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// Reads the label from a judge's text.
pub fn parse_arena(text: &str) -> Parsed<ArenaLabel> {
    static LABEL: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\[\[([AB<>=]+)\]\]").expect("a valid pattern"));
    let mut found: Vec<&str> = Vec::new();
    for capture in LABEL.captures_iter(text) {
        let (_, [label]) = capture.extract();
        if !found.contains(&label) {
            found.push(label);
        }
    }
    match found.as_slice() {
        [] => Parsed::Missing,
        [label] => match ArenaLabel::ALL.into_iter().find(|known| known.text() == *label) {
            Some(known) => Parsed::Found(known),
            None => Parsed::OutOfRange((*label).to_owned()),
        },
        _ => Parsed::Ambiguous(found.into_iter().map(str::to_owned).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_label() {
        for label in ArenaLabel::ALL {
            let text = format!("My own answer is 4.\nSo the final verdict is: [[{label}]]");
            assert_eq!(parse_arena(&text), Parsed::Found(label));
            let json = serde_json::to_string(&label).expect("json");
            assert_eq!(json, format!("\"{label}\""));
        }
        assert_eq!(ArenaLabel::BMuchBetter.preference(), Preference::B);
        assert_eq!((ArenaLabel::BMuchBetter.battles(), ArenaLabel::Tie.battles()), (3, 1));
    }

    #[test]
    fn is_strict() {
        assert_eq!(parse_arena("[[A>B]] as said: [[A>B]]"), Parsed::Found(ArenaLabel::ABetter));
        assert_eq!(
            parse_arena("[[A>B]] or rather [[A>>B]]"),
            Parsed::Ambiguous(vec!["A>B".into(), "A>>B".into()])
        );
        assert_eq!(parse_arena("[[B<A]]"), Parsed::OutOfRange("B<A".into()));
        assert_eq!(parse_arena("A>B"), Parsed::Missing);
        assert_eq!(parse_arena("[[ A>B ]]"), Parsed::Missing);
        assert_eq!(parse_arena(""), Parsed::Missing);
    }
}
