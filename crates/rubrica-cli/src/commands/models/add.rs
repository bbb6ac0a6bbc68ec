//! `rubrica models add`: a published judge from a folder, with its card.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use pollster::block_on;
use rubrica::catalogue::{self, ModelFolder, NewModel};
use rubrica::core::Error;
use rubrica::models::{JudgeCard, builtin_cards};

use crate::commands::Outcome;
use crate::lines::read_text;
use crate::output::Output;

/// Add a published judge from a folder in the hub's layout
///
/// Copies config.json, the tokenizer, safetensors and the files of modules.json, writes the hashes of all, and the
/// outputs for the card's test texts as the CPU gives them: what every device has to reproduce from then on.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Folder with config.json, tokenizer.json and safetensors
    folder: PathBuf,
    /// A card that comes with Rubrica by name, or a TOML file
    #[arg(long, value_name = "ID|FILE.toml")]
    card: String,
    /// What the model is to be called [default: the name of the card]
    #[arg(long, value_name = "NAME")]
    id: Option<String>,
    /// A tokenizer.json for a folder that has none
    #[arg(long, value_name = "FILE")]
    tokenizer: Option<PathBuf>,
    /// Replace the published judge of that name
    #[arg(long)]
    force: bool,
}

const EXAMPLES: &str = "Examples:
  rubrica models add ./nli-deberta-v3-xsmall --card nli-deberta-v3 --id nli
  rubrica models add ./ours --card ./our-card.toml --force";

pub(super) fn run(args: &Args, store: &ModelFolder) -> Result<Outcome> {
    let text = card(&args.card)?;
    let card = JudgeCard::from_toml(&text).with_context(|| args.card.clone())?;
    let new = NewModel {
        id: args.id.as_deref().unwrap_or(&card.id),
        folder: &args.folder,
        card: &text,
        tokenizer: args.tokenizer.as_deref(),
        replace: args.force,
    };
    let manifest = block_on(catalogue::add(store, &new))?;
    let bytes: u64 = manifest.files.iter().map(|file| file.bytes).sum();
    let mut output = Output::standard();
    output.text(&format!(
        "{}\n    {}\n    tells {}, licence {}, {} files, {bytes} bytes\n",
        manifest.id,
        manifest.title,
        card.tells.name(),
        manifest.license,
        manifest.files.len(),
    ))?;
    output.finish()?;
    Ok(Outcome::Done)
}

/// The text of a card: a path has an ending or a folder in it.
fn card(name: &str) -> Result<String> {
    let path = Path::new(name);
    if path.extension().is_some_and(|ending| ending == "toml") || path.components().count() > 1 {
        return read_text(path);
    }
    if let Some((_, text)) = builtin_cards().iter().find(|(id, _)| *id == name) {
        return Ok((*text).to_owned());
    }
    let known: Vec<&str> = builtin_cards().iter().map(|(id, _)| *id).collect();
    let known = format!("{}, or a TOML file", known.join(", "));
    let (path, name) = (String::from("--card"), name.to_owned());
    Err(Error::Unknown { path, what: "card", name, known }.into())
}
