//! A grid archive of quality and diversity (MAP-Elites): each cell keeps the best that fell into it.
//!
//! Mouret and Clune, arXiv:1504.04909, 2015; as QDHF uses it (Ding et al., ICML 2024), where the axes are learned from
//! what people find similar ([`TripletProjection`](super::TripletProjection)).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Result, StatsError, check};

/// One thing: where it lies and how good it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArchivePoint {
    /// Its place, one number for each axis.
    pub place: Vec<f64>,
    /// How good it is.
    pub quality: f64,
}

/// The grid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ArchiveOptions {
    /// Cells along each axis.
    pub grid: Vec<usize>,
    /// Lower and upper end of each axis; not given, those of the points. What lies outside goes to the cell at
    /// the edge.
    pub bounds: Option<Vec<(f64, f64)>>,
}

impl Default for ArchiveOptions {
    /// 20 × 20 cells, as QDHF has them for images.
    fn default() -> Self {
        Self { grid: vec![20, 20], bounds: None }
    }
}

/// A cell and the best point in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// Its number along each axis, from 0.
    pub at: Vec<usize>,
    /// Position of the best point; of equally good ones, the first.
    pub elite: usize,
    /// How good that is.
    pub quality: f64,
    /// Points that fell into the cell.
    pub points: usize,
}

/// A filled grid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Archive {
    /// The cells that hold something, in the order of their numbers.
    pub cells: Vec<Cell>,
    /// Sum of the quality of all elites. With qualities below 0, a fuller archive can have less.
    pub qd_score: f64,
    /// Share of the cells that hold something, in `0..=1`.
    pub coverage: f64,
    /// The ends of each axis.
    pub bounds: Vec<(f64, f64)>,
    /// Points outside the bounds, which stand in cells at the edge.
    pub outside: usize,
}

/// The cells above which a grid is refused.
const MOST_CELLS: usize = 100_000_000;

impl Archive {
    /// Puts all points into the grid.
    ///
    /// # Errors
    /// No points; an axis without cells or without extent; places of other lengths than the grid; numbers that are
    /// not finite.
    pub fn fill(points: &[ArchivePoint], options: &ArchiveOptions) -> Result<Self> {
        let axes = options.grid.len();
        check::count("axes of the grid", axes, 1)?;
        check::count("points", points.len(), 1)?;
        let cells = options.grid.iter().try_fold(1usize, |all, n| all.checked_mul(*n));
        if !cells.is_some_and(|cells| (1..=MOST_CELLS).contains(&cells)) {
            let value = options.grid.iter().map(|n| *n as f64).product();
            let expected = "1 to 100000000 cells, at least one along each axis";
            return Err(StatsError::OutOfRange { what: "grid".into(), value, expected });
        }
        for point in points {
            check::same_length(("place", point.place.len()), ("grid", axes))?;
            check::values("place", &point.place, 1)?;
        }
        let quality: Vec<f64> = points.iter().map(|point| point.quality).collect();
        check::values("quality", &quality, 1)?;
        let bounds = match &options.bounds {
            Some(bounds) => bounds.clone(),
            None => (0..axes).map(|axis| extent(points, axis)).collect(),
        };
        check::same_length(("bounds", bounds.len()), ("grid", axes))?;
        for (low, high) in &bounds {
            check::values("bounds", &[*low, *high], 2)?;
            if low >= high {
                return Err(StatsError::Constant { what: "bounds" });
            }
        }
        let mut found: BTreeMap<Vec<usize>, Cell> = BTreeMap::new();
        let mut outside = 0;
        for (i, point) in points.iter().enumerate() {
            let axes = || point.place.iter().zip(&bounds).zip(&options.grid);
            outside += usize::from(axes().any(|((x, (low, high)), _)| x < low || x > high));
            let number = |((x, (low, high)), n): ((&f64, &(f64, f64)), &usize)| {
                // Halves, so that the difference does not overflow.
                let part = (x / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0);
                ((part * *n as f64).max(0.0) as usize).min(n - 1)
            };
            let at: Vec<usize> = axes().map(number).collect();
            let new = Cell { at: at.clone(), elite: i, quality: point.quality, points: 0 };
            let cell = found.entry(at).or_insert(new);
            cell.points += 1;
            if point.quality > cell.quality {
                (cell.elite, cell.quality) = (i, point.quality);
            }
        }
        let cells: Vec<Cell> = found.into_values().collect();
        let all: usize = options.grid.iter().product();
        let qd_score: f64 = cells.iter().map(|cell| cell.quality).sum();
        if !qd_score.is_finite() {
            return Err(StatsError::NotFinite { what: "qd_score", index: 0 });
        }
        Ok(Self { qd_score, coverage: cells.len() as f64 / all as f64, cells, bounds, outside })
    }
}

/// Least and greatest number along an axis.
fn extent(points: &[ArchivePoint], axis: usize) -> (f64, f64) {
    points.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), point| {
        (low.min(point.place[axis]), high.max(point.place[axis]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(place: &[f64], quality: f64) -> ArchivePoint {
        ArchivePoint { place: place.to_vec(), quality }
    }

    #[test]
    fn edges_belong_to_the_last_cell() {
        let points =
            [point(&[0.0], 1.0), point(&[1.0], 2.0), point(&[7.0], 3.0), point(&[-1.0], 0.5)];
        let options = ArchiveOptions { grid: vec![4], bounds: Some(vec![(0.0, 1.0)]) };
        let archive = Archive::fill(&points, &options).expect("valid");
        let found: Vec<_> = archive.cells.iter().map(|c| (c.at[0], c.elite, c.points)).collect();
        assert_eq!(found, [(0, 0, 2), (3, 2, 2)]);
        assert_eq!((archive.qd_score, archive.outside), (4.0, 2));
    }

    #[test]
    fn mistakes_are_named() {
        let code = |points: &[ArchivePoint], grid: &[usize], bounds| {
            let options = ArchiveOptions { grid: grid.to_vec(), bounds };
            Archive::fill(points, &options).expect_err("bad").code()
        };
        let one = [point(&[0.5], 1.0)];
        assert_eq!(code(&[], &[2], None), "too_few_values");
        assert_eq!(code(&one, &[], None), "too_few_values");
        assert_eq!(code(&one, &[0], None), "out_of_range");
        assert_eq!(code(&one, &[usize::MAX, 2], None), "out_of_range");
        assert_eq!(code(&one, &[2, 2], None), "length_mismatch");
        assert_eq!(code(&one, &[2], None), "constant_input");
        assert_eq!(code(&[point(&[f64::NAN], 1.0)], &[2], None), "not_finite");
    }
}
