//! What several raters gave to several items.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Result, StatsError, check};

/// Ratings `[items, raters]`, in which cells may be empty.
///
/// Categories are numbers too: nominal coefficients only ask whether two are equal.
#[derive(Debug, Clone, PartialEq)]
pub struct Ratings {
    cells: Vec<Option<f64>>,
    raters: usize,
}

/// How often each category was given to each item. Sparse: continuous ratings have as many
/// categories as cells.
pub(super) struct Counts {
    /// The categories, ascending.
    pub(super) categories: Vec<f64>,
    /// Of each item, the categories that it was given, ascending, with their counts.
    pub(super) rows: Vec<Vec<(usize, f64)>>,
}

impl Ratings {
    /// Row-major cells, one row an item and one column a rater; `None` where a rater gave nothing.
    ///
    /// # Errors
    /// No raters, cells that do not fill whole rows, or a rating that is not finite.
    pub fn new(cells: Vec<Option<f64>>, raters: usize) -> Result<Self> {
        check::count("raters", raters, 1)?;
        let rows = cells.len().div_ceil(raters);
        check::same_length(("cells", cells.len()), ("items × raters", rows * raters))?;
        match cells.iter().position(|c| c.is_some_and(|v| !v.is_finite())) {
            Some(index) => Err(StatsError::NotFinite { what: "ratings", index }),
            None => Ok(Self { cells, raters }),
        }
    }

    /// Row-major `[items, raters]` without a gap.
    ///
    /// # Errors
    /// As [`Ratings::new`].
    pub fn complete(values: &[f64], raters: usize) -> Result<Self> {
        Self::new(values.iter().copied().map(Some).collect(), raters)
    }

    /// From long form, one `(item, rater, value)` a rating. Items and raters are in ascending order
    /// of their keys.
    ///
    /// # Errors
    /// No ratings, a rating that is not finite, or two of one item by one rater.
    pub fn from_long<I: Ord, R: Ord>(rows: &[(I, R, f64)]) -> Result<Self> {
        check::count("ratings", rows.len(), 1)?;
        let items = numbered(rows.iter().map(|row| &row.0));
        let raters = numbered(rows.iter().map(|row| &row.1));
        let mut cells = vec![None; items.len() * raters.len()];
        for (index, (item, rater, value)) in rows.iter().enumerate() {
            let slot = &mut cells[items[item] * raters.len() + raters[rater]];
            if slot.replace(*value).is_some() {
                return Err(StatsError::Duplicate { what: "ratings", index });
            }
            if !value.is_finite() {
                return Err(StatsError::NotFinite { what: "ratings", index });
            }
        }
        Self::new(cells, raters.len())
    }

    /// Number of items.
    pub fn items(&self) -> usize {
        self.cells.len() / self.raters
    }

    /// Number of raters.
    pub fn raters(&self) -> usize {
        self.raters
    }

    /// The cells of each item, `[raters]`.
    pub fn rows(&self) -> impl Iterator<Item = &[Option<f64>]> {
        self.cells.chunks_exact(self.raters)
    }

    /// What one rater gave, `[items]`.
    ///
    /// # Panics
    /// When there is no such rater.
    pub fn rater(&self, rater: usize) -> impl Iterator<Item = Option<f64>> {
        assert!(rater < self.raters, "rater {rater} of {}", self.raters);
        self.rows().map(move |row| row[rater])
    }

    /// The items at `items`, in that order and as often: what a bootstrap over items draws.
    ///
    /// # Panics
    /// When there is no such item.
    #[must_use]
    pub fn take_items(&self, items: &[usize]) -> Self {
        let row = |i: &usize| &self.cells[i * self.raters..(i + 1) * self.raters];
        Self { cells: items.iter().flat_map(row).copied().collect(), raters: self.raters }
    }

    /// All cells, when none is empty and there are at least `items` rows and two columns.
    pub(super) fn filled(&self, items: usize) -> Result<Vec<f64>> {
        check::count("raters", self.raters, 2)?;
        check::count("items", self.items(), items)?;
        let values: Vec<f64> = self.cells.iter().copied().flatten().collect();
        check::same_length(("ratings", values.len()), ("cells", self.cells.len()))?;
        Ok(values)
    }

