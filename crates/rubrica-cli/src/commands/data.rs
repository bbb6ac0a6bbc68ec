//! `rubrica data`: look after labelled data.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use rubrica::data::{CrossedGroup, read_crossed};
use serde_json::Value;

use super::Outcome;
use crate::lines::{name_of, read_text};
use crate::notes::note;
use crate::output::{Output, replace};

/// Look after labelled data.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    Check(CheckArgs),
}

/// Check crossed groups: sibling responses whose order turns round between two prompts, contexts or
/// criteria, so that no judge orders them without reading.
///
/// Prints each problem with its file and line, and how many groups and pairs are sound. With --write, the
/// sound ones become pairwise.jsonl and rubric.jsonl, which `rubrica eval judge` reads.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  rubrica data check groups.txt
  rubrica data check models/rubrica-judge-mini/data/crossed/*.txt --write own/held_out --part held-out

Exit codes: 0 all sound; 2 a file cannot be read; 3 some groups have problems.")]
struct CheckArgs {
    /// Files of groups; `-` is standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Write the rows of the sound groups into this folder
    #[arg(long, value_name = "DIR")]
    write: Option<PathBuf>,
    /// Which groups to count and write
    #[arg(long, value_enum, default_value_t = Part::All)]
    part: Part,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Every group
    All,
    /// Those to learn from
    Train,
    /// The tenth that is kept for measuring, by a hash of its text
    HeldOut,
}

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    match &args.what {
        What::Check(args) => check(args),
    }
}

fn check(args: &CheckArgs) -> Result<Outcome> {
    let (mut groups, mut problems) = (Vec::new(), 0);
    for file in &args.files {
        let (found, wrong) = read_crossed(&read_text(file)?);
        for problem in &wrong {
            note(&format!("{}: {problem}", name_of(file)));
        }
        if found.is_empty() && wrong.is_empty() {
            bail!("{}: has no groups; expected at least one @@item", name_of(file));
        }
        problems += wrong.len();
        groups.extend(found);
    }
    let wanted = |group: &CrossedGroup| match args.part {
        Part::All => true,
        Part::Train => !group.is_held_out(),
        Part::HeldOut => group.is_held_out(),
    };
    groups.retain(wanted);
    let pairs: Vec<Value> = groups.iter().flat_map(CrossedGroup::pairs).collect();
    let ratings: Vec<Value> = groups.iter().flat_map(CrossedGroup::ratings).collect();
    Output::standard().text(&format!(
        "{} groups, {} pairs, {} ratings, {problems} problems\n",
        groups.len(),
        pairs.len(),
        ratings.len()
    ))?;
    if let Some(folder) = &args.write {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("{}: cannot be made", folder.display()))?;
        write(&folder.join("pairwise.jsonl"), &pairs)?;
        write(&folder.join("rubric.jsonl"), &ratings)?;
    }
    Ok(Outcome::of(problems, true))
}

fn write(file: &Path, rows: &[Value]) -> Result<()> {
    if file.exists() {
        bail!("{}: is there already; expected a folder without it", file.display());
    }
    let text: String = rows.iter().map(|row| format!("{row}\n")).collect();
    replace(file, text.as_bytes())
}
