//! What the Rust toolchain has to bring: the standard library for wasm, rustfmt and clippy.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::lock::{self, Lock};
use crate::repo::Repo;
use crate::shell::{self, step};

/// The target of all wasm builds.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Extra arguments for cargo's wasm builds, split at blanks; setting it also skips the check for
/// the target. For toolchains that are not rustup's.
pub const EXTRA_ARGS: &str = "X_WASM_CARGO_ARGS";

/// What the checks run, and rustup leaves out of its minimal profile.
const COMPONENTS: &[&str] = &["rustfmt", "clippy"];

/// Makes sure that rustc has the standard library for wasm.
///
/// # Errors
/// When it cannot be added: with what to do by hand.
pub fn ensure_target() -> Result<()> {
    if std::env::var_os(EXTRA_ARGS).is_some() || is_there()? {
        return Ok(());
    }
    if shell::exists("rustup") {
        // Two checkouts may share one rustup, which keeps no lock of its own.
        let _lock = lock::of_the_machine().map(|path| Lock::wait(&path)).transpose()?;
        if is_there()? {
            return Ok(());
        }
        step(&format!("rustup target add {TARGET}"), || {
            shell::run(Command::new("rustup").args(["target", "add", TARGET]))
        })?;
        if !is_there()? {
            bail!(
                "rustup added {TARGET}, yet the rustc on the PATH does not have it; is another rustc before \
                 rustup's on the PATH? By hand: rustc --print target-libdir --target {TARGET}"
            );
        }
        return Ok(());
    }
    bail!(
        "rustc has no standard library for {TARGET}, and there is no rustup to add it.\n\
         With rustup: rustup target add {TARGET}\n\
         On Debian without it (as root; not tried by our tests):\n  \
         apt-get install rustc-web cargo-web rust-web-src lld-19\n  \
         export RUSTC_BOOTSTRAP=1 {EXTRA_ARGS}='-Zbuild-std=std,panic_abort \
         --config target.{TARGET}.linker=\"wasm-ld-19\"'\n\
         then run the same command again"
    )
}

/// Makes sure of rustfmt and clippy.
///
/// # Errors
/// When one cannot be added: with what to do by hand.
pub fn ensure_components(repo: &Repo) -> Result<()> {
    let missing = || -> Vec<&str> {
        let is_missing = |name: &&str| {
            let subcommand = if *name == "rustfmt" { "fmt" } else { name };
            !shell::succeeds(repo.cargo(subcommand).arg("--version"))
        };
        COMPONENTS.iter().copied().filter(is_missing).collect()
    };
    if missing().is_empty() {
        return Ok(());
    }
    let _lock = lock::of_the_machine().map(|path| Lock::wait(&path)).transpose()?;
    let wanted = missing();
    if wanted.is_empty() {
        return Ok(());
    }
    let command = ["component", "add"].iter().chain(&wanted).copied();
    if shell::exists("rustup") {
        return step(&format!("rustup component add {}", wanted.join(" ")), || {
            shell::run(Command::new("rustup").args(command))
        });
    }
    bail!(
        "the toolchain has no {0}, and there is no rustup to add it.\nWith rustup: rustup component add {1}\n\
         On Debian without it, as root: apt-get install {1}",
        wanted.join(" and no "),
        wanted.join(" ")
    )
}

fn is_there() -> Result<bool> {
    let mut rustc = Command::new("rustc");
    let folder = shell::read(rustc.args(["--print", "target-libdir", "--target", TARGET]))?;
    Ok(Path::new(&folder).is_dir())
}
