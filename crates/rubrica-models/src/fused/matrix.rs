//! Products of whole matrices in bfloat16: packing, blocks, rows over all cores.

use rayon::prelude::*;

use super::lanes::{narrow, turn};
use super::tiles::{BLOCK, DEPTH, Engine, Left, PANEL, TILE, block};

/// A row-major bfloat16 matrix whose rows are padded with zeros to a multiple of [`BLOCK`].
#[derive(Debug, Clone)]
pub(super) struct Matrix {
    pub(super) values: Vec<u16>,
    /// Rows without padding.
    pub(super) rows: usize,
    pub(super) columns: usize,
}

/// `rows` with padding.
pub(super) fn padded(rows: usize) -> usize {
    rows.next_multiple_of(BLOCK)
}

impl Matrix {
    pub(super) fn zeros(rows: usize, columns: usize) -> Self {
        Self { values: vec![0; padded(rows) * columns], rows, columns }
    }

    #[cfg_attr(
        all(target_arch = "x86_64", not(test)),
        target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,bmi2")
    )]
    pub(super) fn narrowed(values: &[f32], columns: usize) -> Self {
        let mut matrix = Self::zeros(values.len() / columns, columns);
        let parts = matrix.values.par_chunks_mut(BLOCK * columns);
        parts.zip(values.par_chunks(BLOCK * columns)).for_each(|(to, from)| {
            to.iter_mut().zip(from).for_each(|(to, from)| *to = narrow(*from));
        });
        matrix
    }

    /// Columns become rows; the new columns are padded as the old rows were.
    #[cfg_attr(
        all(target_arch = "x86_64", not(test)),
        target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,bmi2")
    )]
    pub(super) fn transposed(&self) -> Self {
        let depth = padded(self.rows);
        let mut to = vec![0; padded(self.columns) * depth];
        to.par_chunks_mut(PANEL * depth).enumerate().for_each(|(strip, to)| {
            for start in (0..depth).step_by(DEPTH) {
                transpose(&self.values, start, strip * PANEL, self.columns, to, start, depth);
            }
        });
        Self { values: to, rows: self.columns, columns: depth }
    }
}

/// 32 rows by 16 columns of `from`, at `row` and `column`, become 16 rows of `to`, at column `at`.
#[inline(always)]
fn transpose(
    from: &[u16],
    row: usize,
    column: usize,
    columns: usize,
    to: &mut [u16],
    at: usize,
    depth: usize,
) {
    let mut pairs = [[0; PANEL]; PANEL];
    for (pair, line) in pairs.iter_mut().enumerate() {
        let at = (row + 2 * pair) * columns + column;
        let (even, odd) = (&from[at..at + PANEL], &from[at + columns..][..PANEL]);
        for c in 0..PANEL {
            line[c] = u32::from(even[c]) | u32::from(odd[c]) << 16;
        }
    }
    for (c, line) in turn(&pairs).into_iter().enumerate() {
        put_pairs(&line, &mut to[c * depth + at..][..DEPTH]);
    }
}

/// Two values to a pair.
#[inline(always)]
fn put_pairs(pairs: &[u32; PANEL], to: &mut [u16]) {
    for (to, pair) in to.chunks_exact_mut(2).zip(pairs) {
        to[0] = *pair as u16;
        to[1] = (*pair >> 16) as u16;
    }
}

/// A right operand: panels of 16 columns, each a row of tiles that hold pairs of terms side by side.
#[derive(Debug, Clone)]
pub(super) struct Packed {
    tiles: Vec<u16>,
    /// Tiles of a panel.
    depth: usize,
    panels: usize,
}

impl Packed {
    /// Packs `[terms, columns]`, row-major, on all cores. The terms are a multiple of 32.
    #[cfg_attr(
        all(target_arch = "x86_64", not(test)),
        target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,bmi2")
    )]
    pub(super) fn new(values: &[u16], columns: usize) -> Self {
        let mut packed = Self::zeros(columns, values.len() / columns);
        let length = packed.depth * TILE;
        packed.tiles.par_chunks_mut(length).enumerate().for_each(|(panel, tiles)| {
            interleave(values, columns, panel * PANEL, tiles);
        });
        packed
    }

    /// Packs the columns `first..first + count` of the first `terms` rows, on this core.
    #[cfg_attr(
        all(target_arch = "x86_64", not(test)),
        target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,bmi2")
    )]
    pub(super) fn part(
        values: &[u16],
        columns: usize,
        first: usize,
        count: usize,
        terms: usize,
    ) -> Self {
        let mut packed = Self::zeros(count, terms);
        let length = packed.depth * TILE;
        for (panel, tiles) in packed.tiles.chunks_mut(length).enumerate() {
            interleave(values, columns, first + panel * PANEL, tiles);
        }
        packed
    }

    /// Packs the transpose of `count` rows of `terms` values each: the first at `start`, `stride`
    /// apart.
    #[cfg_attr(
        all(target_arch = "x86_64", not(test)),
        target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,bmi2")
    )]
    pub(super) fn of_transposed(
        values: &[u16],
        start: usize,
        stride: usize,
        count: usize,
        terms: usize,
    ) -> Self {
        let mut packed = Self::zeros(count, terms);
        let length = packed.depth * TILE;
        for (panel, tiles) in packed.tiles.chunks_mut(length).enumerate() {
            let start = start + panel * PANEL * stride;
            for (index, tile) in tiles.chunks_exact_mut(TILE).enumerate() {
                let mut rows = [[0; PANEL]; PANEL];
                for (c, row) in rows.iter_mut().enumerate() {
                    let from = &values[start + c * stride + index * DEPTH..][..DEPTH];
                    for (pair, from) in row.iter_mut().zip(from.chunks_exact(2)) {
                        *pair = u32::from(from[0]) | u32::from(from[1]) << 16;
                    }
                }
                for (pair, line) in turn(&rows).iter().enumerate() {
                    put_pairs(line, &mut tile[pair * 2 * PANEL..][..2 * PANEL]);
                }
            }
        }
        packed
    }

    fn zeros(columns: usize, terms: usize) -> Self {
        assert!(columns.is_multiple_of(BLOCK) && terms.is_multiple_of(DEPTH), "whole blocks");
        let (depth, panels) = (terms / DEPTH, columns / PANEL);
        Self { tiles: vec![0; panels * depth * TILE], depth, panels }
    }

    fn pair(&self, block: usize) -> [&[u16]; 2] {
        let length = self.depth * TILE;
        [2 * block, 2 * block + 1].map(|panel| &self.tiles[panel * length..(panel + 1) * length])
    }

    pub(super) fn columns(&self) -> usize {
        self.panels * PANEL
    }
}

