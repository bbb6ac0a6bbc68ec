//! The cross-encoder as a judge model.

mod golden;
mod memory;
mod reading;
mod roles;

use std::cell::RefCell;

use rubrica_core::model::{JudgeInput, Rated};
use rubrica_core::{CutPoints, Error, Job, ModelInfo, ModelSignature, Scale, Span};

use self::memory::StateMemory;
use super::{
    CONTEXT_KINDS, CrossConfig, CrossEncoder, CrossGolden, CrossTask, CrossTemplate, CrossVersion,
    ERROR_KINDS, SUPPORT_KINDS,
};
use crate::text_encoder::read;
use crate::{Device, EncodeOptions, EncoderConfig, ModelError, ModelFiles, Result, TextTokenizer};

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
        let encoder = EncoderConfig::from_json(files.config)?;
        let head = files.head.ok_or_else(|| ModelError::Config {
            file: "head.json",
            message: "is missing; a cross-encoder needs it".into(),
        })?;
        let config = CrossConfig::from_json(head)?;
        let tokenizer = TextTokenizer::from_bytes(files.tokenizer)?;
        tokenizer.check_vocabulary(encoder.vocab_size())?;
        let window = encoder.window(config.window);
        let weights = files.parse_weights(encoder.prefixes())?;
        let mut model = CrossEncoder::load(&encoder, &weights, config.template, device.burn())?;
        model.encoder = model.encoder.with_mixed_precision(options.mixed_precision);
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
                    files: Some(files.sha256()),
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

    fn rated(&self, latent: f64, scale: &Scale) -> Rated {
        let distribution = self.cuts.distribution(latent, scale);
        let interval = self.config.interval.map(|half| {
            let (mean, half) = (distribution.mean(), half * (scale.max - scale.min));
            [(mean - half).max(scale.min), (mean + half).min(scale.max)]
        });
        Rated::new(distribution, interval)
    }
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}
