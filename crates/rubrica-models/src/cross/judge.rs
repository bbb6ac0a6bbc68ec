//! The cross-encoder as a judge model.

mod golden;
mod memory;
mod roles;

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use burn::tensor::Tensor;
use rubrica_core::model::{JudgeInput, Rated};
use rubrica_core::{CutPoints, Error, Job, ModelInfo, ModelSignature, Scale, Span, Stage};

use self::memory::StateMemory;
use super::{
    CONTEXT_KINDS, CrossBatch, CrossConfig, CrossEncoder, CrossFields, CrossGolden, CrossSequence,
    CrossTask, CrossTemplate, CrossVersion, ERROR_KINDS, SUPPORT_KINDS,
};
use crate::text_encoder::read;
use crate::{
    BatchPlan, BertConfig, Device, EncodeOptions, ModelError, ModelFiles, Result, TextTokenizer,
    TokenizedText, Weights,
};

/// What the model says of a part of a response.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CrossPart<const KINDS: usize> {
    /// Probability of each kind, in the order of [`SUPPORT_KINDS`] or [`ERROR_KINDS`].
    pub probabilities: [f64; KINDS],
}

/// A cross-encoder with calibrated heads.
pub struct CrossJudge {
    model: CrossEncoder,
    tokenizer: TextTokenizer,
    template: CrossTemplate,
    config: CrossConfig,
    cuts: CutPoints,
    device: Device,
    info: ModelInfo,
    batch_tokens: usize,
    memory: RefCell<StateMemory>,
}

/// Tokens of the fields of one question to the model.
struct Ask {
    criterion: Rc<TokenizedText>,
    instruction: Rc<TokenizedText>,
    reference: Rc<TokenizedText>,
    response: Rc<TokenizedText>,
}

impl Ask {
    fn compose(&self, template: &CrossTemplate, task: CrossTask) -> Vec<CrossSequence> {
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
struct Reading {
    sequence: CrossSequence,
    parts: Vec<(usize, Vec<Range<usize>>)>,
}

/// Whether what is read will be asked about again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keep {
    Nothing,
    States,
}

/// A sum of logits over the windows that hold tokens of a part.
#[derive(Clone)]
struct Answer {
    logits: Vec<f64>,
    tokens: f64,
}

impl CrossJudge {
    /// Builds the judge on `device`. `files.head` is its [`CrossConfig`].
    ///
    /// # Errors
    /// Any [`ModelError`] that the files give rise to.
    pub async fn load(
        files: ModelFiles<'_>,
        device: &Device,
        options: EncodeOptions,
    ) -> Result<Self> {
        let bert = BertConfig::from_json(files.config)?;
        let head = files.head.ok_or_else(|| ModelError::Config {
            file: "head.json",
            message: "is missing; a cross-encoder needs it".into(),
        })?;
        let config = CrossConfig::from_json(head)?;
        let tokenizer = TextTokenizer::from_bytes(files.tokenizer)?;
        if tokenizer.vocabulary_size() > bert.vocab_size {
            return Err(ModelError::Tokenizer(format!(
                "vocabulary has {} entries; expected at most the model's {}",
                tokenizer.vocabulary_size(),
                bert.vocab_size
            )));
        }
        let window = config.window.min(bert.max_position_embeddings);
        let weights = Weights::parse(files.weights, files.weights_sha256, &[])?;
        let mut model = CrossEncoder::load(&bert, &weights, config.template, device.burn())?;
        model.bert = model.bert.with_mixed_precision(options.mixed_precision);
        let temperature = config.temperature(CrossTask::Rubric) as f32;
        let thresholds = read(model.heads.thresholds(), device).await?;
        let thresholds: Vec<f32> = thresholds.into_iter().map(|t| t / temperature).collect();
        let cuts = CutPoints::new(&thresholds)
            .map_err(|e| ModelError::Config { file: "weights", message: e.to_string() })?;
        let judge = Self {
            template: CrossTemplate::new(&tokenizer, window, config.template)?,
            info: ModelInfo {
                signature: ModelSignature {
                    id: files.id.to_owned(),
                    sha256: weights.sha256().to_owned(),
                    precision: weights.precision().name().to_owned(),
                },
                device: device.kind().to_string(),
                template: config.template.name().to_owned(),
            },
            batch_tokens: options.batch_tokens.max(window),
            memory: RefCell::default(),
            device: device.clone(),
            model,
            tokenizer,
            config,
            cuts,
        };
        if let Some(golden) = files.golden.filter(|_| !options.mixed_precision) {
            judge.check(&CrossGolden::from_json(golden)?).await?;
        }
        Ok(judge)
    }

