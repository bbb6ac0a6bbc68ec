//! `rubrica models list`: what is there, and whether it is whole.

use std::fs;

use anyhow::Result;
use rubrica::catalogue::{Manifest, ModelFolder, ModelKind};
use rubrica::core::sha256_hex;

use crate::commands::Outcome;
use crate::output::Output;

/// List the models on disk and check their files against the hashes of their manifests
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  rubrica models list\n  rubrica models list --verify")]
pub(super) struct ListArgs {
    /// Read every file and compare its sha256
    #[arg(long)]
    pub(super) verify: bool,
}

pub(super) fn run(args: &ListArgs, store: &ModelFolder) -> Result<Outcome> {
    let mut output = Output::standard();
    let mut bad = 0;
    for (id, manifest) in store.manifests()? {
        let manifest = match manifest {
            Ok(manifest) => manifest,
            Err(error) => {
                bad += 1;
                output.text(&format!("{id}\n    broken: {error}\n"))?;
                continue;
            }
        };
        let Manifest { id, title, license, .. } = &manifest;
        output.text(&format!("{id}\n    {title}\n    licence {license}\n"))?;
        for file in &manifest.files {
            let path = store.path().join(id).join(&file.name);
            let state = if !path.exists() {
                bad += 1;
                match manifest.kind {
                    ModelKind::Published => {
                        "missing (`models add --force` copies it again)".to_owned()
                    }
                    _ => "missing (./x models fetches it)".to_owned(),
                }
            } else {
                match store.file(id, &file.name).map_err(|e| e.to_string()) {
                    Err(why) => {
                        bad += 1;
                        why
                    }
                    Ok(path) if args.verify => match fs::read(&path).map(|b| sha256_hex(&b)) {
                        Ok(found) if found == file.sha256 => "sha256 as it should be".to_owned(),
                        Ok(found) => {
                            bad += 1;
                            format!("sha256 is {found}, expected {}", file.sha256)
                        }
                        Err(error) => {
                            bad += 1;
                            format!("cannot be read: {error}")
                        }
                    },
                    Ok(_) => "there".to_owned(),
                }
            };
            output.text(&format!("    {:<28} {:>11} bytes  {state}\n", file.name, file.bytes))?;
        }
    }
    output.finish()?;
    Ok(Outcome::of(bad, true))
}
