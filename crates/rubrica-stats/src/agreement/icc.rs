//! Intraclass correlations (Shrout and Fleiss, 1979; McGraw and Wong, 1996).

use serde::{Deserialize, Serialize};

use super::Ratings;
use crate::{Result, StatsError, check, distribution};

/// Which intraclass correlation, by Shrout and Fleiss' (model, ratings).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IccForm {
    /// (1,1): every item has raters of its own; one rating.
    OneWaySingle,
    /// (2,1): the same raters for every item, drawn from many; absolute agreement of one rating.
    AgreementSingle,
    /// (3,1): these raters and no others; consistency of one rating.
    ConsistencySingle,
    /// (1,k): as (1,1), for the mean of the k ratings of an item.
    OneWayMean,
    /// (2,k): as (2,1), for the mean.
    AgreementMean,
    /// (3,k): as (3,1), for the mean; Cronbach's alpha.
    ConsistencyMean,
}

impl IccForm {
    /// All six.
    pub const ALL: [Self; 6] = [
        Self::OneWaySingle,
        Self::AgreementSingle,
        Self::ConsistencySingle,
        Self::OneWayMean,
        Self::AgreementMean,
        Self::ConsistencyMean,
    ];
}

/// The two-way analysis of variance of complete ratings.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MeanSquares {
    /// Between items, `items − 1` degrees of freedom.
    pub items: f64,
    /// Within items, `items · (raters − 1)` degrees of freedom.
    pub within: f64,
    /// Between raters, `raters − 1` degrees of freedom.
    pub raters: f64,
    /// What items and raters leave, `(items − 1) · (raters − 1)` degrees of freedom.
    pub residual: f64,
}

/// An intraclass correlation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Icc {
    /// Which one.
    pub form: IccForm,
    /// At most 1; below 0 when items differ less than chance would have it.
    pub value: f64,
    /// Lower end of the interval; absent where it is unbounded.
    pub lower: Option<f64>,
    /// Upper end of the interval; absent where it is unbounded.
    pub upper: Option<f64>,
    /// Confidence level.
    pub level: f64,
    /// Chance of as large an F when the correlation is 0.
    pub p_value: f64,
    /// Items.
    pub items: usize,
    /// Raters.
    pub raters: usize,
}

impl MeanSquares {
    /// The analysis of complete ratings.
    ///
    /// # Errors
    /// Fewer than two items or raters, an empty cell, or ratings that are all equal.
    pub fn of(ratings: &Ratings) -> Result<Self> {
        let mut values = ratings.filled(2)?;
        if values.iter().all(|v| *v == values[0]) {
            return Err(StatsError::Constant { what: "ratings" });
        }
        let (n, k) = (ratings.items() as f64, ratings.raters() as f64);
        let mean = crate::moments::raw_mean(&values);
        values.iter_mut().for_each(|v| *v -= mean);
        let rows: Vec<f64> =
            values.chunks_exact(ratings.raters()).map(|row| row.iter().sum::<f64>() / k).collect();
        let columns: Vec<f64> = (0..ratings.raters())
            .map(|r| values.iter().skip(r).step_by(ratings.raters()).sum::<f64>() / n)
            .collect();
        let squares = |means: &[f64]| means.iter().map(|m| m * m).sum::<f64>();
        let (mut within, mut residual) = (0.0, 0.0);
        for (row, row_mean) in values.chunks_exact(ratings.raters()).zip(&rows) {
            for (value, column_mean) in row.iter().zip(&columns) {
                within += (value - row_mean).powi(2);
                residual += (value - row_mean - column_mean).powi(2);
            }
        }
        // What is only rounding is nothing: ratios of it would be noise.
        let least = 1e-26 * squares(&values);
        let part = |squares: f64| if squares <= least { 0.0 } else { squares };
        let found = Self {
            items: part(k * squares(&rows)) / (n - 1.0),
            within: part(within) / (n * (k - 1.0)),
            raters: part(n * squares(&columns)) / (k - 1.0),
            residual: part(residual) / ((n - 1.0) * (k - 1.0)),
        };
        // Sums of squares of values near the end of the range of f64 overflow.
        check::values(
            "mean squares",
            &[found.items, found.within, found.raters, found.residual],
            4,
        )?;
        Ok(found)
    }
}

