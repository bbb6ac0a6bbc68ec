//! An encoder with a head: labels for texts, for pairs of texts, or for their tokens.

mod golden;
mod spans;

use burn::tensor::Tensor;
use rubrica_core::{
    ClassLabel, Classification, ClassifierModel, Job, LabelMeaning, LabelledToken, ModelInfo,
    ModelSignature, PairPart, Stage, TextPair, TokenClassification, ValueKind,
};

pub use self::golden::{ClassGolden, ClassGoldenRow};
pub use self::spans::{LabelledSpan, SpanConfidence, labelled_spans};
use crate::encoder::EncoderInput;
use crate::head::class_labels;
use crate::sequence::PairSequence;
use crate::text_encoder::read;
use crate::{
    Activation, BatchPlan, CutSide, Device, EncodeOptions, Encoder, EncoderConfig, Head,
    HeadConfig, HeadTask, ModelError, ModelFiles, Pooling, Result, TextTokenizer, TokenizedText,
    Truncation,
};

/// How a classifier reads, and what its files do not say of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ClassifierOptions {
    /// Windows and batches.
    pub encode: EncodeOptions,
    /// Which text of a pair is cut.
    pub truncation: Truncation,
    /// From which side.
    pub cut_side: CutSide,
    /// What to do with the logits, instead of what the files say.
    pub activation: Option<Activation>,
    /// What the labels mean, in the order of the logits; where their names say something as well, both
    /// have to agree.
    pub meanings: Option<Vec<LabelMeaning>>,
}

/// An encoder with a head, for texts or pairs of texts.
#[derive(Debug, Clone)]
pub struct Classifier {
    encoder: Encoder,
    head: Head,
    task: HeadTask,
    pooling: Pooling,
    activation: Activation,
    labels: Vec<ClassLabel>,
    thresholds: Vec<f64>,
    tokenizer: TextTokenizer,
    device: Device,
    info: ModelInfo,
    options: ClassifierOptions,
    window: usize,
}

/// An input as the encoder reads it, with the tokens that it came from.
pub(crate) struct Read {
    sequence: PairSequence,
    texts: [TokenizedText; 2],
}

impl Classifier {
    /// Loads encoder and head; the head comes from `head.json` if there is one, else from
    /// `modules.json`, else from `config.json`. With a `golden.json`, the device has to give its logits.
    ///
    /// # Errors
    /// Any [`ModelError`] that the files give rise to.
    pub async fn load(
        files: ModelFiles<'_>,
        device: &Device,
        options: ClassifierOptions,
    ) -> Result<Self> {
        let config = EncoderConfig::from_json(files.config)?;
        let head = match (files.head, &files.modules) {
            (Some(bytes), _) => HeadConfig::from_json(bytes)?,
            (None, Some(modules)) => HeadConfig::from_modules(files.config, modules)?,
            (None, None) => HeadConfig::from_hub(files.config, &config)?,
        };
        let activation = options.activation.unwrap_or(head.activation);
        let labels = labels(&head.labels, options.meanings.as_deref())?;
        let tokenizer = TextTokenizer::from_bytes(files.tokenizer)?;
        tokenizer.check_vocabulary(config.vocab_size())?;
        check_segments(&tokenizer, &config)?;
        let weights = files.parse_weights(config.prefixes())?;
        let thresholds = if activation == Activation::Ordinal {
            let values = weights.values("thresholds", &[labels.len().saturating_sub(1)])?;
            values.into_iter().map(f64::from).collect()
        } else {
            Vec::new()
        };
        let network = Head::load(&head, config.hidden_size(), &weights, device)?;
        let expected = if activation == Activation::Ordinal { 1 } else { labels.len() };
        if network.outputs() != expected {
            let layer = head.layers.last().expect("a head has layers");
            return Err(ModelError::WrongShape {
                name: format!("{}.weight", layer.name),
                found: vec![network.outputs()],
                expected: vec![expected],
            });
        }
        let classifier = Self {
            encoder: Encoder::load(&config, &weights, device.burn())?,
            head: network,
            task: head.task,
            pooling: head.pooling,
            info: ModelInfo {
                signature: ModelSignature {
                    id: files.id.to_owned(),
                    sha256: weights.sha256().to_owned(),
                    precision: weights.precision().name().to_owned(),
                    files: Some(files.sha256()),
                },
                device: device.kind().to_string(),
                template: String::new(),
            },
            window: config.window(options.encode.window),
            device: device.clone(),
            activation,
            labels,
            thresholds,
            tokenizer,
            options,
        };
        if let Some(golden) = files.golden {
            classifier.check(&ClassGolden::from_json(golden)?).await?;
        }
        Ok(classifier)
    }

