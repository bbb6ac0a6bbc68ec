//! The edits of translation edit rate: shifts found greedily, then edit distance in a band.
//!
//! Order, ties and limits are those of sacreBLEU's `lib_ter`, itself after Tercom, so that scores are
//! equal. Words are dense ids.

use std::cmp::Reverse;

use rubrica_core::Result;

use crate::error;

const MAX_SHIFT_SIZE: usize = 10;
const MAX_SHIFT_DISTANCE: usize = 50;
const BAND: usize = 25;
const MAX_CANDIDATES: usize = 1000;

/// Cells of the edit table that one pair of texts may take.
const MAX_STEPS: u64 = 400_000_000;

const FAR: u32 = u32::MAX / 2;

/// Edits that turn `response` into `reference`, for `metric`.
///
/// # Errors
/// `texts_too_long`.
pub(super) fn edits(metric: &str, response: &[u32], reference: &[u32]) -> Result<usize> {
    if reference.is_empty() || response == reference {
        return Ok(if reference.is_empty() { response.len() } else { 0 });
    }
    let too_long =
        || error::texts_too_long(metric, "words", [response.len(), reference.len()], MAX_STEPS);
    let mut words = response.to_vec();
    let (mut shifts, mut candidates, mut steps) = (0, 0, 0);
    loop {
        let table = Table::new(&words, reference, &mut steps).ok_or_else(too_long)?;
        let best = best_shift(&words, reference, &table, &mut candidates, &mut steps)
            .ok_or_else(too_long)?;
        // A shift found with the last candidates allowed is not done.
        let better = best.filter(|(gain, _)| *gain > 0 && candidates < MAX_CANDIDATES);
        let Some((_, shifted)) = better else { return Ok(shifts + table.distance as usize) };
        shifts += 1;
        words = shifted;
    }
}

/// How good a shift is: its gain, then longest, then earliest from, then earliest to.
type Rank = (i64, usize, Reverse<usize>, Reverse<usize>);

/// A shift's gain in edit distance with the words after it.
type Shifted = (i64, Vec<u32>);

/// The best shift of `words`; no shift, and `None` where the search takes too many steps.
fn best_shift(
    words: &[u32],
    reference: &[u32],
    table: &Table,
    candidates: &mut usize,
    steps: &mut u64,
) -> Option<Option<Shifted>> {
    let alignment = table.alignment();
    let mut best: Option<(Rank, Vec<u32>)> = None;
    for from in 0..words.len() {
        let near = from.saturating_sub(MAX_SHIFT_DISTANCE)
            ..reference.len().min(from + MAX_SHIFT_DISTANCE + 1);
        for at in near {
            let run = words[from..].iter().zip(&reference[at..]).take(MAX_SHIFT_SIZE);
            let longest = run.take_while(|(a, b)| a == b).count();
            for length in 1..=longest {
                let placed = alignment.places[at];
                if !alignment.wrong_words[from..from + length].contains(&true)
                    || !alignment.wrong_reference[at..at + length].contains(&true)
                    || (placed >= from as isize && placed < (from + length) as isize)
                {
                    continue;
                }
                let mut before = None;
                for offset in 0..=length {
                    // The place after the word that stands for the one before; the first is the
                    // start of the text.
                    let to = match (at + offset).checked_sub(1) {
                        None => 0,
                        Some(place) => match alignment.places.get(place) {
                            Some(place) => (place + 1) as usize,
                            None => break,
                        },
                    };
                    if before == Some(to) {
                        continue;
                    }
                    before = Some(to);
                    let shifted = shift(words, from, length, to);
                    let distance = table.distance_after(&shifted, words, reference, steps)?;
                    let gain = i64::from(table.distance) - i64::from(distance);
                    let rank = (gain, length, Reverse(from), Reverse(to));
                    *candidates += 1;
                    if best.as_ref().is_none_or(|(highest, _)| rank > *highest) {
                        best = Some((rank, shifted));
                    }
                }
            }
            // The caller does no shift then, whichever is best.
            if *candidates >= MAX_CANDIDATES {
                return Some(best.map(|((gain, ..), words)| (gain, words)));
            }
        }
    }
    Some(best.map(|((gain, ..), words)| (gain, words)))
}

/// `words` with the run of `length` at `from` moved to where `to` counts the words before it.
fn shift(words: &[u32], from: usize, length: usize, to: usize) -> Vec<u32> {
    let (run, end) = (&words[from..from + length], from + length);
    if to < from {
        [&words[..to], run, &words[to..from], &words[end..]].concat()
    } else if to > end {
        [&words[..from], &words[end..to], run, &words[to..]].concat()
    } else {
        // Within the run itself: as far on.
        let until = (length + to).min(words.len()).max(end);
        [&words[..from], &words[end..until], run, &words[until..]].concat()
    }
}

/// What an edit does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edit {
    Keep,
    Replace,
    /// A word of the response goes.
    Delete,
    /// A word of the reference comes in.
    Insert,
}

