//! Log loss, equal to scikit-learn's.
//!
//! Good, "Rational decisions", Journal of the Royal Statistical Society B 14(1), 1952.

use rubrica_core::{Result, Signature, Tier};

use super::scored::Scored;
use crate::error;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::{Described, Level, Metric, MetricScore};
use crate::options::NoOptions;
use crate::segment::Segment;

/// The mean, over items, of the natural logarithm of one over the probability given to the right
/// label; 0 is best. Part: `items`.
///
/// Scores are probabilities; as in scikit-learn they are kept at least 2⁻⁵² away from 0 and 1, so that
/// a sure mistake costs 36. Undefined without items. A corpus score is over the items of all segments.
/// [The family](crate::retrieval) says how a segment holds scores.
#[derive(Debug, Clone, Copy)]
pub struct LogLoss;

impl Described for LogLoss {
    type Options = NoOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "log_loss",
        title: "Log loss",
        family: Family::Retrieval,
        tier: Tier::T0,
        needs: Needs::Lists,
        low: Some(0.0),
        high: None,
        unit: Unit::Points,
        higher_is_better: Some(false),
        source: "Good, JRSS B 14, 1952",
    };

    fn new(_options: NoOptions) -> Result<Self> {
        Ok(Self)
    }
}

impl Metric for LogLoss {
    fn info(&self) -> MetricInfo {
        Self::INFO
    }

    fn signature(&self, _level: Level) -> Signature {
        Signature::new(Self::INFO.id)
    }

    /// `[sum of losses, items]`.
    fn statistics(&self, segment: &Segment<'_>) -> Result<Vec<f64>> {
        let items = Scored::read(Self::INFO.id, segment)?;
        if let Some(score) = items.scores.iter().find(|score| !(0.0..=1.0).contains(*score)) {
            let problem = format!("{score} is no probability");
            return Err(error::bad_form(Self::INFO.id, "response", &problem, "0 to 1"));
        }
        let loss = |(score, label): (&f64, &bool)| {
            let score = score.clamp(f64::EPSILON, 1.0 - f64::EPSILON);
            -(if *label { score } else { 1.0 - score }).ln()
        };
        let sum = items.scores.iter().zip(&items.labels).map(loss).sum();
        Ok(vec![sum, items.scores.len() as f64])
    }

    fn score(&self, statistics: &[f64], _level: Level) -> MetricScore {
        if statistics[1] == 0.0 {
            return MetricScore::undefined("no_items", "there are no items");
        }
        MetricScore::new(statistics[0] / statistics[1]).with("items", statistics[1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::MetricExt;

    #[test]
    fn only_probabilities_have_a_loss() {
        let error = LogLoss.sentence(&Segment::new("[1.5]", &["[1]"])).expect_err("above 1");
        assert_eq!(error.path(), Some("response"));
        let sure = LogLoss.sentence(&Segment::new("[0]", &["[1]"])).expect("a probability");
        assert!((sure.value().expect("defined") - 36.043_653).abs() < 1e-5);
    }
}
