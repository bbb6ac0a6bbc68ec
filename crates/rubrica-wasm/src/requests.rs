//! Options of calls, as they cross: one object a call.

use rubrica::MetricRequest;
#[cfg(feature = "text")]
use rubrica::core::{Result, Rubric};
#[cfg(feature = "text")]
use rubrica::judge::{AbsoluteOptions, CritiqueOptions, MAX_CHARS};
use serde::Deserialize;
#[cfg(feature = "text")]
use serde_json::Value;

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
pub(crate) fn absolute_options(request: ScoreRequest) -> Result<(Rubric, AbsoluteOptions)> {
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
}
