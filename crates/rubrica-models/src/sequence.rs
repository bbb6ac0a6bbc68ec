//! A text or a pair of texts as one sequence: special tokens, segments, and what is cut so that it fits.
//!
//! Where special tokens stand and which segment a text is in is read from the tokenizer itself, as every
//! family does it in its own way.

use std::ops::Range;

use rubrica_core::CutTokens;
use serde::{Deserialize, Serialize};
use tokenizers::Encoding;

use crate::{ModelError, Result};

/// Which text of a pair is cut when both do not fit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Truncation {
    /// The longer one, then both.
    #[default]
    LongestFirst,
    /// Only the first; the second has to fit.
    OnlyFirst,
    /// Only the second; the first has to fit.
    OnlySecond,
}

/// From which side a text is cut.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CutSide {
    /// Its end.
    #[default]
    End,
    /// Its start.
    Start,
}

/// A place in a sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Special { id: u32, segment: u32 },
    Text { second: bool, segment: u32 },
}

/// How a text or a pair stands between special tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SequenceLayout {
    single: Vec<Slot>,
    pair: Vec<Slot>,
}

/// A sequence with the places of its texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PairSequence {
    pub(crate) ids: Vec<u32>,
    pub(crate) segments: Vec<u32>,
    /// Positions of the first text and, of a pair, the second.
    pub(crate) first: Range<usize>,
    pub(crate) second: Range<usize>,
    /// Tokens of each text that were kept.
    pub(crate) kept: [Range<usize>; 2],
    pub(crate) cut: CutTokens,
}

impl SequenceLayout {
    /// Reads what the tokenizer put around a text, and around and between two.
    pub(crate) fn read(single: &Encoding, pair: &Encoding) -> Self {
        Self { single: slots(single), pair: slots(pair) }
    }

    /// The highest segment that the tokenizer gives.
    pub(crate) fn last_segment(&self) -> u32 {
        let segment = |slot: &Slot| match slot {
            Slot::Special { segment, .. } | Slot::Text { segment, .. } => *segment,
        };
        self.single.iter().chain(&self.pair).map(segment).max().unwrap_or(0)
    }

    /// Special tokens of a sequence of one text or of two.
    pub(crate) fn specials(&self, pair: bool) -> usize {
        let special = |slot: &&Slot| matches!(slot, Slot::Special { .. });
        self.slots(pair).iter().filter(special).count()
    }

    fn slots(&self, pair: bool) -> &[Slot] {
        if pair { &self.pair } else { &self.single }
    }

    /// One sequence of at most `window` tokens.
    ///
    /// # Errors
    /// [`ModelError::TooLong`] when the text that is not to be cut does not fit.
    pub(crate) fn compose(
        &self,
        first: &[u32],
        second: Option<&[u32]>,
        window: usize,
        truncation: Truncation,
        side: CutSide,
    ) -> Result<PairSequence> {
        let room = window.saturating_sub(self.specials(second.is_some()));
        let lengths = [first.len(), second.map_or(0, <[u32]>::len)];
        let fitted = match second {
            Some(_) => fit_pair(lengths, room, truncation)?,
            None => [lengths[0].min(room), 0],
        };
        let kept = [0, 1].map(|i| match side {
            CutSide::End => 0..fitted[i],
            CutSide::Start => lengths[i] - fitted[i]..lengths[i],
        });
        let texts = [first, second.unwrap_or_default()];
        let mut sequence = PairSequence {
            ids: Vec::new(),
            segments: Vec::new(),
            first: 0..0,
            second: 0..0,
            cut: CutTokens { first: lengths[0] - fitted[0], second: lengths[1] - fitted[1] },
            kept,
        };
        for slot in self.slots(second.is_some()) {
            match *slot {
                Slot::Special { id, segment } => {
                    sequence.ids.push(id);
                    sequence.segments.push(segment);
                }
                Slot::Text { second, segment } => {
                    let index = usize::from(second);
                    let start = sequence.ids.len();
                    sequence.ids.extend(&texts[index][sequence.kept[index].clone()]);
                    sequence.segments.resize(sequence.ids.len(), segment);
                    let place = if second { &mut sequence.second } else { &mut sequence.first };
                    *place = start..sequence.ids.len();
                }
            }
        }
        Ok(sequence)
    }
}

