//! What protocols know of a model.
//!
//! Inference is async because reading a GPU buffer is. The futures are not `Send`: in the browser
//! nothing is, and natively they run on the thread that polls them.
#![allow(
    async_fn_in_trait,
    reason = "protocols are generic over these traits; nothing needs the futures to be Send"
)]

use crate::classes::{ClassLabel, Classification, TextPair, TokenClassification, ValueKind};
use crate::{
    Criterion, CutTokens, Distribution, Evidence, Job, ModelSignature, Result, Span, Undefined,
};

/// What a loaded model is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelInfo {
    /// Id, weights and precision, as they go into a [`crate::Signature`].
    pub signature: ModelSignature,
    /// Compute device that really runs: `flex` or `webgpu`.
    pub device: String,
    /// Input template with its version, such as `probe/1`; empty for a plain encoder.
    pub template: String,
}

/// Vectors of the tokens of one text, without special tokens.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenEmbeddings {
    /// Length of each vector.
    pub dim: usize,
    /// Row-major `[tokens, dim]`.
    pub vectors: Vec<f32>,
    /// The part of the text that each token stands for, `[tokens]`.
    pub spans: Vec<Span>,
    /// Vocabulary id of each token, `[tokens]`.
    pub ids: Vec<u32>,
    /// The states pooled to one vector, `[dim]`: for the last layer, what [`EmbedModel::embed`]
    /// gives for the text, so that one pass yields both.
    pub embedding: Vec<f32>,
}

impl TokenEmbeddings {
    /// The vector of token `index`.
    pub fn row(&self, index: usize) -> &[f32] {
        &self.vectors[index * self.dim..(index + 1) * self.dim]
    }
}

/// A text encoder.
pub trait EmbedModel {
    /// What is loaded.
    fn info(&self) -> &ModelInfo;

    /// Length of an embedding.
    fn dim(&self) -> usize;

    /// One vector a text, `[texts][dim]`, of unit length unless the model says otherwise. Texts
    /// longer than the model's window are read in windows.
    ///
    /// # Errors
    /// [`crate::Error::Cancelled`], or a model error such as a lost device.
    async fn embed(&self, texts: &[&str], job: &dyn Job) -> Result<Vec<Vec<f32>>>;

    /// Hidden states of each token after encoder layer `layer` (0 is the embedding layer; `None` is
    /// the last).
    ///
    /// # Errors
    /// As [`EmbedModel::embed`]; [`crate::Error::Invalid`] for a layer that the model has not.
    async fn embed_tokens(
        &self,
        texts: &[&str],
        layer: Option<usize>,
        job: &dyn Job,
    ) -> Result<Vec<TokenEmbeddings>>;
}

/// A borrowed encoder is an encoder, so that several users can share one.
impl<E: EmbedModel> EmbedModel for &E {
    fn info(&self) -> &ModelInfo {
        (**self).info()
    }

    fn dim(&self) -> usize {
        (**self).dim()
    }

    async fn embed(&self, texts: &[&str], job: &dyn Job) -> Result<Vec<Vec<f32>>> {
        (**self).embed(texts, job).await
    }

    async fn embed_tokens(
        &self,
        texts: &[&str],
        layer: Option<usize>,
        job: &dyn Job,
    ) -> Result<Vec<TokenEmbeddings>> {
        (**self).embed_tokens(texts, layer, job).await
    }
}

/// One response as a judge model reads it.
#[derive(Debug, Clone, Copy, Default)]
pub struct JudgeInput<'a> {
    /// What the response answers; may be empty.
    pub instruction: &'a str,
    /// The text to judge.
    pub response: &'a str,
    /// A model answer.
    pub reference: Option<&'a str>,
    /// Passages that the response should rest on.
    pub context: &'a [String],
}

/// What a model was made for, as far as a text can be held against it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scope {
    /// ISO 639-1 codes of the languages that it knows; empty where that is not known.
    pub languages: &'static [&'static str],
    /// Tokens that it reads at once, where it reads longer texts in windows.
    pub window: Option<usize>,
    /// Whether it learnt from prose, and next to nothing from code.
    pub prose: bool,
}

/// A model that gives a response one number, higher for better.
pub trait RewardModel {
    /// What is loaded.
    fn info(&self) -> &ModelInfo;

