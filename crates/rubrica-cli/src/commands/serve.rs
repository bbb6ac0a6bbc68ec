//! `rubrica serve`: the built page on a local port.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use axum::Router;
use tower_http::services::ServeDir;

use super::Outcome;

/// Serve the built page to this machine only.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  rubrica serve --dir www/dist --port 8017")]
pub(crate) struct Args {
    /// Folder of the built page
    #[arg(long, value_name = "DIR", default_value = "www/dist")]
    dir: PathBuf,
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 8017)]
    port: u16,
}

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    if !args.dir.join("index.html").is_file() {
        bail!("{} has no index.html; `./x build` makes the page", args.dir.display());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, args.port));
        let listener = tokio::net::TcpListener::bind(address)
            .await
            .with_context(|| format!("port {} cannot be used; try another --port", args.port))?;
        println!("http://{}/", listener.local_addr()?);
        let app = Router::new().fallback_service(ServeDir::new(&args.dir).precompressed_br());
        let stop = async {
            // Without a signal handler the process just ends at once, which is as good.
            let _ = tokio::signal::ctrl_c().await;
        };
        axum::serve(listener, app).with_graceful_shutdown(stop).await?;
        Ok(Outcome::Done)
    })
}
