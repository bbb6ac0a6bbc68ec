//! A judge of faithfulness made of a model that tells what rests on passages.

use std::cell::RefCell;
use std::collections::HashMap;

use rubrica_core::model::{Finding, JudgeInput, Occluded, Rated};
use rubrica_core::{
    Criterion, Evidence, Job, ModelInfo, Result, RubricModel, Span, SupportModel, Undefined,
};
use rubrica_metrics::text;

use super::spread;
use crate::support::best;

/// Probability under which a sentence is told to be without support.
const THRESHOLD: f64 = 0.5;

/// A model of support that rates criteria by the share of sentences that the context supports. It does not read
/// the criterion, and has nothing to say of a response without context.
#[derive(Debug)]
pub struct SupportCriterion<M> {
    model: M,
    memory: RefCell<Memory>,
}

/// What was said of the sentences of the last response: rating, occlusion and findings all ask for it.
#[derive(Debug, Default)]
struct Memory {
    context: Vec<String>,
    said: HashMap<String, Said>,
    notes: Vec<String>,
}

/// What was said of one sentence.
#[derive(Debug, Clone, Copy)]
struct Said {
    probability: f64,
    contradicted: Option<f64>,
}

/// What was said of some parts of a response, and what was cut.
struct Read {
    parts: Vec<Said>,
    notes: Vec<String>,
}

impl<M: SupportModel> SupportCriterion<M> {
    /// A judge of `model`.
    pub fn new(model: M) -> Self {
        Self { model, memory: RefCell::default() }
    }

    /// The model.
    pub fn model(&self) -> &M {
        &self.model
    }

    /// The model, out of its adapter.
    pub fn into_model(self) -> M {
        self.model
    }

    /// What the model says of each of `parts`; none without context.
    async fn read(
        &self,
        input: JudgeInput<'_>,
        parts: &[Span],
        job: &dyn Job,
    ) -> Result<Option<Read>> {
        if let Some(read) = self.recall(&input, parts) {
            return Ok(Some(read));
        }
        let Some(found) = best(&self.model, input, parts, job).await? else { return Ok(None) };
        let said: Vec<Said> = found
            .parts
            .iter()
            .map(|part| Said {
                probability: part.support.probability,
                contradicted: part.support.contradicted,
            })
            .collect();
        let texts = parts.iter().map(|part| part.slice(input.response).unwrap_or_default());
        let said_of = texts.map(str::to_owned).zip(said.iter().copied()).collect();
        let (context, notes) = (input.context.to_vec(), found.warnings());
        *self.memory.borrow_mut() = Memory { context, said: said_of, notes: notes.clone() };
        Ok(Some(Read { parts: said, notes }))
    }

    fn recall(&self, input: &JudgeInput<'_>, parts: &[Span]) -> Option<Read> {
        let memory = self.memory.borrow();
        if parts.is_empty() || memory.context != input.context {
            return None;
        }
        let said = |part: &Span| memory.said.get(part.slice(input.response)?).copied();
        let parts = parts.iter().map(said).collect::<Option<_>>()?;
        Some(Read { parts, notes: memory.notes.clone() })
    }
}

fn undefined(criterion: &Criterion, code: &str, reason: &str) -> Rated {
    let why = Undefined { code: code.into(), reason: reason.into() };
    Rated::undefined(criterion.scale.points(), why)
}

impl<M: SupportModel> RubricModel for SupportCriterion<M> {
    fn info(&self) -> &ModelInfo {
        self.model.info()
    }

    fn settings(&self, criteria: &[Criterion]) -> Vec<(String, String)> {
        let setting = |c: &Criterion| (format!("calibration.{}", c.id), "supported_share".into());
        criteria.iter().map(setting).collect()
    }

    fn caveats(&self, criteria: &[Criterion]) -> Vec<String> {
        let id = &self.model.info().signature.id;
        let caveat = |c: &Criterion| {
            format!(
                "criterion `{}`: the expected share of sentences that {id} finds supported by the context; it does not read the criterion; uncalibrated",
                c.id
            )
        };
        criteria.iter().map(caveat).collect()
    }

