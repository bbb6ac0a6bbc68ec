//! `rubrica models`: what is there, and whether it is whole.

use std::path::PathBuf;

use anyhow::{Context, Result};
use rubrica::core::sha256_hex;

use super::Outcome;
use crate::store::folder;

/// List the models on disk and check their files against the hashes of their manifests.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  rubrica models\n  rubrica models --verify --models ./models")]
pub(crate) struct Args {
    /// Folder with one folder a model [default: the nearest `models` folder upwards from here]
    #[arg(long, value_name = "DIR", env = "RUBRICA_MODELS")]
    models: Option<PathBuf>,
    /// Read every file and compare its sha256
    #[arg(long)]
    verify: bool,
}

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let store = folder(args.models.as_deref())?;
    let mut bad = 0;
    for manifest in store.manifests()? {
        println!("{}\n    {}\n    licence {}", manifest.id, manifest.title, manifest.license);
        for file in &manifest.files {
            let path = store.path().join(&manifest.id).join(&file.name);
            let state = if !path.is_file() {
                bad += 1;
                "missing (./x models fetches it)".to_owned()
            } else if args.verify {
                let bytes = std::fs::read(&path)
                    .with_context(|| format!("{}: cannot be read", path.display()))?;
                let found = sha256_hex(&bytes);
                if found == file.sha256 {
                    "sha256 as it should be".to_owned()
                } else {
                    bad += 1;
                    format!("sha256 is {found}, expected {}", file.sha256)
                }
            } else {
                "there".to_owned()
            };
            println!("    {:<28} {:>11} bytes  {state}", file.name, file.bytes);
        }
    }
    Ok(Outcome::of(bad, true))
}