    /// Where it runs.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// How its logits are read.
    pub fn config(&self) -> &CrossConfig {
        &self.config
    }

    /// Probabilities of [`SUPPORT_KINDS`] for each part of the response, given its reference or
    /// context, `[spans]`. A part without a word gets even odds.
    ///
    /// # Errors
    /// [`Error::Cancelled`], or a model error.
    pub async fn support(
        &self,
        input: &JudgeInput<'_>,
        spans: &[Span],
        job: &dyn Job,
    ) -> rubrica_core::Result<Vec<CrossPart<{ SUPPORT_KINDS.len() }>>> {
        let logits = self.parts(CrossTask::Grounding, input, spans, job).await?;
        Ok(logits
            .into_iter()
            .map(|row| {
                let top = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let exps = row.map(|x| (x - top).exp());
                let sum: f64 = exps.iter().sum();
                CrossPart { probabilities: exps.map(|x| x / sum) }
            })
            .collect())
    }

    /// Probability of each of [`ERROR_KINDS`] for each part of the response, `[spans]`.
    ///
    /// # Errors
    /// As [`CrossJudge::support`].
    pub async fn errors(
        &self,
        input: &JudgeInput<'_>,
        spans: &[Span],
        job: &dyn Job,
    ) -> rubrica_core::Result<Vec<CrossPart<{ ERROR_KINDS.len() }>>> {
        let logits = self.parts(CrossTask::Errors, input, spans, job).await?;
        Ok(logits.into_iter().map(|row| CrossPart { probabilities: row.map(sigmoid) }).collect())
    }

    /// Probability of each of [`CONTEXT_KINDS`] for each part of the context, `[spans]`: whether it helps
    /// to answer the instruction, and whether the response made use of it. Spans are of the passages
    /// joined by line breaks.
    ///
    /// # Errors
    /// As [`CrossJudge::support`].
    pub async fn context_use(
        &self,
        input: &JudgeInput<'_>,
        spans: &[Span],
        job: &dyn Job,
    ) -> rubrica_core::Result<Vec<CrossPart<{ CONTEXT_KINDS.len() }>>> {
        if !self.config.template.tasks().contains(&CrossTask::Context) {
            let message = format!(
                "{} was trained with {}, which asks nothing about a context; expected {} or later",
                self.info.signature.id,
                self.config.template.name(),
                CrossVersion::Two.name()
            );
            return Err(Error::Model { code: "no_context_head", message });
        }
        let context = input.context.join("\n");
        // The context is what is asked about; the response is what it is held to.
        let turned = JudgeInput {
            instruction: input.instruction,
            response: &context,
            reference: Some(input.response),
            context: &[],
        };
        let logits = self.parts(CrossTask::Context, &turned, spans, job).await?;
        Ok(logits.into_iter().map(|row| CrossPart { probabilities: row.map(sigmoid) }).collect())
    }

    /// Logits of `task` for each part of one response, divided by the temperature.
    async fn parts<const KINDS: usize>(
        &self,
        task: CrossTask,
        input: &JudgeInput<'_>,
        spans: &[Span],
        job: &dyn Job,
    ) -> rubrica_core::Result<Vec<[f64; KINDS]>> {
        let ask = self.ask("", input, true)?;
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

    fn ask(
        &self,
        criterion: &str,
        input: &JudgeInput<'_>,
        with_reference: bool,
    ) -> rubrica_core::Result<Ask> {
        let tokens = |text: &str| Ok::<_, Error>(Rc::new(self.tokenizer.tokenize(text)?));
        let reference = match input.reference {
            _ if !with_reference => String::new(),
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
    async fn read(
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
    async fn whole(
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

    fn rated(&self, latent: f64, scale: &Scale) -> Rated {
        let distribution = self.cuts.distribution(latent, scale);
        let interval = self.config.interval.map(|half| {
            let (mean, half) = (distribution.mean(), half * (scale.max - scale.min));
            [(mean - half).max(scale.min), (mean + half).min(scale.max)]
        });
        Rated { distribution, interval }
    }

    /// The latent value of one response, and with each of `spans` left out of the mean of its
    /// tokens.
    async fn left_out(
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

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// The tokens that `span` touches.
fn tokens_of(text: &TokenizedText, span: Span) -> Option<Range<usize>> {
    let start = text.spans.iter().position(|t| t.overlaps(span))?;
    let end = text.spans.iter().rposition(|t| t.overlaps(span))? + 1;
    Some(start..end)
}
