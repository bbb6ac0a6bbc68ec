//! `./x serve`: the page on 127.0.0.1.

use std::net::TcpListener;
use std::process::Command;
use std::thread::available_parallelism;

use anyhow::{Result, bail};

use crate::lock::Lock;
use crate::repo::Repo;
use crate::setup::{self, SERVING};
use crate::{npm, shell, wasm};

/// Minutes of one core that the quick module takes when nothing is compiled yet, and what a second core
/// cannot take over (linking, bindings, the page).
const CORE_MINUTES: f64 = 10.0;
const SERIAL_MINUTES: f64 = 1.5;

/// Builds what is stale, then serves `www/dist` until it is stopped. With `shipped`, the modules are those of
/// `./x build`; else quick ones will do, unless the others are fresh.
///
/// The server is Vite's preview, which the page has as a dependency anyway: it knows the types of
/// our files and takes its headers from `www/vite.config`, beside the page that they are for.
pub fn serve(repo: &Repo, port: u16, shipped: bool, lock: Option<Lock>) -> Result<()> {
    ensure_free(port)?;
    if !shipped && wasm::is_cold(repo)? {
        println!("{}", plan(available_parallelism().map_or(1, usize::from)));
    }
    setup::ensure(repo, SERVING.iter().copied())?;
    if shipped {
        wasm::build_all(repo, true)?;
    } else {
        wasm::build_for_serving(repo)?;
    }
    npm::build_package(repo)?;
    npm::build_page(repo)?;
    // From here on nothing is built, so others may.
    drop(lock);
    let url = format!("http://127.0.0.1:{port}/");
    println!("\nRubrica is at {url} (Ctrl-C stops it)\n");
    shell::run(
        Command::new("node")
            .arg("node_modules/vite/bin/vite.js")
            .args(["preview", "--host", "127.0.0.1", "--strictPort", "--port", &port.to_string()])
            .current_dir(repo.path("www")),
    )
}

/// What a first run is about to do, and how long that may take.
fn plan(cores: usize) -> String {
    let minutes = CORE_MINUTES / cores as f64 + SERIAL_MINUTES;
    let cores = if cores == 1 { "one core".to_owned() } else { format!("{cores} cores") };
    format!(
        "First run, about {minutes:.0} minutes on {cores}: adds rustc's wasm target, installs npm packages and \
         fetches\nthe models where they are missing (some 150 MB from the network), compiles one wasm module, then \
         builds the\npage. Later runs start in seconds. `./x build` makes the smaller, faster modules to publish."
    )
}

/// Says so before minutes of building rather than after.
fn ensure_free(port: u16) -> Result<()> {
    match TcpListener::bind(("127.0.0.1", port)) {
        Ok(_) => Ok(()),
        Err(e) if e.kind() == std::io::ErrorKind::AddrInUse => {
            bail!("port {port} is in use; stop what listens there, or choose another with --port")
        }
        Err(e) => bail!("cannot listen on 127.0.0.1:{port}: {e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_says_how_long() {
        assert!(plan(2).starts_with("First run, about 6 minutes on 2 cores: "), "{}", plan(2));
        assert!(plan(1).starts_with("First run, about 12 minutes on one core: "), "{}", plan(1));
    }

    #[test]
    fn a_busy_port_is_named() {
        let taken = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = taken.local_addr().expect("bound").port();
        let error = ensure_free(port).expect_err("taken").to_string();
        assert!(error.starts_with(&format!("port {port} is in use")), "{error}");
    }
}
