//! Anything that gives a response a number.

use std::future::Future;
use std::pin::Pin;

use rubrica_core::model::JudgeInput;
use rubrica_core::{Job, Result, RewardModel, RubricModel};

use crate::data::{LabelledPair, LabelledRating, Shape};

/// A future on the thread that made it.
pub type Local<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Gives every row a number, higher for better. The unit is the scorer's own.
pub trait Scorer {
    /// Name in reports.
    fn name(&self) -> String;

    /// score(a) − score(b) of each pair, `[pairs]`.
    fn margins<'a>(
        &'a self,
        pairs: &'a [&'a LabelledPair],
        job: &'a dyn Job,
    ) -> Local<'a, Result<Vec<f64>>>;

    /// Score of each rating row, `[ratings]`.
    fn scores<'a>(
        &'a self,
        ratings: &'a [&'a LabelledRating],
        job: &'a dyn Job,
    ) -> Local<'a, Result<Vec<f64>>>;

    /// Score from which a row of `shape` counts as positive; `None` when the scorer has no opinion.
    fn threshold(&self, _shape: Shape) -> Option<f64> {
        None
    }

    /// Largest |margin| that is called a tie.
    fn tie_margin(&self) -> f64 {
        0.0
    }
}

/// A judge model as a [`Scorer`]: its reward for pairs, the share of the way to the best rating for
/// ratings.
pub struct JudgeScorer<'j, J> {
    /// The judge.
    pub judge: &'j J,
    /// Reward difference up to which a pair is called a tie.
    pub tie_margin: f64,
    /// Share of the way to the best rating from which a row is positive, by shape.
    pub thresholds: fn(Shape) -> Option<f64>,
}

/// Rows that a judge is given at a time: enough to fill its batches, few enough to report progress.
const CHUNK: usize = 64;

impl<J: RubricModel + RewardModel> Scorer for JudgeScorer<'_, J> {
    fn name(&self) -> String {
        RewardModel::info(self.judge).signature.id.clone()
    }

    fn margins<'a>(
        &'a self,
        pairs: &'a [&'a LabelledPair],
        job: &'a dyn Job,
    ) -> Local<'a, Result<Vec<f64>>> {
        Box::pin(async move {
            let mut margins = Vec::with_capacity(pairs.len());
            for chunk in pairs.chunks(CHUNK) {
                let inputs: Vec<JudgeInput<'_>> = chunk
                    .iter()
                    .flat_map(|pair| {
                        pair.responses.iter().map(|response| JudgeInput {
                            instruction: &pair.prompt,
                            response,
                            ..JudgeInput::default()
                        })
                    })
                    .collect();
                let rewards = self.judge.reward(&inputs, job).await?;
                margins.extend(rewards.as_chunks::<2>().0.iter().map(|[a, b]| a - b));
            }
            Ok(margins)
        })
    }

    fn scores<'a>(
        &'a self,
        ratings: &'a [&'a LabelledRating],
        job: &'a dyn Job,
    ) -> Local<'a, Result<Vec<f64>>> {
        Box::pin(async move {
            let mut scores = vec![0.0; ratings.len()];
            // A judge reads several inputs under one criterion at a time.
            let mut order: Vec<usize> = (0..ratings.len()).collect();
            order.sort_by_cached_key(|&i| ratings[i].criterion.full_description());
            for same in order.chunk_by(|&a, &b| ratings[a].criterion == ratings[b].criterion) {
                for chunk in same.chunks(CHUNK) {
                    let criterion = std::slice::from_ref(&ratings[chunk[0]].criterion);
                    let inputs: Vec<JudgeInput<'_>> = chunk
                        .iter()
                        .map(|&i| JudgeInput {
                            instruction: &ratings[i].instruction,
                            response: &ratings[i].response,
                            reference: ratings[i].reference.as_deref(),
                            context: &[],
                        })
                        .collect();
                    let rated = self.judge.rate(&inputs, criterion, job).await?;
                    for (&i, row) in chunk.iter().zip(rated) {
                        scores[i] = criterion[0].scale.normalise(row[0].distribution.mean());
                    }
                }
            }
            Ok(scores)
        })
    }

    fn threshold(&self, shape: Shape) -> Option<f64> {
        (self.thresholds)(shape)
    }

    fn tie_margin(&self) -> f64 {
        self.tie_margin
    }
}
