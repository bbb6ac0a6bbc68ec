//! Statistics on recorded judgments: leaderboards and audits.
//!
//! Records come as text: JSON lines, a JSON array, or CSV with a header, so that a page can hand over
//! a file as it is.

use js_sys::JsString;
use rubrica::judge::audit::{ItemRating, JudgedPair, agreement, audit_judge};
use rubrica::judge::leaderboard::{Battles, RankOptions, rank};
use rubrica::judge::records;
use wasm_bindgen::prelude::*;

use crate::case::{from_json, to_js};
use crate::error::Failure;
use crate::text::well_formed;

/// A leaderboard from battles. `battles` is text, `options` JSON.
///
/// # Errors
/// Records that cannot be read, with their line; models without finite ratings.
#[wasm_bindgen(js_name = rank)]
pub fn leaderboard(battles: &JsString, options: &JsString) -> Result<JsValue, Failure> {
    let options: RankOptions = from_json(&well_formed(options, "options")?, "options")?;
    let text = well_formed(battles, "battles")?;
    let battles =
        Battles::read(options.method, text.as_bytes()).map_err(|e| e.within("battles"))?;
    to_js(&rank(&battles, &options)?)
}

/// An audit of a judge of pairs. `pairs` is text, `options` JSON.
///
/// # Errors
/// Records that cannot be read, with their line; no pairs; options out of range.
#[wasm_bindgen(js_name = auditJudge)]
pub fn judge_audit(pairs: &JsString, options: &JsString) -> Result<JsValue, Failure> {
    let options = from_json(&well_formed(options, "options")?, "options")?;
    let text = well_formed(pairs, "pairs")?;
    let rows: Vec<JudgedPair> =
        records::read_all(text.as_bytes()).map_err(|e| e.within("pairs"))?;
    to_js(&audit_judge(&rows, &options).map_err(|e| e.within("pairs"))?)
}

/// Agreement of raters. `ratings` is text, `options` JSON.
///
/// # Errors
/// Records that cannot be read, with their line; two ratings of an item by one rater; no ratings.
#[wasm_bindgen(js_name = agree)]
pub fn rater_agreement(ratings: &JsString, options: &JsString) -> Result<JsValue, Failure> {
    let options = from_json(&well_formed(options, "options")?, "options")?;
    let text = well_formed(ratings, "ratings")?;
    let rows: Vec<ItemRating> =
        records::read_all(text.as_bytes()).map_err(|e| e.within("ratings"))?;
    to_js(&agreement(&rows, &options).map_err(|e| e.within("ratings"))?)
}
