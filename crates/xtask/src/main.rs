//! The build tool behind `./x`: everything that the project is built, checked and served with.
//!
//! Depends on none of our crates, so that it compiles whatever state they are in.

mod bench;
mod bench_metrics;
mod bench_rank;
mod chromium;
mod dependencies;
mod files;
mod golden;
mod graph;
mod lock;
mod manifest;
mod models;
mod notices;
mod npm;
mod repo;
mod scaffold;
mod serve;
mod setup;
mod shell;
mod size;
mod stamp;
mod suite;
mod toolchain;
mod wasm;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

use repo::Repo;

#[derive(Parser)]
#[command(name = "x", about = "Builds, checks and serves Rubrica", max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Builds the page and everything under it, then serves it on 127.0.0.1
    Serve {
        #[arg(long, default_value_t = 8017)]
        port: u16,
        /// Serves the modules of `./x build`, which are smaller and faster and take longer to build
        #[arg(long)]
        shipped: bool,
    },
    /// Makes sure of what has to be on the machine: wasm target, npm packages, browser and fonts, models
    Setup,
    /// Runs everything that has to pass
    Test {
        /// Runs this step only; may be given several times. `--list` names them
        #[arg(long, value_name = "STEP")]
        only: Vec<String>,
        /// Runs the costly steps too: clippy over every target, and what the scaffold writes
        #[arg(long)]
        all: bool,
        /// Lists the steps
        #[arg(long)]
        list: bool,
    },
    /// Checks before a commit that need no browser: those of `./x test`, and the documentation
    Ready,
    /// Builds the wasm modules, the npm package and the page, as far as they are stale
    Build(BuildArgs),
    /// Fetches the models of `models/*/manifest.json` and checks their sha256
    Models {
        /// Rewrites sizes and sums of committed and converted files in the manifests
        #[arg(long)]
        update: bool,
    },
    /// Times Rubrica beside its peers in one run, and prints ratios
    Bench {
        /// The encoder in the browser, with the sizes of the builds; a leaderboard of a million battles; or the
        /// metrics beside the tools that they are held to
        #[arg(value_enum, default_value_t = Benched::Encoder)]
        what: Benched,
        /// Prints one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Checks the graphs: fails on an edge between crates that ARCHITECTURE does not allow, and on a circle between
    /// the modules of a crate
    Graph,
    /// Prints raw, gzip and brotli sizes of both builds beside their budgets
    Size {
        /// Writes them to tests/size.snap
        #[arg(long)]
        update: bool,
    },
    /// Makes goldens anew with the reference tools, in a Python environment of its own, and tells drift
    Golden {
        /// Scripts of tests/golden by name, such as `metrics`; all of them without any
        script: Vec<String>,
        /// Replaces the goldens that drifted
        #[arg(long)]
        write: bool,
        /// Lists all scripts that make goldens and fixtures
        #[arg(long)]
        list: bool,
    },
    /// Prints the licence notices of everything that page and package contain
    Notices,
    /// Writes what a new metric needs
    NewMetric {
        /// A folder of crates/rubrica-metrics/src, such as `text`
        family: String,
        /// The metric's id in snake_case, such as `token_f1`
        id: String,
    },
    /// Writes what a new report needs
    NewReport {
        /// The report's name in kebab-case, such as `win-rate`
        id: String,
    },
}

#[derive(Args)]
struct BuildArgs {
    /// Only the build of the metrics
    #[arg(long, group = "one")]
    slim: bool,
    /// Only the build of checks and rubrics
    #[arg(long, group = "one")]
    checks: bool,
    /// Only the build of the statistics
    #[arg(long, group = "one")]
    statistics: bool,
    /// Only the build with models
    #[arg(long, group = "one")]
    full: bool,
    /// Leaves out wasm-opt: minutes faster, larger modules
    #[arg(long)]
    no_opt: bool,
}

/// What can be timed.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Benched {
    Encoder,
    Rank,
    Metrics,
}

fn main() -> std::process::ExitCode {
    match run(Cli::parse().task) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nx: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<()> {
    let repo = Repo::find()?;
    let lock = task.builds().then(|| repo.lock()).transpose()?;
    match task {
        Task::Serve { port, shipped } => serve::serve(&repo, port, shipped, lock),
        Task::Setup => suite::setup(&repo),
        Task::Test { list: true, .. } => {
            suite::list();
            Ok(())
        }
        Task::Test { only, all, .. } => suite::run(&repo, &only, all),
        Task::Ready => suite::ready(&repo),
        Task::Build(args) => build(&repo, &args),
        Task::Models { update } => models::ensure_all(&repo, update),
        Task::Bench { what: Benched::Encoder, json } => bench::bench(&repo, json),
        Task::Bench { what: Benched::Rank, json } => bench_rank::bench(&repo, json),
        Task::Bench { what: Benched::Metrics, json } => bench_metrics::bench(&repo, json),
        Task::Graph => graph::check(&repo),
        Task::Notices => {
            setup::ensure(&repo, [setup::Need::NodePackages(repo::PAGE)])?;
            notices::print(&repo)
        }
        Task::Size { update } => size::report(&repo, update),
        Task::Golden { list: true, .. } => golden::list(&repo),
        Task::Golden { script, write, .. } => golden::regenerate(&repo, &script, write),
        Task::NewMetric { family, id } => scaffold::new_metric(&repo, &family, &id),
        Task::NewReport { id } => scaffold::new_report(&repo, &id),
    }
}

impl Task {
    /// Whether it writes what another `./x` may be reading, so that they must not run at once.
    fn builds(&self) -> bool {
        match self {
            Self::Test { list, .. } | Self::Golden { list, .. } => !list,
            Self::Graph | Self::NewMetric { .. } | Self::NewReport { .. } => false,
            _ => true,
        }
    }
}

/// One build when one is asked for; else both, the npm package and the page.
fn build(repo: &Repo, args: &BuildArgs) -> Result<()> {
    let optimise = !args.no_opt;
    let wanted = [
        (args.slim, "slim"),
        (args.checks, "checks"),
        (args.statistics, "statistics"),
        (args.full, "full"),
    ];
    match wanted.into_iter().find(|(asked, _)| *asked) {
        Some((_, name)) => wasm::build(repo, name, optimise),
        None => {
            wasm::build_all(repo, optimise)?;
            npm::build_package(repo)?;
            npm::build_page(repo)
        }
    }
}
