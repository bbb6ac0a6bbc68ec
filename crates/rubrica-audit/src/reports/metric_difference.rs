//! Does one metric follow people better than another? (Williams, 1959; Steiger, 1980; Zou, 2007.)

use rubrica_stats::correlation::{
    CorrelationTest, dependent_difference_interval, pearson, steiger_test, williams_test,
};
use rubrica_stats::significance::{Correction, adjust_p_values};
use serde::Serialize;

use crate::audit::Measured;

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
    pub difference: Measured,
    /// Its interval, which takes outputs as independent.
    pub interval: Measured<[f64; 2]>,
    /// Williams' test, which does too.
    pub williams: Measured<CorrelationTest>,
    /// Steiger's.
    pub steiger: Measured<CorrelationTest>,
    /// p of Williams' test, for as many of them (Holm, 1979).
    pub p_adjusted: Measured,
}

/// Two metrics against people, over the outputs that all three have scored.
pub(super) fn difference(names: [&str; 2], [x, y, z]: [&Grid; 3], level: f64) -> MetricDifference {
    let all = x.iter().zip(y).zip(z).filter_map(|((x, y), z)| Some(((*x)?, ((*y)?, (*z)?))));
    let (x, (y, z)): (Vec<f64>, (Vec<f64>, Vec<f64>)) = all.unzip();
    let n = x.len();
    let [first, second] = names.map(str::to_owned);
    let correlations = || Ok((pearson(&x, &z)?, pearson(&y, &z)?, pearson(&x, &y)?));
    let correlations: rubrica_stats::Result<_> = correlations();
    let of = |test: fn(f64, f64, f64, usize) -> rubrica_stats::Result<CorrelationTest>| {
        let (xz, yz, xy) = correlations.clone()?;
        test(xz, yz, xy, n)
    };
    let interval = correlations.clone().and_then(|(xz, yz, xy)| {
        let (lower, upper) = dependent_difference_interval(xz, yz, xy, n, level)?;
        Ok([lower, upper])
    });
    let williams = of(williams_test);
    MetricDifference {
        first,
        second,
        n,
        difference: correlations.clone().map(|(xz, yz, _)| xz - yz).into(),
        interval: interval.into(),
        steiger: of(steiger_test).into(),
        // Corrected when all are known.
        p_adjusted: williams.clone().map(|test| test.p_value).into(),
        williams: williams.into(),
    }
}

/// Corrects the p-values for their number.
pub(super) fn adjust(differences: &mut [MetricDifference]) {
    let tested = differences.iter_mut().filter_map(|d| Some((*d.p_adjusted.value()?, d)));
    let (p, tested): (Vec<f64>, Vec<&mut MetricDifference>) = tested.unzip();
    if let Ok(adjusted) = adjust_p_values(&p, Correction::Holm) {
        for (difference, p) in tested.into_iter().zip(adjusted) {
            difference.p_adjusted = Measured::Value(p);
        }
    }
}
