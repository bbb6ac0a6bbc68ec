//! `rubrica models`: what is there, whether it is whole, and published judges added or removed.

mod add;
mod check;
mod list;
mod show;

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Subcommand;
use rubrica::catalogue;

use super::Outcome;
use crate::output::Output;
use crate::store::folder;

/// List, add, check and remove models; without a subcommand, list them.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    /// Folder with one folder a model [default: the nearest `models` folder upwards from here]
    #[arg(long, value_name = "DIR", env = "RUBRICA_MODELS", global = true)]
    models: Option<PathBuf>,
    #[command(flatten)]
    list: list::ListArgs,
}

const EXAMPLES: &str = "Examples:
  rubrica models
  rubrica models --verify --models ./models
  rubrica models add ./nli-deberta-v3-xsmall --card nli-deberta-v3 --id nli
  rubrica models add ./ours --card ./our-card.toml
  rubrica models check --json
  rubrica models remove nli";

#[derive(Subcommand)]
enum Command {
    List(list::ListArgs),
    Show(show::Args),
    Add(add::Args),
    Check(check::Args),
    /// Remove a model that `models add` made
    Remove {
        /// Its id
        id: String,
    },
}

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let models = args.models.as_deref();
    if args.command.is_some() && args.list.verify {
        bail!("--verify belongs to `models list`; expected it after that, or without a subcommand");
    }
    match &args.command {
        None => list::run(&args.list, &folder(models)?),
        Some(Command::List(list)) => list::run(list, &folder(models)?),
        Some(Command::Show(show)) => show::run(show, &folder(models)?),
        Some(Command::Add(add)) => add::run(add, &folder(models)?),
        Some(Command::Check(check)) => check::run(check, &folder(models)?),
        Some(Command::Remove { id }) => {
            catalogue::remove(&folder(models)?, id)?;
            let mut output = Output::standard();
            output.text(&format!("{id} is removed\n"))?;
            output.finish()?;
            Ok(Outcome::Done)
        }
    }
}
