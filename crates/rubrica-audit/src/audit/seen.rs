//! A judged pair as the figures of an audit need it.

use rubrica_core::Preference;

use super::judged_pair::{JudgedPair, VerdictTerms};

/// A pair as the figures need it.
#[derive(Clone, Copy)]
pub(super) struct Seen {
    pub(super) label: Preference,
    pub(super) passes: [Option<Preference>; 2],
    pub(super) votes: Preference,
    pub(super) longer: Option<Preference>,
    pub(super) has_lengths: bool,
}

impl Seen {
    pub(super) fn new(pair: &JudgedPair, terms: VerdictTerms) -> Self {
        let passes = pair.passes(terms);
        Self {
            label: pair.label,
            passes,
            votes: Preference::by_votes(passes.into_iter().flatten()),
            longer: pair.longer(),
            has_lengths: pair.len_a.is_some() && pair.len_b.is_some(),
        }
    }

    pub(super) fn right(&self) -> bool {
        self.votes == self.label
    }

    pub(super) fn right_ab(&self) -> bool {
        self.passes[0] == Some(self.label)
    }

    pub(super) fn right_ba(&self) -> bool {
        self.passes[1] == Some(self.label)
    }

    pub(super) fn consistent(&self) -> bool {
        self.passes[0].is_some() && self.passes[0] == self.passes[1]
    }

    /// Winners that stood first, of all winners.
    pub(super) fn stood_first(&self) -> [usize; 2] {
        let first = [Some(Preference::A), Some(Preference::B)];
        let winners = self.passes.iter().filter(|p| is_won(p)).count();
        [(0..2).filter(|&order| self.passes[order] == first[order]).count(), winners]
    }
}

/// True for a pass that one of the two won.
pub(super) fn is_won(pass: &Option<Preference>) -> bool {
    pass.as_ref().is_some_and(won)
}

/// True for a side.
pub(super) fn won(preference: &Preference) -> bool {
    matches!(preference, Preference::A | Preference::B)
}
