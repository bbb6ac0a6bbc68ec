//! An encoder that never reads a text twice, across runs.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use rubrica_core::model::TokenEmbeddings;
use rubrica_core::{EmbedModel, Error, Job, ModelInfo, Result, sha256_hex};

/// Wraps an encoder with a memory of embeddings, by the hash of the text. The memory can be saved as
/// bytes and read back; it belongs to one encoder, whose hash it carries.
pub struct Remembering<E> {
    encoder: E,
    memory: RefCell<HashMap<[u8; 16], Vec<f32>>>,
    fresh: Cell<usize>,
}

const MAGIC: &[u8; 8] = b"RBRCEMB1";

impl<E: EmbedModel> Remembering<E> {
    /// An empty memory.
    pub fn new(encoder: E) -> Self {
        Self { encoder, memory: RefCell::default(), fresh: Cell::new(0) }
    }

    /// Texts encoded since the memory was made or restored.
    pub fn fresh(&self) -> usize {
        self.fresh.get()
    }

    /// The memory as bytes.
    pub fn save(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(self.encoder.info().signature.sha256.as_bytes());
        for (key, row) in &*self.memory.borrow() {
            bytes.extend(key);
            bytes.extend(row.iter().flat_map(|x| x.to_le_bytes()));
        }
        bytes
    }

    /// Adds what [`Remembering::save`] gave.
    ///
    /// # Errors
    /// [`Error::Invalid`] for bytes of something else, or of another encoder's memory.
    pub fn restore(&self, bytes: &[u8]) -> Result<()> {
        let owner = &self.encoder.info().signature.sha256;
        let rest = bytes
            .strip_prefix(MAGIC)
            .and_then(|rest| rest.strip_prefix(owner.as_bytes()))
            .ok_or_else(|| {
            Error::invalid("cache", "belongs to another encoder", "a memory of this one")
        })?;
        let width = 16 + 4 * self.encoder.dim();
        if rest.len() % width != 0 {
            let problem = format!("has {} bytes after its head", rest.len());
            return Err(Error::invalid("cache", problem, format!("a multiple of {width}")));
        }
        let mut memory = self.memory.borrow_mut();
        for entry in rest.chunks_exact(width) {
            let key = entry[..16].try_into().expect("16 bytes");
            let floats = entry[16..].as_chunks::<4>().0.iter();
            memory.insert(key, floats.map(|b| f32::from_le_bytes(*b)).collect());
        }
        Ok(())
    }
}

fn key(text: &str) -> [u8; 16] {
    let digest = sha256_hex(text.as_bytes());
    digest.as_bytes()[..16].try_into().expect("a digest has 64 characters")
}

impl<E: EmbedModel> EmbedModel for Remembering<E> {
    fn info(&self) -> &ModelInfo {
        self.encoder.info()
    }

    fn dim(&self) -> usize {
        self.encoder.dim()
    }

    async fn embed(&self, texts: &[&str], job: &dyn Job) -> Result<Vec<Vec<f32>>> {
        let keys: Vec<[u8; 16]> = texts.iter().map(|t| key(t)).collect();
        let mut missing: Vec<usize> = {
            let memory = self.memory.borrow();
            (0..texts.len()).filter(|&i| !memory.contains_key(&keys[i])).collect()
        };
        missing.sort_by_key(|&i| keys[i]);
        missing.dedup_by_key(|i| keys[*i]);
        // Long lists go in slices of like length: a cancelled run keeps what it has read.
        missing.sort_by_key(|&i| texts[i].len());
        for slice in missing.chunks(256) {
            let batch: Vec<&str> = slice.iter().map(|&i| texts[i]).collect();
            let rows = self.encoder.embed(&batch, job).await?;
            self.fresh.set(self.fresh.get() + rows.len());
            self.memory.borrow_mut().extend(slice.iter().map(|&i| keys[i]).zip(rows));
        }
        let memory = self.memory.borrow();
        Ok(keys.iter().map(|k| memory[k].clone()).collect())
    }

    async fn embed_tokens(
        &self,
        texts: &[&str],
        layer: Option<usize>,
        job: &dyn Job,
    ) -> Result<Vec<TokenEmbeddings>> {
        self.encoder.embed_tokens(texts, layer, job).await
    }
}
