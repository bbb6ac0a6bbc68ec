//! Data sets of feature rows.

use crate::{Result, TrainError};

/// A matrix of features, row-major `[rows, width]`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rows {
    /// Features in a row.
    pub width: usize,
    /// `[rows * width]`.
    pub values: Vec<f32>,
}

impl Rows {
    /// No rows yet, each to have `width` features.
    pub fn new(width: usize) -> Self {
        Self { width, values: Vec::new() }
    }

    /// Adds a row.
    ///
    /// # Panics
    /// When the row has another width.
    pub fn push(&mut self, row: &[f32]) {
        assert_eq!(row.len(), self.width, "rows of one width");
        self.values.extend_from_slice(row);
    }

    /// Row `index`.
    pub fn row(&self, index: usize) -> &[f32] {
        &self.values[index * self.width..(index + 1) * self.width]
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.values.len().checked_div(self.width).unwrap_or(0)
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The rows at `indices`, one after the other.
    pub(crate) fn gather(&self, indices: &[usize]) -> Vec<f32> {
        indices.iter().flat_map(|&i| self.row(i)).copied().collect()
    }
}

/// Rated responses.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OrdinalData {
    /// Features, `[rows, width]`.
    pub features: Rows,
    /// Rating of each row as the share of the way from worst to best, in `0..=1`.
    pub target: Vec<f32>,
    /// Weight of each row in the loss.
    pub weight: Vec<f32>,
    /// Rows of one group (one prompt) stay together when the data is split.
    pub group: Vec<u64>,
}

/// Pairs of responses with a preference.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PairData {
    /// Features of the first responses, `[pairs, width]`.
    pub a: Rows,
    /// Features of the second responses, `[pairs, width]`.
    pub b: Rows,
    /// 1 when the first is better, 0 when the second is, one half for a tie.
    pub target: Vec<f32>,
    /// Weight of each pair in the loss.
    pub weight: Vec<f32>,
    /// Pairs of one group (one prompt) stay together when the data is split.
    pub group: Vec<u64>,
}

/// Fewer rows than this cannot be split into fitting and validation.
const MIN_ROWS: usize = 20;

pub(crate) fn check_lengths(expected: usize, parts: &[(&'static str, usize)]) -> Result<()> {
    for &(what, found) in parts {
        if found != expected {
            return Err(TrainError::Length { what, found, expected });
        }
    }
    if expected < MIN_ROWS {
        return Err(TrainError::TooFew { what: "rows", found: expected, expected: MIN_ROWS });
    }
    Ok(())
}
