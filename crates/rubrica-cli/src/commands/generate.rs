//! `rubrica generate`: text written by a small language model.

use std::path::PathBuf;

use anyhow::Result;
use pollster::block_on;
use rubrica::core::{
    Error, GenerateModel, GenerateOptions, Id, Message, Quiet, VERSION, from_value, read_value,
};
use rubrica::models::{CausalLm, Generated};
use serde::{Deserialize, Serialize};

use super::{Outcome, finite};
use crate::language_model;
use crate::lines::{FailedRow, Lines, Tracker};
use crate::notes::note;
use crate::output::OutputArgs;

/// Write text with a small language model, on this machine.
///
/// A line in: {"id"?, "messages": [{"role", "content"}]} for a model with a chat template, or {"id"?, "prompt"} for text
/// to go on from. A line out: {"id", "text", "tokens", "end"}; "end" is `end` where the model ended it, `stop` where a text
/// of --stop did, `length` where it is as long as it may be. What messages and prompts spell is never read as a
/// special token.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// JSON lines; `-` is standard input
    input: PathBuf,
    /// A .gguf file, a folder with the hub's files, or the id of a model below the folder of models
    #[arg(long, value_name = "ID|PATH")]
    model: String,
    /// Folder with the models
    #[arg(long, value_name = "DIR", env = "RUBRICA_MODELS")]
    models: Option<PathBuf>,
    /// Tokens to write at most
    #[arg(long, value_name = "N", default_value_t = 256)]
    max_tokens: usize,
    /// 0 takes the likeliest token each time
    #[arg(long, value_name = "T", default_value_t = 0.0, value_parser = finite)]
    temperature: f64,
    /// Draw from so many of the likeliest tokens; 0 from all
    #[arg(long, value_name = "N", default_value_t = 0)]
    top_k: usize,
    /// Draw from the fewest tokens whose probabilities reach this together
    #[arg(long, value_name = "P", default_value_t = 1.0, value_parser = finite)]
    top_p: f64,
    /// Draw from tokens at least this share as likely as the likeliest
    #[arg(long, value_name = "P", default_value_t = 0.0, value_parser = finite)]
    min_p: f64,
    /// Seed of what is drawn; each row starts with it
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// A text that ends the output, and is not part of it; may be given several times
    #[arg(long, value_name = "TEXT")]
    stop: Vec<String>,
    #[command(flatten)]
    output: OutputArgs,
}

const EXAMPLES: &str = "Examples:
  rubrica generate prompts.jsonl --model SmolLM2-135M-Instruct.gguf --max-tokens 64 --seed 0
  rubrica generate chats.jsonl --model ./qwen2.5-0.5b --temperature 0.7 --top-p 0.9 --seed 1 --out answers.jsonl";

/// A line in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    /// Read by the line itself, for rows that make no sense as well.
    #[serde(default, rename = "id")]
    _id: Option<Id>,
    #[serde(default)]
    messages: Option<Vec<Message>>,
    #[serde(default)]
    prompt: Option<String>,
}

/// A line out.
#[derive(Serialize)]
struct Written {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Id>,
    #[serde(flatten)]
    found: Generated,
}

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let mut lines = Lines::open(&args.input)?;
    let options = GenerateOptions {
        max_tokens: args.max_tokens,
        temperature: args.temperature,
        top_k: args.top_k,
        top_p: args.top_p,
        min_p: args.min_p,
        seed: args.seed,
        stop: args.stop.clone(),
    };
    let model = language_model::open(&args.model, args.models.as_deref())?;
    let run = format!("generate {VERSION}\n{options:?}\n{:?}", model.info().signature);
    let mut output = args.output.open(&[&args.input], &run)?;
    let mut done = output.done().into_iter();
    let mut tracker = Tracker::new(&args.input);
    for line in &mut lines {
        let line = line?;
        tracker.row(line.number, line.id().as_ref(), &note);
        // What an earlier run wrote is not written again.
        if let Some(written) = done.next() {
            if serde_json::from_str::<serde_json::Value>(&written)?.get("line").is_some() {
                tracker.fail();
            }
            continue;
        }
        match line.read(|text| write(&model, &from_value(&read_value(text)?)?, &options)) {
            Ok(found) => output.line(&Written { id: line.id(), found })?,
            Err(error) => {
                tracker.failure(line.number, line.id().as_ref(), &error, &note);
                output.line(&FailedRow::new(line.id(), line.number, &error))?;
            }
        }
    }
    tracker.finish()?;
    output.finish()?;
    Ok(Outcome::of(tracker.failed(), true))
}

fn write(
    model: &CausalLm,
    row: &Row,
    options: &GenerateOptions,
) -> rubrica::core::Result<Generated> {
    let ids = match (&row.messages, &row.prompt) {
        (Some(messages), None) if messages.is_empty() => {
            return Err(Error::invalid("messages", "is empty", "at least one message"));
        }
        (Some(messages), None) => model.chat_ids(messages)?,
        (None, Some(prompt)) => model.prompt_ids(prompt)?,
        (both, _) => {
            let problem = if both.is_some() { "has both" } else { "has neither" };
            return Err(Error::invalid("", problem, "either `messages` or `prompt`"));
        }
    };
    block_on(model.write(&ids, options, &Quiet, &mut |_| {}))
}
