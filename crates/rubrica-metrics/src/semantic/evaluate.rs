//! Running metrics over embeddings on a model.

use rubrica_core::model::{EmbedModel, TokenEmbeddings};
use rubrica_core::{Job, Result, Signature, Span, Stage};

use super::{DocumentFrequencies, EmbedMetric, EmbeddedSegment, Request};
use crate::error::{self, missing_instruction};
use crate::info::Needs;
use crate::metric::{Level, MetricScore, reference_count, score_sum};
use crate::segment::Segment;
use crate::text::{sentences, tokens};

/// Segments whose vectors are held at one time.
const BATCH: usize = 16;

/// The rows of `segments`, `[segments][statistics]`. Steps `job` between batches of segments.
///
/// # Errors
/// `missing_reference`, `missing_instruction` or `texts_too_long` with the place of the segment, [`rubrica_core::Error::Cancelled`], or an error
/// of the model.
pub async fn evaluate<M: EmbedModel>(
    metric: &dyn EmbedMetric,
    model: &M,
    segments: &[Segment<'_>],
    job: &dyn Job,
) -> Result<Vec<Vec<f64>>> {
    let compared = segments
        .iter()
        .enumerate()
        .map(|(i, segment)| compared(metric, segment).map_err(|e| e.within(&format!("[{i}]"))))
        .collect::<Result<Vec<_>>>()?;
    if matches!(metric.request(), Request::Tokens { .. }) {
        for (i, (segment, others)) in segments.iter().zip(&compared).enumerate() {
            let response = fewest_tokens(segment.response);
            for other in others {
                metric
                    .check_lengths(model.dim(), [response, fewest_tokens(other)])
                    .map_err(|error| error.within(&format!("[{i}]")))?;
            }
        }
    }
    let mut frequencies = DocumentFrequencies::default();
    if metric.wants_frequencies() {
        for batch in compared.chunks(BATCH) {
            let texts = batch.concat();
            for text in embed(metric, model, &texts, job).await? {
                frequencies.add(text.as_ref().map_or(&[], |text| &text.ids));
            }
        }
    }
    let mut rows = Vec::with_capacity(segments.len());
    for (batch, compared) in segments.chunks(BATCH).zip(compared.chunks(BATCH)) {
        job.step(Stage::Metrics, rows.len(), segments.len()).await?;
        let texts: Vec<&str> = batch
            .iter()
            .zip(compared)
            .flat_map(|(s, others)| std::iter::once(s.response).chain(others.iter().copied()))
            .collect();
        let embedded = embed(metric, model, &texts, job).await?;
        let mut embedded = embedded.iter().map(Option::as_ref);
        for others in compared {
            let segment = EmbeddedSegment {
                response: embedded.next().flatten(),
                references: embedded.by_ref().take(others.len()).collect(),
            };
            rows.push(metric.statistics(&segment, &frequencies)?);
        }
    }
    Ok(rows)
}

/// Tokens that a text has at least, whatever the tokenizer: one a word between white space, and few
/// tokens have over 16 characters.
fn fewest_tokens(text: &str) -> usize {
    tokens(text).count().max(text.chars().count() / 16)
}

/// The texts that `metric` compares the response with.
fn compared<'a>(metric: &dyn EmbedMetric, segment: &Segment<'a>) -> Result<Vec<&'a str>> {
    let info = metric.info();
    match info.needs {
        Needs::Instruction => {
            segment.instruction.map(|text| vec![text]).ok_or_else(|| missing_instruction(info.id))
        }
        _ => segment.needed_references(info.id).map(<[&str]>::to_vec),
    }
}

/// The vectors of each text that is not blank.
async fn embed<M: EmbedModel>(
    metric: &dyn EmbedMetric,
    model: &M,
    texts: &[&str],
    job: &dyn Job,
) -> Result<Vec<Option<TokenEmbeddings>>> {
    let spoken: Vec<&str> = texts.iter().copied().filter(|text| !text.trim().is_empty()).collect();
    if metric.request() == Request::Sentences {
        return by_sentence(metric, model, texts, job).await;
    }
    let embedded = match metric.request() {
        Request::Tokens { layer } => model.embed_tokens(&spoken, layer, job).await?,
        Request::Texts | Request::Sentences => {
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

/// The vectors of the sentences of each text that is not blank.
async fn by_sentence<M: EmbedModel>(
    metric: &dyn EmbedMetric,
    model: &M,
    texts: &[&str],
    job: &dyn Job,
) -> Result<Vec<Option<TokenEmbeddings>>> {
    let parts: Vec<Vec<Span>> = texts.iter().map(|text| sentences(text)).collect();
    let spoken: Vec<&str> = texts
        .iter()
        .zip(&parts)
        .flat_map(|(text, spans)| spans.iter().filter_map(|span| span.slice(text)))
        .collect();
    let embedded = model.embed(&spoken, job).await?;
    let dim = embedded.first().map_or(0, Vec::len);
    if embedded.len() != spoken.len() || embedded.iter().any(|row| row.len() != dim) {
        let problem = format!("{} sentences gave {} embeddings", spoken.len(), embedded.len());
        return Err(error::embedding_shape(metric.info().id, problem));
    }
    let mut embedded = embedded.into_iter();
    let together = |spans: Vec<Span>| {
        let vectors: Vec<f32> = embedded.by_ref().take(spans.len()).flatten().collect();
        let embedding = Vec::new();
        let text = TokenEmbeddings { dim, vectors, ids: Vec::new(), embedding, spans };
        (!text.spans.is_empty()).then_some(text)
    };
    Ok(parts.into_iter().map(together).collect())
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
    let score = score_sum(&mut rows.iter(), &|row| metric.score(row, Level::Sentence));
    Ok((score, signature(metric, model, Level::Sentence, segments)))
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
    let score = score_sum(&mut rows.iter(), &|row| metric.score(row, Level::Corpus));
    Ok((score, signature(metric, model, Level::Corpus, segments)))
}

/// What produced the score of `segments`: the metric, its options, how many references there are, and
/// the model.
pub fn signature<M: EmbedModel>(
    metric: &dyn EmbedMetric,
    model: &M,
    level: Level,
    segments: &[Segment<'_>],
) -> Signature {
    let info = model.info();
    let mut signature = metric.signature(level);
    if metric.info().needs == Needs::Reference {
        signature = signature.with("nrefs", reference_count(segments));
    }
    signature.models.push(info.signature.clone());
    signature.device = Some(info.device.clone());
    signature
}
