//! What the modules weigh: raw, gzip and brotli, beside the budgets and the last recorded sizes.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;

use anyhow::{Context, Result, bail};

use crate::manifest::{self, Build, Sizes};
use crate::repo::Repo;
use crate::stamp::Inputs;
use crate::{files, wasm};

/// A recorded size may be off by this share before it has to be recorded anew: compilers of one
/// version do not give the same bytes on every machine.
const DRIFT: f64 = 0.03;

/// Recorded sizes, by build.
type Snapshot = BTreeMap<String, Sizes>;

/// Measures both builds and prints them. With `update`, records them; else compares.
///
/// # Errors
/// A build over its budget, or one whose recorded size is out of date.
pub fn report(repo: &Repo, update: bool) -> Result<()> {
    wasm::build_all(repo, true)?;
    let path = repo.path("tests/size.snap");
    let builds = manifest::read(repo)?.build;
    let measured = measure_all(repo)?;
    let recorded: Snapshot = match fs::read_to_string(&path) {
        Ok(text) => toml::from_str(&text).context("tests/size.snap")?,
        Err(_) => Snapshot::new(),
    };
    print(&measured, &builds);
    let mut faults = over_budget(&measured, &builds);
    if update {
        let header = "# Bytes of the wasm modules. Written by `./x size --update`; the limits are \
                      the budgets in wasm-pack.toml.\n\n";
        files::write(&path, format!("{header}{}", toml::to_string(&measured)?))?;
        println!("recorded in tests/size.snap");
    } else {
        faults.extend(out_of_date(&measured, &recorded));
    }
    if !faults.is_empty() {
        bail!("{}", faults.join("\n  "));
    }
    Ok(())
}

/// Sizes of all builds. They must have been built.
pub fn measure_all(repo: &Repo) -> Result<Snapshot> {
    let builds = manifest::read(repo)?.build;
    builds.into_iter().map(|(name, build)| Ok((name, measure(repo, &build)?))).collect()
}

/// Packing at the best settings takes a while, so sizes are kept by the module's hash.
fn measure(repo: &Repo, build: &Build) -> Result<Sizes> {
    let module = build.module(repo);
    let kept = Inputs::new().file(&module)?.finish();
    let kept = repo.scratch(&format!("sizes/{}-{}.json", build.output, &kept[..16]));
    if let Some(sizes) = fs::read(&kept).ok().and_then(|json| serde_json::from_slice(&json).ok()) {
        return Ok(sizes);
    }
    let bytes = fs::read(&module).with_context(|| format!("reading {}", repo.show(&module)))?;
    let sizes = pack(&bytes)?;
    files::write(&kept, serde_json::to_string(&sizes)?)?;
    Ok(sizes)
}

fn pack(bytes: &[u8]) -> Result<Sizes> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(bytes)?;
    let mut brotli = Vec::new();
    let settings =
        brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 24, ..Default::default() };
    brotli::BrotliCompress(&mut &bytes[..], &mut brotli, &settings)?;
    Ok(Sizes {
        raw: bytes.len() as u64,
        gzip: gzip.finish()?.len() as u64,
        brotli: brotli.len() as u64,
    })
}

fn print(measured: &Snapshot, builds: &BTreeMap<String, Build>) {
    println!(
        "{:<6} {:>23} {:>23} {:>23}",
        "build", "raw / budget", "gzip / budget", "brotli / budget"
    );
    for (name, sizes) in measured {
        let cells = pairs(sizes, &builds[name].budget)
            .map(|(_, is, limit)| format!("{} / {}", files::human(is), files::human(limit)));
        println!("{name:<6} {:>23} {:>23} {:>23}", cells[0], cells[1], cells[2]);
    }
}

fn pairs(is: &Sizes, other: &Sizes) -> [(&'static str, u64, u64); 3] {
    [("raw", is.raw, other.raw), ("gzip", is.gzip, other.gzip), ("brotli", is.brotli, other.brotli)]
}

fn over_budget(measured: &Snapshot, builds: &BTreeMap<String, Build>) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, sizes) in measured {
        for (what, is, limit) in pairs(sizes, &builds[name].budget) {
            if is > limit {
                faults.push(format!(
                    "{name}: {what} size is {is} bytes; expected at most {limit} (wasm-pack.toml)"
                ));
            }
        }
    }
    faults
}

fn out_of_date(measured: &Snapshot, recorded: &Snapshot) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, sizes) in measured {
        let Some(before) = recorded.get(name) else {
            faults.push(format!("{name}: no recorded size; run ./x size --update"));
            continue;
        };
        for (what, is, was) in pairs(sizes, before) {
            if (is as f64 - was as f64).abs() > DRIFT * was as f64 {
                faults.push(format!(
                    "{name}: {what} size is {is} bytes, recorded {was}; run ./x size --update, and \
                     say why in the commit"
                ));
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(raw: u64) -> Snapshot {
        BTreeMap::from([("slim".to_owned(), Sizes { raw, gzip: 50, brotli: 40 })])
    }

    #[test]
    fn packing_shrinks_what_repeats() {
        let sizes = pack(&[7; 10_000]).expect("packs");
        assert_eq!(sizes.raw, 10_000);
        assert!(sizes.gzip < 100 && sizes.brotli < sizes.gzip, "{sizes:?}");
    }

    #[test]
    fn small_drift_passes_and_large_drift_does_not() {
        assert_eq!(out_of_date(&snapshot(102), &snapshot(100)), [""; 0]);
        for is in [90, 110] {
            let faults = out_of_date(&snapshot(is), &snapshot(100));
            assert_eq!(faults.len(), 1);
            assert!(faults[0].starts_with(&format!("slim: raw size is {is} bytes, recorded 100")));
        }
        assert_eq!(out_of_date(&snapshot(1), &Snapshot::new()).len(), 1);
    }
}
