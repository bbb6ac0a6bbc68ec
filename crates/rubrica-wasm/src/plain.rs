//! What needs no model: checks, rubrics, critiques.

use js_sys::JsString;
use rubrica::core::{Sample, Utf16Index};
use rubrica::judge;
use rubrica::metrics::check::{CheckResult, CheckedRow, RowVerdict, read_checks, read_constraints};
use wasm_bindgen::prelude::*;

use crate::case::{from_json, to_js};
use crate::error::Failure;
use crate::requests::absolute_options;
use crate::text::well_formed;

/// The built-in rubrics.
///
/// # Errors
/// None that a caller can cause.
#[wasm_bindgen(js_name = builtinRubrics)]
pub fn builtin_rubrics() -> Result<JsValue, Failure> {
    let rubrics: Vec<_> = judge::rubrics::builtins().map(|b| b.rubric()).collect();
    to_js(&rubrics)
}

/// What can be said of a response without a model: checks, metrics, no score. `sample` and `options`
/// are JSON text, the same as for an engine's `score`.
///
/// # Errors
/// Bad input, with its path.
#[wasm_bindgen(js_name = critiqueWithoutModel)]
pub fn critique_without_model(sample: &JsString, options: &JsString) -> Result<JsValue, Failure> {
    let sample: Sample = from_json(&well_formed(sample, "sample")?, "sample")?;
    let request = from_json(&well_formed(options, "options")?, "options")?;
    let (rubric, options) = absolute_options(request)?;
    let mut judgment = judge::absolute_without_model(&sample, &rubric, &options)?;
    judgment.spans_to_utf16(sample.single_response()?);
    to_js(&judgment)
}

/// Whether `response` meets each of `checks` (JSON or YAML text).
///
/// # Errors
/// What is wrong with a check, with its path.
#[wasm_bindgen(js_name = runChecks)]
pub fn run_checks(response: &JsString, checks: &JsString) -> Result<JsValue, Failure> {
    let response = well_formed(response, "response")?;
    let checks = read_checks(&well_formed(checks, "checks")?).map_err(|e| e.within("checks"))?;
    let mut results: Vec<CheckResult> = checks.iter().map(|check| check.run(&response)).collect();
    spans_to_utf16(&mut results, &response);
    to_js(&results)
}

fn spans_to_utf16(results: &mut [CheckResult], response: &str) {
    let index = Utf16Index::new(response);
    for result in results {
        result.span = result.span.map(|span| index.span_to_utf16(span));
    }
}

/// What a row comes to that says itself what its response has to meet: instructions of IFEval,
/// assertions of promptfoo, or constraints in plain English. `row` is JSON text, spelt as in files.
///
/// # Errors
/// What is wrong with the row, with its path.
#[wasm_bindgen(js_name = checkRow)]
pub fn check_row(row: &JsString) -> Result<JsValue, Failure> {
    let row = CheckedRow::read(&well_formed(row, "row")?).map_err(|e| e.within("row"))?;
    let mut verdict = row.run().map_err(|e| e.within("row"))?.verdict;
    if let RowVerdict::Constrained { results, .. } = &mut verdict {
        spans_to_utf16(results, row.response());
    }
    to_js(&verdict)
}

/// The checks in `constraints`, plain English such as `at most 80 words, no hashtags`, and the clauses
/// that no rule understood: `{ checks, unread }`.
///
/// # Errors
/// `lone_surrogate`.
#[wasm_bindgen(js_name = readConstraints)]
pub fn checks_of_constraints(constraints: &JsString) -> Result<JsValue, Failure> {
    to_js(&read_constraints(&well_formed(constraints, "constraints")?))
}
