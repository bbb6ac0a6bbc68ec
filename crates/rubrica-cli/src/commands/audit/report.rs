//! `rubrica audit REPORT`: any of the reports that have a name.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, bail};
use clap::Parser;
use rubrica::judge::reports::{ReportInfo, report, reports};
use serde_json::{Map, Value};

use super::super::outline::outline;
use super::super::{LeftOutRows, Outcome};
use crate::lines::{name_of, open};
use crate::output::{Output, json_with};

#[derive(clap::Args)]
pub(super) struct ListArgs {
    /// One JSON object a line instead of a text
    #[arg(long)]
    json: bool,
}

/// Make a report of recorded judgments: `rubrica audit list` says which there are.
#[derive(Parser)]
#[command(bin_name = "rubrica audit", no_binary_name = true)]
struct ReportArgs {
    /// The report
    #[arg(value_parser = |name: &str| report(name).map(|info| info.name).map_err(|e| e.to_string()))]
    report: &'static str,
    /// Rows as JSON lines, a JSON array or CSV; `-` is standard input
    input: PathBuf,
    /// An option of the report, as JSON or as a plain word; a dot leads into an object
    #[arg(long, value_name = "OPTION=VALUE", value_parser = setting)]
    set: Vec<(String, Value)>,
    /// One JSON object instead of a text
    #[arg(long)]
    json: bool,
}

/// `name=value`, the value being JSON or else a text.
fn setting(text: &str) -> Result<(String, Value), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or_else(|| format!("`{text}` has no `=`; expected OPTION=VALUE"))?;
    Ok((name.to_owned(), serde_json::from_str(value).unwrap_or_else(|_| Value::from(value))))
}

/// Puts `value` at `path` into `options`.
fn place(options: &mut Map<String, Value>, path: &str, value: Value) -> Result<()> {
    let Some((first, rest)) = path.split_once('.') else {
        options.insert(path.to_owned(), value);
        return Ok(());
    };
    let inner = options.entry(first).or_insert_with(|| Value::Object(Map::new()));
    match inner.as_object_mut() {
        Some(inner) => place(inner, rest, value),
        None => bail!("--set {path}: `{first}` was set to a value that is not an object"),
    }
}

pub(super) fn run(words: &[OsString]) -> Result<Outcome> {
    let args = match ReportArgs::try_parse_from(words) {
        Ok(args) => args,
        Err(error) => error.exit(),
    };
    let mut options = Map::new();
    for (path, value) in args.set {
        place(&mut options, &path, value)?;
    }
    let mut left_out = LeftOutRows::new(&args.input);
    let (report, counts) = report(args.report)?
        .run_with(open(&args.input)?, Value::Object(options), &mut |row| left_out.take(row))
        .with_context(|| name_of(&args.input))?;
    let outcome = left_out.finish(counts);
    let mut output = Output::standard();
    if args.json {
        output.text(&(json_with(&*report, "rows", &counts)? + "\n"))?;
    } else {
        let mut value = serde_json::to_value(&report)?;
        if let Some(fields) = value.as_object_mut() {
            fields.insert("rows".into(), serde_json::to_value(counts)?);
        }
        output.text(&outline(&value))?;
    }
    output.finish()?;
    Ok(outcome)
}

pub(super) fn list(args: &ListArgs) -> Result<Outcome> {
    let mut output = Output::standard();
    for info in reports() {
        if args.json {
            output.line(info)?;
        } else {
            output.text(&entry(info)?)?;
        }
    }
    output.finish()?;
    Ok(Outcome::Done)
}

fn entry(info: &ReportInfo) -> Result<String> {
    let options = serde_json::to_value(&info.options)?;
    let options = options.as_object().ok_or_else(|| anyhow!("options of {}", info.name))?;
    let options: Vec<String> =
        options.iter().map(|(name, value)| format!("{name}={value}")).collect();
    Ok(format!(
        "{}: {}\n  source   {}\n  rows     {}\n  options  {}\n\n",
        info.name,
        info.about,
        info.source,
        info.row,
        options.join(" ")
    ))
}
