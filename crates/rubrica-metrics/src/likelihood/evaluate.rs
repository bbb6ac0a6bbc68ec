//! Running metrics over log-probabilities on a model.

use rubrica_core::model::GenerateModel;
use rubrica_core::{Job, Result, Signature, Stage};

use super::LikelihoodMetric;
use crate::error;
use crate::info::Needs;
use crate::metric::{Level, MetricScore, reference_count, score_sum};
use crate::segment::Segment;

/// A log-probability may be this much above 0, from rounding.
const ROUNDING: f64 = 1e-3;

/// The rows of `segments`, `[segments][statistics]`. Steps `job` between segments.
///
/// # Errors
/// What a segment lacks, with its place; `bad_likelihood` when the model gives something other than one
/// log-probability a continuation; [`rubrica_core::Error::Cancelled`], or an error of the model.
pub async fn evaluate<M: GenerateModel>(
    metric: &dyn LikelihoodMetric,
    model: &M,
    segments: &[Segment<'_>],
    job: &dyn Job,
) -> Result<Vec<Vec<f64>>> {
    let mut rows = Vec::with_capacity(segments.len());
    for (i, segment) in segments.iter().enumerate() {
        job.step(Stage::Metrics, i, segments.len()).await?;
        let at = |error: rubrica_core::Error| error.within(&format!("[{i}]"));
        let mut answers = Vec::new();
        for query in metric.queries(segment).map_err(at)? {
            let continuations: Vec<&str> = query.continuations.iter().map(String::as_str).collect();
            let found = model.log_probability(&query.prompt, &continuations, job).await?;
            answers.push(checked(metric, found, continuations.len())?);
        }
        rows.push(metric.statistics(segment, &answers).map_err(at)?);
    }
    Ok(rows)
}

/// `found`, if it is one log-probability for each of `expected` continuations.
fn checked(
    metric: &dyn LikelihoodMetric,
    mut found: Vec<f64>,
    expected: usize,
) -> Result<Vec<f64>> {
    if found.len() != expected {
        let problem = format!("{expected} continuations gave {} log-probabilities", found.len());
        return Err(error::bad_likelihood(metric.info().id, problem));
    }
    for value in &mut found {
        if !(value.is_finite() && *value <= ROUNDING) {
            let problem = format!("a log-probability is {value}, not a number up to 0");
            return Err(error::bad_likelihood(metric.info().id, problem));
        }
        *value = value.min(0.0);
    }
    Ok(found)
}

/// The score of one segment, and what produced it.
///
/// # Errors
/// As [`evaluate`].
pub async fn sentence<M: GenerateModel>(
    metric: &dyn LikelihoodMetric,
    model: &M,
    segment: &Segment<'_>,
    job: &dyn Job,
) -> Result<(MetricScore, Signature)> {
    let segments = std::slice::from_ref(segment);
    let rows = evaluate(metric, model, segments, job).await?;
    let score = score_sum(&mut rows.iter(), &|row| metric.score(row, Level::Sentence));
    Ok((score, signature(metric, model, Level::Sentence, segments)))
}

/// The score of several segments together, and what produced it.
///
/// # Errors
/// As [`evaluate`].
pub async fn corpus<M: GenerateModel>(
    metric: &dyn LikelihoodMetric,
    model: &M,
    segments: &[Segment<'_>],
    job: &dyn Job,
) -> Result<(MetricScore, Signature)> {
    let rows = evaluate(metric, model, segments, job).await?;
    let score = score_sum(&mut rows.iter(), &|row| metric.score(row, Level::Corpus));
    Ok((score, signature(metric, model, Level::Corpus, segments)))
}

/// What produced a score over `segments`, with the model.
pub fn signature<M: GenerateModel>(
    metric: &dyn LikelihoodMetric,
    model: &M,
    level: Level,
    segments: &[Segment<'_>],
) -> Signature {
    let info = model.info();
    let mut signature = metric.signature(level);
    if metric.info().needs == Needs::Reference {
        signature = signature.with("nrefs", reference_count(segments));
    }
    signature.models.push(info.signature.clone());
    signature.device = Some(info.device.clone());
    signature
}
