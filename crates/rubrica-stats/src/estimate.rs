//! A number with its interval.

use serde::{Deserialize, Serialize};

/// How an interval was computed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum IntervalMethod {
    /// Quantiles of the bootstrap distribution (Efron, 1979).
    #[default]
    Percentile,
    /// Bias-corrected and accelerated bootstrap (Efron, 1987).
    Bca,
    /// Wilson score interval of a proportion (Wilson, 1927).
    Wilson,
    /// Hybrid score interval of a difference of proportions (Newcombe, 1998).
    Newcombe,
    /// Normal on the scale of Fisher's z, the inverse hyperbolic tangent of a correlation.
    FisherZ,
    /// From quantiles of the F distribution (Shrout and Fleiss, 1979).
    F,
    /// Normal approximation with the standard error of a mean.
    Normal,
}

/// A statistic with a confidence interval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Estimate {
    /// The statistic on the data as they are.
    pub value: f64,
    /// Lower end of the interval.
    pub lower: f64,
    /// Upper end of the interval.
    pub upper: f64,
    /// Confidence level, such as 0.95.
    pub level: f64,
    /// Observations.
    pub n: usize,
    /// Clusters that were resampled, when observations come in clusters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clusters: Option<usize>,
    /// How the interval was computed.
    pub method: IntervalMethod,
    /// Resamples on which the statistic is undefined, and which the interval leaves out.
    #[serde(default, skip_serializing_if = "none")]
    pub left_out: usize,
}

fn none(count: &usize) -> bool {
    *count == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serialises_by_name() {
        let estimate = Estimate {
            value: 0.5,
            lower: 0.25,
            upper: 0.75,
            level: 0.95,
            n: 8,
            clusters: None,
            method: IntervalMethod::Bca,
            left_out: 0,
        };
        let json = serde_json::to_string(&estimate).expect("json");
        assert_eq!(
            json,
            r#"{"value":0.5,"lower":0.25,"upper":0.75,"level":0.95,"n":8,"method":"bca"}"#
        );
        assert_eq!(serde_json::from_str::<Estimate>(&json).expect("valid"), estimate);
    }
}