    /// One reward an input, `[inputs]`, on a logit scale: under the Bradley-Terry model
    /// P(a better than b) = σ(reward(a) − reward(b)). Only differences mean something.
    ///
    /// # Errors
    /// [`crate::Error::Cancelled`], or a model error.
    async fn reward(&self, inputs: &[JudgeInput<'_>], job: &dyn Job) -> Result<Vec<f64>>;

    /// The same with what was not read of each input as it did not fit, `[inputs]`. The default is for
    /// models that read all.
    ///
    /// # Errors
    /// As [`RewardModel::reward`].
    async fn reward_and_cut(
        &self,
        inputs: &[JudgeInput<'_>],
        job: &dyn Job,
    ) -> Result<Vec<(f64, CutTokens)>> {
        let rewards = self.reward(inputs, job).await?;
        Ok(rewards.into_iter().map(|reward| (reward, CutTokens::default())).collect())
    }
}

/// A model that says how far labels fit a text, a pair of texts, or each token.
pub trait ClassifierModel {
    /// What is loaded.
    fn info(&self) -> &ModelInfo;

    /// The labels, in the order of the logits.
    fn labels(&self) -> &[ClassLabel];

    /// What [`Classification::values`] are.
    fn value_kind(&self) -> ValueKind;

    /// One result an input, `[inputs]`. What does not fit the model's window is left out, and counted.
    ///
    /// # Errors
    /// [`crate::Error::Cancelled`], or a model error: one that reads tokens says nothing of whole texts.
    async fn classify(&self, inputs: &[TextPair<'_>], job: &dyn Job)
    -> Result<Vec<Classification>>;

    /// The labels of each token, `[inputs]`.
    ///
    /// # Errors
    /// [`crate::Error::Cancelled`], or a model error: one that reads whole texts says nothing of tokens.
    async fn label_tokens(
        &self,
        inputs: &[TextPair<'_>],
        job: &dyn Job,
    ) -> Result<Vec<TokenClassification>>;
}

/// A distribution over a criterion's scale, with an interval where the model is calibrated.
#[derive(Debug, Clone, PartialEq)]
pub struct Rated {
    /// Probability of each scale point.
    pub distribution: Distribution,
    /// Interval that holds the true score with the coverage stated on the model card.
    pub interval: Option<[f64; 2]>,
    /// Why there is no score; the distribution then means nothing.
    pub undefined: Option<Undefined>,
    /// What a reader should know of this rating, such as text that was not read.
    pub notes: Vec<String>,
}

impl Rated {
    /// A rating with nothing more to say about it.
    pub fn new(distribution: Distribution, interval: Option<[f64; 2]>) -> Self {
        Self { distribution, interval, undefined: None, notes: Vec::new() }
    }

    /// No rating on a scale of `points`, and why.
    pub fn undefined(points: Vec<f64>, why: Undefined) -> Self {
        let probabilities = vec![f64::NAN; points.len()];
        let distribution = Distribution { points, probabilities };
        Self { undefined: Some(why), ..Self::new(distribution, None) }
    }
}

/// The score of a response with one part taken out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Occluded {
    /// Expected score without the part, on the criterion's scale.
    pub score: f64,
    /// False when the part was only left out of a pooled representation.
    pub exact: bool,
}

/// What a model found in a part of a response.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Index of the part among those asked about.
    pub part: usize,
    /// [`Evidence::Segment`] or [`Evidence::Grounding`].
    pub evidence: Evidence,
}

/// A part of the context that helps to answer, and that the response does not make use of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unused {
    /// Index of the part among those asked about.
    pub part: usize,
    /// Probability that it helps to answer.
    pub relevant: f64,
    /// Probability that the response makes use of it.
    pub used: f64,
}

/// A model that scores a response on a criterion.
pub trait RubricModel {
    /// What is loaded.
    fn info(&self) -> &ModelInfo;

    /// What it was made for. By default nothing is known, and no text lies outside of it.
    fn scope(&self) -> Scope {
        Scope::default()
    }

    /// All models that take part, for a signature: several for a panel, which asks another model for
    /// other criteria.
    fn infos(&self) -> Vec<&ModelInfo> {
        vec![self.info()]
    }

    /// What else the ratings of `criteria` depend on, by name, for a signature: who judges what, and
    /// how its outputs become a place on the scale.
    fn settings(&self, _criteria: &[Criterion]) -> Vec<(String, String)> {
        Vec::new()
    }

    /// What a reader should know of any rating of `criteria` by this model, such as that it is not
    /// calibrated.
    fn caveats(&self, _criteria: &[Criterion]) -> Vec<String> {
        Vec::new()
    }

    /// One rating an input and criterion, `[inputs][criteria]`.
    ///
    /// # Errors
    /// [`crate::Error::Cancelled`], or a model error.
    async fn rate(
        &self,
        inputs: &[JudgeInput<'_>],
        criteria: &[Criterion],
        job: &dyn Job,
    ) -> Result<Vec<Vec<Rated>>>;

    /// The scores of one response with each of `spans` taken out in turn, `[spans][criteria]`.
    ///
    /// The default re-reads the text once a span. A model that can do it more cheaply overrides
    /// this and says so in [`Occluded::exact`].
    ///
    /// # Errors
    /// As [`RubricModel::rate`].
    async fn rate_without(
        &self,
        input: JudgeInput<'_>,
        criteria: &[Criterion],
        spans: &[Span],
        job: &dyn Job,
    ) -> Result<Vec<Vec<Occluded>>> {
        let texts: Vec<String> = spans
            .iter()
            .map(|span| span.cut_from(input.response).unwrap_or_else(|| input.response.to_owned()))
            .collect();
        let inputs: Vec<JudgeInput<'_>> =
            texts.iter().map(|text| JudgeInput { response: text, ..input }).collect();
        let rated = self.rate(&inputs, criteria, job).await?;
        let occluded = |r: &Rated| Occluded { score: r.distribution.mean(), exact: true };
        Ok(rated.iter().map(|row| row.iter().map(occluded).collect()).collect())
    }

    /// What is wrong with parts of the response: errors of each kind, and whether the context (if
    /// there is one) supports it. Only what reaches the model's own thresholds is told.
    ///
    /// The default finds nothing: most models say nothing about parts.
    ///
    /// # Errors
    /// As [`RubricModel::rate`].
    async fn findings(
        &self,
        _input: JudgeInput<'_>,
        _parts: &[Span],
        _job: &dyn Job,
    ) -> Result<Vec<Finding>> {
        Ok(Vec::new())
    }

    /// What the response leaves out of its context, of `parts` of the passages joined by line breaks. Only
    /// what reaches the model's own thresholds is told.
    ///
    /// The default finds nothing: most models say nothing about a context.
    ///
    /// # Errors
    /// As [`RubricModel::rate`].
    async fn unused(
        &self,
        _input: JudgeInput<'_>,
        _parts: &[Span],
        _job: &dyn Job,
    ) -> Result<Vec<Unused>> {
        Ok(Vec::new())
    }
}

/// Options of [`GenerateModel::generate`].
#[derive(Debug, Clone, PartialEq)]
pub struct GenerateOptions {
    /// Tokens to write at most.
    pub max_tokens: usize,
    /// 0 takes the likeliest token each time; the rest then has no say. From 0 on.
    pub temperature: f64,
    /// Draws from so many of the likeliest tokens; 0 from all.
    pub top_k: usize,
    /// Draws from the fewest tokens whose probabilities reach this together; above 0, at most 1.
    pub top_p: f64,
    /// Draws from tokens at least this share as likely as the likeliest; 0 to 1.
    pub min_p: f64,
    /// Seed of the sampler.
    pub seed: u64,
    /// Texts that end the output; not included in it.
    pub stop: Vec<String>,
}

impl Default for GenerateOptions {
    fn default() -> Self {
        Self {
            max_tokens: 256,
            temperature: 0.0,
            top_k: 0,
            top_p: 1.0,
            min_p: 0.0,
            seed: 0,
            stop: Vec::new(),
        }
    }
}

/// A causal language model.
pub trait GenerateModel {
    /// What is loaded.
    fn info(&self) -> &ModelInfo;

    /// Text that continues `prompt`.
    ///
    /// # Errors
    /// [`crate::Error::Cancelled`], or a model error.
    async fn generate(
        &self,
        prompt: &str,
        options: &GenerateOptions,
        job: &dyn Job,
    ) -> Result<String>;

    /// Sum of log-probabilities (natural log) of the tokens of each continuation after `prompt`,
    /// `[continuations]`.
    ///
    /// # Errors
    /// As [`GenerateModel::generate`].
    async fn log_probability(
        &self,
        prompt: &str,
        continuations: &[&str],
        job: &dyn Job,
    ) -> Result<Vec<f64>>;
}
