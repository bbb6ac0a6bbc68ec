//! Statistics on recorded judgments: leaderboards, audits and reports.
//!
//! Records come as text: JSON lines, a JSON array, or CSV with a header, so that a page can hand over
//! a file as it is.

use js_sys::JsString;
use rubrica::audit::leaderboard::{Battles, RankOptions, rank};
use rubrica::audit::records::LeftOut;
use rubrica::audit::reports::{report, reports};
use rubrica::audit::{ItemRating, JudgeAuditOptions, JudgedPair, agreement, audit_judge};
use rubrica::core::Error;
use wasm_bindgen::prelude::*;

use crate::case::input::CamelCase;
use crate::case::{from_json, to_js, to_js_with};
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
    let read = Battles::read_with(options.method, text.as_bytes(), &mut LeftOut::only_missing);
    let (battles, rows) = read.map_err(|e| e.within("battles"))?;
    let board = rank(&battles, &options).map_err(Error::from)?;
    to_js_with(&board, "rows", &rows)
}

/// An audit of a judge of pairs. `pairs` is text, `options` JSON.
///
/// # Errors
/// Records that cannot be read, with their line; no pairs; options out of range.
#[wasm_bindgen(js_name = auditJudge)]
pub fn judge_audit(pairs: &JsString, options: &JsString) -> Result<JsValue, Failure> {
    let options: JudgeAuditOptions = from_json(&well_formed(options, "options")?, "options")?;
    let text = well_formed(pairs, "pairs")?;
    let rows = JudgedPair::read(text.as_bytes(), &options, &mut LeftOut::only_missing);
    let rows = rows.map_err(|e| e.within("pairs"))?;
    let audit = audit_judge(&rows.records, &options);
    let audit = audit.map_err(|e| rows.locate(e).within("pairs"))?;
    to_js_with(&audit, "rows", &rows.counts)
}

/// Agreement of raters. `ratings` is text, `options` JSON.
///
/// # Errors
/// Records that cannot be read, with their line; two ratings of an item by one rater; no ratings.
#[wasm_bindgen(js_name = agree)]
pub fn rater_agreement(ratings: &JsString, options: &JsString) -> Result<JsValue, Failure> {
    let options = from_json(&well_formed(options, "options")?, "options")?;
    let text = well_formed(ratings, "ratings")?;
    let rows = ItemRating::read(text.as_bytes(), &mut LeftOut::only_missing);
    let rows = rows.map_err(|e| e.within("ratings"))?;
    let report = agreement(&rows.records, &options);
    let report = report.map_err(|e| rows.locate(e).within("ratings"))?;
    to_js_with(&report, "rows", &rows.counts)
}

/// The reports that there are, with the rows and options of each.
///
/// # Errors
/// None in practice: see [`to_js`].
#[wasm_bindgen(js_name = reports)]
pub fn report_list() -> Result<JsValue, Failure> {
    to_js(reports())
}

/// The report `name` on `rows`, which is text; `options` is JSON.
///
/// # Errors
/// An unknown name or option; records that cannot be read, with their line; whatever the report refuses.
#[wasm_bindgen(js_name = report)]
pub fn named_report(
    name: &JsString,
    rows: &JsString,
    options: &JsString,
) -> Result<JsValue, Failure> {
    let name = well_formed(name, "name")?;
    let info = report(&name).map_err(|e| e.within("name"))?;
    let rows = well_formed(rows, "rows")?;
    let options = well_formed(options, "options")?;
    let mut json = serde_json::Deserializer::from_str(&options);
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(&mut json, &mut track);
    let prepared = info.prepare(CamelCase(tracked)).map_err(|error| match error {
        Error::Parse { message, .. } => {
            let path = track.path().to_string();
            let path = if path == "." { String::new() } else { path };
            Error::Parse { path, message }.within("options")
        }
        other => other,
    })?;
    let made = prepared.run(rows.as_bytes(), &mut LeftOut::only_missing);
    let (report, counts) = made.map_err(|error| error.within("rows"))?;
    to_js_with(&*report, "rows", &counts)
}