    /// Counts by category. `given` are the points of the scale; without it, those that occur.
    pub(super) fn counts(&self, given: Option<&[f64]>) -> Result<Counts> {
        let occurring = || self.cells.iter().copied().flatten().collect();
        let mut categories: Vec<f64> = given.map_or_else(occurring, <[f64]>::to_vec);
        check::values("categories", &categories, 0)?;
        categories.sort_by(f64::total_cmp);
        categories.dedup();
        let mut rows = Vec::with_capacity(self.items());
        for (item, row) in self.rows().enumerate() {
            let mut given = Vec::with_capacity(self.raters);
            for (rater, cell) in row.iter().enumerate() {
                let Some(value) = cell else { continue };
                // −0 and 0 are one category, which a search by total order would part.
                let found = categories.partition_point(|c| c < value);
                if categories.get(found) != Some(value) {
                    let index = item * self.raters + rater;
                    return Err(StatsError::UnknownClass { what: "ratings", index });
                }
                given.push(found);
            }
            given.sort_unstable();
            let groups = given.chunk_by(|a, b| a == b);
            rows.push(groups.map(|group| (group[0], group.len() as f64)).collect());
        }
        Ok(Counts { categories, rows })
    }
}

/// Distinct keys with their place in ascending order.
fn numbered<K: Ord>(keys: impl Iterator<Item = K>) -> BTreeMap<K, usize> {
    let distinct: BTreeSet<K> = keys.collect();
    distinct.into_iter().enumerate().map(|(i, key)| (key, i)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_form_fills_a_grid() {
        let rows = [("b", "r1", 2.0), ("a", "r2", 1.0), ("a", "r1", 3.0)];
        let ratings = Ratings::from_long(&rows).expect("three");
        assert_eq!((ratings.items(), ratings.raters()), (2, 2));
        let cells: Vec<_> = ratings.rows().map(<[_]>::to_vec).collect();
        assert_eq!(cells, [vec![Some(3.0), Some(1.0)], vec![Some(2.0), None]]);
        assert_eq!(ratings.rater(1).collect::<Vec<_>>(), [Some(1.0), None]);
        let twice = Ratings::from_long(&[("a", 1, 1.0), ("a", 1, 1.0)]).expect_err("twice");
        assert_eq!(twice, StatsError::Duplicate { what: "ratings", index: 1 });
        let nan = Ratings::from_long(&[("a", 1, f64::NAN)]).expect_err("nan");
        assert_eq!(nan.code(), "not_finite");
        let none: [(u8, u8, f64); 0] = [];
        assert_eq!(Ratings::from_long(&none).expect_err("none").code(), "too_few_values");
    }

    #[test]
    fn refuses_ragged_cells() {
        assert_eq!(Ratings::complete(&[1.0; 5], 2).expect_err("ragged").code(), "length_mismatch");
        assert_eq!(Ratings::complete(&[1.0], 0).expect_err("nobody").code(), "too_few_values");
        let nan = Ratings::complete(&[1.0, f64::INFINITY], 2).expect_err("infinite");
        assert_eq!(nan, StatsError::NotFinite { what: "ratings", index: 1 });
    }

    #[test]
    fn counts_over_a_scale() {
        let ratings = Ratings::complete(&[0.0, -0.0, 2.0, 0.0], 2).expect("two");
        let counts = ratings.counts(None).expect("valid");
        assert_eq!(counts.rows, [vec![(0, 2.0)], vec![(0, 1.0), (1, 1.0)]]);
        let wide = ratings.counts(Some(&[0.0, 1.0, 2.0])).expect("valid");
        assert_eq!(wide.rows, [vec![(0, 2.0)], vec![(0, 1.0), (2, 1.0)]]);
        assert_eq!(
            ratings.counts(Some(&[0.0])).err(),
            Some(StatsError::UnknownClass { what: "ratings", index: 2 })
        );
        let again = ratings.take_items(&[1, 1]);
        assert_eq!(again.counts(None).expect("valid").rows, [[(0, 1.0), (1, 1.0)]; 2]);
    }
}
