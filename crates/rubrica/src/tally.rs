//! Metrics over samples that come piece by piece, in memory that does not grow with them.

use std::collections::BTreeMap;

use rubrica_core::{
    EmbedModel, Error, GenerateModel, Job, Result, Sample, Score, Stage, Undefined,
};
use rubrica_metrics::likelihood::LikelihoodMetric;
use rubrica_metrics::semantic::EmbedMetric;
use rubrica_metrics::{
    AnyMetric, Level, MetricInfo, MetricScore, Segment, any_metric, each_row, likelihood, semantic,
};

use crate::scorecard::{CorpusScores, MetricRequest, MetricRows, NoEncoder, SampleScores};

/// Computes metrics sample by sample and, if asked to, over all of them.
///
/// A metric that cannot be computed for a sample (no reference, say) is undefined there, with the
/// reason; the corpus score is over the samples for which it can. Only the sums of a corpus are kept;
/// but a metric that looks at the corpus as a whole (`nist`, `cider_d`, `self_bleu`, or one with `idf`)
/// makes the tally keep all samples.
pub struct Tally {
    entries: Vec<Entry>,
    corpus: bool,
    kept: Vec<Sample>,
}

/// One metric with what is known so far.
struct Entry {
    id: String,
    metric: AnyMetric,
    seen: ReferenceCounts,
    usable: ReferenceCounts,
    sum: Option<Vec<f64>>,
    rows: MetricRows,
}

/// What a signature wants to know of many segments: one number of references, or two unlike ones.
#[derive(Default)]
struct ReferenceCounts(Vec<usize>);

impl ReferenceCounts {
    fn add(&mut self, segment: &Segment<'_>) {
        if self.0.len() < 2 && self.0.first() != Some(&segment.references.len()) {
            self.0.push(segment.references.len());
        }
    }

    /// Empty segments with as many references.
    fn segments(&self) -> Vec<Segment<'static>> {
        self.0.iter().map(|count| Segment::new("", &vec![""; *count])).collect()
    }
}

impl Entry {
    fn reads_whole_corpus(&self) -> bool {
        match &self.metric {
            AnyMetric::Text(metric) => metric.reads_whole_corpus(),
            AnyMetric::Embed(metric) => metric.wants_frequencies(),
            AnyMetric::Likelihood(_) => false,
        }
    }

    fn info(&self) -> MetricInfo {
        self.metric.info()
    }
}

impl Tally {
    /// Nothing counted yet.
    ///
    /// # Errors
    /// An unknown metric or option, with its place: `metrics[1].tokenize`.
    pub fn new(requests: &[MetricRequest], corpus: bool) -> Result<Self> {
        let entry = |(i, MetricRequest { id, options }): (usize, &MetricRequest)| {
            let metric = any_metric(id, options).map_err(|e| e.within(&format!("metrics[{i}]")))?;
            let (seen, usable, rows) = Default::default();
            Ok(Entry { id: id.clone(), metric, seen, usable, sum: None, rows })
        };
        let entries = requests.iter().enumerate().map(entry).collect::<Result<_>>()?;
        Ok(Self { entries, corpus, kept: Vec::new() })
    }

    /// The scores of `samples`, one entry a sample. Steps `job` between metrics.
    ///
    /// # Errors
    /// A metric that needs a model when there is none, a sample without a single response,
    /// [`Error::Cancelled`].
    pub async fn add<E: EmbedModel>(
        &mut self,
        samples: &[Sample],
        encoder: Option<&E>,
        job: &dyn Job,
    ) -> Result<Vec<SampleScores>> {
        self.add_with(samples, encoder, None::<&NoEncoder>, job).await
    }

