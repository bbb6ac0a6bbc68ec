//! Several metrics over several samples.

use std::collections::BTreeMap;

use rubrica_core::model::TokenEmbeddings;
use rubrica_core::{EmbedModel, Error, Job, ModelInfo, Result, Sample, Score, Stage, Undefined};
use rubrica_metrics::{AnyMetric, Level, MetricScore, Segment, any_metric, semantic};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A metric with the options that differ from its defaults. Reads from a bare id too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "MetricInput")]
pub struct MetricRequest {
    /// Id of the metric.
    pub id: String,
    /// Its options, as a JSON object; `null` for none.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub options: Value,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a metric's id or {id, options?}")]
enum MetricInput {
    Id(String),
    Full {
        id: String,
        #[serde(default)]
        options: Value,
    },
}

impl From<MetricInput> for MetricRequest {
    fn from(input: MetricInput) -> Self {
        match input {
            MetricInput::Id(id) => Self { id, options: Value::Null },
            MetricInput::Full { id, options } => Self { id, options },
        }
    }
}

/// The scores of one sample.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SampleScores {
    /// Id of the sample.
    pub id: Option<String>,
    /// Score by metric; `null` where it is undefined.
    pub scores: BTreeMap<String, Option<f64>>,
    /// Parts such as precision and recall, by metric.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub parts: BTreeMap<String, BTreeMap<String, f64>>,
    /// Why scores are undefined, by metric.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub errors: BTreeMap<String, Undefined>,
}

/// The scores of all samples together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CorpusScores {
    /// Score by metric; `null` where it is undefined.
    pub corpus: BTreeMap<String, Option<f64>>,
    /// Parts by metric.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub parts: BTreeMap<String, BTreeMap<String, f64>>,
    /// Why scores are undefined, by metric.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub errors: BTreeMap<String, Undefined>,
    /// One-line signature by metric.
    pub signatures: BTreeMap<String, String>,
}

/// What [`scorecard`] gives.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scorecard {
    /// One entry a sample.
    pub samples: Vec<SampleScores>,
    /// The corpus scores, when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corpus: Option<CorpusScores>,
    /// One-line signature of the sample scores, by metric.
    pub signatures: BTreeMap<String, String>,
}

/// An encoder that cannot exist: what `None` is an option of where no encoder is loaded.
#[derive(Debug, Clone, Copy)]
pub enum NoEncoder {}

impl EmbedModel for NoEncoder {
    fn info(&self) -> &ModelInfo {
        match *self {}
    }

    fn dim(&self) -> usize {
        match *self {}
    }

    async fn embed(&self, _: &[&str], _: &dyn Job) -> Result<Vec<Vec<f32>>> {
        match *self {}
    }

    async fn embed_tokens(
        &self,
        _: &[&str],
        _: Option<usize>,
        _: &dyn Job,
    ) -> Result<Vec<TokenEmbeddings>> {
        match *self {}
    }
}