    /// What it gives logits for.
    pub fn task(&self) -> HeadTask {
        self.task
    }

    /// What it does with the logits.
    pub fn activation(&self) -> Activation {
        self.activation
    }

    /// The tokenizer.
    pub fn tokenizer(&self) -> &TextTokenizer {
        &self.tokenizer
    }

    /// Where it runs.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Tokens that a sequence of one text or of two has room for.
    pub fn room(&self, pair: bool) -> usize {
        self.window.saturating_sub(self.tokenizer.layout().specials(pair))
    }

    /// The position of the label that means `meaning`.
    ///
    /// # Errors
    /// [`ModelError::UnnamedLabels`] when none says so.
    pub fn label_of(&self, meaning: LabelMeaning) -> Result<usize> {
        self.labels.iter().position(|label| label.meaning == Some(meaning)).ok_or_else(|| {
            let names: Vec<&str> = self.labels.iter().map(|label| label.name.as_str()).collect();
            ModelError::UnnamedLabels { labels: names.join(", ") }
        })
    }

    fn read(&self, input: &TextPair<'_>) -> Result<Read> {
        let first = self.tokenizer.tokenize(input.first)?;
        let second = input.second.map(|text| self.tokenizer.tokenize(text)).transpose()?;
        self.compose(first, second)
    }

    /// One sequence of tokenised texts.
    pub(crate) fn compose(
        &self,
        first: TokenizedText,
        second: Option<TokenizedText>,
    ) -> Result<Read> {
        let sequence = self.tokenizer.layout().compose(
            &first.ids,
            second.as_ref().map(|text| text.ids.as_slice()),
            self.window,
            self.options.truncation,
            self.options.cut_side,
        )?;
        if sequence.ids.is_empty() {
            return Err(ModelError::NoTokens);
        }
        Ok(Read { sequence, texts: [first, second.unwrap_or_default()] })
    }

    /// Runs the encoder over `reads` and hands what `head` makes of its states to `take`, one row of
    /// numbers an input.
    async fn run<const D: usize>(
        &self,
        reads: &[Read],
        job: &dyn Job,
        head: impl Fn(Tensor<3>, &EncoderInput) -> Tensor<D>,
        mut take: impl FnMut(usize, &[f32]),
    ) -> rubrica_core::Result<()> {
        let lengths: Vec<usize> = reads.iter().map(|read| read.sequence.ids.len()).collect();
        let plan = BatchPlan::new(&lengths, usize::MAX, self.options.encode.batch_tokens);
        let mut done = 0;
        for batch in &plan.batches {
            job.step(Stage::Encode, done, reads.len()).await?;
            let rows: Vec<_> = batch
                .iter()
                .map(|&i| &reads[i].sequence)
                .map(|sequence| (sequence.ids.clone(), sequence.segments.clone()))
                .collect();
            let input = EncoderInput::new(&rows, self.tokenizer.pad(), self.device.burn());
            let values = read(head(self.encoder.forward(&input), &input), &self.device).await?;
            let width = values.len() / batch.len();
            for (&index, row) in batch.iter().zip(values.chunks_exact(width)) {
                take(index, row);
            }
            done += batch.len();
        }
        job.step(Stage::Encode, done, reads.len()).await
    }

    /// [`ClassifierModel::classify`] of what is already tokenised.
    pub(crate) async fn classify_reads(
        &self,
        reads: &[Read],
        job: &dyn Job,
    ) -> rubrica_core::Result<Vec<Classification>> {
        if self.task != HeadTask::Sequence {
            return Err(self.other_head("tokens", "whole texts"));
        }
        let mut found: Vec<Option<Classification>> = vec![None; reads.len()];
        let head = |states: Tensor<3>, input: &EncoderInput| {
            self.head.forward(self.pooling.apply(states, &input.lengths))
        };
        self.run(reads, job, head, |index, row| {
            let logits: Vec<f64> = row.iter().copied().map(f64::from).collect();
            let values = self.values(&logits);
            found[index] = Some(Classification { logits, values, cut: reads[index].sequence.cut });
        })
        .await?;
        Ok(found.into_iter().map(|row| row.expect("every input is in one batch")).collect())
    }

