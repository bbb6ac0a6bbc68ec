//! Rubrics.

use js_sys::JsString;
use rubrica::core::{read_rubric, write_rubric};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::case::to_js;
use crate::error::Failure;
use crate::text::well_formed;

/// Reads a rubric from JSON or YAML text, Rubrica's own form or a Prometheus rubric, and checks it.
///
/// # Errors
/// `parse_error` or `invalid_input`, with the path of the field; `lone_surrogate`.
#[wasm_bindgen(js_name = parseRubric)]
pub fn parse_rubric(text: &JsString) -> Result<JsValue, Failure> {
    let text = well_formed(text, "rubric")?;
    to_js(&read_rubric(&text)?)
}

/// A rubric (as JSON text) as YAML, the form that people edit.
///
/// # Errors
/// As [`parse_rubric`].
#[wasm_bindgen(js_name = rubricToYaml)]
pub fn rubric_to_yaml(rubric: &JsString) -> Result<String, Failure> {
    let rubric = read_rubric(&well_formed(rubric, "rubric")?)?;
    Ok(write_rubric(&rubric))
}
