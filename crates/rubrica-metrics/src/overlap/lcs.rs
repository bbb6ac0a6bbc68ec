//! Longest common subsequence, 64 cells at a time.
//!
//! H. Hyyrö, "Bit-parallel LCS-length computation revisited", AWOCA 2004.

/// Length of the longest common subsequence of two sequences of dense ids below `ids`.
///
/// Takes [`steps`] steps of a few instructions.
pub(super) fn lcs_length(a: &[u32], b: &[u32], ids: usize) -> usize {
    let (rows, columns) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let mut stands = vec![0_u64; ids];
    // Carry of the addition in each column from the block above.
    let mut carries = vec![false; columns.len()];
    let mut length = 0;
    for block in rows.chunks(64) {
        for (row, id) in block.iter().enumerate() {
            stands[*id as usize] |= 1 << row;
        }
        // Bit i is 0 where the length grows by one from row i-1 to row i.
        let mut flat = u64::MAX;
        for (id, carry) in columns.iter().zip(&mut carries) {
            (flat, *carry) = step(flat, stands[*id as usize], *carry);
        }
        length += (!flat & low_bits(block.len())).count_ones() as usize;
        for id in block {
            stands[*id as usize] = 0;
        }
    }
    length
}

/// Steps that [`lcs_length`] takes for sequences of these lengths.
pub(super) fn steps(a: usize, b: usize) -> u64 {
    a.min(b).div_ceil(64) as u64 * a.max(b) as u64
}

/// One column of 64 rows: the new differences, and the carry into the block below.
fn step(flat: u64, stands: u64, carry: bool) -> (u64, bool) {
    let matches = flat & stands;
    let (sum, first) = flat.overflowing_add(matches);
    let (sum, second) = sum.overflowing_add(u64::from(carry));
    (sum | (flat & !stands), first || second)
}

fn low_bits(count: usize) -> u64 {
    if count >= 64 { u64::MAX } else { (1 << count) - 1 }
}

/// Marks in `member` the positions of `reference` that belong to one longest common subsequence with
/// `candidate`: the one that the table of `rouge_score` leads to when it is read from the end and a
/// tie drops a position of the reference.
///
/// `stands` has a row of `candidate.len().div_ceil(64)` words for each id: see [`Positions`].
pub(super) fn mark_lcs(reference: &[u32], candidate: &Positions<'_>, member: &mut [bool]) {
    let width = candidate.words;
    // Row i: bit j is 0 where the length grows from column j-1 to column j.
    let mut rows = vec![u64::MAX; (reference.len() + 1) * width];
    for (i, id) in reference.iter().enumerate() {
        let (before, row) = rows[i * width..(i + 2) * width].split_at_mut(width);
        let mut carry = false;
        for (word, flat) in before.iter().enumerate() {
            (row[word], carry) = step(*flat, candidate.stands(*id, word), carry);
        }
    }
    // Length of the table at (i, j): columns up to j in which row i grows.
    let length = |i: usize, j: usize| -> usize {
        let row = &rows[i * width..(i + 1) * width];
        let whole: u32 = row[..j / 64].iter().map(|flat| (!flat).count_ones()).sum();
        let part = row.get(j / 64).map_or(0, |flat| (!flat & low_bits(j % 64)).count_ones());
        (whole + part) as usize
    };
    let grows = |i: usize, j: usize| rows[i * width + (j - 1) / 64] >> ((j - 1) % 64) & 1 == 0;
    let (mut i, mut j) = (reference.len(), candidate.tokens.len());
    // Lengths at (i, j) and at (i - 1, j), kept up to date.
    let (mut here, mut above) = (length(i, j), if i > 0 { length(i - 1, j) } else { 0 });
    while i > 0 && j > 0 {
        if reference[i - 1] == candidate.tokens[j - 1] {
            member[i - 1] = true;
            j -= 1;
            i -= 1;
            here = above - usize::from(grows(i, j + 1));
            above = if i > 0 { length(i - 1, j) } else { 0 };
        } else if here - usize::from(grows(i, j)) > above {
            here -= usize::from(grows(i, j));
            above -= usize::from(grows(i - 1, j));
            j -= 1;
        } else {
            i -= 1;
            here = above;
            above = if i > 0 { length(i - 1, j) } else { 0 };
        }
    }
}

/// A sequence with the places of each of its ids.
pub(super) struct Positions<'a> {
    tokens: &'a [u32],
    /// 64-bit words that hold one bit a token.
    words: usize,
    /// For each distinct id, where its words start in `bits`; indexed by id.
    starts: &'a mut [u32],
    bits: Vec<u64>,
}

impl<'a> Positions<'a> {
    /// The places of `tokens`. `starts` is scratch space, `[ids]`, all [`u32::MAX`], and is again when
    /// the value is dropped.
    pub(super) fn new(tokens: &'a [u32], starts: &'a mut [u32]) -> Self {
        let words = tokens.len().div_ceil(64);
        let mut bits = Vec::new();
        for (at, id) in tokens.iter().enumerate() {
            let start = &mut starts[*id as usize];
            if *start == u32::MAX {
                *start = bits.len() as u32;
                bits.resize(bits.len() + words, 0);
            }
            bits[*start as usize + at / 64] |= 1 << (at % 64);
        }
        Self { tokens, words, starts, bits }
    }

    fn stands(&self, id: u32, word: usize) -> u64 {
        match self.starts[id as usize] {
            u32::MAX => 0,
            start => self.bits[start as usize + word],
        }
    }
}

impl Drop for Positions<'_> {
    fn drop(&mut self) {
        for id in self.tokens {
            self.starts[*id as usize] = u32::MAX;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn table(a: &[u32], b: &[u32]) -> Vec<Vec<usize>> {
        let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 1..=a.len() {
            for j in 1..=b.len() {
                table[i][j] = if a[i - 1] == b[j - 1] {
                    table[i - 1][j - 1] + 1
                } else {
                    table[i - 1][j].max(table[i][j - 1])
                };
            }
        }
        table
    }

    fn members_by_table(a: &[u32], b: &[u32]) -> Vec<bool> {
        let table = table(a, b);
        let mut members = vec![false; a.len()];
        let (mut i, mut j) = (a.len(), b.len());
        while i > 0 && j > 0 {
            if a[i - 1] == b[j - 1] {
                members[i - 1] = true;
                i -= 1;
                j -= 1;
            } else if table[i][j - 1] > table[i - 1][j] {
                j -= 1;
            } else {
                i -= 1;
            }
        }
        members
    }

    proptest! {
        #[test]
        fn bits_agree_with_the_table(
            a in prop::collection::vec(0_u32..6, 0..200),
            b in prop::collection::vec(0_u32..6, 0..200),
        ) {
            prop_assert_eq!(lcs_length(&a, &b, 6), table(&a, &b)[a.len()][b.len()]);
            let mut starts = [u32::MAX; 6];
            let mut members = vec![false; a.len()];
            mark_lcs(&a, &Positions::new(&b, &mut starts), &mut members);
            prop_assert_eq!(members, members_by_table(&a, &b));
            prop_assert!(starts.iter().all(|start| *start == u32::MAX));
        }
    }
}