/// Fills the tiles of a panel from 16 columns of a row-major matrix.
#[inline(always)]
fn interleave(values: &[u16], columns: usize, first: usize, tiles: &mut [u16]) {
    for (pair, line) in tiles.chunks_exact_mut(2 * PANEL).enumerate() {
        let at = 2 * pair * columns + first;
        let (even, odd) = (&values[at..at + PANEL], &values[at + columns..][..PANEL]);
        for c in 0..PANEL {
            line[2 * c] = even[c];
            line[2 * c + 1] = odd[c];
        }
    }
}

/// `left * right`, one core: 32 rows of `left` at a time, `rows` (a multiple of 32) in all. `put` gets
/// a row, a column and 32 sums.
#[inline(always)]
pub(super) fn product_rows(
    engine: Engine,
    left: Left<'_>,
    rows: usize,
    right: &Packed,
    mut put: impl FnMut(usize, usize, &[f32]),
) {
    let mut sums = [0.0; BLOCK * BLOCK];
    for row in (0..rows).step_by(BLOCK) {
        let left = Left { start: left.start + row * left.stride, ..left };
        for column in 0..right.panels / 2 {
            block(engine, left, right.pair(column), right.depth, &mut sums);
            for (r, sums) in sums.chunks_exact(BLOCK).enumerate() {
                put(row + r, column * BLOCK, sums);
            }
        }
    }
}

/// `left * right` on all cores. `put` gets a row, a column, 32 sums and where they belong in `out`,
/// which has as many columns as `right` and as many rows as `left`, padded or not.
#[cfg_attr(
    all(target_arch = "x86_64", not(test)),
    target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,bmi2")
)]
pub(super) fn product<T: Send>(
    engine: Engine,
    left: &Matrix,
    right: &Packed,
    out: &mut [T],
    put: impl Fn(usize, usize, &[f32], &mut [T]) + Sync,
) {
    let width = right.columns();
    out.par_chunks_mut(BLOCK * width).enumerate().for_each(|(index, out)| {
        let row = index * BLOCK;
        let left = Left { values: &left.values, start: row * left.columns, stride: left.columns };
        product_rows(engine, left, BLOCK, right, |r, column, sums| {
            if let Some(out) = out.get_mut(r * width + column..r * width + column + BLOCK) {
                put(row + r, column, sums, out);
            }
        });
    });
}

#[cfg(test)]
mod tests {

    use super::*;

    /// Small integers, which bfloat16 holds exactly.
    fn numbers(count: usize, seed: u32) -> Vec<f32> {
        let mut state = seed;
        let next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as f32 % 7.0 - 3.0
        };
        std::iter::repeat_with(next).take(count).collect()
    }

    #[test]
    fn products_are_those_of_the_definition() {
        let (rows, terms, columns) = (45, 64, 96);
        let (a, b) = (numbers(rows * terms, 1), numbers(terms * columns, 2));
        let want: Vec<f32> = (0..rows * columns)
            .map(|i| {
                let (r, c) = (i / columns, i % columns);
                (0..terms).map(|k| a[r * terms + k] * b[k * columns + c]).sum()
            })
            .collect();
        for engine in [Some(Engine::Portable), Engine::fast()].into_iter().flatten() {
            let left = Matrix::narrowed(&a, terms);
            let right = Matrix::narrowed(&b, columns);
            let turned = right.transposed();
            assert_eq!(turned.transposed().values, right.values);
            let packed = [
                Packed::new(&right.values, columns),
                Packed::of_transposed(&turned.values, 0, terms, columns, terms),
            ];
            assert_eq!(packed[0].tiles, packed[1].tiles);
            let mut out = vec![0.0f32; rows * columns];
            product(engine, &left, &packed[0], &mut out, |_, _, sums, out| {
                out.copy_from_slice(sums);
            });
            assert_eq!(out, want, "{engine:?}");
        }
    }
}
