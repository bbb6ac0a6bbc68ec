//! Several metrics over several samples.

use std::collections::BTreeMap;

use rubrica_core::model::TokenEmbeddings;
use rubrica_core::{
    EmbedModel, GenerateModel, GenerateOptions, Id, Job, ModelInfo, Result, Sample, Score,
};
use rubrica_metrics::MetricScore;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};
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
///
/// Written as `{"id", "scores": {METRIC: number or null}, "parts"?: {METRIC: {PART: number}}, "errors"?:
/// {METRIC: {"code", "reason"}}}`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SampleScores {
    /// Id of the sample.
    pub id: Option<Id>,
    /// Score, with its parts or why it is undefined, by metric.
    pub scores: BTreeMap<String, MetricScore>,
}

impl Serialize for SampleScores {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_struct("SampleScores", 4)?;
        row.serialize_field("id", &self.id)?;
        write_scores(&mut row, "scores", &self.scores)?;
        row.end()
    }
}

/// The scores of all samples together.
///
/// Written as those of one are, with `corpus` for `scores` and with `signatures`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CorpusScores {
    /// Score, with its parts or why it is undefined, by metric.
    pub scores: BTreeMap<String, MetricScore>,
    /// One-line signature by metric.
    pub signatures: BTreeMap<String, String>,
    /// How many rows the score of each metric is of.
    pub rows: BTreeMap<String, MetricRows>,
}

/// Rows by what a metric makes of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct MetricRows {
    /// Rows that the corpus score is of.
    pub scored: usize,
    /// Rows for which the metric is undefined.
    pub undefined: usize,
    /// Rows that could not be read.
    pub broken: usize,
}

impl Serialize for CorpusScores {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_struct("CorpusScores", 5)?;
        write_scores(&mut row, "corpus", &self.scores)?;
        row.serialize_field("signatures", &self.signatures)?;
        row.serialize_field("rows", &self.rows)?;
        row.end()
    }
}

/// The scores under `name`, then the parts and the errors that there are.
fn write_scores<S: SerializeStruct>(
    row: &mut S,
    name: &'static str,
    scores: &BTreeMap<String, MetricScore>,
) -> std::result::Result<(), S::Error> {
    row.serialize_field(name, &column(scores, |score| Some(score.value())))?;
    if scores.values().any(|score| !score.parts.is_empty()) {
        let parts = column(scores, |score| Some(&score.parts).filter(|parts| !parts.is_empty()));
        row.serialize_field("parts", &parts)?;
    }
    if scores.values().any(|score| score.value().is_none()) {
        let errors = column(scores, |score| match &score.score {
            Score::Undefined(reason) => Some(reason),
            Score::Defined(_) => None,
        });
        row.serialize_field("errors", &errors)?;
    }
    Ok(())
}

/// What `of` gives of each score that it gives something of, by metric.
struct Column<'a, F> {
    scores: &'a BTreeMap<String, MetricScore>,
    of: F,
}

fn column<'a, T, F: Fn(&'a MetricScore) -> Option<T>>(
    scores: &'a BTreeMap<String, MetricScore>,
    of: F,
) -> Column<'a, F> {
    Column { scores, of }
}

impl<'a, T: Serialize, F: Fn(&'a MetricScore) -> Option<T>> Serialize for Column<'a, F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let some = self.scores.iter().filter_map(|(id, score)| Some((id, (self.of)(score)?)));
        serializer.collect_map(some)
    }
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

impl GenerateModel for NoEncoder {
    fn info(&self) -> &ModelInfo {
        match *self {}
    }

    async fn generate(&self, _: &str, _: &GenerateOptions, _: &dyn Job) -> Result<String> {
        match *self {}
    }

    async fn log_probability(&self, _: &str, _: &[&str], _: &dyn Job) -> Result<Vec<f64>> {
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
        assert!(card.samples[0].scores["bleu"].value().expect("defined") > 99.9);
        let written = serde_json::to_value(&card).expect("serialises");
        let [first, second] = [0, 1].map(|i| &written["samples"][i]);
        assert_eq!(first["parts"]["rouge_l"]["recall"], 1.0);
        assert_eq!((first.get("errors"), second.get("parts")), (None, None));
        assert_eq!(second["scores"]["bleu"], Value::Null);
        assert_eq!(second["errors"]["rouge_l"]["code"], "missing_reference");
        assert!(written["corpus"]["corpus"]["rouge_l"].as_f64().expect("defined") > 0.999);
        assert_eq!(
            written["corpus"]["rows"]["bleu"],
            serde_json::json!({"scored": 1, "undefined": 1, "broken": 0})
        );
        let corpus = card.corpus.expect("asked for");
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
