//! Numbers in, numbers out: the statistics by which judges are judged.
//!
//! Every function takes slices and gives a number, or a [`StatsError`] that says why there is none
//! (constant input, one class, too few values). Nothing returns NaN, and nothing here knows a model,
//! a file or a text. Where SciPy, statsmodels, scikit-learn, pingouin, krippendorff or irrCAC has the
//! statistic, the value is the same; goldens under `tests/golden/stats` hold it to that.
//!
//! Intervals come from [`bootstrap`], which takes any statistic as a closure over item indices:
//!
//! ```
//! use rubrica_stats::bootstrap::{Bootstrap, Units, bootstrap};
//! use rubrica_stats::{correlation::pearson, take};
//!
//! let (judge, human) = ([1.0, 2.5, 3.0, 4.5, 4.0, 2.0], [1.0, 2.0, 3.0, 5.0, 4.0, 1.0]);
//! let estimate = bootstrap(&Units::items(6), &Bootstrap::default(), |items| {
//!     pearson(&take(&judge, items), &take(&human, items))
//! })?;
//! assert!(estimate.lower <= estimate.value && estimate.value <= estimate.upper);
//! # Ok::<(), rubrica_stats::StatsError>(())
//! ```

pub mod agreement;
pub mod bootstrap;
pub mod calibration;
mod check;
pub mod classification;
pub mod consistency;
pub mod correlation;
mod distribution;
mod error;
mod estimate;
pub mod evenness;
pub mod losses;
pub mod moments;
mod normal;
pub mod opinion;
pub mod pairs;
pub mod profile;
pub mod quantile;
pub mod rank;
pub mod ranking;
pub mod regression;
pub mod retrieval;
pub mod rng;
pub mod scale_shape;
pub mod selective;
pub mod significance;
pub mod wilson;

pub use error::{Result, StatsError};
pub use estimate::{Estimate, IntervalMethod};

/// The values at `items`, in that order: what a statistic over resampled indices works on.
///
/// # Panics
/// When an index lies outside `values`.
pub fn take<T: Clone>(values: &[T], items: &[usize]) -> Vec<T> {
    items.iter().map(|&i| values[i].clone()).collect()
}
