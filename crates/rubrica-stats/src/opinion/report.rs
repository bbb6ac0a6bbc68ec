//! How well a metric follows mean opinion scores: SRCC, KRCC, PLCC and RMSE.

use serde::{Deserialize, Serialize};

use super::Logistic;
use crate::correlation::{kendall_tau_b, pearson, spearman};
use crate::regression::{line, root_mean_squared_error};
use crate::{Result, check};

/// What takes the metric to the scale of opinions before PLCC and RMSE.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Mapping {
    /// Nothing: the metric is on their scale already.
    None,
    /// The least squares line.
    Linear,
    /// The least squares [`Logistic`].
    #[default]
    Logistic,
}

/// The four figures.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MetricReport {
    /// Spearman's correlation of metric and opinion.
    pub srcc: f64,
    /// Kendall's tau-b of both.
    pub krcc: f64,
    /// Pearson's correlation of mapped metric and opinion; with a mapping, at least about 0.
    pub plcc: f64,
    /// Root mean squared error of the mapped metric, on the scale of opinions.
    pub rmse: f64,
    /// The curve, where one was fitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub curve: Option<Logistic>,
    /// Items.
    pub n: usize,
}

/// Compares a metric with opinion scores, one of each an item.
///
/// # Errors
/// Fewer than two items (five for a curve), different lengths, a value that is not finite, or a
/// series that is constant.
pub fn metric_report(metric: &[f64], opinion: &[f64], mapping: Mapping) -> Result<MetricReport> {
    check::paired(("metric", metric), ("opinion", opinion), 2)?;
    let (srcc, krcc) = (spearman(metric, opinion)?, kendall_tau_b(metric, opinion)?);
    let mut curve = None;
    let mapped: Vec<f64> = match mapping {
        Mapping::None => metric.to_vec(),
        Mapping::Linear => {
            let line = line(metric, opinion)?;
            metric.iter().map(|x| line.slope * x + line.intercept).collect()
        }
        Mapping::Logistic => {
            let fit = *curve.insert(Logistic::fit(metric, opinion)?);
            metric.iter().map(|x| fit.predict(*x)).collect()
        }
    };
    // A line keeps the correlation but for its sign, also where rounding levels it.
    let plcc = match mapping {
        Mapping::Linear => pearson(metric, opinion)?.abs(),
        _ => pearson(&mapped, opinion)?,
    };
    let rmse = root_mean_squared_error(opinion, &mapped)?;
    Ok(MetricReport { srcc, krcc, plcc, rmse, curve, n: metric.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rank_correlations_with_and_without_ties() {
        let five = [1.0, 2.0, 3.0, 4.0, 5.0];
        let plain = metric_report(&five, &[1.0, 3.0, 2.0, 5.0, 4.0], Mapping::None).expect("five");
        assert!((plain.krcc - 0.6).abs() < 1e-12);
        let tied =
            metric_report(&[1.0, 2.0, 2.0, 3.0, 4.0], &[1.0, 3.0, 2.0, 2.0, 4.0], Mapping::None);
        assert!((tied.expect("five").krcc - 0.6667).abs() < 5e-5);
    }

    #[test]
    fn a_line_or_curve_takes_care_of_the_scale() {
        let opinion = [20.0, 35.0, 50.0, 60.0, 81.0, 85.0];
        let metric = opinion.map(|o| 1.0 - o / 100.0);
        let linear = metric_report(&metric, &opinion, Mapping::Linear).expect("six");
        assert!((linear.plcc - 1.0).abs() < 1e-12 && linear.rmse < 1e-10);
        assert!((linear.srcc + 1.0).abs() < 1e-12);
        let raw = metric_report(&metric, &opinion, Mapping::None).expect("six");
        assert!((raw.plcc + 1.0).abs() < 1e-12 && raw.rmse > 50.0);
        let curve = metric_report(&metric, &opinion, Mapping::Logistic).expect("six");
        assert!(curve.plcc > 0.999 && curve.curve.is_some());
    }

    #[test]
    fn degenerate_inputs() {
        let code =
            |x: &[f64], y: &[f64], mapping| metric_report(x, y, mapping).expect_err("bad").code();
        assert_eq!(code(&[], &[], Mapping::None), "too_few_values");
        assert_eq!(code(&[1.0, 1.0], &[1.0, 2.0], Mapping::None), "constant_input");
        assert_eq!(code(&[1.0, 2.0], &[1.0, 2.0], Mapping::Logistic), "too_few_values");
        assert_eq!(code(&[1.0, f64::NAN], &[1.0, 2.0], Mapping::None), "not_finite");
    }
}
