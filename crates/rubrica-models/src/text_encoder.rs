//! Text in, vectors out.

use rubrica_core::model::TokenEmbeddings;
use rubrica_core::{EmbedModel, Job, ModelInfo, ModelSignature, Stage, sha256_hex};
use serde::Deserialize;

use crate::encoder::EncoderInput;
use crate::{
    BatchPlan, Bert, BertConfig, Device, Golden, ModelError, Pooling, Result, TextTokenizer,
    TokenizedText, Weights, Window,
};

/// The files of a model, as bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct ModelFiles<'a> {
    /// Catalogue id or folder name.
    pub id: &'a str,
    /// `config.json`.
    pub config: &'a [u8],
    /// `tokenizer.json`.
    pub tokenizer: &'a [u8],
    /// Safetensors weights.
    pub weights: &'a [u8],
    /// The hash that the weights must have, if the caller knows it.
    pub weights_sha256: Option<&'a str>,
    /// `1_Pooling/config.json` of a sentence-transformers model.
    pub pooling: Option<&'a [u8]>,
    /// `head.json`, for a model with a head of ours.
    pub head: Option<&'a [u8]>,
    /// `golden.json`.
    pub golden: Option<&'a [u8]>,
}

impl ModelFiles<'_> {
    /// sha256 over the names and hashes of what is read besides the weights: configuration, tokenizer, pooling
    /// and head. A signature has it, as each of them changes the numbers.
    pub(crate) fn sha256(&self) -> String {
        let files = [
            ("config.json", Some(self.config)),
            ("tokenizer.json", Some(self.tokenizer)),
            ("1_Pooling/config.json", self.pooling),
            ("head.json", self.head),
        ];
        let lines = files.iter().filter_map(|(name, bytes)| {
            bytes.map(|bytes| format!("{name} {}\n", sha256_hex(bytes)))
        });
        sha256_hex(lines.collect::<String>().as_bytes())
    }
}

/// How texts are cut and grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EncodeOptions {
    /// Tokens in a window, special ones included; capped by the model's own limit.
    pub window: usize,
    /// Tokens in a batch, padding included. Smaller batches report progress more often.
    pub batch_tokens: usize,
    /// Whether a judge may take products of bfloat16 numbers on a CPU with a matrix unit: some times
    /// as fast, and a few thousandths off, so that its golden logits are not asked for.
    pub mixed_precision: bool,
}

impl Default for EncodeOptions {
    fn default() -> Self {
        // One thread gains nothing from a large batch, and the event loop waits for each.
        let batch_tokens = if cfg!(target_family = "wasm") { 256 } else { 4096 };
        Self { window: 512, batch_tokens, mixed_precision: false }
    }
}

/// A sentence encoder: unit-length embeddings of texts of any length.
#[derive(Debug, Clone)]
pub struct TextEncoder {
    pub(crate) bert: Bert,
    pub(crate) tokenizer: TextTokenizer,
    pub(crate) device: Device,
    pub(crate) options: EncodeOptions,
    pooling: Pooling,
    dim: usize,
    info: ModelInfo,
}

impl TextEncoder {
    /// Builds the encoder on `device` and checks it against the golden vector, if there is one.
    ///
    /// # Errors
    /// Any [`ModelError`] that the files give rise to; [`ModelError::GoldenMismatch`] when the device
    /// computes something else.
    pub async fn load(
        files: ModelFiles<'_>,
        device: &Device,
        options: EncodeOptions,
    ) -> Result<Self> {
        let config = BertConfig::from_json(files.config)?;
        let tokenizer = TextTokenizer::from_bytes(files.tokenizer)?;
        if tokenizer.vocabulary_size() > config.vocab_size {
            return Err(ModelError::Tokenizer(format!(
                "vocabulary has {} entries; expected at most the model's {}",
                tokenizer.vocabulary_size(),
                config.vocab_size
            )));
        }
        let weights = Weights::parse(files.weights, files.weights_sha256, &["bert."])?;
        let special = tokenizer.prefix().len() + tokenizer.suffix().len();
        let encoder = Self {
            bert: Bert::load(&config, &weights, device.burn())?,
            device: device.clone(),
            options: EncodeOptions {
                window: options.window.clamp(special + 1, config.max_position_embeddings),
                ..options
            },
            pooling: files.pooling.map(read_pooling).transpose()?.unwrap_or_default(),
            dim: config.hidden_size,
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
            tokenizer,
        };
        if let Some(golden) = files.golden {
            let golden = Golden::from_json(golden)?;
            let rows =
                encoder.embed_tokenized(&[encoder.tokenizer.tokenize(&golden.text)?]).await?;
            golden.check(&rows[0], weights.precision(), &encoder.info.device)?;
        }
        Ok(encoder)
    }

