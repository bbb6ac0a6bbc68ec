//! Products of matrices, the bulk of every pass.
//!
//! The panels of K. Goto and R. van de Geijn, "Anatomy of high-performance matrix multiplication",
//! ACM TOMS 34(3), 2008: some columns of the right matrix, and some rows of the left one, are laid out as
//! the sums read them, so that memory is read from end to end.

use super::lanes::Lanes;

/// Rows of the left matrix that are laid out at a time, so that they stay in the cache while all
/// panels pass.
const BLOCK: usize = 128;

/// Panels that are laid out at a time, so that whole lines of the cache are read.
const PANELS: usize = 4;

/// A part of a row-major matrix.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) values: &'a [f32],
    /// Values from one row to the next.
    pub(super) stride: usize,
}

impl<'a> View<'a> {
    pub(super) fn new(values: &'a [f32], stride: usize) -> Self {
        Self { values, stride }
    }

    #[inline(always)]
    pub(super) fn row(&self, row: usize, count: usize) -> &'a [f32] {
        &self.values[row * self.stride..][..count]
    }
}

/// The right matrix of a product, `[terms, columns]`.
#[derive(Clone, Copy)]
pub(super) enum Right<'a> {
    /// As it is.
    Plain(View<'a>),
    /// Its columns are the rows of this.
    Turned(View<'a>),
}

impl Right<'_> {
    /// Lays out `count` columns from `first` on as panels of `width`, each `[terms, width]`, with zeros behind
    /// the last column.
    #[inline(always)]
    fn panels(&self, terms: usize, first: usize, count: usize, width: usize, to: &mut [f32]) {
        let size = terms * width;
        let last = count.div_ceil(width) - 1;
        if !count.is_multiple_of(width) {
            to[last * size..][..size].fill(0.0);
        }
        match self {
            Self::Plain(view) => {
                for term in 0..terms {
                    let from = &view.row(term, first + count)[first..];
                    for (panel, from) in from.chunks(width).enumerate() {
                        to[panel * size + term * width..][..from.len()].copy_from_slice(from);
                    }
                }
            }
            Self::Turned(view) => {
                for column in 0..count {
                    let from = view.row(first + column, terms);
                    let to = &mut to[column / width * size..][..size];
                    for (to, from) in to.chunks_exact_mut(width).zip(from) {
                        to[column % width] = *from;
                    }
                }
            }
        }
    }
}

/// Room that products reuse.
#[derive(Default)]
pub(super) struct Scratch {
    left: Vec<f32>,
    panels: Vec<f32>,
}

/// Sizes of a product.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    pub(super) rows: usize,
    pub(super) terms: usize,
    pub(super) columns: usize,
}

/// `left * right`. `put` gets a row, a column and the sums from there on: a whole register of them, of
/// which those beyond the last column are 0.
#[inline(always)]
pub(super) fn product<L: Lanes, const ROWS: usize, const VECTORS: usize>(
    left: View<'_>,
    right: Right<'_>,
    Shape { rows, terms, columns }: Shape,
    scratch: &mut Scratch,
    mut put: impl FnMut(usize, usize, L),
) {
    let width = VECTORS * L::COUNT;
    let Scratch { left: laid, panels } = scratch;
    let tall = BLOCK.min(rows).next_multiple_of(ROWS);
    laid.resize(laid.len().max(tall * terms), 0.0);
    let room = PANELS * width * terms;
    panels.resize(panels.len().max(room), 0.0);
    for start in (0..rows).step_by(BLOCK) {
        let tall = BLOCK.min(rows - start);
        let strips = &mut laid[..tall.next_multiple_of(ROWS) * terms];
        for (index, strip) in strips.chunks_exact_mut(ROWS * terms).enumerate() {
            lay::<ROWS>(left, start + index * ROWS, rows, terms, strip);
        }
        for group in (0..columns).step_by(PANELS * width) {
            let count = (PANELS * width).min(columns - group);
            right.panels(terms, group, count, width, panels);
            let panels = panels.chunks_exact(width * terms).take(count.div_ceil(width));
            for (index, panel) in panels.enumerate() {
                let first = group + index * width;
                for (index, strip) in strips.chunks_exact(ROWS * terms).enumerate() {
                    let sums = tile::<L, ROWS, VECTORS>(strip, panel);
                    let row = start + index * ROWS;
                    for (r, sums) in sums.into_iter().enumerate().take(rows - row) {
                        for (v, sum) in sums.into_iter().enumerate() {
                            let column = first + v * L::COUNT;
                            if column < columns {
                                put(row + r, column, sum);
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Lays out `ROWS` rows from `first` on, `[terms, ROWS]`, with zeros for those that there are not.
#[inline(always)]
fn lay<const ROWS: usize>(
    left: View<'_>,
    first: usize,
    rows: usize,
    terms: usize,
    strip: &mut [f32],
) {
    if first + ROWS <= rows {
        let from: [&[f32]; ROWS] = std::array::from_fn(|r| left.row(first + r, terms));
        for (term, to) in strip.chunks_exact_mut(ROWS).enumerate() {
            for r in 0..ROWS {
                to[r] = from[r][term];
            }
        }
        return;
    }
    strip.fill(0.0);
    for row in first..rows {
        for (to, from) in strip.chunks_exact_mut(ROWS).zip(left.row(row, terms)) {
            to[row - first] = *from;
        }
    }
}

/// The sums of a strip of rows and a panel of columns.
#[inline(always)]
fn tile<L: Lanes, const ROWS: usize, const VECTORS: usize>(
    strip: &[f32],
    panel: &[f32],
) -> [[L; VECTORS]; ROWS] {
    let mut sums = [[L::splat(0.0); VECTORS]; ROWS];
    let terms = strip.chunks_exact(ROWS).zip(panel.chunks_exact(VECTORS * L::COUNT));
    for (left, right) in terms {
        let mut columns = [L::splat(0.0); VECTORS];
        for (column, right) in columns.iter_mut().zip(right.chunks_exact(L::COUNT)) {
            *column = L::load(right);
        }
        for (sums, left) in sums.iter_mut().zip(left) {
            let left = L::splat(*left);
            for (sum, right) in sums.iter_mut().zip(columns) {
                *sum = left.mul_add(right, *sum);
            }
        }
    }
    sums
}

/// Writes the first values of a register: all that `to` has room for.
#[inline(always)]
pub(super) fn store<L: Lanes>(values: L, to: &mut [f32]) {
    match to.get_mut(..L::COUNT) {
        Some(to) => values.store(to),
        None => {
            let mut all = [0.0; 16];
            values.store(&mut all[..L::COUNT]);
            to.copy_from_slice(&all[..to.len()]);
        }
    }
}

/// Reads as many values as `from` has, and 0 beyond them.
#[inline(always)]
pub(super) fn load<L: Lanes>(from: &[f32]) -> L {
    match from.get(..L::COUNT) {
        Some(from) => L::load(from),
        None => {
            let mut all = [0.0; 16];
            all[..from.len()].copy_from_slice(from);
            L::load(&all[..L::COUNT])
        }
    }
}