    /// The same with a language model, for metrics over likelihoods.
    ///
    /// # Errors
    /// As [`Tally::add`].
    pub async fn add_with<E: EmbedModel, G: GenerateModel>(
        &mut self,
        samples: &[Sample],
        encoder: Option<&E>,
        writer: Option<&G>,
        job: &dyn Job,
    ) -> Result<Vec<SampleScores>> {
        let segments = segments(samples)?;
        let mut scores: Vec<SampleScores> = samples.iter().map(SampleScores::new).collect();
        let total = self.entries.len();
        for (done, entry) in self.entries.iter_mut().enumerate() {
            job.step(Stage::Metrics, done, total).await?;
            let rows = match &entry.metric {
                AnyMetric::Text(metric) => each_row(metric.as_ref(), &segments),
                AnyMetric::Embed(metric) => {
                    let mut rows = Vec::with_capacity(segments.len());
                    for segment in &segments {
                        rows.push(embedded(metric.as_ref(), encoder, segment, job).await?);
                    }
                    rows
                }
                AnyMetric::Likelihood(metric) => {
                    let mut rows = Vec::with_capacity(segments.len());
                    for segment in &segments {
                        rows.push(likely(metric.as_ref(), writer, segment, job).await?);
                    }
                    rows
                }
            };
            for ((segment, row), scores) in segments.iter().zip(rows).zip(&mut scores) {
                entry.seen.add(segment);
                let score = row.map(|row| {
                    let score = match &entry.metric {
                        AnyMetric::Text(metric) => metric.score(&row, Level::Sentence),
                        AnyMetric::Embed(metric) => metric.score(&row, Level::Sentence),
                        AnyMetric::Likelihood(metric) => metric.score(&row, Level::Sentence),
                    };
                    entry.usable.add(segment);
                    match &mut entry.sum {
                        None => entry.sum = Some(row),
                        Some(sum) => sum.iter_mut().zip(&row).for_each(|(sum, x)| *sum += x),
                    }
                    score
                });
                match score.as_ref().is_ok_and(|score| score.value().is_some()) {
                    true => entry.rows.scored += 1,
                    false => entry.rows.undefined += 1,
                }
                scores.record(&entry.id, score);
            }
        }
        job.step(Stage::Metrics, total, total).await?;
        if self.corpus && self.entries.iter().any(Entry::reads_whole_corpus) {
            self.kept.extend_from_slice(samples);
        }
        Ok(scores)
    }

    /// The scores of the whole corpus, if they were asked for, and the one-line signature of the sample
    /// scores by metric.
    ///
    /// # Errors
    /// As [`Tally::add`].
    pub async fn finish<E: EmbedModel>(
        self,
        encoder: Option<&E>,
        job: &dyn Job,
    ) -> Result<(Option<CorpusScores>, BTreeMap<String, String>)> {
        self.finish_with(encoder, None::<&NoEncoder>, job).await
    }

    /// The same with a language model, for metrics over likelihoods.
    ///
    /// # Errors
    /// As [`Tally::add`].
    pub async fn finish_with<E: EmbedModel, G: GenerateModel>(
        self,
        encoder: Option<&E>,
        writer: Option<&G>,
        job: &dyn Job,
    ) -> Result<(Option<CorpusScores>, BTreeMap<String, String>)> {
        let mut signatures = BTreeMap::new();
        let mut together = CorpusScores::default();
        let kept = segments(&self.kept)?;
        for entry in &self.entries {
            let signature = |level, counts: &ReferenceCounts| match &entry.metric {
                AnyMetric::Text(metric) => Some(metric.signature_for(level, &counts.segments())),
                AnyMetric::Embed(metric) => encoder.map(|encoder| {
                    semantic::signature(metric.as_ref(), encoder, level, &counts.segments())
                }),
                AnyMetric::Likelihood(metric) => writer.map(|writer| {
                    likelihood::signature(metric.as_ref(), writer, level, &counts.segments())
                }),
            };
            let Some(of_sample) = signature(Level::Sentence, &entry.seen) else { continue };
            signatures.insert(entry.id.clone(), of_sample.to_string());
            let Some(of_corpus) = signature(Level::Corpus, &entry.usable) else { continue };
            if self.corpus {
                let score = entry.corpus(&kept, encoder, job).await?;
                together.rows.insert(entry.id.clone(), entry.rows);
                together.scores.insert(entry.id.clone(), score);
                together.signatures.insert(entry.id.clone(), of_corpus.to_string());
            }
        }
        Ok((self.corpus.then_some(together), signatures))
    }
}

impl Entry {
    /// The corpus score, from the sum or, where that is not enough, from `kept`.
    async fn corpus<E: EmbedModel>(
        &self,
        kept: &[Segment<'_>],
        encoder: Option<&E>,
        job: &dyn Job,
    ) -> Result<MetricScore> {
        if !self.reads_whole_corpus() {
            return Ok(match (&self.metric, &self.sum) {
                (AnyMetric::Text(metric), Some(sum)) => metric.score(sum, Level::Corpus),
                (AnyMetric::Embed(metric), Some(sum)) => metric.score(sum, Level::Corpus),
                (AnyMetric::Likelihood(metric), Some(sum)) => metric.score(sum, Level::Corpus),
                _ => MetricScore::undefined("no_segments", "there are no segments"),
            });
        }
        match (&self.metric, encoder) {
            (AnyMetric::Text(metric), _) => {
                let usable = kept.iter().filter(|segment| metric.statistics(segment).is_ok());
                metric.corpus(&usable.cloned().collect::<Vec<_>>())
            }
            (AnyMetric::Embed(metric), Some(encoder)) => {
                let usable = kept.iter().filter(|segment| !segment.references.is_empty());
                let usable: Vec<Segment<'_>> = usable.cloned().collect();
                Ok(semantic::corpus(metric.as_ref(), encoder, &usable, job).await?.0)
            }
            _ => Err(Error::MissingModel { protocol: self.info().id, needs: "a model" }),
        }
    }
}

fn segments(samples: &[Sample]) -> Result<Vec<Segment<'_>>> {
    let segment = |(i, sample): (usize, _)| {
        Segment::from_sample(sample).map_err(|e| e.within(&format!("samples[{i}]")))
    };
    samples.iter().enumerate().map(segment).collect()
}

