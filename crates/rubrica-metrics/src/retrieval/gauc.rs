//! Group AUC: the AUC of each group, weighted by its size.
//!
//! Zhu et al., "Optimized cost per click in Taobao display advertising", KDD 2017, section 4.

use rubrica_core::{Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use super::scored::{Scored, auc};
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::{Described, Level, Metric, MetricScore};
use crate::segment::Segment;

/// How much a group counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupWeight {
    /// As much as it has items (impressions).
    #[default]
    Items,
    /// As much as it has positives (clicks).
    Positives,
}

/// Options of [`Gauc`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GaucOptions {
    /// How much a group counts.
    pub weight: GroupWeight,
}

/// The weighted mean of the AUC of each segment, a group of items such as those of one user or one
/// query; from 0 to 1, 0.5 is chance.
///
/// Groups without both a positive and a negative are left out; the part `undefined_segments` of
/// a corpus score says how many. Undefined when all are. [The family](crate::retrieval) says how a segment
/// holds scores.
#[derive(Debug, Clone, Copy)]
pub struct Gauc {
    options: GaucOptions,
}

impl Described for Gauc {
    type Options = GaucOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "gauc",
        title: "Group AUC",
        family: Family::Retrieval,
        tier: Tier::T0,
        needs: Needs::Lists,
        low: Some(0.0),
        high: Some(1.0),
        unit: Unit::Ratio,
        higher_is_better: Some(true),
        source: "Zhu et al., KDD 2017",
    };

    fn new(options: GaucOptions) -> Result<Self> {
        Ok(Self { options })
    }
}

impl Metric for Gauc {
    fn info(&self) -> MetricInfo {
        Self::INFO
    }

    fn signature(&self, _level: Level) -> Signature {
        let weight = match self.options.weight {
            GroupWeight::Items => "items",
            GroupWeight::Positives => "positives",
        };
        Signature::new(Self::INFO.id).with("weight", weight)
    }

    /// `[weight × AUC, weight, groups without both classes]`.
    fn statistics(&self, segment: &Segment<'_>) -> Result<Vec<f64>> {
        let items = Scored::read(Self::INFO.id, segment)?;
        let weight = match self.options.weight {
            GroupWeight::Items => items.labels.len(),
            GroupWeight::Positives => items.labels.iter().filter(|label| **label).count(),
        } as f64;
        Ok(auc(&items).map_or(vec![0.0, 0.0, 1.0], |auc| vec![weight * auc, weight, 0.0]))
    }

    fn score(&self, statistics: &[f64], level: Level) -> MetricScore {
        if statistics[1] == 0.0 {
            let reason = "there are only positives, or only negatives";
            return MetricScore::undefined("one_class", reason);
        }
        let score = MetricScore::new(statistics[0] / statistics[1]);
        if level == Level::Corpus && statistics[2] > 0.0 {
            score.with("undefined_segments", statistics[2])
        } else {
            score
        }
    }
}
