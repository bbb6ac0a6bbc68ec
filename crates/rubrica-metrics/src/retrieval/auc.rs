//! Area under the ROC curve, equal to scikit-learn's.
//!
//! Hanley and McNeil, "The meaning and use of the area under a receiver operating characteristic
//! (ROC) curve", Radiology 143(1), 1982.

use rubrica_core::{Result, Tier};

use super::scored::{Scored, auc};
use crate::averaged::Averaged;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::Described;
use crate::options::NoOptions;
use crate::segment::Segment;

/// The chance that a positive scores higher than a negative, from 0 to 1; 0.5 is chance. Parts:
/// `positives`, `negatives`.
///
/// Undefined without both. The corpus score is the mean over segments; `gauc` weighs them.
/// [The family](crate::retrieval) says how a segment holds scores.
#[derive(Debug, Clone, Copy)]
pub struct Auc;

impl Described for Auc {
    type Options = NoOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "auc",
        title: "AUC",
        family: Family::Retrieval,
        tier: Tier::T0,
        needs: Needs::Lists,
        low: Some(0.0),
        high: Some(1.0),
        unit: Unit::Ratio,
        higher_is_better: Some(true),
        source: "Hanley and McNeil, Radiology 143, 1982",
    };

    fn new(_options: NoOptions) -> Result<Self> {
        Ok(Self)
    }
}

impl Averaged for Auc {
    const VALUES: &'static [&'static str] = &["auc", "positives", "negatives"];
    const UNDEFINED: (&'static str, &'static str) =
        ("one_class", "there are only positives, or only negatives");

    fn values(&self, segment: &Segment<'_>) -> Result<Option<Vec<f64>>> {
        let items = Scored::read(Self::INFO.id, segment)?;
        let positives = items.labels.iter().filter(|label| **label).count();
        let negatives = items.labels.len() - positives;
        Ok(auc(&items).map(|auc| vec![auc, positives as f64, negatives as f64]))
    }
}
