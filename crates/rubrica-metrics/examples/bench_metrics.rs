//! The native side of `./x bench metrics`: `bench_metrics SEGMENTS.jsonl [NAME]` prints, for each metric or
//! for one (for a profiler), sentences per second on one thread and on all cores, and the mean score, as JSON.

use std::collections::BTreeMap;
use std::time::Instant;

use rubrica_metrics::{Level, Metric, Segment, each_row, metric};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The fastest of so many runs counts.
const RUNS: usize = 5;

/// The mean is over so many segments, as on the other sides.
const EACH: usize = 2000;

/// What is timed, and the metrics of each.
const TIMED: [(&str, &[&str]); 5] = [
    ("bleu", &["bleu"]),
    ("chrf", &["chrf"]),
    ("rouge_l", &["rouge_l"]),
    ("levenshtein", &["levenshtein"]),
    (
        "readability",
        &[
            "flesch_kincaid_grade",
            "gunning_fog",
            "smog",
            "coleman_liau",
            "ari",
            "flesch_reading_ease",
        ],
    ),
];

#[derive(Deserialize)]
struct Row {
    response: String,
    reference: String,
}

#[derive(Serialize)]
struct Figures {
    per_s: f64,
    all_cores_per_s: f64,
    mean: f64,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("expected a file of segments")?;
    let text = std::fs::read_to_string(path)?;
    let rows: Vec<Row> = text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    // Made anew for each run, since a segment remembers what was counted of it.
    let segments = || -> Vec<Segment<'_>> {
        rows.iter().map(|row| Segment::new(&row.response, &[&row.reference])).collect()
    };
    let only = std::env::args().nth(2);
    let mut found = BTreeMap::new();
    for (name, ids) in
        TIMED.into_iter().filter(|(name, _)| only.as_deref().is_none_or(|o| o == *name))
    {
        let metrics: Vec<Box<dyn Metric>> =
            ids.iter().map(|id| metric(id, &Value::Null)).collect::<Result<_, _>>()?;
        let mut mean = 0.0;
        let one = fastest(|| {
            mean = 0.0;
            for (i, segment) in segments().iter().enumerate() {
                for (j, metric) in metrics.iter().enumerate() {
                    let score = metric.sentence(segment).ok().and_then(|score| score.value());
                    std::hint::black_box(&score);
                    // The last of several counts.
                    if i < EACH && j + 1 == metrics.len() {
                        mean += score.unwrap_or(0.0);
                    }
                }
            }
        });
        let all = fastest(|| {
            let segments = segments();
            for metric in &metrics {
                for row in each_row(metric.as_ref(), &segments).into_iter().flatten() {
                    std::hint::black_box(metric.score(&row, Level::Sentence));
                }
            }
        });
        let count = rows.len() as f64;
        let figures =
            Figures { per_s: count / one, all_cores_per_s: count / all, mean: mean / EACH as f64 };
        found.insert(name, figures);
    }
    serde_json::to_writer(std::io::stdout(), &found)?;
    Ok(())
}

/// Seconds of the fastest run.
fn fastest(mut work: impl FnMut()) -> f64 {
    let time = |_| {
        let begun = Instant::now();
        work();
        begun.elapsed().as_secs_f64()
    };
    (0..RUNS).map(time).fold(f64::INFINITY, f64::min)
}
