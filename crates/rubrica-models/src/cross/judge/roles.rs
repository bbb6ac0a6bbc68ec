//! The roles that the judge plays: it rates by a rubric, finds faults, and rewards.

use std::rc::Rc;

use rubrica_core::model::{Finding, JudgeInput, Occluded, Rated, Scope, Unused};
use rubrica_core::{
    Criterion, Error, Evidence, Job, ModelInfo, RewardModel, RubricModel, Span, Stage,
};

use super::reading::{Ask, Keep};
use super::{CrossJudge, CrossPart};
use crate::cross::{CONTEXT_KINDS, CrossTask, ERROR_KINDS, SUPPORT_KINDS};

/// Tokens that occlusion may read again for one response and criterion.
const REREAD_TOKENS: usize = 1024;

impl RubricModel for CrossJudge {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn scope(&self) -> Scope {
        Scope { languages: &["en"], window: Some(self.template.window()), prose: true }
    }

    async fn rate(
        &self,
        inputs: &[JudgeInput<'_>],
        criteria: &[Criterion],
        job: &dyn Job,
    ) -> rubrica_core::Result<Vec<Vec<Rated>>> {
        let mut asks = Vec::with_capacity(inputs.len() * criteria.len());
        for input in inputs {
            let first = self.ask("", input)?;
            for criterion in criteria {
                asks.push(Ask {
                    criterion: Rc::new(self.tokenizer.tokenize(&criterion.full_description())?),
                    instruction: Rc::clone(&first.instruction),
                    reference: Rc::clone(&first.reference),
                    response: Rc::clone(&first.response),
                });
            }
        }
        // A single response is soon asked about again, without each of its parts.
        let keep = match (inputs, asks.first()) {
            ([_], Some(ask)) => {
                self.memory.borrow_mut().turn_to(&ask.response.ids);
                Keep::States
            }
            _ => Keep::Nothing,
        };
        let latents = self.whole(CrossTask::Rubric, &asks, keep, job).await?;
        let rows = latents.chunks(criteria.len().max(1)).map(|row| {
            row.iter().zip(criteria).map(|(latent, c)| self.rated(*latent, &c.scale)).collect()
        });
        Ok(rows.collect())
    }

    async fn rate_without(
        &self,
        input: JudgeInput<'_>,
        criteria: &[Criterion],
        spans: &[Span],
        job: &dyn Job,
    ) -> rubrica_core::Result<Vec<Vec<Occluded>>> {
        let mut rows = vec![Vec::with_capacity(criteria.len()); spans.len()];
        for (done, criterion) in criteria.iter().enumerate() {
            job.step(Stage::Occlude, done, criteria.len()).await?;
            let ask = self.ask(&criterion.full_description(), &input)?;
            let latents = self.left_out(&ask, spans, job).await?;
            let score = |latent: f64| self.cuts.distribution(latent, &criterion.scale).mean();
            for (row, latent) in rows.iter_mut().zip(&latents[1..]) {
                row.push(Occluded { score: score(*latent), exact: false });
            }
            let mut order: Vec<usize> = (0..spans.len()).collect();
            let effect = |i: &usize| (latents[i + 1] - latents[0]).abs();
            order.sort_by(|a, b| effect(b).total_cmp(&effect(a)));
            order.truncate(REREAD_TOKENS / ask.response.ids.len().max(1));
            let mut asks = Vec::new();
            for &index in &order {
                let cut = spans[index].cut_from(input.response).ok_or_else(|| {
                    let problem = format!("{:?} lies outside the response", spans[index]);
                    Error::invalid("spans", problem, "a part of it")
                })?;
                asks.push(Ask {
                    response: Rc::new(self.tokenizer.tokenize(&cut)?),
                    criterion: Rc::clone(&ask.criterion),
                    instruction: Rc::clone(&ask.instruction),
                    reference: Rc::clone(&ask.reference),
                });
            }
            let exact = self.whole(CrossTask::Rubric, &asks, Keep::Nothing, job).await?;
            for (index, latent) in order.into_iter().zip(exact) {
                let last = rows[index].len() - 1;
                rows[index][last] = Occluded { score: score(latent), exact: true };
            }
        }
        job.step(Stage::Occlude, criteria.len(), criteria.len()).await?;
        Ok(rows)
    }

    async fn findings(
        &self,
        input: JudgeInput<'_>,
        parts: &[Span],
        job: &dyn Job,
    ) -> rubrica_core::Result<Vec<Finding>> {
        let mut findings = Vec::new();
        for (part, said) in self.errors(&input, parts, job).await?.into_iter().enumerate() {
            let probability = said.probabilities[0];
            if probability >= self.config.finding_threshold {
                // The first kind only says that there is one.
                let label = likeliest(&ERROR_KINDS[1..], &said.probabilities[1..]);
                let evidence = Evidence::Segment { label, probability };
                findings.push(Finding { part, evidence });
            }
        }
        if input.context.iter().any(|passage| !passage.trim().is_empty()) {
            // A model answer is no source; the context is.
            let input = JudgeInput { reference: None, ..input };
            for (part, said) in self.support(&input, parts, job).await?.into_iter().enumerate() {
                let [supported, ..] = said.probabilities;
                let probability = 1.0 - supported;
                if probability >= self.config.finding_threshold {
                    let label = likeliest(&SUPPORT_KINDS[1..], &said.probabilities[1..]);
                    let evidence = Evidence::Grounding { label, probability };
                    findings.push(Finding { part, evidence });
                }
            }
        }
        Ok(findings)
    }

    async fn unused(
        &self,
        input: JudgeInput<'_>,
        parts: &[Span],
        job: &dyn Job,
    ) -> rubrica_core::Result<Vec<Unused>> {
        // Weights of the first template have no such head.
        if parts.is_empty() || !self.config.template.tasks().contains(&CrossTask::Context) {
            return Ok(Vec::new());
        }
        let said = self.context_use(&input, parts, job).await?;
        let unused = |(part, said): (usize, &CrossPart<{ CONTEXT_KINDS.len() }>)| {
            let [relevant, used] = said.probabilities;
            let tell = relevant >= RELEVANT && used < self.config.context_threshold;
            tell.then_some(Unused { part, relevant, used })
        };
        Ok(said.iter().enumerate().filter_map(unused).collect())
    }
}

/// Probability from which a sentence of a context is told to help.
const RELEVANT: f64 = 0.5;

/// The likeliest of `kinds`, by `probabilities`.
fn likeliest(kinds: &[&str], probabilities: &[f64]) -> String {
    let top = (0..kinds.len()).max_by(|&a, &b| probabilities[a].total_cmp(&probabilities[b]));
    top.map_or_else(String::new, |k| kinds[k].to_owned())
}

impl RewardModel for CrossJudge {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    async fn reward(
        &self,
        inputs: &[JudgeInput<'_>],
        job: &dyn Job,
    ) -> rubrica_core::Result<Vec<f64>> {
        let asks: rubrica_core::Result<Vec<Ask>> =
            inputs.iter().map(|input| self.ask("", input)).collect();
        self.whole(CrossTask::Reward, &asks?, Keep::Nothing, job).await
    }
}