/// An intraclass correlation of complete ratings, with its F-based interval.
///
/// With mean squares between items R, within items W, between raters C and residual E, n items and k
/// raters: (1,1) is `(R − W) / (R + (k−1) W)`, (2,1) `(R − E) / (R + (k−1) E + k (C − E) / n)`, (3,1)
/// `(R − E) / (R + (k−1) E)`, (1,k) `(R − W) / R`, (2,k) `(R − E) / (R + (C − E) / n)` and (3,k)
/// `(R − E) / R`.
///
/// # Errors
/// As [`MeanSquares::of`], a level outside `0..1`, or item means that are all equal where the form
/// divides by their variation.
pub fn icc(ratings: &Ratings, form: IccForm, level: f64) -> Result<Icc> {
    use IccForm::{
        AgreementMean, AgreementSingle, ConsistencyMean, ConsistencySingle, OneWayMean,
        OneWaySingle,
    };
    check::open_unit("level", level)?;
    let ms = MeanSquares::of(ratings)?;
    let (n, k) = (ratings.items() as f64, ratings.raters() as f64);
    let one_way = matches!(form, OneWaySingle | OneWayMean);
    let (noise, noise_degrees) =
        if one_way { (ms.within, n * (k - 1.0)) } else { (ms.residual, (n - 1.0) * (k - 1.0)) };
    // Systematic differences between raters count against agreement.
    let bias = if matches!(form, AgreementSingle | AgreementMean) {
        (ms.raters - ms.residual) / n
    } else {
        0.0
    };
    let single = matches!(form, OneWaySingle | AgreementSingle | ConsistencySingle);
    let whole = if single { ms.items + (k - 1.0) * noise + k * bias } else { ms.items + bias };
    // Terms that cancel leave rounding, of which a ratio says nothing.
    if whole <= 1e-12 * (ms.items + k * noise + k * bias.abs()) {
        return Err(StatsError::Constant { what: "item means" });
    }
    let value = (ms.items - noise) / whole;
    let tail = (1.0 - level) / 2.0;
    let ends = match form {
        OneWaySingle | ConsistencySingle | OneWayMean | ConsistencyMean => {
            // F over its quantiles, kept as a pair: the noise may be 0.
            let low = ms.items / distribution::f_upper(tail, n - 1.0, noise_degrees);
            let high = ms.items * distribution::f_upper(tail, noise_degrees, n - 1.0);
            let of = |f: f64| if single { f + (k - 1.0) * noise } else { f };
            [low, high].map(|f| finite((f - noise) / of(f)))
        }
        AgreementSingle => agreement_ends(&ms, n, k, tail).map(finite),
        AgreementMean => agreement_ends(&ms, n, k, tail).map(|end| {
            let whole = 1.0 + end * (k - 1.0);
            if whole > 0.0 { finite(end * k / whole) } else { None }
        }),
    };
    Ok(Icc {
        form,
        value,
        lower: ends[0],
        upper: ends[1],
        level,
        p_value: distribution::f_tail(ms.items / noise, n - 1.0, noise_degrees),
        items: ratings.items(),
        raters: ratings.raters(),
    })
}

/// Ends of (2,1), whose degrees of freedom are Satterthwaite's.
fn agreement_ends(ms: &MeanSquares, n: f64, k: f64, tail: f64) -> [f64; 2] {
    let whole = ms.items + (k - 1.0) * ms.residual + k * (ms.raters - ms.residual) / n;
    let value = (ms.items - ms.residual) / whole;
    let a = k * value * ms.raters;
    let b = (n * (1.0 + (k - 1.0) * value) - k * value) * ms.residual;
    let (above, below) = ((k - 1.0) * (n - 1.0) * (a + b).powi(2), (n - 1.0) * a * a + b * b);
    if below == 0.0 {
        // No noise and no bias: the raters are one.
        return [1.0, 1.0];
    }
    // The approximation can lose all degrees of freedom; quantiles need some.
    let degrees = (above / below).max(1e-3);
    let rest = k * ms.raters + (k * n - k - n) * ms.residual;
    // Reciprocals of the quantiles, which may be huge.
    let low = ms.items / distribution::f_upper(tail, n - 1.0, degrees);
    let high = 1.0 / distribution::f_upper(tail, degrees, n - 1.0);
    [
        n * (low - ms.residual) / (rest + n * low),
        n * (ms.items - high * ms.residual) / (high * rest + n * ms.items),
    ]
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shrout_and_fleiss_example() {
        // Six targets, four judges; table 2 and 4 of the paper.
        let values = [
            9.0, 2.0, 5.0, 8.0, 6.0, 1.0, 3.0, 2.0, 8.0, 4.0, 6.0, 8.0, 7.0, 1.0, 2.0, 6.0, 10.0,
            5.0, 6.0, 9.0, 6.0, 2.0, 4.0, 7.0,
        ];
        let ratings = Ratings::complete(&values, 4).expect("six");
        for (form, published) in IccForm::ALL.into_iter().zip([0.17, 0.29, 0.71, 0.44, 0.62, 0.91])
        {
            let found = icc(&ratings, form, 0.95).expect("defined");
            assert!((found.value - published).abs() < 0.005, "{form:?} {}", found.value);
            assert!(found.lower < Some(found.value) && Some(found.value) < found.upper);
        }
    }

    #[test]
    fn perfect_agreement_is_one() {
        let same = Ratings::complete(&[1.0, 1.0, 2.0, 2.0, 4.0, 4.0], 2).expect("three");
        for form in IccForm::ALL {
            let found = icc(&same, form, 0.95).expect("defined");
            assert_eq!((found.value, found.lower, found.upper), (1.0, Some(1.0), Some(1.0)));
            assert_eq!(found.p_value, 0.0);
        }
    }

    #[test]
    fn undefined_cases() {
        let flat = Ratings::complete(&[3.0; 6], 2).expect("three");
        let level_items = Ratings::complete(&[1.0, 2.0, 2.0, 1.0], 2).expect("two");
        let gap = Ratings::new(vec![Some(1.0), None, Some(2.0), Some(2.0)], 2).expect("two");
        let one = Ratings::complete(&[1.0, 2.0], 2).expect("one");
        for form in IccForm::ALL {
            let code = |ratings| icc(ratings, form, 0.95).map(|found| found.value);
            assert_eq!(code(&flat).expect_err("flat").code(), "constant_input");
            assert_eq!(code(&gap).expect_err("gap").code(), "length_mismatch");
            assert_eq!(code(&one).expect_err("one").code(), "too_few_values");
            if let Ok(value) = code(&level_items) {
                assert!((-1.0..=1.0).contains(&value), "{form:?} {value}");
            }
        }
        let error = icc(&level_items, IccForm::ConsistencyMean, 0.95).expect_err("level means");
        assert_eq!(error, StatsError::Constant { what: "item means" });
        assert!(icc(&level_items, IccForm::OneWaySingle, 1.0).is_err());
    }
}
