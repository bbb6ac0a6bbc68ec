//! Running metrics over embeddings on a model.

use rubrica_core::model::{EmbedModel, TokenEmbeddings};
use rubrica_core::{Job, Result, Signature, Stage};

use super::{DocumentFrequencies, EmbedMetric, EmbeddedSegment, Request};
use crate::error;
use crate::metric::{Level, MetricScore, reference_count, score_sum};
use crate::segment::Segment;

/// Segments whose vectors are held at one time.
const BATCH: usize = 16;

/// The rows of `segments`, `[segments][statistics]`. Steps `job` between batches of segments.
///
/// # Errors
/// `missing_reference` with the place of the segment, [`rubrica_core::Error::Cancelled`], or an error
/// of the model.
pub async fn evaluate<M: EmbedModel>(
    metric: &dyn EmbedMetric,
    model: &M,
    segments: &[Segment<'_>],
    job: &dyn Job,
) -> Result<Vec<Vec<f64>>> {
    for (i, segment) in segments.iter().enumerate() {
        if segment.references.is_empty() {
            return Err(error::missing_reference(metric.info().id).within(&format!("[{i}]")));
        }
    }
    let mut frequencies = DocumentFrequencies::default();
    if metric.wants_frequencies() {
        for batch in segments.chunks(BATCH) {
            let texts: Vec<&str> = batch.iter().flat_map(|s| s.references.clone()).collect();
            for text in embed(metric, model, &texts, job).await? {
                frequencies.add(text.as_ref().map_or(&[], |text| &text.ids));
            }
        }
    }
    let mut rows = Vec::with_capacity(segments.len());
    for batch in segments.chunks(BATCH) {
        job.step(Stage::Metrics, rows.len(), segments.len()).await?;
        let texts: Vec<&str> = batch
            .iter()
            .flat_map(|s| std::iter::once(s.response).chain(s.references.iter().copied()))
            .collect();
        let embedded = embed(metric, model, &texts, job).await?;
        let mut embedded = embedded.iter().map(Option::as_ref);
        for segment in batch {
            let segment = EmbeddedSegment {
                response: embedded.next().flatten(),
                references: embedded.by_ref().take(segment.references.len()).collect(),
            };
            rows.push(metric.statistics(&segment, &frequencies)?);
        }
    }
    Ok(rows)
}

/// The vectors of each text that is not blank.
async fn embed<M: EmbedModel>(
    metric: &dyn EmbedMetric,
    model: &M,
    texts: &[&str],
    job: &dyn Job,
) -> Result<Vec<Option<TokenEmbeddings>>> {
    let spoken: Vec<&str> = texts.iter().copied().filter(|text| !text.trim().is_empty()).collect();
    let embedded = match metric.request() {
        Request::Tokens { layer } => model.embed_tokens(&spoken, layer, job).await?,
        Request::Texts => {
            let whole = |embedding: Vec<f32>| TokenEmbeddings {
                dim: embedding.len(),
                vectors: Vec::new(),
                spans: Vec::new(),
                ids: Vec::new(),
                embedding,
            };
            model.embed(&spoken, job).await?.into_iter().map(whole).collect()
        }
    };
    if embedded.len() != spoken.len() {
        let problem = format!("{} texts gave {} embeddings", spoken.len(), embedded.len());
        return Err(error::embedding_shape(metric.info().id, problem));
    }
    let mut embedded = embedded.into_iter();
    Ok(texts.iter().map(|t| if t.trim().is_empty() { None } else { embedded.next() }).collect())
}

/// The score of one segment, and what produced it.
///
/// # Errors
/// As [`evaluate`].
pub async fn sentence<M: EmbedModel>(
    metric: &dyn EmbedMetric,
    model: &M,
    segment: &Segment<'_>,
    job: &dyn Job,
) -> Result<(MetricScore, Signature)> {
    let segments = std::slice::from_ref(segment);
    let rows = evaluate(metric, model, segments, job).await?;
    let score = score_sum(rows.iter(), |row| metric.score(row, Level::Sentence));
    Ok((score, signed(metric, model, Level::Sentence, segments)))
}

/// The score of several segments together, and what produced it.
///
/// # Errors
/// As [`evaluate`].
pub async fn corpus<M: EmbedModel>(
    metric: &dyn EmbedMetric,
    model: &M,
    segments: &[Segment<'_>],
    job: &dyn Job,
) -> Result<(MetricScore, Signature)> {
    let rows = evaluate(metric, model, segments, job).await?;
    let score = score_sum(rows.iter(), |row| metric.score(row, Level::Corpus));
    Ok((score, signed(metric, model, Level::Corpus, segments)))
}

fn signed<M: EmbedModel>(
    metric: &dyn EmbedMetric,
    model: &M,
    level: Level,
    segments: &[Segment<'_>],
) -> Signature {
    let info = model.info();
    let mut signature = metric.signature(level).with("nrefs", reference_count(segments));
    signature.models.push(info.signature.clone());
    signature.device = Some(info.device.clone());
    signature
}
