//! Several metrics over several samples.

use std::collections::BTreeMap;

use rubrica_core::model::TokenEmbeddings;
use rubrica_core::{EmbedModel, Job, ModelInfo, Result, Sample, Undefined};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::tally::Tally;

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
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
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
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
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

/// Computes `requests` for each of `samples`, and with `corpus` for all of them together: a [`Tally`]
/// in one go.
///
/// # Errors
/// An unknown metric or option, a metric that needs a model when there is none, a sample without
/// a single response, [`rubrica_core::Error::Cancelled`].
pub async fn scorecard<E: EmbedModel>(
    samples: &[Sample],
    requests: &[MetricRequest],
    corpus: bool,
    encoder: Option<&E>,
    job: &dyn Job,
) -> Result<Scorecard> {
    let mut tally = Tally::new(requests, corpus)?;
    let samples = tally.add(samples, encoder, job).await?;
    let (corpus, signatures) = tally.finish(encoder, job).await?;
    Ok(Scorecard { samples, corpus, signatures })
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
