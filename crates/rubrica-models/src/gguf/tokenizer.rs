//! A byte-level BPE tokenizer from GGUF's metadata.

use tokenizers::models::bpe::{BPE, Vocab};
use tokenizers::normalizers::NFC;
use tokenizers::pre_tokenizers::PreTokenizerWrapper;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::digits::Digits;
use tokenizers::pre_tokenizers::sequence::Sequence;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::processors::template::TemplateProcessing;
use tokenizers::{AddedToken, SplitDelimiterBehavior, Tokenizer};

use super::{Gguf, GgufValue};
use crate::{ModelError, Result};

/// How Llama 3 and Qwen 2 cut a text into words; they differ in how many digits stand together.
const WORDS: [&str; 2] = [
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|",
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
];

/// What a token is.
const CONTROL: u64 = 3;
const USER_DEFINED: u64 = 4;

fn fail(message: String) -> ModelError {
    ModelError::Tokenizer(format!("of the GGUF file: {message}"))
}

impl Gguf<'_> {
    /// The tokenizer that the metadata describe. Where the file asks for a first token, it is put before a text.
    ///
    /// # Errors
    /// [`ModelError::Tokenizer`] for a kind that is not known, and for lists that contradict each other.
    pub fn tokenizer(&self) -> Result<Tokenizer> {
        let model = self.tokenizer_text("model").unwrap_or("missing");
        if model != "gpt2" {
            return Err(fail(format!("tokenizer.ggml.model is `{model}`; expected gpt2")));
        }
        let tokens = self.texts("tokens")?;
        let vocabulary: Vocab =
            tokens.iter().zip(0..).map(|(t, id)| ((*t).to_owned(), id)).collect();
        if vocabulary.len() != tokens.len() {
            return Err(fail("tokenizer.ggml.tokens has a token twice; expected each once".into()));
        }
        let merges = self.texts("merges")?.into_iter().enumerate().map(|(index, merge)| {
            let parts = merge.split_once(' ').filter(|(a, b)| !a.is_empty() && !b.is_empty());
            let (first, second) = parts.ok_or_else(|| {
                fail(format!("tokenizer.ggml.merges.{index} is `{merge}`; expected two tokens and a space between"))
            })?;
            Ok((first.to_owned(), second.to_owned()))
        });
        let merges = merges.collect::<Result<Vec<_>>>()?;
        let kind = self.tokenizer_text("pre").unwrap_or("missing");
        let cut = Cut::of(kind).ok_or_else(|| {
            fail(format!("tokenizer.ggml.pre is `{kind}`; expected one of {}", Cut::known()))
        })?;
        let wrong = |error: tokenizers::Error| fail(error.to_string());
        let bpe = BPE::builder()
            .vocab_and_merges(vocabulary, merges)
            .ignore_merges(cut == Cut::Llama3)
            .build()
            .map_err(wrong)?;
        let mut tokenizer = Tokenizer::new(bpe);
        tokenizer.with_pre_tokenizer(Some(cut.pre_tokenizer().map_err(wrong)?));
        tokenizer.with_decoder(Some(ByteLevel::default()));
        if cut == Cut::Qwen2 {
            tokenizer.with_normalizer(Some(NFC));
        }
        self.add_tokens(&tokens, &mut tokenizer)?;
        if let Some(first) = self.first_token(&tokens)? {
            let template = TemplateProcessing::builder()
                .try_single(format!("{first} $A"))
                .and_then(|builder| builder.try_pair(format!("{first} $A $B")))
                .map_err(|error| fail(error.to_string()))?
                .special_tokens(vec![(first, tokenizer.token_to_id(first).unwrap_or(0))])
                .build()
                .map_err(|error| fail(error.to_string()))?;
            tokenizer.with_post_processor(Some(template));
        }
        Ok(tokenizer)
    }

    /// The id that `tokenizer.ggml.KEY` names, if it is one of the tokens.
    pub(crate) fn token_id(&self, key: &str) -> Option<u32> {
        let id = self.value(&format!("tokenizer.ggml.{key}"))?.as_count()?;
        let count = self.value("tokenizer.ggml.tokens")?.as_list()?.len();
        u32::try_from(id).ok().filter(|&id| (id as usize) < count)
    }

    fn tokenizer_text(&self, key: &str) -> Option<&str> {
        self.value(&format!("tokenizer.ggml.{key}"))?.as_text()
    }

    fn texts(&self, key: &str) -> Result<Vec<&str>> {
        let values = self.value(&format!("tokenizer.ggml.{key}")).and_then(GgufValue::as_list);
        let texts = values.map(|values| values.iter().map(GgufValue::as_text).collect());
        texts
            .flatten()
            .ok_or_else(|| fail(format!("tokenizer.ggml.{key} is no list of texts; expected one")))
    }

    /// Tokens that stand for themselves wherever they are spelled, such as those around a turn.
    fn add_tokens(&self, tokens: &[&str], tokenizer: &mut Tokenizer) -> Result<()> {
        let Some(kinds) = self.value("tokenizer.ggml.token_type").and_then(GgufValue::as_list)
        else {
            return Ok(());
        };
        if kinds.len() != tokens.len() {
            return Err(fail(format!(
                "tokenizer.ggml.token_type has {} entries; expected one for each of {} tokens",
                kinds.len(),
                tokens.len()
            )));
        }
        let added: Vec<AddedToken> = tokens
            .iter()
            .zip(kinds)
            .filter_map(|(token, kind)| match kind.as_count() {
                Some(CONTROL) => Some(AddedToken::from(*token, true)),
                Some(USER_DEFINED) => Some(AddedToken::from(*token, false).normalized(false)),
                _ => None,
            })
            .collect();
        tokenizer.add_tokens(&added);
        Ok(())
    }

    fn first_token<'t>(&self, tokens: &[&'t str]) -> Result<Option<&'t str>> {
        if self.value("tokenizer.ggml.add_bos_token") != Some(&GgufValue::Bool(true)) {
            return Ok(None);
        }
        let id = self.token_id("bos_token_id").ok_or_else(|| {
            fail(
                "tokenizer.ggml.bos_token_id is no token; expected one, as it is to be added"
                    .into(),
            )
        })?;
        Ok(Some(tokens[id as usize]))
    }
}

