//! What the judge reads, and how: questions become sequences, sequences batches, and the logits of a
//! part the mean over the windows that hold it.

use std::ops::Range;
use std::rc::Rc;

use burn::tensor::Tensor;
use rubrica_core::model::JudgeInput;
use rubrica_core::{Error, Job, Span, Stage};

use super::CrossJudge;
use crate::cross::{CrossBatch, CrossFields, CrossSequence, CrossTask, CrossTemplate};
use crate::text_encoder::read;
use crate::{BatchPlan, TokenizedText};

/// Tokens of the fields of one question to the model.
pub(super) struct Ask {
    pub(super) criterion: Rc<TokenizedText>,
    pub(super) instruction: Rc<TokenizedText>,
    pub(super) reference: Rc<TokenizedText>,
    pub(super) response: Rc<TokenizedText>,
}

impl Ask {
    pub(super) fn compose(&self, template: &CrossTemplate, task: CrossTask) -> Vec<CrossSequence> {
        let fields = CrossFields {
            criterion: &self.criterion.ids,
            instruction: &self.instruction.ids,
            reference: &self.reference.ids,
            response: &self.response.ids,
        };
        template.compose(task, fields)
    }
}

/// A sequence to read, with the parts asked about: positions, and which answer each goes to.
pub(super) struct Reading {
    pub(super) sequence: CrossSequence,
    pub(super) parts: Vec<(usize, Vec<Range<usize>>)>,
}

/// Whether what is read will be asked about again.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    Nothing,
    States,
}

/// A sum of logits over the windows that hold tokens of a part.
#[derive(Clone)]
pub(super) struct Answer {
    pub(super) logits: Vec<f64>,
    tokens: f64,
}

impl CrossJudge {
    /// Logits of `task` for each part of one response, divided by the temperature.
    pub(super) async fn parts<const KINDS: usize>(
        &self,
        task: CrossTask,
        input: &JudgeInput<'_>,
        spans: &[Span],
        job: &dyn Job,
    ) -> rubrica_core::Result<Vec<[f64; KINDS]>> {
        let ask = self.ask("", input)?;
        let tokens: Vec<Option<Range<usize>>> =
            spans.iter().map(|span| tokens_of(&ask.response, *span)).collect();
        let readings = ask
            .compose(&self.template, task)
            .into_iter()
            .map(|sequence| {
                let at = |i: usize| sequence.positions(tokens[i].as_ref()?);
                let parts = (0..spans.len()).filter_map(|i| Some((i, vec![at(i)?]))).collect();
                Reading { sequence, parts }
            })
            .collect();
        let answers = self.read(task, readings, spans.len(), Keep::Nothing, job).await?;
        let temperature = self.config.temperature(task);
        Ok(answers
            .into_iter()
            .map(|answer| {
                std::array::from_fn(|k| answer.logits.get(k).map_or(0.0, |x| x / temperature))
            })
            .collect())
    }

    pub(super) fn ask(&self, criterion: &str, input: &JudgeInput<'_>) -> rubrica_core::Result<Ask> {
        let tokens = |text: &str| Ok::<_, Error>(Rc::new(self.tokenizer.tokenize(text)?));
        let reference = match input.reference {
            Some(reference) => reference.to_owned(),
            None => input.context.join("\n"),
        };
        Ok(Ask {
            criterion: tokens(criterion)?,
            instruction: tokens(input.instruction)?,
            reference: tokens(&reference)?,
            response: tokens(input.response)?,
        })
    }