    /// [`ClassifierModel::label_tokens`] of what is already tokenised.
    pub(crate) async fn label_reads(
        &self,
        reads: &[Read],
        job: &dyn Job,
    ) -> rubrica_core::Result<Vec<TokenClassification>> {
        if self.task != HeadTask::Tokens {
            return Err(self.other_head("whole texts", "tokens"));
        }
        let mut found: Vec<Option<TokenClassification>> = vec![None; reads.len()];
        let head = |states: Tensor<3>, _: &EncoderInput| self.head.forward(states);
        self.run(reads, job, head, |index, row| {
            let Read { sequence, texts } = &reads[index];
            let width = self.head.outputs();
            let parts = [
                (PairPart::First, &sequence.first, &sequence.kept[0], &texts[0]),
                (PairPart::Second, &sequence.second, &sequence.kept[1], &texts[1]),
            ];
            let tokens = parts.into_iter().flat_map(|(part, places, kept, text)| {
                places.clone().zip(&text.spans[kept.clone()]).map(move |(place, span)| {
                    let logits: Vec<f64> =
                        row[place * width..][..width].iter().copied().map(f64::from).collect();
                    let values = self.values(&logits);
                    LabelledToken { part, span: *span, logits, values }
                })
            });
            found[index] =
                Some(TokenClassification { tokens: tokens.collect(), cut: sequence.cut });
        })
        .await?;
        Ok(found.into_iter().map(|row| row.expect("every input is in one batch")).collect())
    }

    fn other_head(&self, given: &'static str, asked: &'static str) -> rubrica_core::Error {
        ModelError::OtherHead { name: self.info.signature.id.clone(), given, asked }.into()
    }

    fn values(&self, logits: &[f64]) -> Vec<f64> {
        self.activation.apply(logits, &self.thresholds)
    }
}

impl ClassifierModel for Classifier {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn labels(&self) -> &[ClassLabel] {
        &self.labels
    }

    fn value_kind(&self) -> ValueKind {
        self.activation.value_kind()
    }

    async fn classify(
        &self,
        inputs: &[TextPair<'_>],
        job: &dyn Job,
    ) -> rubrica_core::Result<Vec<Classification>> {
        let reads = inputs.iter().map(|input| self.read(input)).collect::<Result<Vec<_>>>()?;
        self.classify_reads(&reads, job).await
    }

    async fn label_tokens(
        &self,
        inputs: &[TextPair<'_>],
        job: &dyn Job,
    ) -> rubrica_core::Result<Vec<TokenClassification>> {
        let reads = inputs.iter().map(|input| self.read(input)).collect::<Result<Vec<_>>>()?;
        self.label_reads(&reads, job).await
    }
}

/// Labels with their meanings: those of their names, or those given.
fn labels(names: &[String], meanings: Option<&[LabelMeaning]>) -> Result<Vec<ClassLabel>> {
    let mut labels = class_labels(names);
    let Some(meanings) = meanings else { return Ok(labels) };
    let fail = |message: String| ModelError::Config { file: "config.json", message };
    if meanings.len() != labels.len() {
        return Err(fail(format!(
            "has {} labels; expected the {} of the judge card",
            labels.len(),
            meanings.len()
        )));
    }
    for (index, (label, &meaning)) in labels.iter_mut().zip(meanings).enumerate() {
        if label.meaning.is_some_and(|found| found != meaning) {
            return Err(fail(format!(
                "id2label.{index} is `{}`; expected a label that means {meaning:?}, as the judge card says",
                label.name
            )));
        }
        label.meaning = Some(meaning);
    }
    Ok(labels)
}

/// Fails when the tokenizer gives segments that the encoder does not have.
fn check_segments(tokenizer: &TextTokenizer, config: &EncoderConfig) -> Result<()> {
    let last = tokenizer.layout().last_segment() as usize;
    // With no segments or only one, the encoder does not look at them.
    if config.segments() < 2 || last < config.segments() {
        return Ok(());
    }
    Err(ModelError::Tokenizer(format!(
        "gives segment {last}; expected at most {}, by type_vocab_size",
        config.segments() - 1
    )))
}