/// How a text is cut into words before BPE.
#[derive(Clone, Copy, PartialEq)]
enum Cut {
    Gpt2,
    Llama3,
    Qwen2,
    SmolLm,
}

impl Cut {
    const NAMES: [(&'static str, Self); 7] = [
        ("gpt-2", Self::Gpt2),
        ("llama-bpe", Self::Llama3),
        ("llama3", Self::Llama3),
        ("llama-v3", Self::Llama3),
        ("qwen2", Self::Qwen2),
        ("deepseek-r1-qwen", Self::Qwen2),
        ("smollm", Self::SmolLm),
    ];

    fn of(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, cut)| *cut)
    }

    fn known() -> String {
        Self::NAMES.map(|(name, _)| name).join(", ")
    }

    fn pre_tokenizer(self) -> tokenizers::Result<PreTokenizerWrapper> {
        let bytes = |words| PreTokenizerWrapper::from(ByteLevel::new(false, true, words));
        let by_words = |digits: &str| -> tokenizers::Result<PreTokenizerWrapper> {
            let pattern = SplitPattern::Regex(WORDS.join(digits));
            let split = Split::new(pattern, SplitDelimiterBehavior::Isolated, false)?;
            Ok(Sequence::new(vec![split.into(), bytes(false)]).into())
        };
        match self {
            Self::Gpt2 => Ok(bytes(true)),
            Self::Llama3 => by_words(r"\p{N}{1,3}"),
            Self::Qwen2 => by_words(r"\p{N}"),
            Self::SmolLm => Ok(Sequence::new(vec![Digits::new(true).into(), bytes(true)]).into()),
        }
    }
}
