//! `rubrica models check`: whether models load and compute what they should.

use anyhow::Result;
use pollster::block_on;
use rubrica::catalogue::{self, ModelCheck, ModelFolder};

use crate::commands::Outcome;
use crate::output::Output;

/// Load models and compare their golden outputs; exits with 1 when one is broken
///
/// A line a model: id, class, role, precision, bytes, golden error, device.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  rubrica models check\n  rubrica models check nli --json")]
pub(super) struct Args {
    /// The model to check [default: all]
    id: Option<String>,
    /// A JSON object a line
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, store: &ModelFolder) -> Result<Outcome> {
    let ids = match &args.id {
        Some(id) => {
            if let Err(error @ rubrica::core::Error::Unknown { .. }) = store.known(id) {
                return Err(error.into());
            }
            vec![id.clone()]
        }
        None => store.manifests()?.into_iter().map(|(id, _)| id).collect(),
    };
    let mut output = Output::standard();
    let mut whole = true;
    for id in ids {
        let found = block_on(catalogue::check(store, &id));
        whole &= found.error.is_none();
        match args.json {
            true => output.line(&found)?,
            false => output.text(&line(&found))?,
        }
    }
    output.finish()?;
    Ok(Outcome::of(0, whole))
}

fn line(found: &ModelCheck) -> String {
    let ModelCheck { id, class, role, precision, bytes, golden_error, device, error, .. } = found;
    let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".into());
    let bytes = or_dash(&bytes.map(|bytes| bytes.to_string()));
    let golden = or_dash(&golden_error.map(|error| format!("{error:.1e}")));
    let state = match error {
        Some(why) => format!("broken: {}", why.reason),
        None => "whole".to_owned(),
    };
    let [class, role, precision, device] = [class, role, precision, device].map(or_dash);
    format!(
        "{id}  {class}  {role}  {precision}  {bytes} bytes  golden {golden}  {device}  {state}\n"
    )
}
