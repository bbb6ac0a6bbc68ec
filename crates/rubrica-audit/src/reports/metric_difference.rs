//! Does one metric follow people better than another? (Williams, 1959; Steiger, 1980; Zou, 2007.)

use rubrica_stats::correlation::{
    CorrelationTest, dependent_difference_interval, pearson, steiger_test, williams_test,
};
use rubrica_stats::significance::{Correction, adjust_p_values};
use serde::Serialize;

/// Scores of one metric, row-major `[systems, items]`.
pub(super) type Grid = Vec<Option<f64>>;

/// Two metrics on the outputs that both and people have scored.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MetricDifference {
    /// One metric.
    pub first: String,
    /// The other.
    pub second: String,
    /// Outputs.
    pub n: usize,
    /// Pearson's correlation of the first with people less that of the second.
    pub difference: Option<f64>,
    /// Its interval, which takes outputs as independent.
    pub interval: Option<[f64; 2]>,
    /// Williams' test, which does too.
    pub williams: Option<CorrelationTest>,
    /// Steiger's.
    pub steiger: Option<CorrelationTest>,
    /// p of Williams' test, for as many of them (Holm, 1979).
    pub p_adjusted: Option<f64>,
    /// Why there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Two metrics against people, over the outputs that all three have scored.
pub(super) fn difference(names: [&str; 2], [x, y, z]: [&Grid; 3], level: f64) -> MetricDifference {
    let all = x.iter().zip(y).zip(z).filter_map(|((x, y), z)| Some(((*x)?, ((*y)?, (*z)?))));
    let (x, (y, z)): (Vec<f64>, (Vec<f64>, Vec<f64>)) = all.unzip();
    let n = x.len();
    let [first, second] = names.map(str::to_owned);
    let tests = || -> rubrica_stats::Result<_> {
        let (xz, yz, xy) = (pearson(&x, &z)?, pearson(&y, &z)?, pearson(&x, &y)?);
        let williams = williams_test(xz, yz, xy, n)?;
        let steiger = steiger_test(xz, yz, xy, n).ok();
        Ok((williams, steiger, dependent_difference_interval(xz, yz, xy, n, level).ok()))
    };
    match tests() {
        Ok((williams, steiger, ends)) => MetricDifference {
            first,
            second,
            n,
            difference: Some(williams.difference),
            interval: ends.map(|(lower, upper)| [lower, upper]),
            williams: Some(williams),
            steiger,
            p_adjusted: None,
            error: None,
        },
        Err(error) => MetricDifference {
            first,
            second,
            n,
            difference: None,
            interval: None,
            williams: None,
            steiger: None,
            p_adjusted: None,
            error: Some(error.to_string()),
        },
    }
}

/// Corrects the p-values for their number.
pub(super) fn adjust(differences: &mut [MetricDifference]) {
    let tested = differences.iter_mut().filter_map(|d| Some((d.williams?.p_value, d)));
    let (p, tested): (Vec<f64>, Vec<&mut MetricDifference>) = tested.unzip();
    if let Ok(adjusted) = adjust_p_values(&p, Correction::Holm) {
        for (difference, p) in tested.into_iter().zip(adjusted) {
            difference.p_adjusted = Some(p);
        }
    }
}
