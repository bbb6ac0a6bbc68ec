//! `./x serve`: the page on 127.0.0.1.

use std::net::TcpListener;
use std::process::Command;

use anyhow::{Result, bail};

use crate::repo::Repo;
use crate::{models, npm, shell, wasm};

/// Builds what is stale, then serves `www/dist` until it is stopped.
///
/// The server is Vite's preview, which the page has as a dependency anyway: it knows the types of
/// our files and takes its headers from `www/vite.config`, beside the page that they are for.
pub fn serve(repo: &Repo, port: u16) -> Result<()> {
    ensure_free(port)?;
    models::ensure_all(repo, false)?;
    wasm::build_all(repo, true)?;
    npm::build_package(repo)?;
    npm::build_page(repo)?;
    let url = format!("http://127.0.0.1:{port}/");
    println!("\nRubrica is at {url} (Ctrl-C stops it)\n");
    shell::run(
        Command::new("node")
            .arg("node_modules/vite/bin/vite.js")
            .args(["preview", "--host", "127.0.0.1", "--strictPort", "--port", &port.to_string()])
            .current_dir(repo.path("www")),
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
    fn a_busy_port_is_named() {
        let taken = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = taken.local_addr().expect("bound").port();
        let error = ensure_free(port).expect_err("taken").to_string();
        assert!(error.starts_with(&format!("port {port} is in use")), "{error}");
    }
}
