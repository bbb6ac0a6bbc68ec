//! How likely texts are.

use burn::tensor::activation::log_softmax;
use burn::tensor::{Int, Tensor, TensorData};
use rubrica_core::{Job, Result, Stage};

use super::{CausalLm, PIECE};
use crate::DecoderCache;

/// Texts that are read side by side.
const ROWS: usize = 8;

impl CausalLm {
    /// Sum of the log-probabilities of the tokens of each of `continuations` after `prompt`, which is read once. A
    /// continuation's tokens are those that it has by itself. One without tokens has 0.
    ///
    /// # Errors
    /// [`rubrica_core::Error::Cancelled`], or a model error, such as more tokens than the model was made for.
    pub(super) async fn likelihoods(
        &self,
        prompt: &[u32],
        continuations: &[&str],
        job: &dyn Job,
    ) -> Result<Vec<f64>> {
        let texts = continuations
            .iter()
            .map(|text| Ok(self.tokenizer.tokenize(text)?.ids))
            .collect::<crate::Result<Vec<_>>>()?;
        let longest = texts.iter().map(Vec::len).max().unwrap_or(0);
        let Some((&last, before)) = prompt.split_last() else {
            return Err(crate::ModelError::NoTokens.into());
        };
        self.check_length("prompt", prompt.len(), self.longest)?;
        self.check_length("continuation", longest, self.longest - prompt.len())?;
        let mut start = DecoderCache::default();
        if !before.is_empty() {
            self.read_on(before, &mut start, job).await?;
        }
        let mut sums = vec![0.0; texts.len()];
        // Texts of like length beside each other.
        let mut order: Vec<usize> = (0..texts.len()).filter(|&i| !texts[i].is_empty()).collect();
        order.sort_by_key(|&i| texts[i].len());
        for (done, rows) in order.chunks(ROWS).enumerate() {
            job.step(Stage::Encode, done * ROWS, order.len()).await?;
            let texts: Vec<&[u32]> = rows.iter().map(|&i| texts[i].as_slice()).collect();
            let found = self.sums(last, &texts, start.repeat(rows.len()), job).await?;
            rows.iter().zip(found).for_each(|(&i, sum)| sums[i] = sum);
        }
        Ok(sums)
    }

    /// The sums of texts side by side, after `last` and what `cache` holds.
    async fn sums(
        &self,
        last: u32,
        texts: &[&[u32]],
        mut cache: DecoderCache,
        job: &dyn Job,
    ) -> Result<Vec<f64>> {
        let longest = texts.iter().map(|text| text.len()).max().unwrap_or(0);
        let mut sums = vec![0.0; texts.len()];
        let piece = (PIECE / texts.len()).max(1);
        for at in (0..longest).step_by(piece) {
            job.step(Stage::Encode, at, longest).await?;
            let width = piece.min(longest - at);
            // Each token is told by those before it; padding stands at the end, where nothing sees it.
            let before = |text: &[u32], place: usize| match place {
                0 => last,
                place => text.get(place - 1).copied().unwrap_or(last),
            };
            let rows: Vec<Vec<u32>> = texts
                .iter()
                .map(|text| (at..at + width).map(|place| before(text, place)).collect())
                .collect();
            let rows: Vec<&[u32]> = rows.iter().map(Vec::as_slice).collect();
            let next: Vec<i32> = texts
                .iter()
                .flat_map(|text| {
                    (at..at + width).map(|place| text.get(place).map_or(0, |&id| id as i32))
                })
                .collect();
            let next = TensorData::new(next, [texts.len(), width, 1]);
            let next = Tensor::<3, Int>::from_data(next, self.device.burn());
            let states = self.network.decoder().forward(self.tensor(&rows), &mut cache);
            let values = self.values(log_softmax(self.network.logits(states), 2).gather(2, next));
            for ((sum, text), row) in sums.iter_mut().zip(texts).zip(values.await?.chunks(width)) {
                let there = text.len().saturating_sub(at).min(width);
                *sum += row[..there].iter().map(|&value| f64::from(value)).sum::<f64>();
            }
        }
        Ok(sums)
    }
}
