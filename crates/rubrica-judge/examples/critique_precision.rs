//! How often the rules of the critique are right, on graded answers with marked clauses.
//!
//! `cargo run -p rubrica-judge --example critique_precision -- DIR [RULE]`, where DIR holds
//! `items.jsonl.zst`, such as `models/rubrica-judge-mini/data/graded/train`. A finding about a place is right when a
//! marked clause touches it, one about the whole response when the response scores less than
//! 5; beside that stands the share that scores 3.5 or less. With RULE, every finding of that rule is
//! printed; with `notes`, every note on a text outside of what the judge knows; with `constraints`, every clause
//! that is read in an instruction.

#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::Path;

use rubrica_core::model::{JudgeInput, Scope};
use rubrica_core::{Criterion, Evidence, Point, Rubric, Sample};
use rubrica_judge::{AbsoluteOptions, absolute_without_model, scope_notes};
use rubrica_metrics::check::find_constraints;
use serde::Deserialize;

#[derive(Deserialize)]
struct Item {
    prompt: String,
    #[serde(default)]
    context: Vec<String>,
    #[serde(default)]
    reference: Option<String>,
    responses: Vec<Response>,
}

#[derive(Deserialize)]
struct Response {
    text: String,
    score: f64,
    errors: Vec<Mark>,
}

#[derive(Deserialize)]
struct Mark {
    start: usize,
    end: usize,
}

/// Counts of one rule.
#[derive(Default)]
struct Tally {
    findings: usize,
    right: usize,
    low: usize,
    responses: usize,
    faultless: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("expected a folder with items.jsonl.zst")?;
    let shown = arguments.next();
    let items = read(Path::new(&folder))?;
    let rubric = Rubric::single(Criterion::new("quality", "Is it a good answer?"));
    let mut options = AbsoluteOptions::default();
    options.critique.anchors = false;
    let (mut tallies, mut all) = (BTreeMap::<String, Tally>::new(), Tally::default());
    let mut noted = 0;
    let (mut responses, mut faultless, mut marks, mut touched) = (0, 0, 0, 0);
    let mut clauses = 0;
    for item in &items {
        for check in find_constraints(&item.prompt) {
            clauses += 1;
            if shown.as_deref() == Some("constraints") {
                println!("{} | {}", check.id(), item.prompt.replace('\n', " / "));
            }
        }
        for response in &item.responses {
            let sample = Sample {
                context: item.context.clone(),
                reference: item.reference.clone(),
                ..Sample::new(item.prompt.as_str(), response.text.as_str())
            };
            let input = JudgeInput {
                instruction: &item.prompt,
                response: &response.text,
                reference: item.reference.as_deref(),
                context: &item.context,
            };
            for note in scope_notes(&input, &rubric, &MINI) {
                noted += 1;
                if shown.as_deref() == Some("notes") {
                    println!("{note} | {}", response.text.replace('\n', " / "));
                }
            }
            let judgment = absolute_without_model(&sample, &rubric, &options)?;
            let points = &judgment.critique.points;
            responses += 1;
            faultless += usize::from(response.score >= 5.0);
            all.faultless += usize::from(response.score >= 5.0 && !points.is_empty());
            all.responses += usize::from(!points.is_empty());
            marks += response.errors.len();
            let hit = |m: &&Mark| points.iter().any(|p| touches(p, m));
            touched += response.errors.iter().filter(hit).count();
            let mut seen: Vec<String> = Vec::new();
            for point in points {
                let rule = rule(point);
                let tally = tallies.entry(rule.clone()).or_default();
                let right = is_right(point, response);
                tally.findings += 1;
                tally.right += usize::from(right);
                tally.low += usize::from(response.score <= 3.5);
                if !seen.contains(&rule) {
                    tally.responses += 1;
                    tally.faultless += usize::from(response.score >= 5.0);
                    seen.push(rule.clone());
                }
                if shown.as_ref().is_some_and(|shown| *shown == rule) {
                    let place = point.span.and_then(|s| s.slice(&response.text)).unwrap_or("");
                    println!("{right} {} | {} | {place}", response.score, point.message);
                    println!("    {}", item.prompt.replace('\n', " / "));
                    println!("    {}", response.text.replace('\n', " / "));
                }
            }
        }
    }
    println!(
        "{:<28} {:>8} {:>9} {:>7} {:>9} {:>9}",
        "rule", "findings", "precision", "under 4", "responses", "faultless"
    );
    for (rule, t) in &tallies {
        let share = |n: usize| n as f64 / t.findings as f64;
        println!(
            "{rule:<28} {:>8} {:>9.3} {:>7.3} {:>9} {:>9}",
            t.findings,
            share(t.right),
            share(t.low),
            t.responses,
            t.faultless
        );
    }
    println!(
        "{responses} responses, {} with a finding; {marks} marks, {touched} touched",
        all.responses
    );
    let share = 100.0 * all.faultless as f64 / f64::from(faultless.max(1) as u32);
    println!("{faultless} faultless responses, {} with a finding ({share:.1} %)", all.faultless);
    println!("{} instructions, {clauses} clauses read in them", items.len());
    println!("{noted} notes on texts outside of what the judge knows");
    Ok(())
}

/// What `rubrica-judge-mini` was made for.
const MINI: Scope = Scope { languages: &["en"], window: Some(192), prose: true };

fn read(folder: &Path) -> Result<Vec<Item>, Box<dyn Error>> {
    let path = folder.join("items.jsonl.zst");
    let file = std::fs::File::open(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let lines = BufReader::new(ruzstd::decoding::StreamingDecoder::new(file)?).lines();
    lines.map(|line| Ok(serde_json::from_str(&line?)?)).collect()
}

fn rule(point: &Point) -> String {
    match &point.evidence {
        Evidence::Rule { rule, .. } => rule.clone(),
        Evidence::Metric { metric, .. } => format!("metric {metric}"),
        other => format!("{other:?}"),
    }
}

fn touches(point: &Point, mark: &Mark) -> bool {
    point.span.is_some_and(|span| span.start < mark.end && mark.start < span.end)
}

fn is_right(point: &Point, response: &Response) -> bool {
    match (point.span, &point.evidence) {
        // A place that breaks a clause of the instruction is marked as a whole or not at all.
        (Some(_), Evidence::Rule { rule, .. }) if rule == "clauses" => response.score < 5.0,
        (Some(_), _) => response.errors.iter().any(|mark| touches(point, mark)),
        (None, _) => response.score < 5.0,
    }
}
