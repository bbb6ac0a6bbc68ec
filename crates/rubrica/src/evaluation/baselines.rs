//! What a judge has to beat.

use rubrica_core::{EmbedModel, Job, Result};

use super::scorer::{Local, Scorer};
use crate::data::{LabelledPair, LabelledRating};

/// Longer is better: the number of characters.
#[derive(Debug, Clone, Copy, Default)]
pub struct Length;

fn length(text: &str) -> f64 {
    text.chars().count() as f64
}

impl Scorer for Length {
    fn name(&self) -> String {
        "length".into()
    }

    fn margins<'a>(
        &'a self,
        pairs: &'a [&'a LabelledPair],
        _job: &'a dyn Job,
    ) -> Local<'a, Result<Vec<f64>>> {
        let margin = |p: &&LabelledPair| length(&p.responses[0]) - length(&p.responses[1]);
        Box::pin(async move { Ok(pairs.iter().map(margin).collect()) })
    }

    fn scores<'a>(
        &'a self,
        ratings: &'a [&'a LabelledRating],
        _job: &'a dyn Job,
    ) -> Local<'a, Result<Vec<f64>>> {
        Box::pin(async move { Ok(ratings.iter().map(|r| length(&r.response)).collect()) })
    }
}

/// Cosine of the response's embedding with that of the reference or context if there is one, else
/// of the instruction.
pub struct Cosine<'e, E> {
    /// The encoder.
    pub encoder: &'e E,
}

impl<E: EmbedModel> Cosine<'_, E> {
    async fn cosines(&self, pairs: &[(&str, &str)], job: &dyn Job) -> Result<Vec<f64>> {
        let mut cosines = Vec::with_capacity(pairs.len());
        for chunk in pairs.chunks(64) {
            let texts: Vec<&str> = chunk.iter().flat_map(|(a, b)| [*a, *b]).collect();
            let rows = self.encoder.embed(&texts, job).await?;
            cosines.extend(rows.as_chunks::<2>().0.iter().map(|[a, b]| {
                // Embeddings have unit length.
                a.iter().zip(b).map(|(x, y)| f64::from(*x) * f64::from(*y)).sum::<f64>()
            }));
        }
        Ok(cosines)
    }
}

impl<E: EmbedModel> Scorer for Cosine<'_, E> {
    fn name(&self) -> String {
        "cosine".into()
    }

    fn margins<'a>(
        &'a self,
        pairs: &'a [&'a LabelledPair],
        job: &'a dyn Job,
    ) -> Local<'a, Result<Vec<f64>>> {
        Box::pin(async move {
            let texts: Vec<(&str, &str)> = pairs
                .iter()
                .flat_map(|p| p.responses.iter().map(|r| (p.prompt.as_str(), r.as_str())))
                .collect();
            let cosines = self.cosines(&texts, job).await?;
            Ok(cosines.as_chunks::<2>().0.iter().map(|[a, b]| a - b).collect())
        })
    }

    fn scores<'a>(
        &'a self,
        ratings: &'a [&'a LabelledRating],
        job: &'a dyn Job,
    ) -> Local<'a, Result<Vec<f64>>> {
        Box::pin(async move {
            let against = |r: &'a LabelledRating| r.reference.as_deref().unwrap_or(&r.instruction);
            let texts: Vec<(&str, &str)> =
                ratings.iter().map(|r| (against(r), r.response.as_str())).collect();
            self.cosines(&texts, job).await
        })
    }
}
