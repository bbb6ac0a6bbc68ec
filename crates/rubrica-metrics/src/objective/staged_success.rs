//! Success of tasks that are done in stages.
//!
//! Luo et al., "FMB: a functional manipulation benchmark for generalizable robotic learning", IJRR
//! 2024.

use rubrica_core::{Result, Signature, Tier};
use serde_json::Value;

use crate::error;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::{Described, Level, Metric, MetricScore};
use crate::options::NoOptions;
use crate::segment::Segment;

/// Stages of an episode; later ones are refused.
const MAX_STAGES: usize = 32;

/// The share of episodes that passed all of their stages. Parts: `progress`, the mean share of stages
/// passed before the first that failed; `stage_1` and so on, the share of the episodes that came to
/// the stage that passed it; and `product` of those.
///
/// A response is one episode: a JSON list of true and false (or 1 and 0), one a stage. What comes
/// after the first failure does not count.
#[derive(Debug, Clone, Copy)]
pub struct StagedSuccess;

impl Described for StagedSuccess {
    type Options = NoOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "staged_success",
        title: "Staged success",
        family: Family::Objective,
        tier: Tier::T0,
        needs: Needs::Lists,
        low: Some(0.0),
        high: Some(1.0),
        unit: Unit::Ratio,
        higher_is_better: Some(true),
        source: "Luo et al., FMB, IJRR 2024",
    };

    fn new(_options: NoOptions) -> Result<Self> {
        Ok(Self)
    }
}

impl Metric for StagedSuccess {
    fn info(&self) -> MetricInfo {
        Self::INFO
    }

    fn signature(&self, _level: Level) -> Signature {
        Signature::new(Self::INFO.id)
    }

    /// `[episodes passed, progress, episodes, came to each stage, passed each stage]`.
    fn statistics(&self, segment: &Segment<'_>) -> Result<Vec<f64>> {
        let stages = outcomes(Self::INFO.id, segment.response)?;
        if stages.is_empty() || stages.len() > MAX_STAGES {
            let problem = format!("{} stages", stages.len());
            return Err(error::bad_form(Self::INFO.id, "response", &problem, "1 to 32"));
        }
        let passed = stages.iter().take_while(|passed| **passed).count();
        let mut row = vec![0.0; 3 + 2 * MAX_STAGES];
        row[0] = f64::from(u8::from(passed == stages.len()));
        row[1] = passed as f64 / stages.len() as f64;
        row[2] = 1.0;
        row[3..3 + stages.len().min(passed + 1)].fill(1.0);
        row[3 + MAX_STAGES..3 + MAX_STAGES + passed].fill(1.0);
        Ok(row)
    }

    fn score(&self, statistics: &[f64], _level: Level) -> MetricScore {
        let episodes = statistics[2];
        let (came, passed) = statistics[3..].split_at(MAX_STAGES);
        let mut score =
            MetricScore::new(statistics[0] / episodes).with("progress", statistics[1] / episodes);
        let mut product = 1.0;
        for (stage, (came, passed)) in came.iter().zip(passed).enumerate() {
            if *came > 0.0 {
                product *= passed / came;
                score = score.with(format!("stage_{}", stage + 1), passed / came);
            }
        }
        score.with("product", product)
    }
}

/// A JSON list of outcomes.
pub(super) fn outcomes(metric: &str, text: &str) -> Result<Vec<bool>> {
    let bad = |problem: &str| {
        error::bad_form(metric, "response", problem, "a JSON list of true and false")
    };
    let Ok(Value::Array(values)) = serde_json::from_str(text) else {
        return Err(bad("is no list"));
    };
    let outcome = |value: &Value| match value {
        Value::Bool(passed) => Ok(*passed),
        value if value.as_f64() == Some(1.0) => Ok(true),
        value if value.as_f64() == Some(0.0) => Ok(false),
        value => Err(bad(&format!("has `{value}`"))),
    };
    values.iter().map(outcome).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::MetricExt;

    #[test]
    fn stages_count_for_those_that_came_to_them() {
        let mut episodes = vec!["[1, 1, 1]"; 6];
        episodes.extend(["[1, 1, 0]", "[1, 1, 0]", "[1, 0, 1]", "[false, true, true]"]);
        let segments: Vec<Segment<'_>> = episodes.iter().map(|e| Segment::new(e, &[])).collect();
        let score = StagedSuccess.corpus(&segments).expect("lists");
        assert_eq!((score.value(), score.parts["stage_1"]), (Some(0.6), 0.9));
        assert!((score.parts["stage_2"] - 8.0 / 9.0).abs() < 1e-12);
        assert!((score.parts["product"] - 0.6).abs() < 1e-12);
        assert!(StagedSuccess.sentence(&Segment::new("[]", &[])).is_err());
        assert!(StagedSuccess.sentence(&Segment::new("[2]", &[])).is_err());
    }
}