fn slots(encoding: &Encoding) -> Vec<Slot> {
    let mut slots: Vec<Slot> = Vec::new();
    let sequences = encoding.get_sequence_ids();
    for (index, (&id, &segment)) in
        encoding.get_ids().iter().zip(encoding.get_type_ids()).enumerate()
    {
        let slot = match sequences[index] {
            Some(text) => Slot::Text { second: text > 0, segment },
            None => Slot::Special { id, segment },
        };
        // A text of several tokens is one place.
        if matches!(slot, Slot::Special { .. }) || slots.last() != Some(&slot) {
            slots.push(slot);
        }
    }
    slots
}

/// How much of two texts fits, as the `tokenizers` library decides it.
fn fit_pair(lengths: [usize; 2], room: usize, truncation: Truncation) -> Result<[usize; 2]> {
    let [first, second] = lengths;
    if first + second <= room {
        return Ok(lengths);
    }
    let only = |fixed: usize, text: &'static str| {
        // Something of the other text has to be left.
        if fixed < room {
            Ok(room - fixed)
        } else {
            Err(ModelError::TooLong { text, tokens: fixed, room: room.saturating_sub(1) })
        }
    };
    match truncation {
        Truncation::OnlyFirst => Ok([only(second, "second")?, second]),
        Truncation::OnlySecond => Ok([first, only(first, "first")?]),
        Truncation::LongestFirst => {
            let (short, long) = (first.min(second), first.max(second));
            let rest = if short > room { short } else { short.max(room - short) };
            let (short, long) = if short + rest > room {
                (room / 2, room / 2 + room % 2)
            } else {
                (short, rest.min(long))
            };
            Ok(if first > second { [long, short] } else { [short, long] })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout() -> SequenceLayout {
        let special = |id, segment| Slot::Special { id, segment };
        let text = |second, segment| Slot::Text { second, segment };
        SequenceLayout {
            single: vec![special(1, 0), text(false, 0), special(2, 0)],
            pair: vec![
                special(1, 0),
                text(false, 0),
                special(2, 0),
                special(2, 1),
                text(true, 1),
                special(2, 1),
            ],
        }
    }

    #[test]
    fn a_pair_stands_between_its_special_tokens() {
        let found = layout()
            .compose(&[7, 8], Some(&[9]), 10, Truncation::LongestFirst, CutSide::End)
            .expect("fits");
        assert_eq!(found.ids, [1, 7, 8, 2, 2, 9, 2]);
        assert_eq!(found.segments, [0, 0, 0, 0, 1, 1, 1]);
        assert_eq!((found.first, found.second), (1..3, 5..6));
        assert!(!found.cut.any());
    }

    #[test]
    fn what_is_cut_is_counted() {
        let compose = |truncation, side| {
            layout().compose(&[3, 4, 5, 6, 7], Some(&[8, 9]), 8, truncation, side)
        };
        let found = compose(Truncation::OnlyFirst, CutSide::End).expect("room for the second");
        assert_eq!(found.ids, [1, 3, 4, 2, 2, 8, 9, 2]);
        assert_eq!(found.cut, CutTokens { first: 3, second: 0 });
        let found = compose(Truncation::OnlyFirst, CutSide::Start).expect("room for the second");
        assert_eq!(found.ids, [1, 6, 7, 2, 2, 8, 9, 2]);
        assert_eq!(found.kept[0], 3..5);
        let error = compose(Truncation::OnlySecond, CutSide::End).expect_err("first too long");
        assert_eq!(error.code(), "text_too_long");
    }

    #[test]
    fn the_longer_text_is_cut_first() {
        let fit = |first, second, room| {
            fit_pair([first, second], room, Truncation::LongestFirst).expect("always fits")
        };
        assert_eq!(fit(10, 3, 8), [5, 3]);
        assert_eq!(fit(3, 10, 8), [3, 5]);
        assert_eq!(fit(10, 10, 9), [4, 5]);
        assert_eq!(fit(11, 10, 9), [5, 4]);
        assert_eq!(fit(10, 10, 0), [0, 0]);
    }
}
