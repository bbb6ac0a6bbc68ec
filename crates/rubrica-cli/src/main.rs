//! The `rubrica` command: JSON lines in, JSON lines out.

mod commands;
mod judged;
mod language_model;
mod lines;
mod notes;
mod output;
mod panel;
mod progress;
mod store;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use commands::{
    Outcome, agree, audit, check, compare, data, eval, generate, metrics, models, rank, read,
    score, serve, support, train,
};

/// Score and critique text with rubrics, metrics and small judge models, on this machine.
#[derive(Parser)]
#[command(version, about, max_term_width = 100, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done; 1 a --fail-under threshold was not met, or `models check` found \
a broken model; 2 usage, or input that cannot be read or has no rows; 3 some rows could not be judged (their lines say \
why).";

#[derive(Subcommand)]
enum Command {
    Score(score::Args),
    Compare(compare::Args),
    Support(support::Args),
    Metrics(metrics::Args),
    Check(check::Args),
    Read(read::Args),
    Rank(rank::Args),
    Agree(agree::Args),
    Audit(audit::Args),
    Train(train::Args),
    Data(data::Args),
    Eval(eval::Args),
    Generate(generate::Args),
    Models(models::Args),
    Serve(serve::Args),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Score(args) => score::run(&args),
        Command::Compare(args) => compare::run(&args),
        Command::Support(args) => support::run(&args),
        Command::Metrics(args) => metrics::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Read(args) => read::run(&args),
        Command::Rank(args) => rank::run(&args),
        Command::Agree(args) => agree::run(&args),
        Command::Audit(args) => audit::run(&args),
        Command::Train(args) => train::run(&args),
        Command::Data(args) => data::run(&args),
        Command::Eval(args) => eval::run(&args),
        Command::Generate(args) => generate::run(&args),
        Command::Models(args) => models::run(&args),
        Command::Serve(args) => serve::run(&args),
    };
    match result {
        Ok(outcome) => outcome.into(),
        // A reader that closes the pipe early (`| head`) has what it wanted.
        Err(error) if output::is_broken_pipe(&error) => Outcome::Done.into(),
        Err(error) => {
            notes::note(&format!("{error:#}"));
            ExitCode::from(2)
        }
    }
}