    async fn rate(
        &self,
        inputs: &[JudgeInput<'_>],
        criteria: &[Criterion],
        job: &dyn Job,
    ) -> Result<Vec<Vec<Rated>>> {
        let mut rows = Vec::with_capacity(inputs.len());
        for input in inputs {
            let sentences = text::sentences(input.response);
            let read = self.read(*input, &sentences, job).await?;
            let rate = |criterion: &Criterion| match &read {
                None => undefined(
                    criterion,
                    "missing_context",
                    "there is no context with text to compare with",
                ),
                Some(read) if read.parts.is_empty() => {
                    undefined(criterion, "no_sentence", "the response has no sentence")
                }
                Some(read) => {
                    let probabilities: Vec<f64> =
                        read.parts.iter().map(|s| s.probability).collect();
                    let distribution = spread::of_share(&probabilities, &criterion.scale);
                    Rated { notes: read.notes.clone(), ..Rated::new(distribution, None) }
                }
            };
            rows.push(criteria.iter().map(rate).collect());
        }
        Ok(rows)
    }

    /// Exact without reading again: each sentence was read by itself.
    async fn rate_without(
        &self,
        input: JudgeInput<'_>,
        criteria: &[Criterion],
        spans: &[Span],
        job: &dyn Job,
    ) -> Result<Vec<Vec<Occluded>>> {
        let sentences = text::sentences(input.response);
        let read = self.read(input, &sentences, job).await?;
        let said = read.map(|read| read.parts).unwrap_or_default();
        let row = |span: &Span| {
            let left =
                sentences.iter().zip(&said).filter(|(sentence, _)| !sentence.overlaps(*span));
            let left: Vec<f64> = left.map(|(_, said)| said.probability).collect();
            let place = match left.len() {
                0 => f64::NAN,
                all => left.iter().sum::<f64>() / all as f64,
            };
            let score = |c: &Criterion| Occluded { score: c.scale.value_at(place), exact: true };
            criteria.iter().map(score).collect()
        };
        Ok(spans.iter().map(row).collect())
    }

    async fn findings(
        &self,
        input: JudgeInput<'_>,
        parts: &[Span],
        job: &dyn Job,
    ) -> Result<Vec<Finding>> {
        let Some(read) = self.read(input, parts, job).await? else { return Ok(Vec::new()) };
        let finding = |(part, said): (usize, &Said)| {
            let probability = 1.0 - said.probability;
            let against = said.contradicted.is_some_and(|c| c > probability / 2.0);
            let label = if against { "contradicted" } else { "not_supported" }.to_owned();
            let evidence = Evidence::Grounding { label, probability };
            (said.probability < THRESHOLD).then_some(Finding { part, evidence })
        };
        Ok(read.parts.iter().enumerate().filter_map(finding).collect())
    }
}

#[cfg(test)]
mod tests {
    use pollster::block_on;
    use rubrica_core::{Judgment, Quiet, Sample, read_rubric};

    use super::*;
    use crate::scripted::Grounded;
    use crate::{AbsoluteOptions, absolute};

    fn judge(model: &SupportCriterion<Grounded>, response: &str, context: &[&str]) -> Judgment {
        let rubric = "name: x\ncriteria:\n  - {id: faith, description: Does it rest on it?}\n";
        let rubric = read_rubric(rubric).expect("valid");
        let context = context.iter().map(|&c| c.to_owned()).collect();
        let sample = Sample { context, ..Sample::new("", response) };
        let options = AbsoluteOptions::default();
        block_on(absolute(model, &sample, &rubric, &options, &Quiet)).expect("judged")
    }

    #[test]
    fn the_score_is_the_share_of_supported_sentences() {
        let model = SupportCriterion::new(Grounded::new());
        let judgment = judge(&model, "The sky is blue. Cats fly.", &["the sky is blue"]);
        assert_eq!(judgment.score.value(), Some(3.0));
        assert!(judgment.warnings[0].contains("uncalibrated"), "{:?}", judgment.warnings);
        assert_eq!(judgment.signature.options["calibration.faith"], "supported_share");
        let of = |kind: fn(&Evidence) -> bool| {
            judgment.critique.points.iter().filter(|p| kind(&p.evidence)).collect::<Vec<_>>()
        };
        let grounding = of(|e| matches!(e, Evidence::Grounding { .. }));
        assert_eq!(grounding.len(), 1);
        assert_eq!(grounding[0].span, Some(Span::new(17, 26)));
        // Without its only fault the response is faithful, which needs no second reading.
        let occluded = of(|e| matches!(e, Evidence::Occlusion { without, .. } if *without == 5.0));
        assert_eq!(occluded.len(), 1);
        assert_eq!(model.model().reads.get(), 2);
    }

    #[test]
    fn another_context_is_read_anew() {
        let model = SupportCriterion::new(Grounded::new());
        assert_eq!(judge(&model, "Cats fly.", &["cats fly"]).score.value(), Some(5.0));
        assert_eq!(judge(&model, "Cats fly.", &["dogs run"]).score.value(), Some(1.0));
    }

    #[test]
    fn without_context_there_is_no_score_and_a_reason() {
        let model = SupportCriterion::new(Grounded::new());
        let judgment = judge(&model, "Cats fly.", &[]);
        assert_eq!(judgment.score.value(), None);
        assert!(judgment.warnings.iter().any(|w| w.contains("no context")), "{judgment:?}");
    }
}