    /// Mean logits of each of `answers` parts over the tokens that the readings hold of it.
    pub(super) async fn read(
        &self,
        task: CrossTask,
        readings: Vec<Reading>,
        answers: usize,
        keep: Keep,
        job: &dyn Job,
    ) -> rubrica_core::Result<Vec<Answer>> {
        let readings: Vec<Reading> = readings.into_iter().filter(|r| !r.parts.is_empty()).collect();
        let lengths: Vec<usize> = readings.iter().map(|r| r.sequence.ids.len()).collect();
        let plan = BatchPlan::new(&lengths, usize::MAX, self.batch_tokens);
        let mut sums = vec![Answer { logits: Vec::new(), tokens: 0.0 }; answers];
        let mut done = 0;
        for batch in &plan.batches {
            job.step(Stage::Encode, done, readings.len()).await?;
            let of = || batch.iter().map(|&i| &readings[i]);
            let sequences: Vec<&CrossSequence> = of().map(|r| &r.sequence).collect();
            let spans: Vec<Vec<Vec<Range<usize>>>> =
                of().map(|r| r.parts.iter().map(|(_, at)| at.clone()).collect()).collect();
            let input =
                CrossBatch::new(&sequences, &spans, self.tokenizer.pad(), self.device.burn());
            let states = match keep {
                Keep::Nothing => self.model.states(&input),
                Keep::States => self.states(&sequences, &input),
            };
            let logits = self.model.answer(task, &input, states);
            let [_, outputs] = logits.dims();
            let logits = read(logits, &self.device).await?;
            let rows = logits.chunks_exact(outputs);
            for ((answer, at), row) in of().flat_map(|r| &r.parts).zip(rows) {
                let tokens = at.iter().map(Range::len).sum::<usize>() as f64;
                let sum = &mut sums[*answer];
                sum.logits.resize(outputs, 0.0);
                sum.tokens += tokens;
                for (total, x) in sum.logits.iter_mut().zip(row) {
                    *total += tokens * f64::from(*x);
                }
            }
            done += batch.len();
        }
        job.step(Stage::Encode, done, readings.len()).await?;
        for sum in &mut sums {
            sum.logits.iter_mut().for_each(|x| *x /= sum.tokens);
        }
        Ok(sums)
    }

    /// Token states of a batch: those in memory, or else new ones, which are kept.
    fn states(&self, sequences: &[&CrossSequence], batch: &CrossBatch) -> Tensor<3> {
        let kept = self.memory.borrow().recall(sequences);
        kept.unwrap_or_else(|| {
            let states = self.model.states(batch);
            self.memory.borrow_mut().keep(sequences, &states);
            states
        })
    }

    /// One number for each of `asks` as a whole, divided by the temperature.
    pub(super) async fn whole(
        &self,
        task: CrossTask,
        asks: &[Ask],
        keep: Keep,
        job: &dyn Job,
    ) -> rubrica_core::Result<Vec<f64>> {
        let readings = asks.iter().enumerate().flat_map(|(index, ask)| {
            ask.compose(&self.template, task).into_iter().map(move |sequence| {
                let parts = vec![(index, vec![sequence.response()])];
                Reading { sequence, parts }
            })
        });
        let answers = self.read(task, readings.collect(), asks.len(), keep, job).await?;
        let temperature = self.config.temperature(task);
        Ok(answers.into_iter().map(|answer| answer.logits[0] / temperature).collect())
    }

    /// The latent value of one response, and with each of `spans` left out of the mean of its
    /// tokens.
    pub(super) async fn left_out(
        &self,
        ask: &Ask,
        spans: &[Span],
        job: &dyn Job,
    ) -> rubrica_core::Result<Vec<f64>> {
        let tokens: Vec<Option<Range<usize>>> =
            spans.iter().map(|span| tokens_of(&ask.response, *span)).collect();
        let readings = ask
            .compose(&self.template, CrossTask::Rubric)
            .into_iter()
            .map(|sequence| {
                let whole = sequence.response();
                let mut parts = vec![(0, vec![whole.clone()])];
                for (index, tokens) in tokens.iter().enumerate() {
                    let cut = tokens.as_ref().and_then(|t| sequence.positions(t));
                    let rest = match cut {
                        Some(cut) => vec![whole.start..cut.start, cut.end..whole.end],
                        None => vec![whole.clone()],
                    };
                    if rest.iter().any(|r| !r.is_empty()) {
                        parts.push((index + 1, rest));
                    }
                }
                Reading { sequence, parts }
            })
            .collect();
        self.memory.borrow_mut().turn_to(&ask.response.ids);
        let count = spans.len() + 1;
        let answers = self.read(CrossTask::Rubric, readings, count, Keep::States, job).await?;
        let temperature = self.config.temperature(CrossTask::Rubric);
        let whole = answers[0].logits[0];
        // What is left of a text without its only sentence says nothing: no change.
        Ok(answers
            .iter()
            .map(|a| a.logits.first().copied().unwrap_or(whole) / temperature)
            .collect())
    }
}

/// The tokens that `span` touches.
fn tokens_of(text: &TokenizedText, span: Span) -> Option<Range<usize>> {
    let start = text.spans.iter().position(|t| t.overlaps(span))?;
    let end = text.spans.iter().rposition(|t| t.overlaps(span))? + 1;
    Some(start..end)
}