/// The row of one segment, or why there is none.
///
/// # Errors
/// What ends the whole run: no encoder, or a cancelled job.
async fn embedded<E: EmbedModel>(
    metric: &dyn EmbedMetric,
    encoder: Option<&E>,
    segment: &Segment<'_>,
    job: &dyn Job,
) -> Result<Result<Vec<f64>>> {
    let missing = Error::MissingModel { protocol: metric.info().id, needs: "an encoder" };
    let encoder = encoder.ok_or(missing)?;
    match semantic::evaluate(metric, encoder, std::slice::from_ref(segment), job).await {
        Err(cancelled @ Error::Cancelled { .. }) => Err(cancelled),
        Err(error) => Ok(Err(error)),
        Ok(mut rows) => Ok(Ok(rows.pop().unwrap_or_default())),
    }
}

/// The row of one segment, or why there is none.
///
/// # Errors
/// What ends the whole run: no language model, or a cancelled job.
async fn likely<G: GenerateModel>(
    metric: &dyn LikelihoodMetric,
    writer: Option<&G>,
    segment: &Segment<'_>,
    job: &dyn Job,
) -> Result<Result<Vec<f64>>> {
    let missing = Error::MissingModel { protocol: metric.info().id, needs: "a language model" };
    let writer = writer.ok_or(missing)?;
    match likelihood::evaluate(metric, writer, std::slice::from_ref(segment), job).await {
        Err(cancelled @ Error::Cancelled { .. }) => Err(cancelled),
        Err(error) => Ok(Err(error)),
        Ok(mut rows) => Ok(Ok(rows.pop().unwrap_or_default())),
    }
}

impl SampleScores {
    fn new(sample: &Sample) -> Self {
        Self { id: sample.id.clone(), ..Self::default() }
    }

    fn record(&mut self, id: &str, score: Result<MetricScore>) {
        let score = score.unwrap_or_else(|error| MetricScore {
            score: Score::Undefined(Undefined::from(&error)),
            parts: BTreeMap::new(),
        });
        self.scores.insert(id.to_owned(), score);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pollster::block_on;
    use rubrica_core::Quiet;

    /// Every metric without a model, piece by piece, against all samples at once.
    #[test]
    fn pieces_give_what_the_whole_gives() {
        let sample = |i: usize| {
            let words = ["the", "cat", "sat", "on", "a", "mat", "42", "maybe"];
            let text = |step: usize| {
                let word = |j: usize| words[(i * step + j * j) % words.len()];
                (0..5 + i).map(word).collect::<Vec<_>>().join(" ")
            };
            let mut sample = Sample::new("say it", text(3));
            // One has no reference.
            sample.reference = (i != 4).then(|| text(5));
            sample.context = vec![text(7)];
            sample
        };
        let samples: Vec<Sample> = (0..9).map(sample).collect();
        let none: Option<&NoEncoder> = None;
        for info in rubrica_metrics::catalogue() {
            let request = MetricRequest { id: info.id.into(), options: serde_json::Value::Null };
            let requests = [request];
            if info.tier != rubrica_core::Tier::T0 {
                continue;
            }
            let mut pieces = Tally::new(&requests, true).expect("known");
            let mut scores = Vec::new();
            for piece in samples.chunks(2) {
                scores.extend(block_on(pieces.add(piece, none, &Quiet)).expect("computes"));
            }
            let (corpus, signatures) = block_on(pieces.finish(none, &Quiet)).expect("computes");
            let corpus = corpus.expect("asked for");
            let metric = rubrica_metrics::metric(info.id, &serde_json::Value::Null).expect("known");
            let segments = segments(&samples).expect("one response each");
            for (segment, scores) in segments.iter().zip(&scores) {
                let alone = metric.sentence(segment).ok().and_then(|score| score.value());
                assert_eq!(scores.scores[info.id].value(), alone, "{}", info.id);
            }
            let usable: Vec<Segment<'_>> =
                segments.iter().filter(|s| metric.statistics(s).is_ok()).cloned().collect();
            let whole = metric.corpus(&usable).expect("computes").value();
            let found = corpus.scores[info.id].value();
            let difference = found.unwrap_or(-1.0) - whole.unwrap_or(-1.0);
            assert!(difference.abs() < 1e-9, "{}: {difference}", info.id);
            let signature = metric.signature_for(Level::Sentence, &segments).to_string();
            assert_eq!(signatures[info.id], signature);
            let signature = metric.signature_for(Level::Corpus, &usable).to_string();
            assert_eq!(corpus.signatures[info.id], signature);
        }
    }
}
