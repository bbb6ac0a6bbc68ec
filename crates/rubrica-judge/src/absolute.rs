//! Absolute judging: one response, a rubric of weighted criteria, a score on each.

use rubrica_core::model::JudgeInput;
use rubrica_core::{
    CriterionJudgment, Critique, Error, Job, Judgment, Point, Result, Rubric, RubricModel, Sample,
    Score, Signature, Undefined,
};
use serde::{Deserialize, Serialize};

use crate::critique::{self, CritiqueOptions, Summary};
use crate::input::{Input, MAX_CHARS};
use crate::outcome::{self, Outcome};
use crate::scope::scope_notes;
use crate::signature;

/// Options of absolute judging.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AbsoluteOptions {
    /// Characters above which a text is refused.
    pub max_chars: usize,
    /// What the critique looks at.
    pub critique: CritiqueOptions,
}

impl Default for AbsoluteOptions {
    fn default() -> Self {
        Self { max_chars: MAX_CHARS, critique: CritiqueOptions::default() }
    }
}

/// Judges the single response of `sample` under `rubric`.
///
/// The score lies on [`Rubric::output_scale`]; the critique holds the evidence for it.
///
/// # Errors
/// A rubric or options that are not valid, no single response, an empty or too long text,
/// [`Error::Cancelled`], or a model error.
pub async fn absolute<M: RubricModel>(
    model: &M,
    sample: &Sample,
    rubric: &Rubric,
    options: &AbsoluteOptions,
    job: &dyn Job,
) -> Result<Judgment> {
    let mut judgments =
        absolute_batch(model, std::slice::from_ref(sample), rubric, options, job).await?;
    judgments.pop().expect("one judgment a sample")
}

/// [`absolute`] for many samples at once, one result each: a sample that cannot be judged does not
/// stop the others. The model reads all responses in one call, which lets it fill its batches.
///
/// # Errors
/// A rubric or options that are not valid, [`Error::Cancelled`], or a model error.
pub async fn absolute_batch<M: RubricModel>(
    model: &M,
    samples: &[Sample],
    rubric: &Rubric,
    options: &AbsoluteOptions,
    job: &dyn Job,
) -> Result<Vec<Result<Judgment>>> {
    validate(rubric, options)?;
    let inputs: Vec<Result<Input<'_>>> =
        samples.iter().map(|sample| Input::of_sample(sample, options.max_chars)).collect();
    let texts: Vec<JudgeInput<'_>> = inputs.iter().flatten().map(Input::as_judge).collect();
    let rated = model.rate(&texts, &rubric.criteria, job).await?;
    let mut rows = rated.iter();
    let mut judgments = Vec::with_capacity(samples.len());
    for (sample, input) in samples.iter().zip(inputs) {
        let input = match input {
            Ok(input) => input,
            Err(error) => {
                judgments.push(Err(error));
                continue;
            }
        };
        let row = rows.next().expect("one row an input");
        let judged: Vec<CriterionJudgment> =
            rubric.criteria.iter().zip(row).map(|(c, r)| outcome::of_rating(c, r)).collect();
        let evidence = critique::evidence(&input, rubric, &judged, &options.critique);
        let occlusion =
            critique::occlusion(model, &input, rubric, &judged, &options.critique, job).await?;
        let sentences = critique::sentences(model, &input, &options.critique, job).await?;
        let signature =
            signature::of_judge("absolute", model, rubric).with("inputs", input.fields());
        let notes = model.caveats(&rubric.criteria).into_iter();
        let notes: Vec<String> = notes.chain(outcome::notes(&rubric.criteria, row)).collect();
        judgments.push(evidence.map(|evidence| {
            let points = occlusion.into_iter().chain(sentences).chain(evidence).collect();
            let mut outcome = outcome::aggregate(rubric, &judged);
            outcome.warnings.extend(scope_notes(&input.as_judge(), rubric, &model.scope()));
            outcome.warnings.extend(notes);
            finish(sample, &input, rubric, judged, outcome, points, signature)
        }));
    }
    Ok(judgments)
}

/// What can be said without a model (T0): the score is undefined, the critique rests on checks and
/// metrics alone.
///
/// # Errors
/// As [`absolute`], less those of a model.
pub fn absolute_without_model(
    sample: &Sample,
    rubric: &Rubric,
    options: &AbsoluteOptions,
) -> Result<Judgment> {
    validate(rubric, options)?;
    let input = Input::of_sample(sample, options.max_chars)?;
    let error = Error::MissingModel { protocol: "absolute", needs: "a rubric model" };
    let judged: Vec<CriterionJudgment> = rubric
        .criteria
        .iter()
        .map(|criterion| CriterionJudgment {
            criterion: criterion.id.clone(),
            score: Score::Undefined(Undefined::from(&error)),
            distribution: None,
            interval: None,
            weight: criterion.weight,
        })
        .collect();
    let points = critique::evidence(&input, rubric, &judged, &options.critique)?;
    let signature =
        signature::assemble("absolute", &[], Some(rubric)).with("inputs", input.fields());
    // One reason for all criteria, and no warning about each.
    let score = Score::Undefined(Undefined::from(&error));
    let outcome = Outcome { score, distribution: None, confidence: None, warnings: Vec::new() };
    Ok(finish(sample, &input, rubric, judged, outcome, points, signature))
}

fn validate(rubric: &Rubric, options: &AbsoluteOptions) -> Result<()> {
    rubric.validate().map_err(|e| e.within("rubric"))?;
    options.critique.validate().map_err(|e| e.within("critique"))
}

fn finish(
    sample: &Sample,
    input: &Input<'_>,
    rubric: &Rubric,
    judged: Vec<CriterionJudgment>,
    outcome: Outcome,
    points: Vec<Point>,
    signature: Signature,
) -> Judgment {
    let (score, response) = (&outcome.score, input.response);
    let summary = Summary { rubric, judged: &judged, score, points: &points, response }.text();
    Judgment {
        id: sample.id.clone(),
        score: outcome.score,
        distribution: outcome.distribution,
        confidence: outcome.confidence,
        per_criterion: judged,
        critique: Critique::new(summary, points),
        warnings: outcome.warnings,
        signature,
    }
}

#[cfg(test)]
#[path = "absolute_tests.rs"]
mod tests;
