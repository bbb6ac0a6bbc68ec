//! Options of calls, as they cross: one object a call.

use rubrica::core::{Result, Rubric};
use rubrica::judge::{AbsoluteOptions, CritiqueOptions, MAX_CHARS};
use rubrica::{MetricRequest, resolve_rubric};
use serde::Deserialize;
use serde_json::Value;

/// Options of `score`.
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

fn helpfulness() -> Value {
    "helpfulness".into()
}

fn max_chars() -> usize {
    MAX_CHARS
}

/// The rubric and the protocol's options of a request.
///
/// # Errors
/// What is wrong with the rubric, under the path `options.rubric`.
pub(crate) fn absolute_options(request: ScoreRequest) -> Result<(Rubric, AbsoluteOptions)> {
    let ScoreRequest { rubric, max_chars, critique } = request;
    let rubric = resolve_rubric(&rubric).map_err(|e| e.within("options.rubric"))?;
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
