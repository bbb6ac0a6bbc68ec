//! Metrics that need no model, and segmentation.

use js_sys::JsString;
use rubrica::NoEncoder;
use rubrica::core::{Sample, Utf16Index};
use rubrica::metrics::{catalogue, default_options, text::sentences};
use serde::Serialize;
use serde_json::Value;
use wasm_bindgen::prelude::*;

use crate::case::{from_json, to_js};
use crate::error::Failure;
use crate::job::{Hooks, WatchedJob};
use crate::requests::{MetricsRequest, measure};
use crate::text::well_formed;

/// Version of Rubrica.
#[wasm_bindgen]
pub fn version() -> String {
    rubrica::core::VERSION.to_owned()
}

/// A metric with its default options.
#[derive(Serialize)]
struct CatalogueEntry {
    info: rubrica::metrics::MetricInfo,
    defaults: Value,
}

/// The metrics there are: `{ info, defaults }[]`.
///
/// # Errors
/// None that a caller can cause.
#[wasm_bindgen(js_name = metricCatalogue)]
pub fn metric_catalogue() -> Result<JsValue, Failure> {
    let entries = catalogue().into_iter().map(|info| {
        let defaults = default_options(info.id)?;
        Ok(CatalogueEntry { info, defaults })
    });
    to_js(&entries.collect::<rubrica::core::Result<Vec<_>>>()?)
}

/// Metrics that need no model. `samples` and `options` are JSON text.
///
/// # Errors
/// An unknown metric or option, a metric that needs an encoder, a sample without a single response,
/// `cancelled`.
#[wasm_bindgen]
pub async fn metrics(
    samples: JsString,
    options: JsString,
    hooks: Hooks,
) -> Result<JsValue, Failure> {
    let samples: Vec<Sample> = from_json(&well_formed(&samples, "samples")?, "samples")?;
    let request: MetricsRequest = from_json(&well_formed(&options, "options")?, "options")?;
    let job = WatchedJob(hooks);
    let none = None::<&NoEncoder>;
    measure(&samples, request, none, &job).await
}

/// Where the sentences of `text` lie, in UTF-16 units: `{ start, end }[]`.
///
/// # Errors
/// `lone_surrogate`.
#[wasm_bindgen(js_name = sentenceSpans)]
pub fn sentence_spans(text: &JsString) -> Result<JsValue, Failure> {
    let text = well_formed(text, "text")?;
    let index = Utf16Index::new(&text);
    let spans: Vec<_> = sentences(&text).into_iter().map(|s| index.span_to_utf16(s)).collect();
    to_js(&spans)
}
