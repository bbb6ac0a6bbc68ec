//! A causal language model: text that goes on from a prompt or answers a chat, and how likely texts are.

mod chat;
mod files;
mod generate;
mod likelihood;
mod sampler;

use burn::tensor::{Int, Tensor, TensorData};
use rubrica_core::{
    GenerateModel, GenerateOptions, Job, Message, ModelInfo, ModelSignature, Stage,
};

use self::chat::ChatTemplate;
pub use self::files::CausalFiles;
pub use self::generate::{Generated, GenerationEnd};
use crate::text_encoder::read;
use crate::{CausalDecoder, DecoderCache, Device, ModelError, Result, TextTokenizer};

/// Tokens that are read at one time: cancelling waits for no more.
const PIECE: usize = if cfg!(target_family = "wasm") { 32 } else { 256 };

/// A decoder with its tokenizer and, for chats, its template.
#[derive(Debug, Clone)]
pub struct CausalLm {
    network: CausalDecoder,
    tokenizer: TextTokenizer,
    template: Option<ChatTemplate>,
    /// What a text begins with when nothing stands before it.
    start: Vec<u32>,
    /// Tokens that end what is written.
    ends: Vec<u32>,
    longest: usize,
    device: Device,
    info: ModelInfo,
}

impl CausalLm {
    /// Loads a model from a GGUF file, or from `config.json`, `tokenizer.json` and safetensors.
    ///
    /// # Errors
    /// Any [`ModelError`] that the files give rise to.
    pub async fn load(files: CausalFiles<'_>, device: &Device) -> Result<Self> {
        let config = files.config()?;
        let weights = files.model.parse_weights(config.prefixes())?;
        let network = CausalDecoder::load(&config, &weights, device)?;
        let tokenizer = files.tokenizer()?;
        tokenizer.check_vocabulary(config.vocab_size())?;
        let tokens = files.tokens(&tokenizer)?;
        let start = match (tokenizer.prefix(), tokens.first.or(tokens.ends.first().copied())) {
            ([], first) => first.into_iter().collect(),
            (prefix, _) => prefix.to_vec(),
        };
        Ok(Self {
            template: files.template(&tokens, &tokenizer)?,
            start,
            ends: tokens.ends,
            longest: config.longest(),
            device: device.clone(),
            info: ModelInfo {
                signature: ModelSignature {
                    id: files.model.id.to_owned(),
                    sha256: weights.sha256().to_owned(),
                    precision: weights.precision().name().to_owned(),
                    files: (!files.is_gguf()).then(|| files.sha256()),
                },
                device: device.kind().to_string(),
                template: String::new(),
            },
            network,
            tokenizer,
        })
    }

    /// The tokenizer.
    pub fn tokenizer(&self) -> &TextTokenizer {
        &self.tokenizer
    }

    /// True when the files say how a chat is written.
    pub fn has_template(&self) -> bool {
        self.template.is_some()
    }

    /// Tokens that a sequence has room for.
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// Ids of a prompt that is to be gone on from. Text that spells a special token is read as text.
    ///
    /// # Errors
    /// [`ModelError::Tokenizer`].
    pub fn prompt_ids(&self, prompt: &str) -> Result<Vec<u32>> {
        let mut ids = self.tokenizer.prefix().to_vec();
        ids.extend(self.tokenizer.tokenize(prompt)?.ids);
        Ok(if ids.is_empty() { self.start.clone() } else { ids })
    }

    /// Ids of a chat, up to where the model's answer begins. Only the template's special tokens are read as such;
    /// what the messages spell is read as text.
    ///
    /// # Errors
    /// [`ModelError::ChatTemplate`] when there is none, or it refuses the messages.
    pub fn chat_ids(&self, messages: &[Message]) -> Result<Vec<u32>> {
        let template = self.template.as_ref().ok_or_else(|| {
            ModelError::ChatTemplate(
                "the model has none; expected a prompt in place of messages".into(),
            )
        })?;
        template.ids(messages, &self.tokenizer)
    }

    /// Reads `rows` of equal length after what `cache` holds; logits of the next token after the last one of each,
    /// `[rows, 1, vocab]`.
    async fn read_on(
        &self,
        ids: &[u32],
        cache: &mut DecoderCache,
        job: &dyn Job,
    ) -> rubrica_core::Result<Tensor<3>> {
        let mut last = None;
        let pieces = ids.chunks(PIECE).count();
        for (done, piece) in ids.chunks(PIECE).enumerate() {
            job.step(Stage::Encode, done, pieces).await?;
            last = Some(self.network.decoder().forward(self.tensor(&[piece]), cache));
        }
        let states = last.ok_or(ModelError::NoTokens)?;
        let [_, seq, _] = states.dims();
        Ok(self.network.logits(states.narrow(1, seq - 1, 1)))
    }

    fn tensor(&self, rows: &[&[u32]]) -> Tensor<2, Int> {
        let ids: Vec<i32> = rows.iter().flat_map(|row| row.iter().map(|&id| id as i32)).collect();
        Tensor::from_data(TensorData::new(ids, [rows.len(), rows[0].len()]), self.device.burn())
    }

    async fn values<const D: usize>(&self, tensor: Tensor<D>) -> Result<Vec<f32>> {
        read(tensor, &self.device).await
    }

    /// Fails for a sequence that the model was not made for.
    fn check_length(&self, text: &'static str, tokens: usize, room: usize) -> Result<()> {
        if tokens <= room {
            return Ok(());
        }
        Err(ModelError::TooLong { text, tokens, room })
    }
}

impl GenerateModel for CausalLm {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    async fn generate(
        &self,
        prompt: &str,
        options: &GenerateOptions,
        job: &dyn Job,
    ) -> rubrica_core::Result<String> {
        let ids = self.prompt_ids(prompt)?;
        Ok(self.write(&ids, options, job, &mut |_| {}).await?.text)
    }

    async fn log_probability(
        &self,
        prompt: &str,
        continuations: &[&str],
        job: &dyn Job,
    ) -> rubrica_core::Result<Vec<f64>> {
        self.likelihoods(&self.prompt_ids(prompt)?, continuations, job).await
    }
}
