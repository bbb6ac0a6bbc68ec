//! `rubrica serve`: the built page on a local port.

mod guard;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use axum::Router;
use axum::middleware::from_fn_with_state;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, watch};
use tower_http::services::ServeDir;

use super::Outcome;
use crate::notes::note;
use crate::output::Output;
use guard::{Guard, guard};

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

/// Connections at one time; a browser opens six to a host.
const CONNECTIONS: usize = 128;
/// How long a client may take for the head of a request.
const HEADER_TIME: Duration = Duration::from_secs(10);
/// How long a connection may last: what a page loads takes seconds.
const CONNECTION_TIME: Duration = Duration::from_secs(300);
/// How long a stop waits for answers that are on their way.
const STOP_TIME: Duration = Duration::from_secs(3);

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    if !args.dir.join("index.html").is_file() {
        bail!("{} has no index.html; `./x build` makes the page", args.dir.display());
    }
    let root = args.dir.canonicalize().with_context(|| args.dir.display().to_string())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let served = runtime.block_on(serve(args, root));
    // A file that is still being read must not hold up the end.
    runtime.shutdown_background();
    served?;
    Ok(Outcome::Done)
}

async fn serve(args: &Args, root: PathBuf) -> Result<()> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, args.port));
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .with_context(|| format!("port {} cannot be used; try another --port", args.port))?;
    let address = listener.local_addr()?;
    let mut output = Output::standard();
    output.text(&format!("http://{address}/\n"))?;
    output.finish()?;
    let state = Arc::new(Guard { root: root.clone(), port: address.port() });
    let app = Router::new()
        .fallback_service(ServeDir::new(root).precompressed_br())
        .layer(from_fn_with_state(state, guard));
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let (stop, stopping) = watch::channel(false);
    let mut signals = Signals::new()?;
    loop {
        tokio::select! {
            () = signals.next() => break,
            accepted = listener.accept() => {
                // What cannot be accepted is the client's loss; a full table of files mends itself.
                let Ok((stream, _)) = accepted else {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                };
                // Above the limit a connection is closed at once.
                let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
                let connection = connection(stream, app.clone(), stopping.clone());
                tokio::spawn(async move {
                    connection.await;
                    drop(place);
                });
            }
        }
    }
    drop(listener);
    let _ = stop.send(true);
    note("stopping; once more Ctrl-C ends at once");
    tokio::select! {
        () = signals.next() => {}
        () = tokio::time::sleep(STOP_TIME) => {}
        _ = places.acquire_many(CONNECTIONS as u32) => {}
    }
    Ok(())
}

/// Answers the requests of one client until it goes, takes too long, or the server stops.
async fn connection(stream: TcpStream, app: Router, mut stopping: watch::Receiver<bool>) {
    let service = TowerToHyperService::new(app);
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEADER_TIME);
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let stopped = async {
        // The sender goes with the server.
        let _ = stopping.wait_for(|stop| *stop).await;
    };
    tokio::select! {
        // A client that breaks off has what it wanted.
        _ = connection.as_mut() => return,
        () = tokio::time::sleep(CONNECTION_TIME) => return,
        () = stopped => connection.as_mut().graceful_shutdown(),
    }
    let _ = tokio::time::timeout(STOP_TIME, connection).await;
}

/// Ctrl-C, and the usual signal to end.
struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    fn new() -> Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let [interrupt, terminate] = [SignalKind::interrupt(), SignalKind::terminate()];
            Ok(Self { interrupt: signal(interrupt)?, terminate: signal(terminate)? })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(not(unix))]
        {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}