    /// The tokenizer.
    pub fn tokenizer(&self) -> &TextTokenizer {
        &self.tokenizer
    }

    /// Where it runs.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Tokens of a text that fit one window.
    pub fn window_tokens(&self) -> usize {
        self.options.window - self.tokenizer.prefix().len() - self.tokenizer.suffix().len()
    }

    async fn embed_tokenized(&self, texts: &[TokenizedText]) -> Result<Vec<Vec<f32>>> {
        let job: &dyn Job = &rubrica_core::Quiet;
        self.embed_windows(texts, job).await.map_err(|e| self.device.lost(e))
    }

    /// Embeddings of tokenised texts: the token-weighted mean of their windows' pooled vectors,
    /// scaled to unit length.
    async fn embed_windows(
        &self,
        texts: &[TokenizedText],
        job: &dyn Job,
    ) -> rubrica_core::Result<Vec<Vec<f32>>> {
        let plan = self.plan(texts);
        let mut sums = vec![vec![0f32; self.dim]; texts.len()];
        let mut done = 0;
        for batch in &plan.batches {
            job.step(Stage::Encode, done, plan.windows.len()).await?;
            let windows: Vec<&Window> = batch.iter().map(|&w| &plan.windows[w]).collect();
            let input = self.input(texts, &windows);
            let pooled = self.pooling.apply(self.bert.forward(&input), &input.lengths);
            let rows = self.read(pooled).await?;
            self.add_pooled(&mut sums, &windows, &rows);
            done += batch.len();
        }
        job.step(Stage::Encode, done, plan.windows.len()).await?;
        sums.iter_mut().for_each(|row| normalise(row));
        Ok(sums)
    }

    /// Adds the pooled vectors of `windows` to the sums of their texts, weighted by tokens.
    fn add_pooled(&self, sums: &mut [Vec<f32>], windows: &[&Window], rows: &[f32]) {
        for (window, row) in windows.iter().zip(rows.chunks_exact(self.dim)) {
            let weight = window.tokens.len().max(1) as f32;
            for (sum, x) in sums[window.text].iter_mut().zip(row) {
                *sum += weight * x;
            }
        }
    }

    pub(crate) fn plan(&self, texts: &[TokenizedText]) -> BatchPlan {
        let lengths: Vec<usize> = texts.iter().map(|t| t.ids.len()).collect();
        BatchPlan::new(&lengths, self.window_tokens(), self.options.batch_tokens)
    }

    fn input(&self, texts: &[TokenizedText], windows: &[&Window]) -> EncoderInput {
        let rows: Vec<_> = windows
            .iter()
            .map(|window| {
                let ids = [
                    self.tokenizer.prefix(),
                    &texts[window.text].ids[window.tokens.clone()],
                    self.tokenizer.suffix(),
                ]
                .concat();
                let segments = vec![0; ids.len()];
                (ids, segments)
            })
            .collect();
        EncoderInput::new(&rows, self.tokenizer.pad(), self.device.burn())
    }

    pub(crate) async fn read<const D: usize>(
        &self,
        tensor: burn::tensor::Tensor<D>,
    ) -> Result<Vec<f32>> {
        read(tensor, &self.device).await
    }
}

/// Reads a tensor back from its device.
pub(crate) async fn read<const D: usize>(
    tensor: burn::tensor::Tensor<D>,
    device: &Device,
) -> Result<Vec<f32>> {
    let data = tensor.into_data_async().await.map_err(|e| device.lost(e))?;
    let values = data.try_into_vec::<f32>().map_err(|e| device.lost(format!("{e:?}")))?;
    // NaN would pass through whatever follows, and some of that makes a number of it.
    match values.iter().all(|value| value.is_finite()) {
        true => Ok(values),
        false => Err(ModelError::NotFinite { what: format!("output on {}", device.kind()) }),
    }
}