/// The edit table of response words (rows) and reference words (columns), in a band.
struct Table {
    rows: Vec<Row>,
    distance: u32,
    columns: usize,
}

/// Columns `start..` of one row; what lies beside is too far away.
#[derive(Clone)]
struct Row {
    start: usize,
    costs: Vec<u32>,
    edits: Vec<Edit>,
}

impl Row {
    fn cost(&self, column: usize) -> u32 {
        column.checked_sub(self.start).and_then(|at| self.costs.get(at)).copied().unwrap_or(FAR)
    }
}

impl Table {
    fn new(words: &[u32], reference: &[u32], steps: &mut u64) -> Option<Self> {
        let columns = reference.len();
        let mut rows = vec![Row {
            start: 0,
            costs: (0..=columns as u32).collect(),
            edits: vec![Edit::Insert; columns + 1],
        }];
        for at in 1..=words.len() {
            let row = row(words, reference, at, &rows[at - 1], steps)?;
            rows.push(row);
        }
        let distance = rows[words.len()].cost(columns);
        Some(Self { rows, distance, columns })
    }

    /// Distance of `shifted`, a shift of `words`, of which this is the table.
    fn distance_after(
        &self,
        shifted: &[u32],
        words: &[u32],
        reference: &[u32],
        steps: &mut u64,
    ) -> Option<u32> {
        let same = shifted.iter().zip(words).take_while(|(a, b)| a == b).count();
        let mut last = self.rows[same].clone();
        for at in same + 1..=shifted.len() {
            last = row(shifted, reference, at, &last, steps)?;
        }
        Some(last.cost(self.columns))
    }

    /// Which words stand for each other.
    fn alignment(&self) -> Alignment {
        let mut edits = Vec::new();
        let (mut i, mut j) = (self.rows.len() - 1, self.columns);
        while i > 0 || j > 0 {
            let row = &self.rows[i];
            let edit = row.edits[j - row.start];
            edits.push(edit);
            i -= usize::from(edit != Edit::Insert);
            j -= usize::from(edit != Edit::Delete);
        }
        let mut alignment = Alignment::default();
        for edit in edits.into_iter().rev() {
            if edit != Edit::Insert {
                alignment.wrong_words.push(edit != Edit::Keep);
            }
            if edit != Edit::Delete {
                alignment.wrong_reference.push(edit != Edit::Keep);
                alignment.places.push(alignment.wrong_words.len() as isize - 1);
            }
        }
        alignment
    }
}

/// Which words stand for each other, and which do not match.
#[derive(Default)]
struct Alignment {
    /// For each word of the reference, the place of the last word of the response up to it; −1 where
    /// there is none.
    places: Vec<isize>,
    wrong_words: Vec<bool>,
    wrong_reference: Vec<bool>,
}

/// Row `at` of the table, from the one above.
fn row(words: &[u32], reference: &[u32], at: usize, above: &Row, steps: &mut u64) -> Option<Row> {
    let columns = reference.len();
    let ratio = columns as f64 / words.len() as f64;
    // Texts of very unlike lengths need a wider band for rows to meet.
    let band = if (BAND as f64) < ratio / 2.0 {
        (ratio / 2.0 + BAND as f64).ceil() as usize
    } else {
        BAND
    };
    let diagonal = (at as f64 * ratio).floor() as usize;
    let start = diagonal.saturating_sub(band);
    let end = if at == words.len() { columns + 1 } else { (diagonal + band).min(columns + 1) };
    *steps += (end - start) as u64;
    if *steps > MAX_STEPS {
        return None;
    }
    let mut row = Row {
        start,
        costs: Vec::with_capacity(end - start),
        edits: Vec::with_capacity(end - start),
    };
    let mut left = FAR;
    for column in start..end {
        let mut best = (above.cost(column) + 1, Edit::Delete);
        if column > 0 {
            let same = words[at - 1] == reference[column - 1];
            let diagonal = above.cost(column - 1) + u32::from(!same);
            if diagonal <= best.0 {
                best = (diagonal, if same { Edit::Keep } else { Edit::Replace });
            }
            if left + 1 < best.0 {
                best = (left + 1, Edit::Insert);
            }
        }
        left = best.0.min(FAR);
        row.costs.push(left);
        row.edits.push(best.1);
    }
    Some(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_move_where_they_should() {
        let words = [0, 1, 2, 3, 4];
        assert_eq!(shift(&words, 3, 1, 1), [0, 3, 1, 2, 4]);
        assert_eq!(shift(&words, 0, 2, 4), [2, 3, 0, 1, 4]);
        assert_eq!(shift(&words, 1, 2, 2), [0, 3, 1, 2, 4]);
    }

    #[test]
    fn empty_texts() {
        assert_eq!(edits("ter", &[1, 2], &[]).expect("short"), 2);
        assert_eq!(edits("ter", &[], &[1, 2]).expect("short"), 2);
    }
}
