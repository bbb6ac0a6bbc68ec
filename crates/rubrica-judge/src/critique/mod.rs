//! The evidence critique: why a response scores as it does, from things that can be shown.
//!
//! Layer 1 of two (the other is written by a generative model, see [`crate::prometheus`]):
//! - *anchors*: the description that the score is nearest to, and what the next one asks for;
//! - *occlusion*: the sentences that cost or bring most, found by judging the response without them;
//! - *sentences*: errors that the model finds in single sentences, those that the context does not
//!   support, and what of the context is left out (for models that say so);
//! - *checks* of the caller's that are not met;
//! - *rules*: what can be worked out again, such as sums and the clauses of the instruction;
//! - *findings*: metrics that stand out against what was asked for.
//!
//! Everything is deterministic, every point carries its evidence, and all but occlusion and
//! sentences needs no model.

mod anchors;
mod checks;
mod differences;
mod english;
mod findings;
mod numbers;
mod occlusion;
mod rules;
mod segments;
mod sentences;
mod stated;
mod summary;

use rubrica_core::{CriterionJudgment, Error, Job, Point, Result, Rubric, RubricModel};
use rubrica_metrics::check::Check;
use serde::{Deserialize, Serialize};

pub use differences::DifferenceLimits;
pub(crate) use differences::{check_points as check_differences, points as differences};
pub use findings::MetricLimits;
pub(crate) use summary::Summary;

use crate::input::Input;

/// What a critique looks at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CritiqueOptions {
    /// Judge the response again without each part of it.
    pub occlude: bool,
    /// Parts that cost the score, at most so many in all.
    pub weaknesses: usize,
    /// Parts that bring the score, at most so many in all.
    pub strengths: usize,
    /// Parts of each kind for one criterion, at most.
    pub per_criterion: usize,
    /// Least effect of a part that is worth a point, as a share of the criterion's scale: 0.02 is
    /// 0.08 points of 1 to 5. Where no part reaches it, longer parts are tried, of which less is
    /// asked. In `0..=1`.
    pub min_delta: f64,
    /// Parts that a response is cut into at most; sentences are grouped when there are more. At
    /// least 2. The default gives each sentence of 5,000 words its own part, which suits a model
    /// with a cheap [`RubricModel::rate_without`]; one that reads the whole text again for each part
    /// wants a lower bound.
    pub max_segments: usize,
    /// Sentences in which the model finds an error, that the context does not support, or of the context
    /// that are left out, at most so many of each.
    pub sentences: usize,
    /// Say where each score stands among the anchors of its scale.
    pub anchors: bool,
    /// Requirements of the caller's, each of which the response meets or not.
    pub checks: Vec<Check>,
    /// Work out again what can be: sums, dates, counts, the clauses of the instruction.
    pub rules: bool,
    /// Say which metrics stand out.
    pub metrics: bool,
    /// When a metric stands out.
    pub limits: MetricLimits,
}

impl Default for CritiqueOptions {
    fn default() -> Self {
        Self {
            occlude: true,
            weaknesses: 4,
            strengths: 2,
            per_criterion: 2,
            min_delta: 0.02,
            max_segments: 256,
            sentences: 4,
            anchors: true,
            checks: Vec::new(),
            rules: true,
            metrics: true,
            limits: MetricLimits::default(),
        }
    }
}

impl CritiqueOptions {
    /// Checks every field.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the path of the first field that is wrong.
    pub fn validate(&self) -> Result<()> {
        if !(0.0..=1.0).contains(&self.min_delta) {
            let problem = format!("{} is out of range", self.min_delta);
            return Err(Error::invalid("min_delta", problem, "0 to 1"));
        }
        if self.max_segments < 2 {
            let problem = format!("{} is too small", self.max_segments);
            return Err(Error::invalid("max_segments", problem, "at least 2"));
        }
        self.limits.validate().map_err(|e| e.within("limits"))
    }
}

/// The points that need no model.
pub(crate) fn evidence(
    input: &Input<'_>,
    rubric: &Rubric,
    judged: &[CriterionJudgment],
    options: &CritiqueOptions,
) -> Result<Vec<Point>> {
    let mut points = Vec::new();
    if options.anchors {
        points.extend(anchors::points(rubric, judged));
    }
    points.extend(checks::points(input.response, &options.checks));
    if options.rules {
        points.extend(rules::points(input));
    }
    if options.metrics {
        points.extend(findings::points(input, rubric, &options.limits));
    }
    Ok(points)
}

/// The points about single sentences, from a model that says something about them.
pub(crate) async fn sentences<M: RubricModel>(
    model: &M,
    input: &Input<'_>,
    options: &CritiqueOptions,
    job: &dyn Job,
) -> Result<Vec<Point>> {
    if options.sentences == 0 {
        return Ok(Vec::new());
    }
    sentences::points(model, input, options.sentences, job).await
}

/// The points from judging the response again without each part of it.
pub(crate) async fn occlusion<M: RubricModel>(
    model: &M,
    input: &Input<'_>,
    rubric: &Rubric,
    judged: &[CriterionJudgment],
    options: &CritiqueOptions,
    job: &dyn Job,
) -> Result<Vec<Point>> {
    if !options.occlude || options.weaknesses + options.strengths == 0 {
        return Ok(Vec::new());
    }
    occlusion::points(model, input, rubric, judged, options, job).await
}