/// Computes `requests` for each of `samples`, and with `corpus` for all of them together.
///
/// A metric that cannot be computed for a sample (no reference, say) is undefined there, with the
/// reason; the corpus score is over the samples for which it can.
///
/// # Errors
/// An unknown metric or option, a metric that needs a model when there is none, a sample without
/// a single response, [`Error::Cancelled`].
pub async fn scorecard<E: EmbedModel>(
    samples: &[Sample],
    requests: &[MetricRequest],
    corpus: bool,
    encoder: Option<&E>,
    job: &dyn Job,
) -> Result<Scorecard> {
    let segments = samples
        .iter()
        .enumerate()
        .map(|(i, s)| Segment::from_sample(s).map_err(|e| e.within(&format!("samples[{i}]"))))
        .collect::<Result<Vec<_>>>()?;
    let mut rows: Vec<SampleScores> = samples
        .iter()
        .map(|sample| SampleScores {
            id: sample.id.clone(),
            scores: BTreeMap::new(),
            parts: BTreeMap::new(),
            errors: BTreeMap::new(),
        })
        .collect();
    let mut together = CorpusScores {
        corpus: BTreeMap::new(),
        parts: BTreeMap::new(),
        errors: BTreeMap::new(),
        signatures: BTreeMap::new(),
    };
    let mut signatures = BTreeMap::new();
    for (done, MetricRequest { id, options }) in requests.iter().enumerate() {
        job.step(Stage::Metrics, done, requests.len()).await?;
        let at = |e: Error| e.within(&format!("metrics[{done}]"));
        match any_metric(id, options).map_err(at)? {
            AnyMetric::Text(metric) => {
                let scores: Vec<Result<MetricScore>> =
                    segments.iter().map(|s| metric.sentence(s)).collect();
                signatures.insert(
                    id.clone(),
                    metric.signature_for(Level::Sentence, &segments).to_string(),
                );
                if corpus {
                    let usable: Vec<Segment<'_>> = segments
                        .iter()
                        .zip(&scores)
                        .filter(|(_, score)| score.is_ok())
                        .map(|(segment, _)| segment.clone())
                        .collect();
                    let signature = metric.signature_for(Level::Corpus, &usable).to_string();
                    together.record(id, metric.corpus(&usable)?, signature);
                }
                rows.iter_mut().zip(scores).for_each(|(row, score)| row.record(id, score));
            }
            AnyMetric::Likelihood(metric) => {
                let protocol = metric.info().id;
                return Err(Error::MissingModel { protocol, needs: "a language model" });
            }
            AnyMetric::Embed(metric) => {
                let missing =
                    Error::MissingModel { protocol: metric.info().id, needs: "an encoder" };
                let encoder = encoder.ok_or(missing)?;
                for (row, segment) in rows.iter_mut().zip(&segments) {
                    match semantic::sentence(metric.as_ref(), encoder, segment, job).await {
                        Err(cancelled @ Error::Cancelled { .. }) => return Err(cancelled),
                        Err(error) => row.record(id, Err(error)),
                        Ok((score, signature)) => {
                            row.record(id, Ok(score));
                            signatures.insert(id.clone(), signature.to_string());
                        }
                    }
                }
                if corpus {
                    let usable: Vec<Segment<'_>> =
                        segments.iter().filter(|s| !s.references.is_empty()).cloned().collect();
                    let (score, signature) =
                        semantic::corpus(metric.as_ref(), encoder, &usable, job).await?;
                    together.record(id, score, signature.to_string());
                }
            }
        }
    }
    job.step(Stage::Metrics, requests.len(), requests.len()).await?;
    Ok(Scorecard { samples: rows, corpus: corpus.then_some(together), signatures })
}

impl SampleScores {
    fn record(&mut self, id: &str, score: Result<MetricScore>) {
        let score = score.unwrap_or_else(|error| MetricScore {
            score: Score::Undefined(Undefined::from(&error)),
            parts: BTreeMap::new(),
        });
        record(id, score, &mut self.scores, &mut self.parts, &mut self.errors);
    }
}

impl CorpusScores {
    fn record(&mut self, id: &str, score: MetricScore, signature: String) {
        record(id, score, &mut self.corpus, &mut self.parts, &mut self.errors);
        self.signatures.insert(id.to_owned(), signature);
    }
}

fn record(
    id: &str,
    score: MetricScore,
    scores: &mut BTreeMap<String, Option<f64>>,
    parts: &mut BTreeMap<String, BTreeMap<String, f64>>,
    errors: &mut BTreeMap<String, Undefined>,
) {
    scores.insert(id.to_owned(), score.value());
    if !score.parts.is_empty() {
        parts.insert(id.to_owned(), score.parts);
    }
    if let Score::Undefined(reason) = score.score {
        errors.insert(id.to_owned(), reason);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pollster::block_on;
    use rubrica_core::Quiet;

    fn requests(json: &str) -> Vec<MetricRequest> {
        serde_json::from_str(json).expect("valid")
    }

    #[test]
    fn samples_and_corpus() {
        let mut good = Sample::new("", "the cat sat on the mat");
        good.reference = Some("the cat sat on the mat".into());
        let samples = [good, Sample::new("", "no reference here")];
        let requests = requests(r#"["bleu", {"id": "rouge_l"}]"#);
        let card = block_on(scorecard::<NoEncoder>(&samples, &requests, true, None, &Quiet))
            .expect("computes");
        assert!(card.samples[0].scores["bleu"].expect("defined") > 99.9);
        assert_eq!(card.samples[1].scores["bleu"], None);
        assert_eq!(card.samples[1].errors["rouge_l"].code, "missing_reference");
        let corpus = card.corpus.expect("asked for");
        assert!(corpus.corpus["rouge_l"].expect("defined") > 0.999);
        assert!(corpus.signatures["bleu"].contains("tok"), "{}", corpus.signatures["bleu"]);
    }

    #[test]
    fn mistakes_say_where() {
        let samples = [Sample::new("", "x")];
        let run = |json: &str| {
            block_on(scorecard::<NoEncoder>(&samples, &requests(json), false, None, &Quiet))
                .expect_err(json)
        };
        assert_eq!(run(r#"["bleu", "blue"]"#).path(), Some("metrics[1]"));
        assert_eq!(
            run(r#"[{"id": "bleu", "options": {"tok": 1}}]"#).path(),
            Some("metrics[0].tok")
        );
        assert_eq!(run(r#"["bertscore"]"#).code(), "missing_model");
        assert_eq!(run(r#"["perplexity"]"#).code(), "missing_model");
    }
}
