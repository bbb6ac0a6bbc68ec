//! Tokenizer from `tokenizer.json` bytes.

use rubrica_core::Span;
use tokenizers::Tokenizer;

use crate::sequence::SequenceLayout;
use crate::{ModelError, Result};

/// Tokens of one text, without special ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenizedText {
    /// Vocabulary ids.
    pub ids: Vec<u32>,
    /// The part of the text that each token stands for.
    pub spans: Vec<Span>,
}

/// A hub tokenizer whose truncation and padding are switched off: windows and batches are ours.
#[derive(Debug, Clone)]
pub struct TextTokenizer {
    inner: Tokenizer,
    prefix: Vec<u32>,
    suffix: Vec<u32>,
    pad: u32,
    layout: SequenceLayout,
}

impl TextTokenizer {
    /// Reads `tokenizer.json`.
    ///
    /// Text that spells a special token, such as `[SEP]`, is read as plain text: what a person
    /// pastes must not be able to forge the boundaries between the fields that a judge reads.
    ///
    /// # Errors
    /// [`ModelError::Tokenizer`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let fail = |e: tokenizers::Error| ModelError::Tokenizer(e.to_string());
        Self::from_tokenizer(Tokenizer::from_bytes(bytes).map_err(fail)?)
    }

    /// The same for a tokenizer from elsewhere.
    ///
    /// # Errors
    /// [`ModelError::Tokenizer`].
    pub fn from_tokenizer(mut inner: Tokenizer) -> Result<Self> {
        let fail = |e: tokenizers::Error| ModelError::Tokenizer(e.to_string());
        inner.with_truncation(None).map_err(fail)?;
        inner.with_padding(None);
        inner.set_encode_special_tokens(true);
        // What the post-processor puts around a text shows on any text.
        let probe = inner.encode("a", true).map_err(fail)?;
        let special = probe.get_special_tokens_mask();
        let head = special.iter().take_while(|&&m| m == 1).count();
        let tail = special.iter().rev().take_while(|&&m| m == 1).count();
        if head + tail >= special.len() {
            return Err(ModelError::Tokenizer(
                "the text `a` has no token of its own; expected at least one".into(),
            ));
        }
        let ids = probe.get_ids();
        let pair = inner.encode(("a", "a"), true).map_err(fail)?;
        let pad = ["[PAD]", "<pad>"].iter().find_map(|token| inner.token_to_id(token));
        Ok(Self {
            prefix: ids[..head].to_vec(),
            suffix: ids[ids.len() - tail..].to_vec(),
            pad: pad.unwrap_or(0),
            layout: SequenceLayout::read(&probe, &pair),
            inner,
        })
    }

    /// The same tokenizer with special tokens in the text read as such, as `transformers` does by
    /// default.
    #[must_use]
    pub fn with_special_tokens_in_text(mut self) -> Self {
        self.inner.set_encode_special_tokens(false);
        self
    }

    /// Special tokens before a text, such as `[CLS]`.
    pub fn prefix(&self) -> &[u32] {
        &self.prefix
    }

    /// Special tokens after a text, such as `[SEP]`.
    pub fn suffix(&self) -> &[u32] {
        &self.suffix
    }

    /// The padding token.
    pub fn pad(&self) -> u32 {
        self.pad
    }

    /// How a text or a pair stands between special tokens.
    pub(crate) fn layout(&self) -> &SequenceLayout {
        &self.layout
    }

    /// Fails when the tokenizer has more entries than a model of `vocab_size`.
    pub(crate) fn check_vocabulary(&self, vocab_size: usize) -> Result<()> {
        let found = self.vocabulary_size();
        if found <= vocab_size {
            return Ok(());
        }
        Err(ModelError::Tokenizer(format!(
            "vocabulary has {found} entries; expected at most the model's {vocab_size}"
        )))
    }

    /// Id of `token`, if the vocabulary has it.
    pub fn token_id(&self, token: &str) -> Option<u32> {
        self.inner.token_to_id(token)
    }

    /// The token of `id`, if the vocabulary has it.
    pub fn token(&self, id: u32) -> Option<String> {
        self.inner.id_to_token(id)
    }

    /// Special tokens that a text can spell, with their ids.
    pub(crate) fn special_tokens(&self) -> Vec<(String, u32)> {
        let added = self.inner.get_added_tokens_decoder();
        let special = added.into_iter().filter(|(_, token)| token.special);
        // One of a single character cannot be told from that character.
        let spelled = special.filter(|(_, token)| token.content.chars().nth(1).is_some());
        spelled.map(|(id, token)| (token.content, id)).collect()
    }

    /// The text of `ids`, without special tokens.
    ///
    /// # Errors
    /// [`ModelError::Tokenizer`].
    pub fn decode(&self, ids: &[u32]) -> Result<String> {
        self.inner.decode(ids, true).map_err(|e| ModelError::Tokenizer(e.to_string()))
    }

    /// Number of entries in the vocabulary.
    pub fn vocabulary_size(&self) -> usize {
        self.inner.get_vocab_size(true)
    }

    /// Tokens of `text` without special ones; their spans count Unicode scalars of `text`.
    ///
    /// # Errors
    /// [`ModelError::Tokenizer`] when the tokenizer's rules cannot handle the text.
    pub fn tokenize(&self, text: &str) -> Result<TokenizedText> {
        let encoding = self
            .inner
            .encode_char_offsets(text, false)
            .map_err(|e| ModelError::Tokenizer(e.to_string()))?;
        let spans = encoding.get_offsets().iter();
        Ok(TokenizedText {
            ids: encoding.get_ids().to_vec(),
            spans: spans.map(|&(start, end)| Span::new(start, end)).collect(),
        })
    }
}
