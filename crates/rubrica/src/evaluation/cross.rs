//! A cross-encoder as a scorer: each shape is answered by the head that was trained for it.

use std::sync::Arc;

use rubrica_core::model::JudgeInput;
use rubrica_core::{Job, Result, Span};
use rubrica_metrics::text::sentences;
use rubrica_models::CrossJudge;

use super::scorer::{JudgeScorer, Local, Scorer};
use crate::data::{LabelledPair, LabelledRating, Shape};

/// A cross-encoder as a [`Scorer`].
pub struct CrossScorer<'j> {
    /// The judge.
    pub judge: &'j CrossJudge,
}

impl CrossScorer<'_> {
    /// Rubric and reward head, as of any judge.
    fn plain(&self) -> JudgeScorer<'_, CrossJudge> {
        let tie_margin = self.judge.config().tie_margin;
        JudgeScorer { judge: self.judge, tie_margin, thresholds: |_| None }
    }

    /// How likely each part of one response is free of errors: the response is read once.
    async fn faultless(&self, parts: &[&LabelledRating], job: &dyn Job) -> Result<Vec<f64>> {
        let whole = whole(parts[0]);
        let span = |rating: &&LabelledRating| {
            rating.part.as_ref().map_or(everything(whole), |part| part.span)
        };
        let spans: Vec<Span> = parts.iter().map(span).collect();
        let found = self.judge.errors(&input(parts[0]), &spans, job).await?;
        Ok(found.iter().map(|part| 1.0 - part.probabilities[0]).collect())
    }

    async fn supported(&self, rating: &LabelledRating, job: &dyn Job) -> Result<f64> {
        let (whole, input) = (whole(rating), input(rating));
        // A response is as well supported as its worst sentence, unless the whole looks worse.
        let mut spans = sentences(whole);
        spans.push(everything(whole));
        let parts = self.judge.support(&input, &spans, job).await?;
        let last = parts[parts.len() - 1].probabilities[0];
        let worst = parts.iter().map(|p| p.probabilities[0]).fold(1.0, f64::min);
        Ok((last + worst) / 2.0)
    }
}

/// The response that a row speaks of, or of a part of which it does.
fn whole(rating: &LabelledRating) -> &str {
    rating.part.as_ref().map_or(rating.response.as_str(), |part| &part.whole)
}

fn input(rating: &LabelledRating) -> JudgeInput<'_> {
    JudgeInput {
        instruction: &rating.instruction,
        response: whole(rating),
        reference: rating.reference.as_deref(),
        context: &[],
    }
}

/// Whether two rows speak of parts of the same response.
fn of_one_response(a: &LabelledRating, b: &LabelledRating) -> bool {
    match (&a.part, &b.part) {
        (Some(a), Some(b)) => Arc::ptr_eq(&a.whole, &b.whole),
        _ => false,
    }
}

fn everything(text: &str) -> Span {
    Span::new(0, text.chars().count())
}

impl Scorer for CrossScorer<'_> {
    fn name(&self) -> String {
        rubrica_core::RewardModel::info(self.judge).signature.id.clone()
    }

    fn margins<'a>(
        &'a self,
        pairs: &'a [&'a LabelledPair],
        job: &'a dyn Job,
    ) -> Local<'a, Result<Vec<f64>>> {
        Box::pin(async move { self.plain().margins(pairs, job).await })
    }

    fn scores<'a>(
        &'a self,
        ratings: &'a [&'a LabelledRating],
        job: &'a dyn Job,
    ) -> Local<'a, Result<Vec<f64>>> {
        Box::pin(async move {
            if ratings.iter().all(|r| r.shape == Shape::Rubric) {
                return self.plain().scores(ratings, job).await;
            }
            let mut scores = Vec::with_capacity(ratings.len());
            for same in ratings.chunk_by(|a, b| of_one_response(a, b)) {
                match same[0].shape {
                    Shape::Segments => scores.extend(self.faultless(same, job).await?),
                    _ => {
                        for rating in same {
                            scores.push(self.supported(rating, job).await?);
                        }
                    }
                }
            }
            Ok(scores)
        })
    }

    fn threshold(&self, shape: Shape) -> Option<f64> {
        match shape {
            Shape::Grounding => Some(self.judge.config().support_threshold),
            Shape::Segments => Some(1.0 - self.judge.config().error_threshold),
            Shape::Pairwise | Shape::Rubric => None,
        }
    }

    fn tie_margin(&self) -> f64 {
        self.judge.config().tie_margin
    }
}
