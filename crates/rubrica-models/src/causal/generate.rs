//! Writing, token by token.

use rubrica_core::{GenerateOptions, Job, Result, Stage};
use serde::Serialize;

use super::CausalLm;
use super::sampler::Sampler;
use crate::DecoderCache;

/// Why a text ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum GenerationEnd {
    /// The model ended it.
    End,
    /// One of the texts that were to end it came.
    Stop,
    /// It is as long as it may be.
    Length,
}

/// What a model wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Generated {
    /// The text, without special tokens and without the text that ended it.
    pub text: String,
    /// Tokens written, one that ended the text not counted.
    pub tokens: usize,
    /// Why it ended.
    pub end: GenerationEnd,
}

impl CausalLm {
    /// Text that goes on from `ids`, such as [`CausalLm::prompt_ids`] and [`CausalLm::chat_ids`] give. `hear` gets each
    /// part of it as soon as nothing can change it any more.
    ///
    /// # Errors
    /// [`rubrica_core::Error::Cancelled`], [`rubrica_core::Error::Invalid`] for options that make no sense, or a model
    /// error, such as a prompt that leaves no room.
    pub async fn write(
        &self,
        ids: &[u32],
        options: &GenerateOptions,
        job: &dyn Job,
        hear: &mut dyn FnMut(&str),
    ) -> Result<Generated> {
        let mut sampler = Sampler::new(options)?;
        self.check_length("prompt", ids.len(), self.longest.saturating_sub(1))?;
        let room = options.max_tokens.min(self.longest - ids.len());
        let mut cache = DecoderCache::default();
        let mut written: Vec<u32> = Vec::new();
        let (mut text, mut heard) = (String::new(), 0);
        let mut end = GenerationEnd::Length;
        let mut logits = self.read_on(ids, &mut cache, job).await?;
        while written.len() < room {
            job.step(Stage::Generate, written.len(), room).await?;
            let token = sampler.draw(&self.values(logits).await?);
            if self.ends.contains(&token) {
                end = GenerationEnd::End;
                break;
            }
            written.push(token);
            text = self.tokenizer.decode(&written)?;
            if let Some(at) = options.stop.iter().filter_map(|stop| text.find(stop)).min() {
                text.truncate(at);
                end = GenerationEnd::Stop;
                break;
            }
            let sure = text.len() - undecided(&text, &options.stop);
            if sure > heard {
                hear(&text[heard..sure]);
                heard = sure;
            }
            if written.len() == room {
                break;
            }
            logits = self
                .network
                .logits(self.network.decoder().forward(self.tensor(&[&[token]]), &mut cache));
        }
        if text.len() > heard {
            hear(&text[heard..]);
        }
        Ok(Generated { text, tokens: written.len(), end })
    }
}

/// Bytes at the end of `text` that later tokens may change: the start of a text that ends it, or of a character.
fn undecided(text: &str, stop: &[String]) -> usize {
    let broken = text.len() - text.trim_end_matches('\u{fffd}').len();
    let start = |stop: &String| {
        let lengths = stop.char_indices().map(|(at, _)| at).skip(1);
        lengths.filter(|&length| text.ends_with(&stop[..length])).max().unwrap_or(0)
    };
    stop.iter().map(start).max().unwrap_or(0).max(broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_still_change_is_held_back() {
        let stop = ["[RESULT]".to_owned(), "\n\n".to_owned()];
        for (text, held) in
            [("", 0), ("abc", 0), ("abc [RES", 4), ("abc\n", 1), ("a\u{fffd}", 3), ("[RESULT", 7)]
        {
            assert_eq!(undecided(text, &stop), held, "{text}");
        }
    }
}
