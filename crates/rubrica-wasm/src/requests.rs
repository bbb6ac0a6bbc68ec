//! Options of calls, as they cross: one object a call.

#[cfg(feature = "text")]
use std::collections::BTreeMap;

use rubrica::core::{EmbedModel, Job, Sample};
#[cfg(feature = "text")]
use rubrica::core::{Error, Rubric};
#[cfg(feature = "text")]
use rubrica::judge::{AbsoluteOptions, CritiqueOptions, MAX_CHARS};
#[cfg(feature = "text")]
use rubrica::stats::bootstrap::Bootstrap;
use rubrica::{MetricRequest, scorecard};
#[cfg(feature = "text")]
use rubrica::{SampleScores, Scorecard, WithIntervals};
use serde::Deserialize;
#[cfg(feature = "text")]
use serde::Serialize;
#[cfg(feature = "text")]
use serde_json::Value;
use wasm_bindgen::JsValue;

use crate::case::to_js;
use crate::error::Failure;

/// Options of `score`.
#[cfg(feature = "text")]
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScoreRequest {
    /// Name of a built-in rubric, YAML or JSON text, or a rubric.
    #[serde(default = "helpfulness")]
    rubric: Value,
    /// Characters above which a text is refused.
    #[serde(default = "max_chars")]
    max_chars: usize,
    /// What the critique looks at.
    #[serde(default)]
    critique: CritiqueOptions,
}

#[cfg(feature = "text")]
fn helpfulness() -> Value {
    "helpfulness".into()
}

#[cfg(feature = "text")]
fn max_chars() -> usize {
    MAX_CHARS
}

/// The rubric and the protocol's options of a request.
///
/// # Errors
/// What is wrong with the rubric, under the path `options.rubric`.
#[cfg(feature = "text")]
pub(crate) fn absolute_options(
    request: ScoreRequest,
) -> rubrica::core::Result<(Rubric, AbsoluteOptions)> {
    let ScoreRequest { rubric, max_chars, critique } = request;
    let rubric = rubrica::resolve_rubric(&rubric).map_err(|e| e.within("options.rubric"))?;
    Ok((rubric, AbsoluteOptions { max_chars, critique }))
}

/// Options of `metrics`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MetricsRequest {
    /// The metrics, by id or with options.
    pub(crate) metrics: Vec<MetricRequest>,
    /// Score all samples together too.
    #[serde(default)]
    pub(crate) corpus: bool,
    /// With `corpus`: intervals from resamples of the samples.
    #[cfg(feature = "text")]
    #[serde(default)]
    pub(crate) bootstrap: Option<Bootstrap>,
}

/// Metrics of samples, with intervals where they are asked for.
///
/// # Errors
/// Those of [`scorecard`]; intervals without `corpus`, or what [`WithIntervals::of`] refuses.
pub(crate) async fn measure<E: EmbedModel>(
    samples: &[Sample],
    request: MetricsRequest,
    encoder: Option<&E>,
    job: &dyn Job,
) -> Result<JsValue, Failure> {
    let MetricsRequest { metrics, corpus, .. } = &request;
    let card = scorecard(samples, metrics, *corpus, encoder, job).await?;
    #[cfg(feature = "text")]
    if let Some(options) = &request.bootstrap {
        let Scorecard { samples: scores, corpus, signatures } = card;
        let asked = corpus.ok_or_else(|| {
            Error::invalid("options.bootstrap", "is given without `corpus`", "`corpus: true` too")
        })?;
        let corpus = WithIntervals::of(asked, metrics, samples, options);
        let corpus = corpus.map_err(|e| e.within("options"))?;
        return to_js(&Intervalled { samples: scores, corpus, signatures });
    }
    to_js(&card)
}

/// A [`Scorecard`] with intervals.
#[cfg(feature = "text")]
#[derive(Serialize)]
struct Intervalled {
    samples: Vec<SampleScores>,
    corpus: WithIntervals,
    signatures: BTreeMap<String, String>,
}