impl EmbedModel for TextEncoder {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn dim(&self) -> usize {
        self.dim
    }

    async fn embed(&self, texts: &[&str], job: &dyn Job) -> rubrica_core::Result<Vec<Vec<f32>>> {
        let tokenized =
            texts.iter().map(|t| self.tokenizer.tokenize(t)).collect::<Result<Vec<_>>>()?;
        self.embed_windows(&tokenized, job).await
    }

    async fn embed_tokens(
        &self,
        texts: &[&str],
        layer: Option<usize>,
        job: &dyn Job,
    ) -> rubrica_core::Result<Vec<TokenEmbeddings>> {
        let last = self.bert.depth();
        let layer = layer.unwrap_or(last);
        if layer > last {
            let name = self.info.signature.id.clone();
            return Err(ModelError::NoSuchLayer { name, layer, last }.into());
        }
        let tokenized =
            texts.iter().map(|t| self.tokenizer.tokenize(t)).collect::<Result<Vec<_>>>()?;
        let plan = self.plan(&tokenized);
        let mut vectors: Vec<Vec<f32>> =
            tokenized.iter().map(|t| vec![0.0; t.ids.len() * self.dim]).collect();
        let skip = self.tokenizer.prefix().len();
        let mut pooled = vec![vec![0f32; self.dim]; texts.len()];
        let mut done = 0;
        for batch in &plan.batches {
            job.step(Stage::Encode, done, plan.windows.len()).await?;
            let windows: Vec<&Window> = batch.iter().map(|&w| &plan.windows[w]).collect();
            let input = self.input(&tokenized, &windows);
            let [_, seq] = input.ids.dims();
            let hidden = self.bert.forward_to(&input, layer);
            let rows = self.read(self.pooling.apply(hidden.clone(), &input.lengths)).await?;
            self.add_pooled(&mut pooled, &windows, &rows);
            let states = self.read(hidden).await?;
            for (window, states) in windows.iter().zip(states.chunks_exact(seq * self.dim)) {
                let tokens = &window.tokens;
                vectors[window.text][tokens.start * self.dim..tokens.end * self.dim]
                    .copy_from_slice(&states[skip * self.dim..(skip + tokens.len()) * self.dim]);
            }
            done += batch.len();
        }
        job.step(Stage::Encode, done, plan.windows.len()).await?;
        pooled.iter_mut().for_each(|row| normalise(row));
        Ok(tokenized
            .into_iter()
            .zip(vectors.into_iter().zip(pooled))
            .map(|(text, (vectors, embedding))| TokenEmbeddings {
                dim: self.dim,
                vectors,
                spans: text.spans,
                ids: text.ids,
                embedding,
            })
            .collect())
    }
}

fn normalise(row: &mut [f32]) {
    let norm = row.iter().map(|x| x * x).sum::<f32>().sqrt();
    if norm > 0.0 {
        row.iter_mut().for_each(|x| *x /= norm);
    }
}

/// sentence-transformers writes one flag a mode.
fn read_pooling(bytes: &[u8]) -> Result<Pooling> {
    #[derive(Deserialize)]
    struct Flags {
        #[serde(default)]
        pooling_mode_cls_token: bool,
        #[serde(default)]
        pooling_mode_mean_tokens: bool,
        #[serde(default)]
        pooling_mode_lasttoken: bool,
    }
    let fail = |message: String| ModelError::Config { file: "1_Pooling/config.json", message };
    let flags: Flags = serde_json::from_slice(bytes).map_err(|e| fail(e.to_string()))?;
    match (
        flags.pooling_mode_cls_token,
        flags.pooling_mode_mean_tokens,
        flags.pooling_mode_lasttoken,
    ) {
        (true, false, false) => Ok(Pooling::Cls),
        (false, true, false) => Ok(Pooling::Mean),
        (false, false, true) => Ok(Pooling::Last),
        _ => Err(fail("no supported pooling mode; expected exactly one of cls, mean, last".into())),
    }
}
